"""Personal names in running text and in display names, Russian and Latin, common and rare.

Two traps. Half of the first names are words too ("Вера", "Лев", "Роман"), and bookmakers, clubs and banks are named
like people: so a word alone counts only where a person signs or introduces himself. And people sign with names that
are in no dictionary: there, position and the neighbour decide. A name that is greeted is the reader's, not the
writer's.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from mailtriage.language import lexicon, translit
from mailtriage.language.demands import imperative
from mailtriage.language.personal_words import surname, thing
from mailtriage.language.plausibility import english
from mailtriage.language.text import Text
from mailtriage.language.words import fold, known, readings

_FRAGMENT = re.compile(r"[^\n,;:!?()«»\"<>/|]+")
_WORD = r"(?:[ОO][’'])?[^\W\d_]{2,}(?:[-’'][^\W\d_]+)*"
_NAMED = re.compile(rf"[А-ЯЁA-Z]\.|{_WORD}")
"""What a name may hold: initials, or a word."""
_TOKEN = re.compile(
    rf"(?P<word>{_WORD})|(?P<label>[Фф]\.\s?[Ии]\.\s?[Оо]\b\.?)|"
    r"(?P<initials>(?:[А-ЯЁA-Z]\.[ \t]?){1,2}(?![\w]))|(?P<other>\S)"
)
_SENTENCE_END = re.compile(r"\.(?<=[^\W_]{2}\.)(?=\s|$)")
_LATIN = re.compile("[A-Za-z]")
_SURNAME = re.compile(r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая)|цк(?:ий|ая)|[оеё]ва|[иы]на|енко|чук|щук|дзе|швили)$")
_RARER_SURNAME = re.compile(r"(?:юк|ич|ян|янц|ия|ли|ко|их|ых|ман|берг|штейн)$")
_PATRONYMIC = re.compile(
    r"(?:[оеё]вич|[оеё]вна|инична|ична|ьич|[оеё]вны|[оеё]вне|[оеё]вной|[оеё]вича|[оеё]вичем|[оеё]вичу)$"
)
_SON_OR_DAUGHTER = frozenset(("оглы", "кызы", "гызы", "углы"))
"""Stand after the father's name: "Эльдар Рашид оглы"."""
_GREETS = re.compile(
    r"(?:уважаем\w+|здравствуй\w*|привет\w*|дорог\w+|добр\w+ (?:день|утро|вечер)|господин\w*|госпож\w*|dear|hello|"
    r"hi)[\s,]*$"
)
_RESPECTS = re.compile(r"(?:уважаем\w+|дорог\w+|господин\w*|госпож\w*|dear)[\s,]*$")
_STAFF = re.compile(
    r"(?:оператор\w*|сотрудни\w+|менеджер\w*|специалист\w*|консультант\w*|агент\w*|следовател\w+|"
    r"улиц\w+|ул\.?|проспект\w*|площад\w+|кубк\w+|кубок|стадион\w*|переул\w+|бульвар\w*|набережн\w+)[\s,]*$"
)
_INTRODUCES = re.compile(
    r"(?:\bменя зовут|\bф\.?\s?и\.?\s?о\.?|\bс уважением|\bпишет вам|\bвас беспокоит|\bэто|"
    r"\bменя звать|\bфамили[яюи]|\bзовут меня|\bс ув\.?|\bимя|"
    r"\bmy name is|\bregards|\bsincerely|\bmenya zovut|\bs uvazheniem|\bthis is|\bimya)[\s,:.–—-]*$"
)
_CALLS = re.compile(
    r"\b(?:клиент\w*|заявител\w+|владел\w+|отправител\w+|получател\w+|плательщик\w*|гражданин\w*|гражданк\w+|абонент\w*|"
    r"пользовател\w+|подпись|от)[\s:–—-]*$"
)
"""Before somebody's full name; one word after it may be anything ("клиент Сбербанка")."""
_SURNAMES = frozenset(("family", "shaped", "initials", "unknown"))
_CALL = re.compile(r"\s?(?:(!)[ \t]*\S|,[ \t]*([^\W\d_]+))")
_POLITE = re.compile(r"(?:здравствуй|добр(?:ый|ое|ого)|привет|доброго)")
_FUNCTION = frozenset(("NPRO", "PRCL", "CONJ", "PREP", "INFN", "VERB", "PRED", "GRND", "NUMR", "Apro"))
_BEGINS = frozenset(("name", "surname", "patronymic", "unknown"))
"""What a name without capitals may begin with."""
_PERSONAL = frozenset(("name", "surely", "surname", "family", "patronymic", "unknown"))
"""Kinds of which each name has one, if no initials and no word that ends like a surname."""
_INITIALS, _OTHER = frozenset(("initials",)), frozenset(("other",))
_LONGEST_NAME = 4
_REACH = 40
"""Characters before a name in which it may be announced."""
_NEAR = 3
"""Words from where a name begins in which it shows that it is one."""
_WINDOW = 5
"""Words that are looked at for one name; a longer run of capitals is a heading."""
_LEAST_SURNAME = 5


class Token(NamedTuple):
    """One word of a name, or what stands between: where it starts, what it may be, whether it has a capital."""

    start: int
    text: str
    kinds: frozenset[str]
    """name, surname, patronymic, initials, unknown (in no dictionary), brand, word; surely and family: likeliest so."""
    capital: bool
    personal: bool
    """Whether it may belong to a name; where nothing may, there is none."""


def find_names(text: Text) -> tuple[str, ...]:
    """Personal names as written, in their order, that may be the writer's or somebody's whom he names in full."""
    sample, folded, _ = text
    fragments = list(_fragments(sample))
    found: list[str] = []
    for at, (start, fragment) in enumerate(fragments):
        if not any(map(_holds_a_name, fragment.split())):
            continue
        tokens = tokens_of(fragment, start)
        signs = at >= len(fragments) - 3
        found += _names_in(tokens, sample, _Before(folded, start), signs=signs, last=at == len(fragments) - 1)
    return tuple(dict.fromkeys(found))


def _fragments(text: str) -> Iterator[tuple[int, str]]:
    """Pieces between marks and sentence ends; the full stop of an initial ends nothing."""
    for match in _FRAGMENT.finditer(text):
        at = match.start()
        for end in _SENTENCE_END.finditer(match[0]) if "." in match[0] else ():
            yield at, text[at : match.start() + end.start()]
            at = match.start() + end.end()
        if text[at : match.end()].strip():
            yield at, text[at : match.end()]


def tokens_of(fragment: str, start: int) -> list[Token]:
    """The words and initials of a piece of text that starts at `start`; a mark is of the kind "other"."""
    put_together = tuple.__new__
    return [
        put_together(Token, (start + match.start(), *_seen(match.lastgroup, match[0])))
        for match in _TOKEN.finditer(fragment)
    ]


@lru_cache(maxsize=16_384)
def _seen(group: str | None, written: str) -> tuple[str, frozenset[str], bool, bool]:
    """What a token is wherever it stands."""
    text = written.strip()
    kinds = _kinds(written) if group == "word" else _INITIALS if group == "initials" else _OTHER
    return text, kinds, written[0].isupper(), "other" not in kinds and _personal(text)


@lru_cache(maxsize=16_384)
def _kinds(word: str) -> frozenset[str]:
    form = fold(word)
    if form in lexicon.entries("brands.txt"):
        return frozenset(("brand",))
    if _LATIN.search(form):
        if english(form) or form in lexicon.entries("roles.txt"):
            return frozenset(("word",))
        russian, is_known = translit.russian_word(word)
        kinds = _kinds(russian) if is_known else frozenset()
        return kinds & {"name", "surely", "surname", "family", "patronymic"} or frozenset(("unknown",))
    if form in _SON_OR_DAUGHTER:
        return frozenset(("patronymic",))
    if "-" in form and (together := frozenset.intersection(*(_kinds(part) for part in word.split("-") if part))):
        return together
    grammemes = [reading[1] for reading in readings(form)] if known(form) else []
    listed = form in lexicon.entries("first_names.txt")
    likely: frozenset[str] = grammemes[0] if grammemes else frozenset()
    shaped = len(form) >= _LEAST_SURNAME and (_SURNAME.search(form) or (not grammemes and _RARER_SURNAME.search(form)))
    held = {
        "name": listed or any("Name" in each for each in grammemes),
        "surely": listed or "Name" in likely,
        "surname": any("Surn" in each for each in grammemes) or (shaped and word[0].isupper()),
        "family": "Surn" in likely,
        "shaped": shaped and not _FUNCTION & likely,
        "patronymic": any("Patr" in each for each in grammemes) or _PATRONYMIC.search(form),
        "place": {"Geox", "Orgn", "Trad"} & likely,
        "function": _FUNCTION & likely and not any("NOUN" in each for each in grammemes),
        "unknown": not grammemes and not listed,
    }
    kinds = frozenset(kind for kind, holds in held.items() if holds)
    return kinds if kinds - {"shaped"} else kinds | {"word"}


@lru_cache(maxsize=8_192)
def _holds_a_name(written: str) -> bool:
    """Whether what stands between two blanks may belong to a name."""
    return any(map(_personal, _NAMED.findall(written)))


def _personal(written: str) -> bool:
    """Whether initials or a word may belong to a name."""
    return written[1] == "." or not _PERSONAL.isdisjoint(_kinds(written)) or surname(written)


class _Before:
    """What stands before a word, for whoever asks."""

    def __init__(self, folded: str, start: int) -> None:
        self._folded = folded
        self._words = folded[max(0, start - _REACH) : start]

    def at(self, start: int) -> "_Before":
        """What stands before another word of the text."""
        return _Before(self._folded, start)

    @cached_property
    def introduces(self) -> bool:
        """Whether the writer tells who he is."""
        return bool(_INTRODUCES.search(self._words))

    @cached_property
    def calls(self) -> bool:
        """Whether somebody's full name is announced."""
        return bool(_CALLS.search(self._words))

    def is_others(self, tokens: Sequence[Token]) -> bool:
        """Whether it is the reader who is greeted or of whom it is told; none greets strangers by name and surname."""
        if _STAFF.search(self._words):
            return True
        in_full = len(tokens) > 1 and any(surname(token.text) for token in tokens)
        return bool((_RESPECTS if in_full else _GREETS).search(self._words))


def _names_in(tokens: list[Token], text: str, before: _Before, *, signs: bool, last: bool) -> Iterator[str]:
    at = 0
    for personal in [place for place, token in enumerate(tokens) if token.personal]:
        # What is nearer than that to nothing personal begins no name.
        at = max(at, personal - _NEAR + 1)
        while at <= personal:
            length = _length_here(tokens, at, text, before, signs=signs)
            if length > 0:
                yield _written(tokens[at : at + length])
            at += abs(length) or 1
    if last and len(tokens) > 2 and (tail := _low_signature(tokens)):  # noqa: PLR2004 - shorter ones were seen whole
        yield tail


def _length_here(tokens: list[Token], at: int, text: str, before: _Before, *, signs: bool) -> int:
    """How many tokens from here are a name; fewer than none where so many are somebody else's."""
    if not (tokens[at].capital or tokens[at].kinds & _BEGINS):
        return 0
    ahead = before.at(tokens[at].start) if at else before
    length = _name_length(tokens[at : at + _WINDOW], ahead, whole=len(tokens), at=at, signs=signs)
    length = _with_father(tokens, at, length)
    name = tokens[at : at + length]
    return -length if length and (_addresses(name, text) or ahead.is_others(name)) else length


def _addresses(tokens: Sequence[Token], text: str) -> bool:
    """Whether a line begins with it as a call: "Анна Сергеевна! ...", "Мирон, подскажите ..."; never by surname."""
    start, end = tokens[0].start, tokens[-1].start + len(tokens[-1].text)
    called = _CALL.match(text, end)
    if called is None or text[:start].rpartition("\n")[2].strip() or any(token.kinds & _SURNAMES for token in tokens):
        return False
    return bool(called[1] or _POLITE.match(fold(called[2])) or imperative(fold(called[2])))


def _with_father(tokens: Sequence[Token], at: int, length: int) -> int:
    """The length with a father's name before "оглы" or "кызы" in it."""
    for more in (0, 1):
        end = at + length + more
        if length > 1 and end < len(tokens) and fold(tokens[end].text) in _SON_OR_DAUGHTER:
            return length + more + 1
    return length


def _name_length(tokens: Sequence[Token], before: _Before, *, whole: int, at: int, signs: bool) -> int:
    """How many tokens from here are a name, 0 for none."""
    if _greets(tokens[0].text):
        return 0
    run = _capitals(tokens)
    alone = whole == len(run) and not at
    for length in range(min(3, len(tokens)), 1, -1):
        if _full(tokens[:length]):
            return length
    trusting = (alone and signs and len(run) <= _LONGEST_NAME) or (len(run) > 1 and _called(run, before))
    if len(run) > 1 and _pair(run[0], run[1], trusting=trusting):
        longer = len(run) > 2 and run[2].kinds & {"patronymic", "initials", "surname"} and not run[2].kinds & {"brand"}  # noqa: PLR2004 - the third
        return 3 if longer else 2
    if whole in {2, 3} and not at and signs and not run and _low_pair(tokens):
        return whole
    if not run and len(tokens) > 1 and _low_pair(tokens[:2]) and before.introduces:
        return 2
    return int(_single(tokens[0], introduced=before.introduces, signed=alone and signs and whole == 1))


@lru_cache(maxsize=16_384)
def _greets(word: str) -> bool:
    return bool(_GREETS.search(fold(word)))


def _called(run: Sequence[Token], before: _Before) -> bool:
    return before.introduces or (any(one.kinds & {"surely", "initials"} for one in run[:2]) and before.calls)


def _single(token: Token, *, introduced: bool, signed: bool) -> bool:
    """Whether one word is a name: after "меня зовут", or alone where a letter is signed."""
    if introduced and token.capital:
        return bool(token.kinds & {"name", "surname", "unknown"})
    if introduced:
        return "surely" in token.kinds
    return signed and token.capital and bool(token.kinds & {"name", "family"}) and "place" not in token.kinds


def _capitals(tokens: Sequence[Token]) -> Sequence[Token]:
    length = 0
    while length < len(tokens) and tokens[length].capital and "other" not in tokens[length].kinds:
        length += 1
    return tokens[:length]


def _full(tokens: Sequence[Token]) -> bool:
    """A first name and a patronymic beside each other, in any case of letters, with or without the surname."""
    kinds = [token.kinds for token in tokens]
    for at, kind in enumerate(kinds[1:], 1):
        if "patronymic" in kind and (
            "name" in kinds[at - 1] or ("unknown" in kinds[at - 1] and tokens[at - 1].capital)
        ):
            others = [token for place, token in enumerate(tokens) if place not in {at - 1, at}]
            return all(
                token.kinds & {"surname", "unknown", "name", "shaped"}
                or (token.capital and at == len(kinds) - 1 and "brand" not in token.kinds)
                for token in others
            )
    return False


def _pair(one: Token, other: Token, *, trusting: bool) -> bool:
    kinds = (one.kinds, other.kinds)
    if any(kind & {"brand", "other"} for kind in kinds):
        return False
    for first, second in (kinds, kinds[::-1]):
        if "initials" in first and "initials" not in second:
            return bool(second & {"surname", "unknown", "name"}) or trusting
        if "surely" in first and "surely" in second:
            return True
        if "name" in first and (
            second & {"surname", "unknown", "patronymic"} or (trusting and "function" not in second)
        ):
            return trusting or "surely" in first or bool(second & {"surname"})
    if trusting and any(surname(a.text) and thing(b.text) for a, b in ((one, other), (other, one))):
        return True
    return trusting and all(kind & {"surname", "unknown"} for kind in kinds)


def _low_pair(tokens: Sequence[Token]) -> bool:
    """A name that was written without capitals, on its own."""
    sure = [token for token in tokens if "surely" in token.kinds]
    return bool(sure) and all(token.kinds & {"name", "surname", "unknown", "patronymic"} for token in tokens)


def _low_signature(tokens: Sequence[Token]) -> str | None:
    """A first name and a surname as the last two words of a text that knows neither capitals nor full stops."""
    tail = tokens[-2:]
    if any(token.capital for token in tail) or not _low_pair(tail):
        return None
    return _written(tail)


def _written(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
