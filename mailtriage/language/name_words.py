"""What each word of a text may be in a personal name: first name, surname, initials, nothing of that.

The trap is the word that is a name too ("Вера", "Роман"): it is told as both, and who reads a whole name decides. What
a word may be is kept by word, for it is asked of every word of all mail.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from mailtriage.language import lexicon, translit
from mailtriage.language.by_word import kept
from mailtriage.language.personal_words import surname
from mailtriage.language.plausibility import english
from mailtriage.language.words import fold, known, readings

_WORD = r"(?:[ОO][’'])?[^\W\d_]{2,}(?:[-’'][^\W\d_]+)*"
_TOKEN = re.compile(
    rf"(?P<word>{_WORD})|(?P<label>[Фф]\.\s?[Ии]\.\s?[Оо]\b\.?)|"
    r"(?P<initials>(?:[А-ЯЁA-Z]\.[ \t]?){1,2}(?![\w]))|(?P<other>\S)"
)
_LATIN = re.compile("[A-Za-z]")
_SURNAME = re.compile(r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая)|цк(?:ий|ая)|[оеё]ва|[иы]на|енко|чук|щук|дзе|швили)$")
_RARER_SURNAME = re.compile(r"(?:юк|ич|ян|янц|ия|ли|ко|их|ых|ман|берг|штейн)$")
_PATRONYMIC = re.compile(
    r"(?:[оеё]вич|[оеё]вна|инична|ична|ьич|[оеё]вны|[оеё]вне|[оеё]вной|[оеё]вича|[оеё]вичем|[оеё]вичу)$"
)
SON_OR_DAUGHTER = frozenset(("оглы", "кызы", "гызы", "углы"))
"""Stand after the father's name: "Эльдар Рашид оглы"."""
_FUNCTION = frozenset(("NPRO", "PRCL", "CONJ", "PREP", "INFN", "VERB", "PRED", "GRND", "NUMR", "Apro"))
_PERSONAL = frozenset(("name", "surely", "surname", "family", "patronymic", "unknown"))
"""Kinds of which each name has one, if no initials and no word that ends like a surname."""
_INITIALS, _OTHER = frozenset(("initials",)), frozenset(("other",))
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


@kept(16_384)
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
    if form in SON_OR_DAUGHTER:
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


def _personal(written: str) -> bool:
    """Whether initials or a word may belong to a name."""
    return written[1] == "." or not _PERSONAL.isdisjoint(_kinds(written)) or surname(written)
