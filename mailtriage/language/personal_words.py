"""What one word may be in a name: a first name, a surname, a father's name, a trade before one.

The trap is the surname that is a form of a thing ("Бубенцов", "Щеглов"): the dictionary knows only the thing. Its
ending tells it, where no sentence could hold that form by itself.
"""

import re

from mailtriage.language import lexicon
from mailtriage.language.by_word import kept
from mailtriage.language.words import fold, known, lemmas_of, readings

_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ой|ая)|цк(?:ий|ая)|[оеё]ва|[иы]на|[оеё]вой|[иы]ной|[оеё]ву|[иы]ну|енко|чук|щук|дзе|швили)$"
)
_LEAST_SURNAME = 5
_PERSONAL = frozenset(("Name", "Surn", "Patr"))
_RELATIVES = frozenset(
    ("дед", "дедушка", "бабушка", "баба", "бабка", "тетя", "дядя", "семья", "супруги", "мама", "папа", "брат", "сестра")
)


@kept(16_384)
def first_name(word: str) -> bool:
    """Whether the word is likeliest a first name, in whatever case of letters or of grammar."""
    form = fold(word)
    found = readings(form)
    return form in lexicon.entries("first_names.txt") or (known(form) and bool(found) and "Name" in found[0][1])


@kept(16_384)
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


@kept(16_384)
def patronymic(word: str) -> bool:
    """Whether the word is a father's name that the dictionary knows, as people call each other: "Кузьмич"."""
    form = fold(word)
    return known(form) and "Patr" in readings(form)[0][1]


@kept(16_384)
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


@kept(16_384)
def thing(word: str) -> bool:
    """Whether the word is a noun in the nominative, or a place: beside a surname it is a rare first name."""
    form = fold(word)
    if not known(form) or form in lexicon.entries("brands.txt"):
        return False
    return any(
        "NOUN" in grammemes and "nomn" in grammemes and "sing" in grammemes for _, grammemes, _ in readings(form)
    )


def personal(word: str) -> bool:
    """Whether the word may be any name, in whatever case of letters."""
    return any(_PERSONAL & grammemes for _, grammemes, _ in readings(fold(word)))


def taken_for_a_name(word: str) -> bool:
    """Whether the word is taken for a name where somebody tells who he is: "это Рустик", "имя: оксана"."""
    return fold(word) not in lexicon.entries("brands.txt") and (_may_be_a_name(word) or _surely(word))


def _may_be_a_name(word: str) -> bool:
    """With a capital, and either known as a name or known as nothing."""
    if not word[0].isupper() or word.isupper():
        return False
    return personal(word) or surname(word) or (not word.isascii() and not known(fold(word)))


def _surely(word: str) -> bool:
    """A name that is nothing else, in whatever case of letters."""
    # In small letters "результатов" is a genitive, however much it looks like a surname.
    named = surname(word) and (word[0].isupper() or not known(fold(word)) or personal(word))
    return first_name(word) or patronymic(word) or named


def _shaped(form: str) -> bool:
    return len(form) >= _LEAST_SURNAME and bool(_SURNAME.search(form))
