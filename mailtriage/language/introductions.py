"""How somebody names himself in passing: "на связи Рустик", "зовите меня Гоша", "ваша Прасковья", a name at the end.

The trap is the rare or the pet name that no dictionary has: who says "this is" and a word with a capital has said who
he is. Doubt speaks for the writer, for a message that names nobody is not answered. Brands and whole words in capitals
name no person.
"""

import re
from collections.abc import Iterator

from mailtriage.language import lexicon
from mailtriage.language.words import EXAMINED, fold, known, readings

_NAME = r"(?P<name>[^\W\d_]{2,}(?:-[^\W\d_]{2,})?)"
_KIN = (
    r"(?:(?:дед|дедушка|бабушка|баба|бабка|т[её]тя|дядя|мама|папа|отец|мать|сестра|брат|пенсионер(?:ка)?|клиент(?:ка)?|"
    r"игрок|пользователь|подписчик|болельщик|слуга|друг) )"
)
_SAYS = tuple(
    (re.compile(pattern, re.IGNORECASE), plainly)
    for pattern, plainly in (
        (rf"\b(?:зовите|звать|называйте|кличут|зовут|величать|величают) (?:меня )?(?:просто )?{_NAME}", True),
        (rf"\bменя {_NAME} (?:звать|зовут|кличут)\b", True),
        (rf"\b(?:отвечайте|ответьте|пишите|звоните|позвоните|перезвоните) {_NAME}", False),
        (rf"\b(?:на связи|пишет(?: вам)?|беспокоит(?: вас)?) {_KIN}?{_NAME}", True),
        (rf"(?:^|[.!?\n,]\s*)(?:это|я|тут|здесь|от) {_KIN}?{_NAME}", False),
        (rf"(?:^|[.!?\n]\s*){_KIN}{_NAME}", False),
    )
)
"""Each with whether a word that also means a thing can only be a name there ("на связи Рустик")."""
_SIGNS = re.compile(
    rf"(?:^|[.!?\n)]\s*|,\s*)(?:(?:ваша?|ваш покорный|ваша покорная|от|жду) )?{_KIN}?{_NAME}[\s.!)]*$", re.IGNORECASE
)
_SHORTEST = 3
"""Letters; of two there are more cries than names."""
_PERSONAL = frozenset(("Name", "Surn", "Patr"))


def introduced(text: str) -> tuple[str, ...]:
    """The names by which a writer calls himself, as written."""
    sample = text[:EXAMINED].rstrip()
    return tuple(dict.fromkeys(name for name in (*_said(sample), *_signed(sample)) if not _is_cry(name)))


def _said(text: str) -> Iterator[str]:
    for pattern, plainly in _SAYS:
        for match in pattern.finditer(text):
            if _may_be_a_name(match["name"]) or (plainly and _is_thing(match["name"])):
                yield match["name"]


def _signed(text: str) -> Iterator[str]:
    """A single name at the very end; without a capital only a name that the dictionary has, on a line of its own."""
    match = _SIGNS.search(text)
    if match is None or not text[: match.start()].strip():
        return
    word = match["name"]
    alone = text.rpartition("\n")[2].strip(" .!)") == word
    if _may_be_a_name(word) or (alone and "\n" in text and _is_personal(word)):
        yield word


def _may_be_a_name(word: str) -> bool:
    """With a capital, and either known as a name or known as nothing."""
    if not word[0].isupper() or word.isupper() or fold(word) in lexicon.entries("brands.txt"):
        return False
    return _is_personal(word) or (not word.isascii() and not known(fold(word)))


def _is_cry(word: str) -> bool:
    return len(word) < _SHORTEST or fold(word) in lexicon.entries("interjections.txt")


def _is_personal(word: str) -> bool:
    found = readings(fold(word))
    return any(_PERSONAL & grammemes for _, grammemes, _ in found)


def _is_thing(word: str) -> bool:
    """A noun with a capital that is no brand, organisation or place."""
    found = readings(fold(word))
    return (
        word[0].isupper()
        and not word.isupper()
        and fold(word) not in lexicon.entries("brands.txt")
        and bool(found)
        and "NOUN" in found[0][1]
        and not {"Orgn", "Geox", "Trad"} & found[0][1]
    )
