"""Phrases of a packaged list, each a pattern with the letters that it needs, so that most text is passed over unread.

The trap is cost: a hundred patterns over every sentence take longer than all the rest of a message. So a pattern runs
only on a sentence that holds one of its stems, or one of each group; a list that leaves the stems out does not load.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from mailtriage.language import lexicon
from mailtriage.language.holding import Needs
from mailtriage.language.text import Sentence

_NAMED = re.compile(r"<([A-Z_]+)>")
_GAP = re.compile(r"<(\d+)>")


class Phrase(NamedTuple):
    """A pattern over one folded sentence."""

    section: str
    needs: Needs
    """Of each group of stems one must stand in the sentence."""
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase of a section where it stands: `sentence` counts from 0, the match is within that sentence."""

    section: str
    sentence: int
    match: re.Match[str]


class Phrases:
    """A packaged list, read where a module is loaded so that texts are looked through for it."""

    def __init__(self, name: str) -> None:
        self._listed = tuple(_phrases(name))

    def possible(self, holding: int) -> list[Phrase]:
        """Those that may be in a text that holds this, in the order of the list."""
        return [phrase for phrase in self._compiled if phrase.needs.met(holding)]

    @cached_property
    def _compiled(self) -> tuple[Phrase, ...]:
        return tuple(Phrase(section, needs, re.compile(spelt)) for section, needs, spelt in self._listed)


def spoken(phrases: Sequence[Phrase], sentences: Sequence[Sentence]) -> Iterator[Spoken]:
    """Each of some phrases in sentences, at most once in each, in the order of the phrases."""
    for phrase in phrases:
        for at, sentence in enumerate(sentences):
            if phrase.needs.met(sentence.holding) and (match := phrase.pattern.search(sentence.said)):
                yield Spoken(phrase.section, at, match)


def _phrases(name: str) -> Iterator[tuple[str, Needs, str]]:
    """The phrases of a list: `NAME = parts`, `[section]`, `stems & stems :: pattern`.

    In a pattern `<NAME>` stands for the parts, `<20>` for a gap of at most 20 characters within the sentence.
    """
    named: dict[str, str] = {}
    section = ""
    for line in lexicon.lines(name):
        if line.startswith("["):
            section = line.strip("[]")
        elif "::" in line:
            stems, _, pattern = line.partition("::")
            groups = tuple(frozenset(group.split()) for group in stems.split("&"))
            if not all(groups):
                message = f"{name}: no stems before {pattern!r}"
                raise ValueError(message)
            yield section, Needs(partial(tuple, groups)), _spelt(pattern.strip(), named)
        else:
            word, _, parts = line.partition("=")
            named[word.strip()] = f"(?:{_spelt(parts.strip(), named)})"


def _spelt(pattern: str, named: Mapping[str, str]) -> str:
    return _GAP.sub(r"[^.!?\\n]{0,\1}", _NAMED.sub(lambda name: named[name[1]], pattern))
