"""Which kind of letter a text resembles, by how often its words stand in typical letters of each kind.

Lists of words know what they name; people say it in others. So every word of a letter speaks a little, for the kinds in
whose letters it is common (naive Bayes; Manning, Raghavan, Schütze 2008, 13.2), and so does its form, for "верните" is
not "вернули", and the pair with its neighbour, for "не пришли" is not "пришли". The trap is the certainty of long
letters: their words are not independent, so the sum is divided by the root of their number. What results is one voice
among the rules, never a verdict.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import heapify, heappop
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from mailtriage.language import lexicon
from mailtriage.language.by_word import Kept
from mailtriage.language.sounding import sounding
from mailtriage.language.words import EXAMINED, Spoken, known, lemma, spoken, tokens

Kind = Literal["consultation", "account_status", "claim", "proposal"]
"""In the order of the contract: `typing` takes two literals of the same words for one, and keeps the first's order."""
KINDS: tuple[Kind, ...] = ("claim", "account_status", "consultation", "proposal")
"""In the order of the columns of lexicon/typical_words.txt."""

ASKED = "?"
"""Stands before a feature that occurs in what is asked, which tells more than what is told."""
FORM = "="
"""Stands before a word as it is written, where a normal form is written without."""
PAIR = "_"
"""Stands between the normal forms of two words side by side."""
_OF_LETTER = "%"
"""Stands before what is told of the letter as a whole. Not "#", behind which packaged lists have comments."""
_QUESTIONS = f"{_OF_LETTER}questions_"
_NUMBERS = f"{_OF_LETTER}numbers"
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
_NOTHING: Mapping[str, int] = {}


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


def features(said: str, asked: str) -> frozenset[str]:
    """What can speak for a kind: words, their forms and pairs, of what is asked again and marked; marks, numbers."""
    return frozenset((*_of(said), *(ASKED + feature for feature in _of(asked)), *_of_letter(said)))


def _of(text: str) -> set[str]:
    """Numbers are nobody's words, idle English ones anybody's: those around them stand side by side."""
    own = [Heard(word.lemma, word.form) for word in tokens(text).words if _speaks(word.form)]
    pairs = (PAIR.join(pair) for pair in pairwise(word.lemma for word in own))
    return {*chain.from_iterable(map(_alone, own)), *pairs}


def _speaks(form: str) -> bool:
    return not any(map(str.isdigit, form)) and form not in lexicon.entries("english_idle.txt")


def _alone(word: Heard) -> tuple[str, ...]:
    """The features of a word whatever stands beside it."""
    return (word.lemma,) if word.form.isascii() else (word.lemma, FORM + word.form)


def _of_letter(said: str) -> tuple[str, ...]:
    questions = f"{_QUESTIONS}{min(_MANY, said.count('?'))}"
    return (questions, _NUMBERS) if _NUMBER.search(said) else (questions,)


class _Half(NamedTuple):
    """The features of a word where it is told, or where it is asked; numbered in the order of the alphabet."""

    alone: tuple[int, ...]
    before: Mapping[str, int]
    """By the lemma of the word that follows it."""


class _Voice(NamedTuple):
    """What a form can say."""

    lemma: str
    told: _Half
    asked: _Half


def _found(halves: Sequence[_Half], lemmas: Sequence[str]) -> Iterator[int]:
    """The numbers of all features of words in their order that are in the table: no letter's own are ever spelt out."""
    pairs = [before[lemma] for (_, before), lemma in zip(halves, lemmas[1:], strict=False) if lemma in before]
    return chain(chain.from_iterable([alone for alone, _ in halves]), pairs)


class Vocabulary:
    """What the words of typical letters say about a letter."""

    def __init__(self, letters: Sequence[int], counts: Mapping[str, Sequence[int]]) -> None:
        """`letters` of each kind were counted, and in `counts` of them a word stands, in the order of `KINDS`."""
        self._letters = letters
        self._counts = counts
        self._features = sorted(counts)
        self._places = {feature: place for place, feature in enumerate(self._features)}
        self._pairs: dict[str, dict[str, dict[str, int]]] = {"": {}, ASKED: {}}
        """By what stands before the feature, and by the lemmas of the two words."""
        for feature, place in self._places.items():
            if PAIR in feature and not feature.startswith(_OF_LETTER):
                mark = ASKED if feature.startswith(ASKED) else ""
                one, _, other = feature.removeprefix(mark).partition(PAIR)
                self._pairs[mark].setdefault(one, {})[other] = place
        # The same some hundred forms come in every letter.
        self._voice = Kept(self._voice_of, 65_536).__getitem__
        # Of no more than the table has.
        self._weight = Kept(self._weight_of, len(counts)).__getitem__

    def resemblance(self, said: str, asked: str) -> Resemblance:
        """What a letter resembles; `asked` is the part of it that asks, see `asking`."""
        # The subject stands on a line of its own; what is below it others took apart, too.
        subject, _, below = said[:EXAMINED].partition("\n")
        told = self._voices(chain(tokens(subject).words, tokens(below).words))
        begged = self._voices(spoken(asked))
        # Each once and always in one order: sums of fractions depend on it.
        found = dict.fromkeys(
            chain(
                _found([voice.told for voice in told], [voice.lemma for voice in told]),
                _found([voice.asked for voice in begged], [voice.lemma for voice in begged]),
            )
        )
        if not found:
            return Resemblance(None, 0)
        found.update((self._places[feature], None) for feature in _of_letter(said) if feature in self._places)
        in_a_row = list(chain.from_iterable(map(self._weight, found)))
        of_kinds = [in_a_row[kind :: len(KINDS)] for kind in range(len(KINDS))]
        scale = 1 / math.sqrt(len(found) + _FEW)
        odds = [math.exp(scale * sum(weights)) for weights in of_kinds]
        best = max(range(len(KINDS)), key=odds.__getitem__)
        because = _told(self._features[place] for place in _loudest(found, of_kinds[best]))
        return Resemblance(KINDS[best], round(100 * odds[best] / sum(odds)), because)

    def _voices(self, words: Iterable[Spoken]) -> list[_Voice]:
        return list(filter(None, map(self._voice, [word.form for word in words])))

    def _voice_of(self, form: str) -> _Voice | None:
        if (word := self._as_heard(form)) is None:
            return None
        return _Voice(word.lemma, self._half(word, ""), self._half(word, ASKED))

    def _half(self, word: Heard, mark: str) -> _Half:
        alone = (self._places.get(mark + feature) for feature in _alone(word))
        return _Half(tuple(at for at in alone if at is not None), self._pairs[mark].get(word.lemma, _NOTHING))

    def _weight_of(self, place: int) -> tuple[float, ...]:
        return _weight(self._counts[self._features[place]], self._letters)

    def _as_heard(self, form: str) -> Heard | None:
        """The commonest word with its sound, for one that is in no dictionary; else the word itself, if it speaks."""
        if not _speaks(form):
            return None
        normal = lemma(form)
        if known(form) or normal in self._counts:
            return Heard(normal, form)
        if meant := self._by_sound.get(sounding(form)):
            return Heard(lemma(meant), meant)
        return Heard(self._by_sound.get(sounding(normal), normal), form)

    @cached_property
    def _by_sound(self) -> Mapping[str, str]:
        """The commonest word with each sound; made when somebody wrote as he hears."""
        written = {word.removeprefix(FORM): sum(of) for word, of in self._counts.items() if _one_word(word)}
        return {sounding(word): word for word in sorted(written, key=written.__getitem__)}


@cache
def vocabulary() -> Vocabulary:
    """That of the packaged table, which tests/language/typical/count_words.py makes."""
    first, *others = (line.split() for line in lexicon.lines("typical_words.txt"))
    return Vocabulary(tuple(map(int, first[1:])), {word: tuple(map(int, counts)) for word, *counts in others})


def _one_word(feature: str) -> bool:
    return not (feature.startswith((ASKED, _OF_LETTER)) or PAIR in feature)


def _loudest(found: Iterable[int], weights: Iterable[float]) -> Iterator[int]:
    """The features that speak for a kind, by their weights for it, the loudest first, then in their order."""
    loud = [(-weight, place) for place, weight in zip(found, weights, strict=True) if weight > 0]
    heapify(loud)
    while loud:
        yield heappop(loud)[1]


def _told(loudest: Iterable[str]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    for feature in loudest:
        if shown := _as_told(feature):
            told[shown] = None
        if len(told) == _TOLD:
            break
    return tuple(told)


def _as_told(feature: str) -> str:
    """The word or the pair for people's eyes, "" for what is no word."""
    return "" if feature.startswith(_OF_LETTER) else feature.removeprefix(ASKED).removeprefix(FORM).replace(PAIR, " ")


def _weight(counts: Sequence[int], letters: Sequence[int]) -> tuple[float, ...]:
    """The logarithmic weight of a word for each kind; all of them sum up to nothing."""
    common = _PRIOR * sum(counts) / sum(letters) + _UNSEEN
    logs = [math.log((count + common) / (of + _PRIOR)) for count, of in zip(counts, letters, strict=True)]
    mean = sum(logs) / len(logs)
    return tuple(log - mean for log in logs)
