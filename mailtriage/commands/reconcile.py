"""What reconciliation found, for whoever was woken by it: a sentence a gap, the worst first, and then the sum."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, get_args

from mailtriage.commands.lead_words import clean
from mailtriage.parts import Parts
from mailtriage.reconcile.gaps import Gap, Kind
from mailtriage.reconcile.reconciler import EVERY, Reconciled

SHOWN = 20
"""Gaps of one kind that are told one by one; --json has all."""
_ORDER = {kind: place for place, kind in enumerate(get_args(Kind))}


def reconcile(parts: Parts, *, repair: bool, octets: bool) -> Reconciled:
    """Compare now."""
    return parts.reconciler.reconcile(datetime.now(UTC), mend=EVERY if repair else (), all_octets=octets)


def sentences(done: Reconciled) -> Iterator[str]:
    """For a person."""
    ordered = sorted(done.gaps, key=lambda gap: _ORDER[gap.kind])
    for kind, alike in groupby(ordered, key=lambda gap: gap.kind):
        gaps = list(alike)
        yield from map(_line, gaps[:SHOWN])
        if len(gaps) > SHOWN:
            yield f"and {len(gaps) - SHOWN} more of this kind ({kind}; --json names them all)"
    mended = len(done.gaps) - len(done.left)
    waiting = f", {done.waiting} without an outcome" if done.waiting else ""
    waiting += f", the oldest since {done.oldest:%Y-%m-%d %H:%M} UTC" if done.oldest else ""
    yield f"{done.messages} messages on the servers{waiting}; gaps: {len(done.gaps)}, mended: {mended}"


def _line(gap: Gap) -> str:
    end = f" Mended: {gap.mended}." if gap.mended else f" Left: {clean(gap.left)}." if gap.left else ""
    return clean(gap.sentence) + end


def record(done: Reconciled) -> Mapping[str, Any]:
    """For a program."""
    return {
        "messages": done.messages,
        "without_outcome": done.waiting,
        "oldest_without_outcome": done.oldest.isoformat() if done.oldest else None,
        "gaps": len(done.gaps),
        "left": len(done.left),
        "found": [gap.json for gap in done.gaps],
    }
