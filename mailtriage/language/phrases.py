"""Phrases of a packaged list, each a pattern with the letters that it needs, so that most text is passed over unread.

The trap is cost: a hundred patterns over every sentence take longer than all the rest of a message. So a pattern runs
only on a sentence that holds one of its stems, or one of each group; a list that leaves the stems out does not load.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from mailtriage.language import lexicon

_NAMED = re.compile(r"<([A-Z_]+)>")
_WORD = re.compile(r"\w+")
_LONGEST = 60
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


def spoken(name: str, sentences: Sequence[str]) -> Iterator[Spoken]:
    """Every phrase of a list in folded sentences, at most once in each, in the order of the list."""
    hold = [_stems_of(name, sentence) for sentence in sentences]
    somewhere = _NOTHING.union(*hold)
    met = {number for stem in somewhere for number in _asked(name)[stem]}
    for number in sorted(met):
        section, phrase = _listed(name)[number]
        for at, stems in enumerate(hold) if phrase.may_be_among(somewhere) else ():
            if stems and phrase.may_be_among(stems) and (match := phrase.pattern.search(sentences[at])):
                yield Spoken(section, at, match)


def _stems_of(name: str, sentence: str) -> frozenset[str]:
    words = _WORD.findall(sentence)
    return _NOTHING.union(*[_stems_in(name, word[:_LONGEST]) for word in words])


@lru_cache(maxsize=65_536)
def _stems_in(name: str, word: str) -> frozenset[str]:
    return frozenset(stem for stem in _stems(name) if stem in word)


@cache
def _listed(name: str) -> tuple[tuple[str, Phrase], ...]:
    """Every phrase in the order of its list, with its section."""
    return tuple((section, phrase) for section, listed in _phrases(name).items() for phrase in listed)


@cache
def _asked(name: str) -> Mapping[str, tuple[int, ...]]:
    """By stem the phrases that are asked for where it stands: those whose smallest group it belongs to."""
    asked: dict[str, tuple[int, ...]] = dict.fromkeys(_stems(name), ())
    for number, (_, phrase) in enumerate(_listed(name)):
        fewest = min(map(len, phrase.needs))
        for stem in set(next(group for group in phrase.needs if len(group) == fewest)):
            asked[stem] += (number,)
    return asked


@cache
def _stems(name: str) -> frozenset[str]:
    return frozenset(stem for _, phrase in _listed(name) for group in phrase.needs for stem in group)


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
