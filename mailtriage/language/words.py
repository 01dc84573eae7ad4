"""Russian word forms: every form of a word has one lemma, so that a rule that names a word finds all its forms.

Two traps. A form has several readings ("банка" is a jar or a bank's genitive): `lemma` takes the likeliest,
`lemmas_of` gives them all, and matching asks the latter. And folding must not move letters, or the places told as
evidence would point beside the word: `str.lower` makes two characters of "İ", so such letters stay as they are.
"""

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import pymorphy3

from mailtriage.language.by_word import kept

EXAMINED = 20_000
"""Characters of a text that are looked at in this room; what a person has not said by then he will not say."""

_WORD = re.compile(r"([^\W_]++(?:[\u0300-\u036f\u00ad\u200b-\u200d\u2060]+[^\W_]*)*(?:[-\u2010\u2011'\u2019][^\W_]+)*)")
_UNSEEN = re.compile("[\u0300-\u0305\u0307\u0309-\u036f\u00ad\u200b-\u200d\u2060\ufeff]")
_HYPHENS = re.compile("[-\u2010\u2011]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LONGEST = 60


class Spoken(NamedTuple):
    """A word wherever it stands: the same object for everything that is written alike."""

    form: str
    """Folded: lower-case, ё as е."""
    lemma: str
    """The normal form, folded; the form itself where it is no Russian word."""
    lemmas: frozenset[str]
    """The normal forms of every reading, those of a compound's parts among them."""


class Word(NamedTuple):
    """A word where it stands: `start` and `end` are offsets into the text that was given."""

    form: str
    """This and the others as of `Spoken`."""
    lemma: str
    start: int
    end: int
    lemmas: frozenset[str] = frozenset()


class Tokens(NamedTuple):
    """A text taken apart; its words have their places beside them."""

    words: tuple[Spoken, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def starts_of(self, lemmas: frozenset[str]) -> list[int]:
        """Where the words stand of which one of these may be the normal form."""
        apart = lemmas.isdisjoint
        return [start for word, start in zip(self.words, self.starts, strict=True) if not apart(word.lemmas)]

    def between(self, start: int, end: int) -> tuple[Spoken, ...]:
        """The words that begin in a piece of the text, which cuts none of them."""
        return self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def fold(text: str) -> str:
    """Lower-case with ё as е, the same length as the text: what comparisons are made on."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.replace("ё", "е")


def lemma(word: str) -> str:
    """The normal form of one word (pymorphy3, cached)."""
    return _forms(_clean(word))[0]


def lemmas_of(word: str) -> frozenset[str]:
    """The normal forms of every reading of one word, and of the parts of a compound with hyphens."""
    return _forms(_clean(word))[1]


def words(text: str) -> tuple[Word, ...]:
    """Every word of the text in order, as far as the text is examined."""
    return _words(text[:EXAMINED])


def tokens(text: str) -> Tokens:
    """The same at half the price, for whoever asks for places seldom."""
    return _tokens(text[:EXAMINED])


def spoken(text: str) -> list[Spoken]:
    """The same without places."""
    return list(map(_spoken, _WORD.findall(text[:EXAMINED])))


def forms(text: str) -> list[str]:
    """The forms alone, for which no dictionary is needed."""
    return list(map(_clean, _WORD.findall(text[:EXAMINED])))


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[Word, ...]:
    put_together = tuple.__new__
    # As `Word(...)`, which takes half as long again, for each word of all mail.
    return tuple(
        put_together(Word, (form, likely, start, end, possible))
        for (form, likely, possible), start, end in zip(*_tokens(text), strict=True)
    )


@lru_cache(maxsize=64)
def _tokens(text: str) -> Tokens:
    # What lies between words, a word, what lies between, ...: the ends of the ones are where the others start.
    pieces = _WORD.split(text)
    ends = tuple(accumulate(map(len, pieces)))
    return Tokens(tuple(map(_spoken, pieces[1::2])), ends[0:-1:2], ends[1::2])


@kept(65_536)
def _spoken(written: str) -> Spoken:
    form = _clean(written)
    return Spoken(form, *_forms(form))


@cache
def morphology() -> pymorphy3.MorphAnalyzer:
    """The analyser with its dictionary (0.2 s and 29 MB, once in a process, when first needed)."""
    return pymorphy3.MorphAnalyzer()


@kept(65_536)
def known(form: str) -> bool:
    """Whether the dictionary has this folded form."""
    return bool(morphology().word_is_known(form))


@kept(65_536)
def readings(form: str) -> tuple[tuple[str, frozenset[str], float], ...]:
    """The readings of a folded form, likeliest first: folded normal form, OpenCorpora grammemes, score 0 to 1."""
    if len(form) > _LONGEST or not _CYRILLIC.search(form):
        return ()
    return tuple((fold(p.normal_form), frozenset(p.tag.grammemes), float(p.score)) for p in morphology().parse(form))


@kept(65_536)
def _forms(form: str) -> tuple[str, frozenset[str]]:
    found = readings(form)
    if not found:
        return form, frozenset((form,))
    possible = {normal for normal, _, _ in found}
    if len(parts := _HYPHENS.split(form)) > 1:
        for part in parts:
            possible |= _forms(part)[1]
    return found[0][0], frozenset(possible)


@kept(65_536)
def _clean(word: str) -> str:
    return fold(_UNSEEN.sub("", unicodedata.normalize("NFC", word)))
