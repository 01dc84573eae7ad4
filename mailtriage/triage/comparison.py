"""What came out of deciding messages anew: counts, a few samples of each change, and who would newly be rejected.

The trap is size: whatever the number of messages, what is kept of them is bounded, and it is the same however they
were divided among processes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from mailtriage.triage.decision import Decision, Hit

SAMPLES = 5
"""Of each change."""
LISTED = 10_000
"""Of the rejections that are listed one by one; all of them are counted."""
EVIDENCE = 5
"""Words or values shown of a hit."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A decision as far as two of them are set side by side."""

    verdict: str | None
    reason: str | None
    category: str | None = None
    queue: str | None = None
    rule: str | None = None
    evidence: tuple[str, ...] = ()
    """Of the deciding rule."""

    @property
    def cell(self) -> str:
        """Verdict with its reason, "reject:repeat"; "outgoing" for support's own mail."""
        verdict = self.verdict or "outgoing"
        return f"{verdict}:{self.reason}" if self.reason else verdict

    @property
    def by_rules(self) -> bool:
        """Whether the rules were asked: our own mail and what could not be read never reaches them."""
        return self.rule is not None or self.reason == "no_rule"


@dataclass(frozen=True, slots=True)
class Change:
    """One message that the candidate decides otherwise."""

    id: int
    digest: str
    number: str | None
    recorded_at: datetime
    sender: str
    subject: str
    before: Outline
    after: Outline
    consequences: tuple[tuple[str, Any, Any], ...]
    """What comes out otherwise: field of the decision, old value, new value."""
    gained: tuple[Hit, ...]
    """Rules that hold only in the candidate."""
    lost: tuple[Hit, ...]
    """Rules that hold only today."""

    @property
    def kind(self) -> tuple[str, str, str]:
        """The gravest of what changes, from what, to what; other fields than these three only by name."""
        named = {name for name, _, _ in self.consequences}
        if not named or named & {"verdict", "reason"}:
            return "verdict", self.before.cell, self.after.cell
        for name in ("category", "queue"):
            if name in named:
                return name, str(getattr(self.before, name) or ""), str(getattr(self.after, name) or "")
        return self.consequences[0][0], "", ""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """How often one rule holds and decides more, and how often less."""

    rule: str
    gained: int = 0
    lost: int = 0
    decisions_gained: int = 0
    decisions_lost: int = 0


Pairs = Mapping[tuple[str, str], int]
"""Counts by (from, to)."""


@dataclass(frozen=True)
class Comparison:
    """What came out over any number of cases; two of them are added up."""

    messages: int = 0
    without_rules: int = 0
    """Decided without rules, and left so."""
    skipped: int = 0
    """Whose facts or octets can no more be read, so that they cannot be decided anew."""
    changed: int = 0
    drifted: int = 0
    """That already today's rules decide otherwise than was recorded."""
    verdicts: Pairs = field(default_factory=Counter)
    """Today's to the candidate's, by `Outline.cell`; the diagonal is there, too."""
    categories: Pairs = field(default_factory=Counter)
    """The same; "" where no category can be told."""
    recorded: Pairs = field(default_factory=Counter)
    """What was recorded to the candidate's, by `Outline.cell`."""
    recorded_categories: Pairs = field(default_factory=Counter)
    queues: Mapping[tuple[str, str], int] = field(default_factory=Counter)
    """Messages that wait for a person, by (queue, "before" or "after")."""
    consequences: Mapping[str, int] = field(default_factory=Counter)
    """Messages in which a field of the decision changes."""
    hits: Mapping[tuple[str, str], int] = field(default_factory=Counter)
    """By (rule, field of `RuleChange`)."""
    new_rejects: int = 0
    restored_rejects: int = 0
    rejected: tuple[Change, ...] = ()
    """Newly rejected, the latest `LISTED`, oldest first."""
    rejected_again: tuple[Change, ...] = ()
    """Restored by a person and yet rejected by the candidate, the latest `LISTED`."""
    samples: Mapping[tuple[str, str, str], tuple[Change, ...]] = field(default_factory=dict)
    """By `Change.kind`, a fair draw: those of the smallest digests."""

    def __add__(self, more: "Comparison") -> "Comparison":
        """Both together, where `more` comes later."""
        summed = {
            each.name: getattr(self, each.name) + getattr(more, each.name)
            for each in fields(self)
            if each.name != "samples"
        }
        for name in ("rejected", "rejected_again"):
            summed[name] = summed[name][-LISTED:]
        kinds = dict.fromkeys((*self.samples, *more.samples))
        samples = {kind: drawn((*self.samples.get(kind, ()), *more.samples.get(kind, ()))) for kind in kinds}
        return Comparison(**summed, samples=samples)

    @property
    def rules(self) -> tuple[RuleChange, ...]:
        """The rules that hold or decide otherwise, by name."""
        counts: dict[str, dict[str, int]] = {}
        for (rule, what), count in self.hits.items():
            counts.setdefault(rule, {})[what] = count
        return tuple(RuleChange(rule, **counts[rule]) for rule in sorted(counts))


def outline(decision: Decision) -> Outline:
    """What of a decision is set beside another."""
    evidence = next((hit.evidence for hit in decision.hits if hit.rule == decision.rule), ())
    return Outline(
        verdict=decision.verdict,
        reason=decision.reason,
        category=decision.category,
        queue=decision.queue,
        rule=decision.rule,
        evidence=evidence[:EVIDENCE],
    )


def drawn(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same few however the cases were divided: a digest is as good as a lot."""
    return tuple(sorted(changes, key=lambda change: (change.digest, change.id))[:SAMPLES])
