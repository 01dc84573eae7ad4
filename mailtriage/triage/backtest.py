"""Two rulesets over the same stored facts: which decisions would change, and for whom.

The trap is look-ahead: what is known today must not judge yesterday. So a case brings the facts as they stood when it
was decided, and neither the past nor the clock is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mailtriage.triage.comparison import EVIDENCE, LISTED, SAMPLES, Change, Comparison, Outline, drawn, outline
from mailtriage.triage.decision import Decision, Hit, decide
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import Ruleset

_WORKED = frozenset({"accept", "hold"})
"""Verdicts whose messages wait in a queue for a person."""
_APART = frozenset({"rule", "ruleset", "hits"})
"""What a decision says of its own making; all its other fields are what comes of it."""
_CONSEQUENCES = tuple(each.name for each in fields(Decision) if each.name not in _APART)


@dataclass(frozen=True, slots=True)
class Case:
    """A message that was decided once, with what its decision stood on."""

    id: int
    digest: str
    number: str | None
    """Of its conversation."""
    recorded_at: datetime
    sender: str
    recorded: Outline
    facts: Facts | None
    """None where the rules were not asked, or can no more be asked."""
    alone: Outline | None = None
    """What was decided without rules by a reader that read it anew; None keeps what was recorded."""
    restored: bool = False
    """A person took its rejection back."""


def compare(cases: Iterable[Case], today: Ruleset, candidate: Ruleset) -> Comparison:
    """Decide each case by both rulesets."""
    counting = _Counting()
    for case in cases:
        if case.facts is None:
            counting.leave(case)
            continue
        before = decide(case.facts, today)
        after = before if candidate is today else decide(case.facts, candidate)
        counting.decided(case, case.facts, before, after)
    return counting.sum()


class _Counting:
    """Adds up case by case, for frozen sums would be copied at each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.pairs: defaultdict[str, Counter[Any]] = defaultdict(Counter)
        self.listed: dict[str, list[Change]] = {"rejected": [], "rejected_again": []}
        self.samples: dict[tuple[str, str, str], list[Change]] = {}

    def leave(self, case: Case) -> None:
        """A case about which the rules are not asked."""
        stays = case.alone or case.recorded
        self.counts["skipped" if case.alone is None and stays.by_rules else "without_rules"] += 1
        self._beside(case, stays, stays)

    def decided(self, case: Case, facts: Facts, before: Decision, after: Decision) -> None:
        """A case with both decisions."""
        old, new = outline(before), outline(after)
        self._beside(case, old, new)
        gained, lost = _held_more(after, before), _held_more(before, after)
        self._hits(old, new, gained, lost)
        differences = tuple(
            (name, getattr(before, name), getattr(after, name))
            for name in _CONSEQUENCES
            if getattr(before, name) != getattr(after, name)
        )
        again = case.restored and new.verdict == "reject"
        if not differences and not again:
            return
        change = Change(
            id=case.id,
            digest=case.digest,
            number=case.number,
            recorded_at=case.recorded_at,
            sender=case.sender,
            subject=facts.subject,
            before=old,
            after=new,
            consequences=differences,
            gained=gained,
            lost=lost,
        )
        if again:
            self.counts["restored_rejects"] += 1
            self.listed["rejected_again"].append(change)
        if differences:
            self._changed(change)

    def _hits(self, old: Outline, new: Outline, gained: Iterable[Hit], lost: Iterable[Hit]) -> None:
        hits = self.pairs["hits"]
        hits.update((hit.rule, "gained") for hit in gained)
        hits.update((hit.rule, "lost") for hit in lost)
        if old.rule != new.rule:
            decisions = (new.rule, "decisions_gained"), (old.rule, "decisions_lost")
            hits.update(each for each in decisions if each[0])

    def _beside(self, case: Case, old: Outline, new: Outline) -> None:
        self.counts["messages"] += 1
        self.pairs["verdicts"][old.cell, new.cell] += 1
        self.pairs["categories"][old.category or "", new.category or ""] += 1
        was = case.recorded
        self.pairs["recorded"][was.cell, new.cell] += 1
        self.pairs["recorded_categories"][was.category or "", new.category or ""] += 1
        self.counts["drifted"] += (was.cell, was.category, was.queue) != (old.cell, old.category, old.queue)
        for each, when in ((old, "before"), (new, "after")):
            if each.verdict in _WORKED and each.queue:
                self.pairs["queues"][each.queue, when] += 1

    def _changed(self, change: Change) -> None:
        self.counts["changed"] += 1
        self.pairs["consequences"].update(name for name, _, _ in change.consequences)
        if change.after.verdict == "reject" and change.before.verdict != "reject":
            self.counts["new_rejects"] += 1
            self.listed["rejected"].append(change)
        kept = self.samples.setdefault(change.kind, [])
        kept.append(change)
        if len(kept) > 10 * SAMPLES:
            kept[:] = drawn(kept)

    def sum(self) -> Comparison:
        """All of it, frozen."""
        return Comparison(
            messages=self.counts["messages"],
            without_rules=self.counts["without_rules"],
            skipped=self.counts["skipped"],
            changed=self.counts["changed"],
            drifted=self.counts["drifted"],
            new_rejects=self.counts["new_rejects"],
            restored_rejects=self.counts["restored_rejects"],
            verdicts=self.pairs["verdicts"],
            categories=self.pairs["categories"],
            recorded=self.pairs["recorded"],
            recorded_categories=self.pairs["recorded_categories"],
            queues=self.pairs["queues"],
            consequences=self.pairs["consequences"],
            hits=self.pairs["hits"],
            rejected=tuple(self.listed["rejected"][-LISTED:]),
            rejected_again=tuple(self.listed["rejected_again"][-LISTED:]),
            samples={kind: drawn(kept) for kind, kept in self.samples.items()},
        )


def _held_more(there: Decision, here: Decision) -> tuple[Hit, ...]:
    """The hits of rules that hold there and not here."""
    known = {hit.rule for hit in here.hits}
    return tuple(Hit(hit.rule, hit.reason, hit.evidence[:EVIDENCE]) for hit in there.hits if hit.rule not in known)
