"""The outcome of a backtest as one JSON object, whole, for programs and for whoever wants every name.

Verdicts are told with their reason, "reject:repeat", support's own mail is "outgoing"; what cannot be told is null.
"""

from typing import Any

from mailtriage.commands.backtest import Backtest
from mailtriage.commands.backtest_page import moved
from mailtriage.triage.comparison import Change, Outline, Pairs
from mailtriage.triage.decision import Hit

Json = dict[str, Any]


def record(done: Backtest) -> Json:
    """Counts, pairs of from and to, rules, and the messages that change."""
    found, span, trial = done.found, done.span, done.trial
    return {
        "since": span.since.isoformat() if span.since else None,
        "earliest": span.earliest.isoformat() if span.earliest else None,
        "latest": span.latest.isoformat() if span.latest else None,
        "candidate": trial.candidate.version,
        "today": trial.today.version,
        "against": trial.against,
        "messages": found.messages,
        "without_rules": found.without_rules,
        "skipped": found.skipped,
        "changed": found.changed,
        "verdicts": _pairs(found.verdicts),
        "categories": _pairs(found.categories),
        "queues": [{"queue": name, "before": old, "after": new} for name, old, new in moved(found.queues)],
        "fields": dict(sorted(found.consequences.items())),
        "rules": [
            {
                "rule": rule.rule,
                "gained": rule.gained,
                "lost": rule.lost,
                "decisions_gained": rule.decisions_gained,
                "decisions_lost": rule.decisions_lost,
            }
            for rule in found.rules
        ],
        "new_rejects_count": found.new_rejects,
        "new_rejects": [_change(change) for change in found.rejected],
        "restored_rejected_count": found.restored_rejects,
        "restored_rejected": [_change(change) for change in found.rejected_again],
        "samples": [_change(c) for kind in sorted(found.samples) for c in found.samples[kind]],
        "recorded": {
            "today_differs": found.drifted,
            "verdicts": _pairs(found.recorded),
            "categories": _pairs(found.recorded_categories),
        },
        "refused": list(done.refused),
    }


def _pairs(pairs: Pairs) -> list[Json]:
    return [{"from": old or None, "to": new or None, "count": count} for (old, new), count in sorted(pairs.items())]


def _change(change: Change) -> Json:
    return {
        "id": change.id,
        "digest": change.digest,
        "number": change.number,
        "recorded_at": change.recorded_at.isoformat(),
        "address": change.sender,
        "subject": change.subject,
        "changed": change.kind[0],
        "from": _decided(change.before),
        "to": _decided(change.after),
        "fields": [{"field": name, "from": old, "to": new} for name, old, new in change.consequences],
        "hits_gained": [_held(hit) for hit in change.gained],
        "hits_lost": [_held(hit) for hit in change.lost],
    }


def _decided(decided: Outline) -> Json:
    return {
        "verdict": decided.verdict,
        "reason": decided.reason,
        "category": decided.category,
        "queue": decided.queue,
        "rule": decided.rule,
        "evidence": list(decided.evidence),
    }


def _held(hit: Hit) -> Json:
    return {"rule": hit.rule, "evidence": list(hit.evidence)}
