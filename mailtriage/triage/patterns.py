"""Many patterns asked of a text at once: which of them could be found there.

Two traps. One automaton over all patterns multiplies their gaps (`.{0,40}`) with each other: measured, 2,000 of them
take 9 ms a message and 44 ms at worst. So only the letters that a pattern cannot do without are looked for together,
and whoever asks tries the few patterns that are left. And RE2 says "nothing found" when its automaton outgrows
its memory: then every pattern could be there, and a mark that is always found tells that case apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import re2

_TOGETHER = 250
"""Patterns in one filter, so that its automaton stays within the 8 MB that it has."""
_FEW = 64
_MARK = "\ue000\uf8ff\ue001"
"""Private-use characters, which stand in this order by nobody's accident; a text that has them loses nothing."""
_MEMORY = 1 << 26


class Many(Protocol):
    """Patterns or texts, named by their index in the order given."""

    def possible(self, text: str) -> Iterable[int]:
        """The indices of all that are found in a text, and maybe of a few that are not."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """RE2 patterns: found by the letters that each cannot do without."""

    blocks: tuple[tuple[range, Any], ...]
    """The indices, and the filter over those patterns."""

    def possible(self, text: str) -> Iterator[int]:
        """Those whose letters are there, and those that need none."""
        octets = _octets(text + _MARK)
        for indices, block in self.blocks:
            near = block.Match(octets, potential=True) or ()
            if len(indices) in near:
                yield from (indices[at] for at in near if at < len(indices))
            else:
                yield from indices


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts that may be contained: one automaton, which has one state a letter and no gaps to multiply."""

    count: int
    asked: Any

    def possible(self, text: str) -> Iterable[int]:
        """Those that are contained."""
        near = self.asked.Match(_octets(text)) or ()
        return [at for at in near if at < self.count] if self.count in near else range(self.count)


@dataclass(frozen=True, slots=True, eq=False)
class Few:
    """Texts that may be contained, so few that looking for one after the other costs less than any automaton."""

    written: tuple[str, ...]

    def possible(self, text: str) -> Iterable[int]:
        """Those that are contained."""
        return [at for at, each in enumerate(self.written) if each in text]


def patterns(written: Iterable[str]) -> Patterns:
    """Compile RE2 patterns that are known to be right, for folded texts."""
    rest, blocks, count = iter(written), [], 0
    options = _options(case_sensitive=False)
    while block := list(islice(rest, _TOGETHER)):
        asked = re2.Filter()
        for pattern in (*block, _MARK):
            asked.Add(pattern, options)
        asked.Compile()
        blocks.append((range(count, count + len(block)), asked))
        count += len(block)
    return Patterns(tuple(blocks))


def texts(written: Iterable[str]) -> Many:
    """Compile folded texts, for folded texts."""
    listed = tuple(written)
    if len(listed) <= _FEW:
        return Few(listed)
    asked = re2.Set.SearchSet(_options(case_sensitive=True))
    count = sum(asked.Add(re2.escape(text)) >= 0 for text in listed)
    asked.Add("")
    asked.Compile()
    return Texts(count, asked)


def _options(*, case_sensitive: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = case_sensitive
    options.max_mem = _MEMORY
    return options


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")
