"""Whether what was recognised in a picture is a text that is known exactly: the screenshot of a receipt, and its PDF.

Recognition errs in letters, so a word may be a little off; it must not err in digits, for one digit is another payment.
Whatever stands on one side alone is news, a stamp as much as a sum.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from mailtriage.attachments.likeness import tokens

_LEAST_DIGITS = 8
"""In fewer nothing is proved."""
_LEAST_WORDS = 3
_WORD, _LONG_WORD = 3, 4
"""Letters of a word that must be there, and of one that must not be there alone: recognition makes up short ones."""
_LEAST_PAIRS, _OTHERWISE = 20, 0.15
"""Pairs of neighbouring words, and their share that another text, too, may have in common."""
_FEWEST_PAIRS = 6
"""Pairs of which none in common tells as much: where every other word is misread, seven in a row seldom are."""
_RUSSIAN = 0.9
"""Share of the long words from which on a text is looked for as Russian alone."""
_DIGITS = re.compile(r"\d+")
_CYRILLIC = re.compile(r"[а-я]+")
_DENIALS = frozenset({"не", "нет", "no", "not"})


def tells_another(exact: str, part: str) -> bool:
    """Whether a part of a picture shows already that it is another text: where words follow each other otherwise.

    Recognition takes a second, and nearly every picture shows something else. Doubt is False.
    """
    read = _neighbours(part)
    if len(read) < _FEWEST_PAIRS:
        return False
    told = _neighbours(exact)
    after, before = _beside(told), _beside((second, first) for first, second in told)
    common = sum(
        _among(second, after.get(first, set())) or _among(first, before.get(second, set())) for first, second in read
    )
    return common < (_OTHERWISE * len(read) if len(read) >= _LEAST_PAIRS else 1)


def is_russian(exact: str) -> bool:
    """Whether a picture of this text can be told from others without a word of another language."""
    words = [token for token in tokens(exact) if len(token) >= _LONG_WORD and token.isalpha()]
    return sum(bool(_CYRILLIC.fullmatch(word)) for word in words) >= _RUSSIAN * len(words)


def can_be_proved(exact: str) -> bool:
    """Whether there are digits enough in a text to prove that a picture shows it."""
    return sum(map(len, _DIGITS.findall(exact))) >= _LEAST_DIGITS


def says_the_same(exact: str, recognised: str) -> bool:
    """Whether a picture shows this text and nothing else, as far as recognition can tell; doubt is False."""
    ours, theirs = tokens(exact), tokens(recognised)
    if not can_be_proved(exact) or _numbers(ours) != _numbers(theirs):
        return False
    told, read = _words(ours, _WORD), _words(theirs, _WORD)
    if len(told) < _LEAST_WORDS or _denials(ours) != _denials(theirs):
        return False
    return all(_among(word, read) for word in told) and all(_among(word, told) for word in _words(theirs, _LONG_WORD))


def _neighbours(text: str) -> list[tuple[str, str]]:
    """Each two long words between which no other stands."""
    return list(pairwise(word for word in tokens(text) if len(word) >= _LONG_WORD and word.isalpha()))


def _beside(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word, other in pairs:
        found.setdefault(word, set()).add(other)
    return found


def _numbers(found: list[str]) -> Counter[str]:
    return Counter(run for token in found for run in _DIGITS.findall(token))


def _words(found: list[str], least: int) -> set[str]:
    return {token for token in found if len(token) >= least and not any(map(str.isdigit, token))}


def _denials(found: list[str]) -> int:
    return sum(token in _DENIALS for token in found)


def _among(word: str, others: set[str]) -> bool:
    """Equal to one of them, or with one slip in four letters."""
    if word in others:
        return True
    most = len(word) // 4
    return any(abs(len(word) - len(other)) <= most and _slips(word, other, most) <= most for other in others)


def _slips(one: str, other: str, most: int) -> int:
    """Letters to put in, leave out or exchange (Levenshtein 1966); more than `most` is just more."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, against in enumerate(other, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != against)))
        if min(row) > most:
            return most + 1
    return row[-1]
