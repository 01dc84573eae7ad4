"""The when/unless language as frozen objects: each tests the facts and says which words or values made it hold.

A condition without evidence is a verdict that nobody can check; so holding and showing why are one and the same act.
Case and ё/е never matter. Patterns are RE2 alone: a backtracking engine hangs for seconds on one evil message.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mailtriage.language.words import fold
from mailtriage.triage.facts import Facts
from mailtriage.triage.wording import Term, quotes, wording

_MAX_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a condition holds, and why or why not."""

    held: bool
    evidence: tuple[str, ...] = ()
    """The words or values that made it hold."""
    failed: str = ""
    """The condition that did not hold, as its author wrote it."""


class Condition(Protocol):
    """Anything that can be asked of the facts."""

    def test(self, facts: Facts) -> Match:
        """Ask."""
        ...


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for every message."""

    def test(self, facts: Facts) -> Match:  # noqa: ARG002 - it holds whatever the facts are
        """Hold."""
        return Match(held=True)


@dataclass(frozen=True, slots=True)
class All:
    """Each part must hold."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Match:
        """Hold with the evidence of all parts, or fail with the first that fails."""
        evidence: list[str] = []
        for part in self.parts:
            match = part.test(facts)
            if not match.held:
                return match
            evidence += match.evidence
        return Match(held=True, evidence=tuple(dict.fromkeys(evidence)))


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - typing has the name
    """One part must hold."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Match:
        """Hold with the evidence of the first part that does."""
        failed: list[str] = []
        for part in self.parts:
            match = part.test(facts)
            if match.held:
                return match
            failed.append(match.failed)
        return Match(held=False, failed=" | ".join(dict.fromkeys(failed)))


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition

    def test(self, facts: Facts) -> Match:
        """Hold without evidence: what is absent cannot be quoted."""
        match = self.part.test(facts)
        if match.held:
            return Match(held=False, failed="not: " + ", ".join(match.evidence))
        return Match(held=True)


def _shown(field: str, value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return f"{field}: {str(value).lower() if value is not None else 'null'}"
    if isinstance(value, int | float):
        return f"{field}: {value:g}"
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_QUOTE else text[: _MAX_QUOTE - 1] + "…"


def _items(value: Any) -> tuple[Any, ...]:
    """A list fact asks each of its items; any other fact is its own only item, nothing is none."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Equals:
    """`is`, `in`, `any_in`: the fact, or an item of it, is one of the values."""

    field: str
    values: frozenset[Any]
    written: str

    def test(self, facts: Facts) -> Match:
        """Compare as a whole."""
        held = [item for item in _items(getattr(facts, self.field)) if _folded(item) in self.values]
        if not held:
            return Match(held=False, failed=self.written)
        return Match(held=True, evidence=tuple(_shown(self.field, item) for item in held))


@dataclass(frozen=True, slots=True)
class Substring:
    """`contains`, `starts`, `ends`: one of the values is part of the text."""

    field: str
    holds: Callable[[str, str], bool]
    values: tuple[str, ...]
    written: str

    def test(self, facts: Facts) -> Match:
        """Compare folded texts."""
        for item in _items(getattr(facts, self.field)):
            text = _folded(item)
            for value in self.values:
                if self.holds(text, value):
                    return Match(held=True, evidence=(value.strip(),))
        return Match(held=False, failed=self.written)


@dataclass(frozen=True, slots=True)
class Wordy:
    """`words`, `phrase`: one of the terms stands in the text, in any form of its words."""

    field: str
    terms: Mapping[str, tuple[Term, ...]]
    """By anchor: a rule of three hundred words asks a text only for the few that may be in it."""
    written: str

    def test(self, facts: Facts) -> Match:
        """Look for every term, so that all the words that speak for the rule are shown."""
        evidence: tuple[str, ...] = ()
        for item in _items(getattr(facts, self.field)):
            where = wording(item)
            # In this order the rule's words are walked, not the far more numerous anchors of the text.
            near = where.anchors.intersection(self.terms)
            found = [place for anchor in near for term in self.terms[anchor] for place in term.find(where)]
            if found:
                evidence += quotes(found, where)
        return Match(held=True, evidence=evidence) if evidence else Match(held=False, failed=self.written)


@dataclass(frozen=True, slots=True)
class Matches:
    """`matches`: one of the RE2 patterns is found in the folded text."""

    field: str
    patterns: tuple[Any, ...]
    """Compiled by google-re2, which ships no types."""
    written: str

    def test(self, facts: Facts) -> Match:
        """Search in linear time."""
        for item in _items(getattr(facts, self.field)):
            text = _folded(item)
            for pattern in self.patterns:
                if found := pattern.search(text):
                    first, last = found.span()
                    return Match(held=True, evidence=(_shown(self.field, item[first:last]),))
        return Match(held=False, failed=self.written)


@dataclass(frozen=True, slots=True)
class Compares:
    """`lt`, `lte`, `gt`, `gte` on a number."""

    field: str
    holds: Callable[[float, float], bool]
    limit: float
    written: str

    def test(self, facts: Facts) -> Match:
        """Compare numbers."""
        value = getattr(facts, self.field)
        if value is not None and self.holds(value, self.limit):
            return Match(held=True, evidence=(_shown(self.field, value),))
        return Match(held=False, failed=self.written)


@dataclass(frozen=True, slots=True)
class Exists:
    """`exists`: the fact is there, that is neither null, nor empty, nor zero, nor false."""

    field: str
    wanted: bool
    written: str

    def test(self, facts: Facts) -> Match:
        """Ask for presence."""
        value = getattr(facts, self.field)
        if bool(value) is not self.wanted:
            return Match(held=False, failed=self.written)
        if not self.wanted:
            return Match(held=True)
        return Match(held=True, evidence=tuple(_shown(self.field, item) for item in _items(value)))


def fields_of(condition: Condition) -> Iterable[str]:
    """The facts that a condition asks for."""
    match condition:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from fields_of(part)
        case Not(part):
            yield from fields_of(part)
        case Equals() | Substring() | Wordy() | Matches() | Compares() | Exists():
            yield condition.field
