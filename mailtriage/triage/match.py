"""What asking a condition gives: whether it holds, and the words and values that speak for it.

A condition without evidence is a verdict that nobody can check; so holding and showing why are one and the same act.
Where the words stand costs time and is asked for by people alone, so that is a question of its own.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from mailtriage.triage.facts import Facts


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a condition holds, and why or why not."""

    held: bool
    evidence: tuple[str, ...] = ()
    """The words or values that made it hold."""
    failed: str = ""
    """The condition that did not hold, as its author wrote it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of a fact that made a condition hold, and where it stands."""

    field: str
    """The fact's name."""
    start: int
    """Offset in characters into the fact's text, or into the item of a list; 0 where the fact is no text."""
    end: int
    """Behind the last character; 0 where the fact is no text."""
    text: str
    """As the customer wrote it; a value that is no text as people write it."""
    item: int | None = None
    """Which item of a list, from 0; None for facts that are no list."""


class Answers(Protocol):
    """What single questions about one message come to, each asked once, however many rules ask it."""

    def holds(self, leaf: Any) -> bool:
        """Whether it holds."""
        ...

    def evidence(self, leaf: Any) -> tuple[str, ...]:
        """What made it hold."""
        ...


class Condition(Protocol):
    """Anything that can be asked of the facts."""

    def test(self, facts: Facts) -> Match:
        """Ask the facts themselves, also why it fails."""
        ...

    def holds(self, answers: Answers) -> bool:
        """Whether it holds by answers that are there already; most conditions are asked nothing else."""
        ...

    def evidence(self, answers: Answers) -> tuple[str, ...]:
        """What made it hold, where it does: the same as `test` tells."""
        ...

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """What made it hold, piece by piece; empty where it does not hold, or by what is absent."""
        ...

    def because(self, facts: Facts) -> str:
        """The part of it that made it hold or fail, as its author wrote it."""
        ...
