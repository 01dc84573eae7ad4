"""Whether the name in a From field is a person's.

The trap is that both errors cost: a nickname is nobody, but a person whose rare name is in no dictionary, or who adds
his trade, town or year of birth, has said who he is. So nicknames are told by what they are made of: adjectives,
beasts, roles and things without a surname beside them, a title before a letter, the name of a figure in a book.
"""

import re
import unicodedata
from functools import lru_cache

from mailtriage.language import lexicon
from mailtriage.language.name_words import Token, tokens_of
from mailtriage.language.personal_words import first_name, patronymic, relative, surname, thing, trade
from mailtriage.language.words import fold, known, lemmas_of, readings

_LATIN = re.compile("[A-Za-z]")
_HONORIFIC = re.compile(
    r"^(?:dr|mr|mrs|ms|prof|mister|miss|missis|madam|sir|lady|lord|г-н|г-жа|ип|господин|госпожа|гражданин|гражданка|"
    r"мистер|мисс|миссис|мадам|сэр|лорд|леди)\b\.?\s+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]{0,60}\)")
_PARTS = re.compile(r"\s*[|/;•]\s*|\s+[-–—]\s+")
_YEAR = re.compile(r"\s+\d{1,4}$|(?<=[а-яё])\d{1,4}$", re.IGNORECASE)
_BARE_INITIAL = re.compile(r"(?<![\w.])([^\W\d_])(?=$|\s)")
_LOW_INITIALS = re.compile(r"(?<![\w])(?:[а-яёa-z]\.\s?){1,2}(?!\w\w*\.)")
_HERS = re.compile(r"(?:[оеё]ва|[иы]на|ская|цкая)$")
_MANY = re.compile(r"[иы]х$")
_LEAST_GIVEN = 4
_LONGEST_NAME = 4
_LONGEST = 80
_PAIR = 2


@lru_cache(maxsize=1_024)
def personal_name(display_name: str) -> str | None:
    """The personal name in a From display name, or None for a nickname, an organisation's role or an address."""
    if "@" in display_name or len(display_name) > _LONGEST:
        return None
    plain = "".join(" " if unicodedata.category(letter) in {"So", "Sk"} else letter for letter in display_name)
    plain = " ".join(_ASIDE.sub(" ", plain).strip(" \"'«»").replace(",", " ").split())
    parts = [plain, *_PARTS.split(plain)] if _PARTS.search(plain) else [plain]
    return next((name for part in parts if (name := _name(part))), None)


def _name(text: str) -> str | None:
    name = _HONORIFIC.sub("", _YEAR.sub("", text))
    if "+".join(fold(text).split()) in lexicon.entries("figures.txt"):
        return None
    name = _BARE_INITIAL.sub(r"\1.", name)
    name = _LOW_INITIALS.sub(lambda match: match[0].upper(), name)
    tokens = [token for token in tokens_of(name, 0) if token.kinds]
    words = [token for token in tokens if "initials" not in token.kinds]
    if not words or len(words) > _LONGEST_NAME or any(map(str.isdigit, name)):
        return None
    if any(token.kinds & {"other", "brand"} for token in tokens):
        return None
    return name if _plain(tokens, words) or _titled(words) or _with_initials(tokens) or _rare(words) else None


def _plain(tokens: list[Token], words: list[Token]) -> bool:
    """A first name, a father's name or a surname that the dictionary knows, and nothing that is a role."""
    if any(_is_role(token) for token in words):
        return len(words) == _PAIR and words[0].capital and "surely" in words[0].kinds
    given = [token for token in words if token.kinds & {"name", "patronymic"}]
    if given:
        common = [token for token in words if "word" in token.kinds]
        return all(token.capital for token in (common, [*given, *common])[bool(common)])
    if len(tokens) == 1:
        return "surname" in words[0].kinds and words[0].capital
    fits = all(token.kinds & {"surname", "unknown"} and token.capital for token in words)
    return fits and (len(words) > 1 or len(tokens) > len(words))


def _titled(words: list[Token]) -> bool:
    """A trade or a place in the family before a name: "Прораб Кузьмич", "дядя Коля"."""
    first, *others = words
    if not others or not trade(first.text):
        return False
    if relative(first.text):
        return all(token.kinds & {"name", "surname", "patronymic"} for token in others)
    return all(
        token.capital and (surname(token.text) or patronymic(token.text) or _named(token.text)) for token in others
    )


def _named(word: str) -> bool:
    """A first name in the nominative: "болельщик Спартака" is nobody."""
    found = readings(fold(word))
    return first_name(word) and bool(found) and any("Name" in tag and "nomn" in tag for _, tag, _ in found[:1])


def _with_initials(tokens: list[Token]) -> bool:
    """A surname beside initials, whatever else stands there: "Лосева Т.И. бухгалтер"."""
    at = next((place for place, token in enumerate(tokens) if "initials" in token.kinds), None)
    if at is None:
        return False
    beside = tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2]
    return any(surname(token.text) or (token.capital and token.kinds & {"unknown", "name"}) for token in beside)


def _rare(words: list[Token]) -> bool:
    """Two capitalised words, one a surname, the other a name so rare that the dictionary has only the thing."""
    if len(words) != _PAIR or not all(token.capital for token in words) or any(map(_is_role, words)):
        return False
    one, other = (token.text for token in words)
    return any(
        (surname(family) and (thing(given) or first_name(given) or _agree(given, family)) and not _beast(given))
        or (_plural(family) and not known(fold(given)) and len(given) >= _LEAST_GIVEN)
        for family, given in ((one, other), (other, one))
    )


def _agree(given: str, family: str) -> bool:
    """Whether a word that the dictionary has as a thing's form is a woman's name beside her surname: "Херувима"."""
    return bool(_HERS.search(fold(family))) and fold(given)[-1] in "ая" and "NOUN" in _likeliest(given)


def _plural(word: str) -> bool:
    """A surname that is an adjective's plural: "Кротких", "Белых"."""
    return bool(_MANY.search(fold(word))) and {"ADJF", "plur", "gent"} <= _likeliest(word)


def _likeliest(word: str) -> frozenset[str]:
    found = readings(fold(word))
    return found[0][1] if found else frozenset()


def _beast(word: str) -> bool:
    return bool(lemmas_of(word) & lexicon.entries("beasts.txt"))


def _is_role(token: Token) -> bool:
    """Whether it names a role; a Russian role may be a surname too ("Король"), a Latin one ("admin") may not."""
    listed = bool(lemmas_of(token.text) & lexicon.entries("roles.txt"))
    return listed and ("surname" not in token.kinds or bool(_LATIN.search(token.text)))
