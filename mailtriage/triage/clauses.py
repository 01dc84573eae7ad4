"""A rule's `when` and `unless` as written, unfolded into alternatives: what can be reasoned about without any message.

Each clause is one way in which the rule may hold: a set of questions, all of which must come out as said. The trap is
growth, for alternatives multiply; past a bound nothing is claimed about the rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

from mailtriage.language.words import fold
from mailtriage.triage.rule import Rule

_MOST: Final = 400
_EQUAL: Final = frozenset({"is", "in", "any_in"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a rule to one fact, as it must come out."""

    field: str
    operator: str
    """`is` for its relatives `in` and `any_in`, too."""
    values: frozenset[Any]
    """Any of these; named lists spliced in, texts folded."""
    holds: bool
    """False where the question must come out negative."""
    written: str
    """As the author wrote it."""

    @property
    def negated(self) -> "Asked":
        """The same question, answered the other way."""
        return replace(self, holds=not self.holds)

    @property
    def key(self) -> tuple[str, str, frozenset[Any], bool]:
        """What makes two questions the same one."""
        return self.field, self.operator, self.values, self.holds


Clause = tuple[Asked, ...]


class _TooMany(Exception):  # noqa: N818 - it never leaves this module
    """More alternatives than are worth reasoning about."""


def clauses_of(rule: Rule, lists: Mapping[str, tuple[str, ...]]) -> tuple[Clause, ...] | None:
    """Every way in which the rule holds, () where there is none; None where there are too many to tell."""
    if rule.written is None:
        return None
    unfold = _Unfolding(lists)
    try:
        ways = unfold.condition(rule.written.value.get("when"), holds=True)
        if rule.unless is not None:
            ways = _both(ways, unfold.condition(rule.written.value.get("unless"), holds=False))
    except _TooMany:
        return None
    return tuple(ways)


def leaves(condition: Any, path: tuple[str | int, ...] = ()) -> Iterable[tuple[tuple[str | int, ...], str, str, Any]]:
    """Each question in a condition as written: its path, field, operator and value."""
    if isinstance(condition, list):
        for index, part in enumerate(condition):
            yield from leaves(part, (*path, index))
    elif isinstance(condition, dict):
        for key, value in condition.items():
            if key in {"all", "any", "not"}:
                yield from leaves(value, (*path, key))
            elif key != "always":
                name, bar, operator = key.partition("|")
                at = (*path, key, "words") if isinstance(value, dict) else (*path, key)
                yield at, name, operator if bar else "is", value.get("words") if isinstance(value, dict) else value


@dataclass(frozen=True)
class _Unfolding:
    lists: Mapping[str, tuple[str, ...]]

    def condition(self, value: Any, *, holds: bool) -> list[Clause]:
        """A mapping is *and*, a list is *or*; what must not hold is the other way round (De Morgan)."""
        if isinstance(value, list):
            return _joined([self.condition(part, holds=holds) for part in value], every=not holds)
        if isinstance(value, dict):
            return _joined([self._entry(key, child, holds=holds) for key, child in value.items()], every=holds)
        return [()]

    def _entry(self, key: str, value: Any, *, holds: bool) -> list[Clause]:
        if key == "always":
            return [()] if holds else []
        if key == "not":
            return self.condition(value, holds=not holds)
        if key in {"all", "any"}:
            parts = [self.condition(part, holds=holds) for part in value]
            return _joined(parts, every=(key == "all") is holds)
        return [(self._asked(key, value, holds=holds),)]

    def _asked(self, key: str, value: Any, *, holds: bool) -> Asked:
        name, bar, operator = key.partition("|")
        operator = operator if bar else "is"
        if isinstance(value, dict):  # a phrase with a gap of its own
            operator, value = f"phrase {value.get('gap', '')}", value.get("words", ())
        values = value if isinstance(value, list) else [value]
        spliced = [word for item in values for word in self._spliced(item)]
        if operator != "matches":
            spliced = [" ".join(fold(item).split()) if isinstance(item, str) else item for item in spliced]
        shown = ", ".join(map(_shown, values))
        return Asked(
            name, "is" if operator in _EQUAL else operator, frozenset(spliced), holds, f"{key}: {shown}"
        )  # fmt: skip

    def _spliced(self, item: Any) -> tuple[Any, ...]:
        listed = isinstance(item, str) and item.startswith("$")
        return self.lists.get(item[1:], ()) if listed else (item,)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(parts: list[list[Clause]], *, every: bool) -> list[Clause]:
    if every:
        return reduce(_both, parts, [()])
    ways = [clause for part in parts for clause in part]
    return _bounded(ways)


def _both(some: list[Clause], others: list[Clause]) -> list[Clause]:
    if len(some) * len(others) > _MOST:
        raise _TooMany
    return [tuple({asked.key: asked for asked in (*one, *other)}.values()) for one in some for other in others]


def _bounded(ways: list[Clause]) -> list[Clause]:
    if len(ways) > _MOST:
        raise _TooMany
    return ways
