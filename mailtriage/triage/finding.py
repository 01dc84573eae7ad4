"""What the linter says of a ruleset that loads and yet is not what its author meant."""

from dataclasses import dataclass
from typing import Literal

from mailtriage.errors import Place, Problem, Told

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, where it stands, and how bad it is."""

    place: Place
    text: Told
    severity: Severity
    kind: str
    """A short name for programs: "never", "shadowed", "expired", "examples", "unused", "doubled", "pattern" ..."""
    rule: str | None = None
    """The rule that it is about."""

    @property
    def problem(self) -> Problem:
        """Told like any other mistake."""
        return Problem(self.place, self.text)
