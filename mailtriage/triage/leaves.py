"""The questions about one fact: each tests it and says which words or values made it hold.

Case and ё/е never matter. Patterns are RE2 alone: a backtracking engine hangs for seconds on one evil message. And
RE2 wants valid Unicode, which a text with half a surrogate pair is not.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from mailtriage.language.words import fold
from mailtriage.triage.dates import Day, days_of
from mailtriage.triage.facts import BECAUSE, Facts
from mailtriage.triage.match import Answers, Found, Match
from mailtriage.triage.term import Term, by_anchor
from mailtriage.triage.wording import MAX_CHARACTERS, Wording, wording

_MAX_QUOTE = 80
_MAX_PIECES = 6
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What all of them know."""

    field: str
    written: str
    """As the author wrote it, shortened."""

    def because(self, facts: Facts) -> str:  # noqa: ARG002 - one question has one wording
        """It is its own only part."""
        return self.written

    def holds(self, answers: Answers) -> bool:
        """It is the question itself."""
        return answers.holds(self)

    def evidence(self, answers: Answers) -> tuple[str, ...]:
        """As above."""
        return answers.evidence(self)

    def missed(self) -> Match:
        """The answer where it does not hold."""
        return Match(held=False, failed=self.written)


@dataclass(frozen=True, slots=True, eq=False)
class Equals(Asked):
    """`is`, `in`, `any_in`: the fact, or an item of it, is one of the values."""

    values: frozenset[Any]

    def test(self, facts: Facts) -> Match:
        """Compare as a whole."""
        held = [item for item in items(getattr(facts, self.field)) if folded(item) in self.values]
        if not held:
            return self.missed()
        because = getattr(facts, BECAUSE[self.field]) if self.field in BECAUSE else ()
        return Match(held=True, evidence=(*(_shown(self.field, item) for item in held), *because))

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """Whole items."""
        value = getattr(facts, self.field)
        return tuple(
            _whole(self.field, value, at) for at, item in enumerate(items(value)) if folded(item) in self.values
        )


@dataclass(frozen=True, slots=True, eq=False)
class Substring(Asked):
    """`contains`, `starts`, `ends`: one of the values is part of the text."""

    values: tuple[str, ...]
    place: Callable[[str, str], int]
    """Where a value stands in a text, or -1."""

    def test(self, facts: Facts) -> Match:
        """Compare folded texts."""
        for _, _, value in self._places(facts):
            return Match(held=True, evidence=(value.strip(),))
        return self.missed()

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """The first of each value in each text."""
        value = getattr(facts, self.field)
        return tuple(
            _piece(self.field, value, at, start, start + len(wanted)) for at, start, wanted in self._places(facts)
        )[:_MAX_PIECES]

    def _places(self, facts: Facts) -> Iterator[tuple[int, int, str]]:
        for at, item in enumerate(items(getattr(facts, self.field))):
            text = folded(item)
            for value in self.values:
                if (start := self.place(text, value)) >= 0:
                    yield at, start, value


@dataclass(frozen=True, eq=False)
class Wordy(Asked):
    """`words`, `phrase`, `similar`: one of the terms stands in the text, in any form of its words."""

    terms: tuple[Term, ...]
    slips: bool = False
    """Whether the terms' words may be mistyped."""

    @cached_property
    def by_anchor(self) -> Mapping[str, tuple[Term, ...]]:
        """A rule of three hundred words asks a text only for the few that may be in it."""
        return by_anchor(self.terms)

    def test(self, facts: Facts) -> Match:
        """Look for every term, so that all the words that speak for the rule are shown."""
        texts = map(wording, items(getattr(facts, self.field)))
        evidence = tuple(quote for where in texts for quote in quoted(where, _places(where, self._near(where))))
        return Match(held=True, evidence=evidence) if evidence else self.missed()

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """Every place, also of the same words again."""
        value = getattr(facts, self.field)
        return tuple(
            _piece(self.field, value, at, *where.span(first, last))
            for at, item in enumerate(items(value))
            for where in (wording(item),)
            for first, last in sorted(_places(where, self._near(where)))
        )

    def _near(self, where: Wording) -> Iterable[Term]:
        """The terms that may stand in a text: each has several anchors, and all its slips may have been met."""
        near: Iterable[str] = where.anchors.intersection(self.by_anchor)
        if self.slips:
            near = (*near, *(where.slips.keys() & self.by_anchor.keys()))
        return {term for anchor in near for term in self.by_anchor[anchor]}


def _places(where: Wording, terms: Iterable[Term]) -> set[tuple[int, int]]:
    return {place for term in terms for place in term.find(where)}


def quoted(where: Wording, places: set[tuple[int, int]]) -> tuple[str, ...]:
    """The customer's own words at those places, each once, in their order."""
    quotes: dict[str, None] = {}
    for first, last in sorted(places):
        quotes[where.quote(first, last)] = None
        if len(quotes) == _MAX_PIECES:
            break
    return tuple(quotes)


@dataclass(frozen=True, slots=True, eq=False)
class Matches(Asked):
    """`matches`: one of the RE2 patterns is found in the folded text, as far as texts are examined."""

    patterns: tuple[Any, ...]
    """Compiled by google-re2, which ships no types."""

    def test(self, facts: Facts) -> Match:
        """Search in linear time."""
        for _, item, first, last in self._places(facts):
            return Match(held=True, evidence=(_shown(self.field, item[first:last]),))
        return self.missed()

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """The first of each pattern in each text."""
        value = getattr(facts, self.field)
        return tuple(_piece(self.field, value, at, first, last) for at, _, first, last in self._places(facts))

    def _places(self, facts: Facts) -> Iterator[tuple[int, str, int, int]]:
        for at, item in enumerate(items(getattr(facts, self.field))):
            text = searchable(item)
            for pattern in self.patterns:
                if found := pattern.search(text):
                    yield at, item, *found.span()


@dataclass(frozen=True, slots=True, eq=False)
class Compares(Asked):
    """`lt`, `lte`, `gt`, `gte` on a number."""

    limit: float
    meets: Callable[[float, float], bool]

    def test(self, facts: Facts) -> Match:
        """Compare numbers."""
        value = getattr(facts, self.field)
        if value is not None and self.meets(value, self.limit):
            return Match(held=True, evidence=(_shown(self.field, value),))
        return self.missed()

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """The number."""
        value = getattr(facts, self.field)
        return (_whole(self.field, value, 0),) if value is not None and self.meets(value, self.limit) else ()


@dataclass(frozen=True, slots=True, eq=False)
class Dated(Asked):
    """`before`, `after`: a date, or one of the dates in a list, lies on that side of the day, that day left out."""

    day: Day
    meets: Callable[[date, date], bool]

    def test(self, facts: Facts) -> Match:
        """Compare days."""
        value = getattr(facts, self.field)
        held = [_shown(self.field, items(value)[at]) for at in self._places(facts)]
        return Match(held=True, evidence=tuple(held)) if held else self.missed()

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """The dates on that side."""
        value = getattr(facts, self.field)
        return tuple(_whole(self.field, value, at) for at in self._places(facts))

    def _places(self, facts: Facts) -> list[int]:
        limit = self.day.seen_from(facts.received_on)
        if limit is None:
            return []
        days = days_of(items(getattr(facts, self.field)), facts.received_on)
        return [at for at, day in enumerate(days) if day is not None and self.meets(day, limit)]


@dataclass(frozen=True, slots=True, eq=False)
class Exists(Asked):
    """`exists`: the fact is there, that is neither null, nor empty, nor zero, nor false."""

    wanted: bool

    def test(self, facts: Facts) -> Match:
        """Ask for presence."""
        value = getattr(facts, self.field)
        if bool(value) is not self.wanted:
            return self.missed()
        if not self.wanted:
            return Match(held=True)
        return Match(held=True, evidence=tuple(_shown(self.field, item) for item in items(value)))

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """Whole items; of what is absent nothing."""
        value = getattr(facts, self.field)
        return (
            tuple(_whole(self.field, value, at) for at, _ in enumerate(items(value))) if self.wanted and value else ()
        )


def items(value: Any) -> tuple[Any, ...]:
    """A list fact asks each of its items; any other fact is its own only item, nothing is none."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def folded(value: Any) -> Any:
    """A text as it is compared; other values as they are."""
    return _folded(value) if isinstance(value, str) else value


@lru_cache(maxsize=64)
def searchable(text: str) -> str:
    """What patterns are looked for in, as long as the text that is examined."""
    return _SURROGATE.sub("\ufffd", _folded(text[:MAX_CHARACTERS]))


@lru_cache(maxsize=64)
def _folded(text: str) -> str:
    return fold(text)


def _shown(field: str, value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return f"{field}: {str(value).lower() if value is not None else 'null'}"
    if isinstance(value, int | float):
        return f"{field}: {value:g}"
    if isinstance(value, date):
        return f"{field}: {value.isoformat()}"
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_QUOTE else text[: _MAX_QUOTE - 1] + "…"


def _whole(field: str, value: Any, at: int) -> Found:
    item = items(value)[at]
    if isinstance(item, str):
        return _piece(field, value, at, 0, len(item))
    return Found(field, 0, 0, _shown(field, item), at if isinstance(value, tuple) else None)


def _piece(field: str, value: Any, at: int, start: int, end: int) -> Found:
    return Found(field, start, end, items(value)[at][start:end], at if isinstance(value, tuple) else None)
