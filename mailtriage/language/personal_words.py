"""What one word may be in a name: a first name, a surname, a father's name, a trade before one.

The trap is the surname that is a form of a thing ("Бубенцов", "Щеглов"): the dictionary knows only the thing. Its
ending tells it, where no sentence could hold that form by itself.
"""

import re
from functools import lru_cache

from mailtriage.language import lexicon
from mailtriage.language.words import fold, known, lemmas_of, readings

_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая)|цк(?:ий|ая)|[оеё]ва|[иы]на|[оеё]вой|[иы]ной|[оеё]ву|[иы]ну|енко|чук|щук|дзе|швили)$"
)
_LEAST_SURNAME = 5
_RELATIVES = frozenset(
    ("дед", "дедушка", "бабушка", "баба", "бабка", "тетя", "дядя", "семья", "супруги", "мама", "папа", "брат", "сестра")
)


@lru_cache(maxsize=16_384)
def first_name(word: str) -> bool:
    """Whether the word is likeliest a first name, in whatever case of letters or of grammar."""
    form = fold(word)
    found = readings(form)
    return form in lexicon.entries("first_names.txt") or (known(form) and bool(found) and "Name" in found[0][1])


@lru_cache(maxsize=16_384)
def surname(word: str) -> bool:
    """Whether the word is likely a surname: known as one, or ending like one and no word in its own right."""
    form = fold(word)
    if form in lexicon.entries("brands.txt"):
        return False
    found = readings(form)
    if known(form) and any("Surn" in grammemes for _, grammemes, _ in found):
        return {"Name", "Geox", "Orgn"}.isdisjoint(found[0][1]) and ("Surn" in found[0][1] or _shaped(form))
    if not _shaped(form):
        return False
    # "Щеглов" is the genitive of a bird; what is a nominative, or no noun, is a word.
    return not known(form) or ("NOUN" in found[0][1] and "nomn" not in found[0][1] and "Geox" not in found[0][1])


@lru_cache(maxsize=16_384)
def patronymic(word: str) -> bool:
    """Whether the word is a father's name that the dictionary knows, as people call each other: "Кузьмич"."""
    form = fold(word)
    return known(form) and "Patr" in readings(form)[0][1]


@lru_cache(maxsize=16_384)
def trade(word: str) -> bool:
    """Whether the word says what or whose somebody is: "прораб", "адвокат", "дядя"; beasts and brands are none."""
    form = fold(word)
    if relative(form):
        return True
    if not known(form) or lemmas_of(form) & lexicon.entries("beasts.txt") or form in lexicon.entries("brands.txt"):
        return False
    likely = readings(form)[0][1]
    return {"NOUN", "anim", "nomn"} <= likely and not {"Name", "Surn", "Patr"} & likely


def relative(word: str) -> bool:
    """Whether the word is one's place in a family, before a name: "дядя", "семья"."""
    return fold(word) in _RELATIVES


@lru_cache(maxsize=16_384)
def thing(word: str) -> bool:
    """Whether the word is a noun in the nominative, or a place: beside a surname it is a rare first name."""
    form = fold(word)
    if not known(form) or form in lexicon.entries("brands.txt"):
        return False
    return any(
        "NOUN" in grammemes and "nomn" in grammemes and "sing" in grammemes for _, grammemes, _ in readings(form)
    )


def _shaped(form: str) -> bool:
    return len(form) >= _LEAST_SURNAME and bool(_SURNAME.search(form))
