"""What a file is recognised by when its octets differ: the words and numbers of its page, or what is drawn on it.

The trap is the form: two receipts of one bank look the same and say the same but for a few digits. So where there are
words the numbers decide, whatever the picture shows; the picture decides only where nothing was read, and only when it
is fine enough to tell letters. Doubt is None, and whoever asks takes it for new.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from mailtriage.attachments.alignment import TURNS, lay
from mailtriage.attachments.difference import difference
from mailtriage.attachments.fingerprint import Print, unpacked
from mailtriage.language.cards import masked

_MOST_TEXT = 60_000
"""Characters; how a longer text ends is not compared, so it is not recognised."""
_SKETCH = 48
"""Words that stand for all: those with the smallest hashes (Broder 1997, bottom-k)."""
_WORD_OCTETS = 3
_TELLING = 10
"""Words and numbers with fewer of which a page says too little: a scanner's stamp is on all its scans."""
_SAME_WORDS, _SAME_RECOGNISED, _READ_AT_ALL = 0.95, 0.6, 0.3
"""Shares of equal words: of texts, of texts of which one was recognised, and under which recognition failed."""
_ALIKE = 0.8
"""Correlation of two pictures that lie over each other; strangers reach 0.4."""
_DIFFERS = 0.39
"""Of the ink of a usual place: most copies of one receipt stay below; a changed time and number begin at 0.43."""
_JUDGED = 0.4
"""Share of the written places that must lie over each other."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d(?:[ \u00a0\u202f]?[.,:/-]?[ \u00a0\u202f]?\d)+")
_NOT_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Plain values, at most 2 kB as JSON."""

    picture: str = ""
    """`fingerprint` of the one picture that the file is; "" where there is none."""
    words: str = ""
    """Base85 of the smallest hashes of its words."""
    telling: int = 0
    """How many words and numbers it has."""
    numbers: str = ""
    """Digest of all its numbers of two digits and more."""
    recognised: bool = False
    """Whether the words were recognised in a picture, and so may be misread."""
    figures: str = ""
    """Digest of the pictures beside its text."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """Whether two files are the same document, and by what."""

    same: bool | None
    """None where nothing tells."""
    because: str = ""
    """In words for people, after "тот же документ: "; "" where it is not the same."""


def of_text(text: str, *, recognised: bool = False, figures: str = "") -> Likeness | None:
    """The likeness of a file by what it says; None where it says nothing, or too much."""
    if len(text) > _MOST_TEXT:
        return None
    shown = masked(text).casefold().replace("ё", "е")
    words = set(_WORD.findall(shown))
    numbers = sorted(_NOT_DIGIT.sub("", number) for number in _NUMBER.findall(shown))
    if not words and not numbers:
        return None
    hashes = sorted(hashlib.sha256(word.encode()).digest()[:_WORD_OCTETS] for word in words)[:_SKETCH]
    return Likeness(
        words=base64.b85encode(b"".join(hashes)).decode(),
        telling=len(words) + len(numbers),
        numbers=hashlib.sha256(" ".join(numbers).encode()).hexdigest()[:16],
        recognised=recognised,
        figures=figures,
    )


def with_words(likeness: Likeness | None, text: str) -> Likeness | None:
    """The likeness of a picture with the words that were recognised in it."""
    words = of_text(text, recognised=True)
    return replace(words, picture=likeness.picture) if words and likeness else words or likeness


def same_document(one: Likeness | None, other: Likeness | None) -> bool | None:
    """Whether two files are the same document; None where nothing tells."""
    return sameness(one, other).same


@lru_cache(maxsize=1024)
def sameness(one: Likeness | None, other: Likeness | None) -> Sameness:
    """The same, with the reason. Takes up to 0.2 s for two pictures that are alike."""
    told = sameness_of_words(one, other)
    if told.same is not None or one is None or other is None:
        return told
    return _by_picture(one.picture, other.picture) if one.picture and other.picture else Sameness(None)


def sameness_of_words(one: Likeness | None, other: Likeness | None) -> Sameness:
    """The same by what stands on the page, where both were read; a single digit that differs is another document."""
    if one is None or other is None or min(one.telling, other.telling) < _TELLING:
        return Sameness(None)
    return _by_words(one, other) or Sameness(None)


def _by_words(one: Likeness, other: Likeness) -> Sameness | None:
    """None where recognition failed, so that words say nothing."""
    share = _overlap(one.words, other.words)
    recognised = one.recognised or other.recognised
    if recognised and share < _READ_AT_ALL:
        return None
    if one.numbers != other.numbers or share < _READ_AT_ALL:
        return Sameness(same=False)
    if share < (_SAME_RECOGNISED if recognised else _SAME_WORDS):
        return Sameness(None)
    if not recognised and one.figures != other.figures:
        return Sameness(None)
    return Sameness(same=True, because="те же слова и числа")


def _overlap(one: str, other: str) -> float:
    """The Jaccard share of two sets of words by their sketches."""
    ours, theirs = _hashes(one), _hashes(other)
    union = sorted(ours | theirs)[:_SKETCH]
    return sum(word in ours and word in theirs for word in union) / len(union) if union else 1.0


def _hashes(sketch: str) -> frozenset[bytes]:
    try:
        octets = base64.b85decode(sketch)
    except ValueError:
        return frozenset()
    return frozenset(octets[place : place + _WORD_OCTETS] for place in range(0, len(octets), _WORD_OCTETS))


def _by_picture(one: str, other: str) -> Sameness:
    if one == other:
        return Sameness(same=True, because="то же изображение")
    ours, theirs = unpacked(one), unpacked(other)
    if ours is None or theirs is None or not (ours.clear and theirs.clear):
        return Sameness(None)
    laid = lay(ours.ink, theirs.ink)
    if laid is None or laid.alike < _ALIKE:
        return Sameness(None)
    found = difference(ours, _turned(theirs, laid.turns), laid.affine)
    if found.judged < _JUDGED:
        return Sameness(None)
    if found.most > _DIFFERS:
        return Sameness(same=False)
    return Sameness(same=True, because="изображение повёрнуто" if laid.turns else "то же изображение")


def _turned(print_: Print, turns: int) -> Print:
    turn = TURNS[turns]
    return print_ if turn is None else Print(print_.ink.transpose(turn), print_.edges.transpose(turn), print_.clear)
