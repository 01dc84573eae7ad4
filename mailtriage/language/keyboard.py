"""The Russian and the American keyboard: what was typed with the wrong layout, and runs of neighbouring keys.

The trap is punctuation: in the wrong layout a full stop is "ю" and an ampersand a question mark, yet people also type
the right punctuation by habit; so a chunk's tail is kept as it stands where only that gives a word.
"""

import re
from collections.abc import Callable
from itertools import pairwise

_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./" + '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?@#$^&'
_RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю." + 'ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?'
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS[:-5], _LATIN_KEYS[:-5])

_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEY = {key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}

_TAIL = re.compile(r"[.,;:!?)\]\"'>]+$")
_LETTERS = re.compile(r"[^\W\d_]+")
KEPT = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[A-Z]{2,}-?\d[\w-]*|\S*\d\S*")
"""Chunks that no layout or transliteration explains: addresses and codes."""


def in_russian(text: str) -> str:
    """The same keys on a Russian keyboard, letter by letter."""
    return text.translate(_TO_RUSSIAN)


def in_latin(text: str) -> str:
    """The same keys on an American keyboard."""
    return text.translate(_TO_LATIN)


def retyped(chunk: str, is_word: Callable[[str], bool]) -> str:
    """A chunk without blanks as its keys give it in Russian; its tail is left alone where only so a word comes out."""
    if KEPT.fullmatch(chunk):
        return chunk
    whole = in_russian(chunk)
    if all(is_word(part) for part in _LETTERS.findall(whole)):
        return whole
    if tail := _TAIL.search(chunk):
        rest = in_russian(chunk[: tail.start()])
        if all(is_word(part) for part in _LETTERS.findall(rest)):
            return rest + tail[0]
    return whole


def mashed(form: str) -> bool:
    """Whether a folded word is little but steps to neighbouring keys of one row, or one short pattern repeated."""
    if len(form) < 4:  # noqa: PLR2004 - three neighbouring keys make words: "вап" hardly, "про" and "тот" do
        return False
    steps = 0
    for one, other in pairwise(form):
        first, second = _KEY.get(one), _KEY.get(other)
        steps += bool(first and second and first[0] == second[0] and abs(first[1] - second[1]) <= 1)
    return steps >= 0.8 * (len(form) - 1) or len(set(form)) <= max(2, len(form) // 4)
