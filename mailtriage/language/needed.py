"""Letters that stand in whatever a pattern finds, taken from Python's own reading of it.

The trap is a way of the pattern that is overlooked: what is found by it would be lost. So letters are needed only
where every way has some, and what looks around, repeats at will or takes many letters is no help.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from mailtriage.language.words import fold

_MOST: Final = 64
"""Spellings that are told apart; of more, none is."""
_LEAST: Final = 2
"""Letters; a single one is in every other word. A single mark is not."""
_RARER: Final = 5.0
"""How many times rarer letters are by each one more."""
_AROUND: Final = frozenset({op.AT, op.ASSERT, op.ASSERT_NOT})
_REPEATS: Final = frozenset({op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT})
_TOGETHER: Final = frozenset({op.SUBPATTERN, op.ATOMIC_GROUP})
_NOTHING: Final = frozenset({""})


def needed(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> tuple[frozenset[str], ...]:
    """Groups of letters side by side, folded, of each of which one stands in whatever is found; () for none."""
    found = _groups(parser.parse(pattern, int(flags)))
    groups = dict.fromkeys(frozenset(stem for stem in group if not _within(stem, group)) for group in found)
    # Of two groups the one that is a part of the other says all.
    return tuple(group for group in groups if not any(other < group for other in groups))


def frequency(group: Iterable[str]) -> float:
    """How often one of some stands in a word, as far as its length tells: letters make it rare."""
    return sum(_RARER ** -len(stem) for stem in group)


def _within(stem: str, group: Iterable[str]) -> bool:
    """Whether another stands in this one, so that it is found anyhow."""
    return any(other in stem for other in group if other != stem)


def _groups(items: Iterable[Any]) -> list[frozenset[str]]:
    """Of a row of items: what each needs, and what those need together that stand side by side."""
    found: list[frozenset[str]] = []
    spelt = _NOTHING
    for kind, value in items:
        if kind in _AROUND:
            continue
        ways = _spellings(kind, value)
        if ways is not None and len(spelt) * len(ways) <= _MOST:
            spelt = frozenset(map("".join, product(spelt, ways)))
            continue
        again = _again(kind, value)
        begun = again or (_begun(kind, value) if ways is None else None)
        if begun is not None and len(spelt) * len(begun) <= _MOST:
            spelt = frozenset(map("".join, product(spelt, begun)))
        found += _stems(spelt)
        spelt = ways or again or _NOTHING
        if ways is None and again is None:
            found += _inside(kind, value)
    return [*found, *_stems(spelt)]


def _spellings(kind: Any, value: Any) -> frozenset[str] | None:
    """All that an item can be; None where that is too much."""
    if kind is op.LITERAL:
        return frozenset((chr(value),))
    if kind is op.IN:
        return _members(value)
    if kind in _TOGETHER:
        return _row(_items(kind, value))
    if kind is op.BRANCH:
        return _either(map(_row, value[1]))
    if kind in _REPEATS and value[1] == 1:
        return _either((_NOTHING if value[0] == 0 else frozenset[str](), _row(value[2])))
    return None


def _again(kind: Any, value: Any) -> frozenset[str] | None:
    """What an item begins and ends with that is there at least once."""
    return _row(value[2]) or None if kind in _REPEATS and value[0] else None


def _begun(kind: Any, value: Any) -> frozenset[str] | None:
    """What an item begins with that can be spelt in too many ways."""
    if kind in _TOGETHER:
        return _beginning(_items(kind, value))
    return _either(map(_beginning, value[1])) if kind is op.BRANCH else None


def _beginning(items: Iterable[Any]) -> frozenset[str]:
    """What a row begins with, as far as that can be spelt."""
    spelt = _NOTHING
    for kind, value in items:
        ways = _NOTHING if kind in _AROUND else _spellings(kind, value)
        begun = ways or _again(kind, value) or _begun(kind, value) or _NOTHING
        if len(spelt) * len(begun) > _MOST:
            break
        spelt = frozenset(map("".join, product(spelt, begun)))
        if ways is None:
            break
    return spelt


def _row(items: Iterable[Any]) -> frozenset[str] | None:
    spelt = _NOTHING
    for kind, value in items:
        ways = _NOTHING if kind in _AROUND else _spellings(kind, value)
        if ways is None or len(spelt) * len(ways) > _MOST:
            return None
        spelt = frozenset(map("".join, product(spelt, ways)))
    return spelt


def _either(several: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found = frozenset[str]()
    for ways in several:
        if ways is None or len(found) + len(ways) > _MOST:
            return None
        found |= ways
    return found


def _items(kind: Any, value: Any) -> Any:
    return value[3] if kind is op.SUBPATTERN else value


def _members(items: Sequence[Any]) -> frozenset[str] | None:
    if any(kind is not op.LITERAL for kind, _ in items):
        return None
    return frozenset(chr(value) for _, value in items)


def _inside(kind: Any, value: Any) -> list[frozenset[str]]:
    """What an item needs that can be spelt in too many ways."""
    if kind in _TOGETHER:
        return _groups(_items(kind, value))
    if kind in _REPEATS and value[0]:
        return _groups(value[2])
    if kind is op.BRANCH:
        ways = [_groups(way) for way in value[1]]
        if not all(ways):
            return []
        common = [group for group in ways[0] if all(group in groups for groups in ways)]
        return [*common, frozenset[str]().union(*(min(groups, key=frequency) for groups in ways))]
    return []


def _stems(spelt: frozenset[str]) -> list[frozenset[str]]:
    """Of some spellings the longest piece of each without a blank, as a group; nothing where one is too short."""
    longest = frozenset(max(fold(way).split() or [""], key=len) for way in spelt)
    return [] if any(stem.isalnum() and len(stem) < _LEAST for stem in longest) or "" in longest else [longest]
