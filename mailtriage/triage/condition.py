"""The when/unless language as frozen objects: questions about single facts, and how they are joined.

What is joined must stay explainable: each tells the one part that made it hold or fail, so that a lead is not shown
sixty lines of conditions of which one mattered.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailtriage.triage.facts import Facts
from mailtriage.triage.leaves import Compares, Dated, Equals, Exists, Matches, Substring, Wordy
from mailtriage.triage.match import Answers, Condition, Found, Match

__all__ = [
    "All",
    "Always",
    "Any_",
    "Compares",
    "Condition",
    "Dated",
    "Equals",
    "Exists",
    "Found",
    "Leaf",
    "Match",
    "Matches",
    "Not",
    "Substring",
    "Wordy",
    "fields_of",
    "leaves_of",
]

Leaf = Equals | Substring | Wordy | Matches | Compares | Dated | Exists
"""A question about one fact."""


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for every message."""

    def test(self, facts: Facts) -> Match:  # noqa: ARG002 - it holds whatever the facts are
        """Hold."""
        return Match(held=True)

    def holds(self, answers: Answers) -> bool:  # noqa: ARG002 - as above
        """Hold."""
        return True

    def evidence(self, answers: Answers) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Nothing in particular."""
        return ()

    def found(self, facts: Facts) -> tuple[Found, ...]:  # noqa: ARG002 - as above
        """Nothing in particular."""
        return ()

    def because(self, facts: Facts) -> str:  # noqa: ARG002 - as above
        """As it is written."""
        return "always: true"


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

    def holds(self, answers: Answers) -> bool:
        """All parts do."""
        return all(part.holds(answers) for part in self.parts)

    def evidence(self, answers: Answers) -> tuple[str, ...]:
        """Of all parts."""
        return tuple(dict.fromkeys(piece for part in self.parts for piece in part.evidence(answers)))

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """Of all parts, where all hold."""
        if not self.test(facts).held:
            return ()
        return tuple(dict.fromkeys(piece for part in self.parts for piece in part.found(facts)))

    def because(self, facts: Facts) -> str:
        """All parts, or the first that fails."""
        failed = next((part for part in self.parts if not part.test(facts).held), None)
        return failed.because(facts) if failed else " & ".join(part.because(facts) for part in self.parts)


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

    def holds(self, answers: Answers) -> bool:
        """One part does."""
        return any(part.holds(answers) for part in self.parts)

    def evidence(self, answers: Answers) -> tuple[str, ...]:
        """Of the first part that holds."""
        return next((part.evidence(answers) for part in self.parts if part.holds(answers)), ())

    def found(self, facts: Facts) -> tuple[Found, ...]:
        """Of the first part that holds."""
        held = self._first(facts)
        return held.found(facts) if held else ()

    def because(self, facts: Facts) -> str:
        """The first part that holds, or all that fail."""
        held = self._first(facts)
        return held.because(facts) if held else " | ".join(dict.fromkeys(part.because(facts) for part in self.parts))

    def _first(self, facts: Facts) -> Condition | None:
        return next((part for part in self.parts if part.test(facts).held), None)


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

    def holds(self, answers: Answers) -> bool:
        """The part does not."""
        return not self.part.holds(answers)

    def evidence(self, answers: Answers) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Nothing: what is absent cannot be quoted."""
        return ()

    def found(self, facts: Facts) -> tuple[Found, ...]:  # noqa: ARG002 - as above
        """Nothing: what is absent stands nowhere."""
        return ()

    def because(self, facts: Facts) -> str:
        """What is not to hold."""
        return "not: " + self.part.because(facts)


def leaves_of(condition: Condition) -> Iterable[Leaf]:
    """The questions that a condition is made of, in their order."""
    match condition:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from leaves_of(part)
        case Not(part):
            yield from leaves_of(part)
        case Equals() | Substring() | Wordy() | Matches() | Compares() | Dated() | Exists():
            yield condition


def fields_of(condition: Condition) -> Iterable[str]:
    """The facts that a condition asks for."""
    return (leaf.field for leaf in leaves_of(condition))
