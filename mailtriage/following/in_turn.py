"""Two folders read as one, in the order in which their messages came.

The trap is the answer that is read before the question, or long after it: when both wait, after an outage, an answer
would find no conversation, or a customer's reminder one that seems to be unanswered. The order within a folder is that
of its UIDs (RFC 9051 2.3.1.1), whatever a clock said: the cursor of a folder only moves up.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailtriage.transport.imap import Listed


def in_turn(one: Listed, other: Listed) -> Iterator[Listed]:
    """Runs of messages of one folder or the other, by time of arrival; of those that came at once `one` is first."""
    arrivals = sorted([*_dated(one, 0), *_dated(other, 1)])
    start = 0
    for end in range(1, len(arrivals) + 1):
        if end == len(arrivals) or arrivals[end][1] != arrivals[start][1]:
            listed = (one, other)[arrivals[start][1]]
            run = tuple(listed.messages[index] for _, _, index in arrivals[start:end])
            yield replace(listed, messages=run)
            start = end


def _dated(listed: Listed, which: int) -> Iterator[tuple[datetime, int, int]]:
    latest: datetime | None = None
    for index, message in enumerate(listed.messages):
        latest = message.received_at if latest is None else max(latest, message.received_at)
        yield latest, which, index
