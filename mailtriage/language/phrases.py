"""Phrases of a packaged list, each a pattern with the letters that it needs, so that most text is passed over unread.

The trap is cost: a hundred patterns over every sentence take longer than all the rest of a message. So a pattern runs
only on a sentence that holds one of its stems, or one of each group; a list that leaves the stems out does not load.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from mailtriage.language import lexicon

_NAMED = re.compile(r"<([A-Z_]+)>")
_WORD = re.compile(r"(\w{1,60})\w*")
"""As much of each word as is looked at."""
_LETTER = 5.0
"""How many times rarer a stem is by each letter more."""
_NOTHING = frozenset[str]()
_GAP = re.compile(r"<(\d+)>")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern over one folded sentence."""

    needs: tuple[tuple[str, ...], ...]
    """Of each group one must stand in the sentence."""
    pattern: re.Pattern[str]

    def may_be_among(self, stems: frozenset[str]) -> bool:
        """Whether a sentence that holds these stems holds one of each group."""
        return not any(map(stems.isdisjoint, self.needs))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase of a section where it stands: `sentence` counts from 0, the match is within that sentence."""

    section: str
    sentence: int
    match: re.Match[str]


class _Listed:
    """The phrases of a packaged list, by what they need."""

    def __init__(self, name: str) -> None:
        self.phrases = tuple((section, phrase) for section, listed in _phrases(name).items() for phrase in listed)
        """In the order of the list, each with its section."""
        stems = frozenset(stem for _, phrase in self.phrases for group in phrase.needs for stem in group)
        self._stems_in = lru_cache(maxsize=65_536)(lambda word: frozenset(stem for stem in stems if stem in word))
        asked: dict[str, tuple[int, ...]] = dict.fromkeys(stems, ())
        for number, (_, phrase) in enumerate(self.phrases):
            for stem in dict.fromkeys(min(phrase.needs, key=_frequency)):
                asked[stem] += (number,)
        self.asked = asked
        """By stem the phrases that are asked for where it stands: those whose rarest group it belongs to."""

    def stems_of(self, sentence: str) -> frozenset[str]:
        """The stems that a folded sentence holds."""
        # Most words hold none.
        return _NOTHING.union(*filter(None, map(self._stems_in, _WORD.findall(sentence))))


def spoken(name: str, sentences: Sequence[str]) -> Iterator[Spoken]:
    """Every phrase of a list in folded sentences, at most once in each, in the order of the list."""
    listed = _listed(name)
    hold = [listed.stems_of(sentence) for sentence in sentences]
    somewhere = _NOTHING.union(*hold)
    met = {number for stem in somewhere for number in listed.asked[stem]}
    for number in sorted(met):
        section, phrase = listed.phrases[number]
        for at, stems in enumerate(hold) if phrase.may_be_among(somewhere) else ():
            if stems and phrase.may_be_among(stems) and (match := phrase.pattern.search(sentences[at])):
                yield Spoken(section, at, match)


def _frequency(group: Iterable[str]) -> float:
    """How often one of some stems stands in a word, as far as its length tells: letters make a stem rare."""
    return sum(_LETTER ** -len(stem) for stem in group)


@cache
def _listed(name: str) -> _Listed:
    return _Listed(name)


@cache
def _phrases(name: str) -> Mapping[str, tuple[Phrase, ...]]:
    """The phrases of a list by section: `NAME = parts`, `[section]`, `stems & stems :: pattern`.

    In a pattern `<NAME>` stands for the parts, `<20>` for a gap of at most 20 characters within the sentence.
    """
    named: dict[str, str] = {}
    sections: dict[str, list[Phrase]] = {}
    section = ""
    for line in lexicon.lines(name):
        if line.startswith("["):
            section = line.strip("[]")
        elif "::" in line:
            stems, _, pattern = line.partition("::")
            needs = tuple(tuple(group.split()) for group in stems.split("&"))
            if not all(needs):
                message = f"{name}: no stems before {pattern!r}"
                raise ValueError(message)
            sections.setdefault(section, []).append(Phrase(needs, re.compile(_spelt(pattern.strip(), named))))
        else:
            word, _, parts = line.partition("=")
            named[word.strip()] = f"(?:{_spelt(parts.strip(), named)})"
    return {section: tuple(found) for section, found in sections.items()}


def _spelt(pattern: str, named: Mapping[str, str]) -> str:
    return _GAP.sub(r"[^.!?\\n]{0,\1}", _NAMED.sub(lambda name: named[name[1]], pattern))
