"""One rule as a value: what it asks, what follows, and the examples that its author promises.

The trap is the rule whose origin is lost: every error, finding and explanation must lead back to the line that a person
wrote, so a rule keeps its text beside what was compiled from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from mailtriage.errors import Place
from mailtriage.located import Located
from mailtriage.triage.condition import Condition
from mailtriage.triage.then import Then


@dataclass(frozen=True)
class Example:
    """A message that a rule must match or miss, as its author gave it."""

    kind: Literal["match", "miss"]
    given: str | Mapping[str, Any]
    """A body text, or facts and texts by name."""
    place: Place


@dataclass(frozen=True)
class Written:
    """A rule as it stands in its file."""

    located: Located
    index: int
    """Which of the file's rules it is, from 0."""

    @property
    def value(self) -> Mapping[str, Any]:
        """Its keys and plain values."""
        value: Mapping[str, Any] = self.located.value[self.index]
        return value

    def place(self, *path: str | int) -> Place:
        """Where a value of it stands, by the path inside the rule."""
        return self.located.place((self.index, *path))

    def key_place(self, *path: str | int) -> Place:
        """Where the key stands that the path ends with."""
        return self.located.key_place((self.index, *path))


@dataclass(frozen=True)
class Rule:
    """One rule, compiled."""

    name: str
    title: str
    when: Condition
    then: Then
    unless: Condition | None = None
    description: str = ""
    owner: str = ""
    enabled: bool = True
    starts: date | None = None
    """The first day on which it holds."""
    ends: date | None = None
    """The last day on which it holds."""
    replaces: str | None = None
    """The earlier rule whose place it takes."""
    gives_way_to: "tuple[Rule, ...]" = ()
    """Those that replace it, but only on some days: on these it is not asked."""
    examples: tuple[Example, ...] = ()
    place: Place = field(default_factory=lambda: Place(""))
    written: Written | None = field(default=None, repr=False, compare=False)
    """What it was compiled from."""
