"""Which kind of letter a text resembles, by how often its words stand in typical letters of each kind.

Lists of words know what they name; people say it in others. So every word of a letter speaks a little, for the kinds in
whose letters it is common (naive Bayes; Manning, Raghavan, Schütze 2008, 13.2), and so does its form, for "верните" is
not "вернули", and the pair with its neighbour, for "не пришли" is not "пришли". The trap is the certainty of long
letters: their words are not independent, so the sum is divided by the root of their number. What results is one voice
among the rules, never a verdict.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from mailtriage.language import lexicon
from mailtriage.language.sounding import sounding
from mailtriage.language.words import Word, known, lemma, words

Kind = Literal["claim", "account_status", "consultation", "proposal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order of the columns of lexicon/typical_words.txt."""

ASKED = "?"
"""Stands before a feature that occurs in what is asked, which tells more than what is told."""
FORM = "="
"""Stands before a word as it is written, where a normal form is written without."""
PAIR = "_"
"""Stands between the normal forms of two words side by side."""
_QUESTIONS = "#questions_"
_NUMBERS = "#numbers"
_MANY = 2
_NUMBER = re.compile(r"\d\d")


class Heard(NamedTuple):
    """A word as it was meant."""

    lemma: str
    form: str


_UNSEEN = 0.1
_PRIOR = 1.0
"""Letters of a kind that never used a word may do so yet."""
_FEW = 60
"""Words that speak against being sure of what a short letter says."""
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The kind that a text resembles most."""

    kind: Kind | None
    """One of `KINDS`; None where no word says anything."""
    share: int
    """How much of all resemblance is to this kind, in percent, from 25; 0 where there is none. Of letters with a share
    of 80 or 90 about as many in a hundred are of that kind."""
    because: tuple[str, ...] = ()
    """The words that spoke loudest for it."""


def features(said: str, asked: str, heard: Callable[[Word], Heard] | None = None) -> frozenset[str]:
    """What can speak for a kind: words, their forms and pairs, of what is asked again, marked; questions and numbers.

    `heard` gives the word that was meant by the one that is written.
    """
    found = _of(said, heard) | {ASKED + feature for feature in _of(asked, heard)}
    found.add(f"{_QUESTIONS}{min(_MANY, said.count('?'))}")
    if _NUMBER.search(said):
        found.add(_NUMBERS)
    return frozenset(found)


def _of(text: str, heard: Callable[[Word], Heard] | None) -> set[str]:
    """Numbers are nobody's words, idle English ones anybody's: those around them stand side by side."""
    idle = lexicon.entries("english_idle.txt")
    own = [word for word in words(text) if not any(map(str.isdigit, word.form)) and word.form not in idle]
    meant = [heard(word) if heard else Heard(word.lemma, word.form) for word in own]
    forms = (FORM + word.form for word in meant if not word.form.isascii())
    return {
        *(word.lemma for word in meant),
        *forms,
        *(f"{one.lemma}{PAIR}{other.lemma}" for one, other in pairwise(meant)),
    }


class Vocabulary:
    """What the words of typical letters say about a letter."""

    def __init__(self, letters: Sequence[int], counts: Mapping[str, Sequence[int]]) -> None:
        """`letters` of each kind were counted, and in `counts` of them a word stands, in the order of `KINDS`."""
        self._weights = {word: _weight(of, letters) for word, of in counts.items()}
        written = {word.removeprefix(FORM): sum(counts[word]) for word in counts if _one_word(word)}
        self._by_sound = {sounding(word): word for word in sorted(written, key=written.__getitem__)}

    def resemblance(self, said: str, asked: str) -> Resemblance:
        """What a letter resembles; `asked` is the part of it that asks, see `asking`."""
        heard = sorted(features(said, asked, self._as_heard))
        found = {feature: self._weights[feature] for feature in heard if feature in self._weights}
        if not found:
            return Resemblance(None, 0)
        scale = 1 / math.sqrt(len(found) + _FEW)
        odds = [math.exp(scale * sum(weights[kind] for weights in found.values())) for kind in range(len(KINDS))]
        best = max(range(len(KINDS)), key=odds.__getitem__)
        loudest = sorted(found, key=lambda feature: -found[feature][best])
        told = dict.fromkeys(_as_told(feature) for feature in loudest if found[feature][best] > 0)
        told.pop("", None)
        return Resemblance(KINDS[best], round(100 * odds[best] / sum(odds)), tuple(told)[:_TOLD])

    def _as_heard(self, word: Word) -> Heard:
        """The commonest word with its sound, for one that is in no dictionary; else the word itself."""
        if known(word.form) or word.lemma in self._weights:
            return Heard(word.lemma, word.form)
        if form := self._by_sound.get(sounding(word.form)):
            return Heard(lemma(form), form)
        return Heard(self._by_sound.get(sounding(word.lemma), word.lemma), word.form)


@cache
def vocabulary() -> Vocabulary:
    """That of the packaged table, which tests/language/typical/count_words.py makes."""
    first, *others = (line.split() for line in lexicon.lines("typical_words.txt"))
    return Vocabulary(tuple(map(int, first[1:])), {word: tuple(map(int, counts)) for word, *counts in others})


def _one_word(feature: str) -> bool:
    return not (feature.startswith((ASKED, "#")) or PAIR in feature)


def _as_told(feature: str) -> str:
    """The word or the pair for people's eyes, "" for what is no word."""
    return "" if feature.startswith("#") else feature.removeprefix(ASKED).removeprefix(FORM).replace(PAIR, " ")


def _weight(counts: Sequence[int], letters: Sequence[int]) -> tuple[float, ...]:
    """The logarithmic weight of a word for each kind; all of them sum up to nothing."""
    common = _PRIOR * sum(counts) / sum(letters) + _UNSEEN
    logs = [math.log((count + common) / (of + _PRIOR)) for count, of in zip(counts, letters, strict=True)]
    mean = sum(logs) / len(logs)
    return tuple(log - mean for log in logs)
