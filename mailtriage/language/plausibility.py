"""How much a string of letters looks like a word, known to the dictionary or not.

The trap is to take the dictionary alone for the language: names, slang and every second word of a hurried writer are
not in it, but they are built of the letter sequences of Russian, and keyboard mash is not.
"""

import re
from functools import cache
from itertools import pairwise

from mailtriage.language import lexicon
from mailtriage.language.by_word import kept
from mailtriage.language.keyboard import mashed
from mailtriage.language.words import known

_ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюя$"
_NEVER = 9
_ODD = 3.2
_LONG = 3
_VOWELS = frozenset("aeiouy")
_CONSONANT_RUN = 5
_BEHIND_Q = re.compile("q[^aeiouy]")
"""In no language does it stand before a consonant."""


def oddity(form: str) -> float:
    """Mean surprise of the letters of a folded Cyrillic word, 0 (ordinary) to 9 (never seen in Russian)."""
    bounded = f"^^{form}$"
    table = _surprises()
    surprises = [table.get(bounded[at : at + 3], _NEVER) for at in range(len(bounded) - 2)]
    return sum(surprises) / len(surprises)


@kept(16_384)
def russian(form: str) -> bool:
    """Whether a folded Cyrillic word is one, or could be."""
    if known(form) and len(form) >= _LONG:
        return not (mashed(form) and oddity(form) > _ODD)
    squeezed = squeeze(form)
    return known(form) or known(squeezed) or (oddity(squeezed) < _ODD and not mashed(form) and len(form) >= _LONG)


def squeeze(form: str) -> str:
    """The word with each run of one letter made one letter: "дааайте" is "дайте"."""
    return form[:1] + "".join(letter for before, letter in pairwise(form) if letter != before)


@kept(16_384)
def english(form: str) -> bool:
    """Whether a lower-case Latin word is everyday English, inflected or not."""
    everyday = lexicon.entries("english.txt")
    if form in everyday:
        return True
    stems = (
        form.removesuffix("s"),
        form.removesuffix("es"),
        form.removesuffix("ed"),
        form.removesuffix("ing"),
        form.removesuffix("ly"),
    )
    return any(len(stem) >= _LONG and (stem in everyday or stem + "e" in everyday) for stem in stems if stem != form)


def latin(form: str) -> bool:
    """Whether a lower-case Latin word could be one of some language, or a name."""
    run = longest = 0
    for letter in form:
        run = 0 if letter in _VOWELS or not letter.isascii() else run + 1
        longest = max(longest, run)
    return (
        longest < _CONSONANT_RUN
        and not _BEHIND_Q.search(form)
        and not mashed(form)
        and (len(form) <= _LONG or longest < len(form))
    )


@cache
def _surprises() -> dict[str, int]:
    """Surprise (-log2 p, in steps of 1.5) of a letter after two others, over the forms of the dictionary."""
    table = {}
    for row in lexicon.lines("trigrams.txt"):
        table.update({row[:2] + letter: int(step) for letter, step in zip(_ALPHABET, row[2:], strict=True)})
    return table
