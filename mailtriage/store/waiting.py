"""How much support has to do, and how long its answers took of late: what an honest promise depends on.

The trap is a promise measured on too little: below `ENOUGH` answers in a category nothing is said, and the norm holds.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from mailtriage.reply.deadline import WorkCalendar
from mailtriage.store import tables as t
from mailtriage.triage.policy import Policy

ENOUGH = 20
"""Answers in a category, before its measured time is told."""
_WEEKS = timedelta(weeks=4)
_KEPT = 0.9
_ANSWERS = 5000
_LONGEST = 90


def queue_lengths(connection: Connection) -> dict[str, int]:
    """Open conversations whose customer waits, by queue."""
    c = t.conversation.c
    rows = connection.execute(
        select(c.queue, func.count())
        .where(c.status == "open", c.waiting_since.is_not(None), c.queue.is_not(None))
        .group_by(c.queue)
        .order_by(c.queue)
    )
    return {queue: int(count) for queue, count in rows}


def answer_days(connection: Connection, policy: Policy, now: datetime) -> dict[str, float]:
    """Working days to the first answer that nine in ten conversations of the last weeks kept, by category."""
    c = t.conversation.c
    rows = connection.execute(
        select(c.category, c.registered_at, c.answered_at)
        .where(c.answered_at > now - _WEEKS, c.answered_at <= now, c.category.is_not(None))
        .order_by(c.answered_at.desc())
        .limit(_ANSWERS)
    )
    zone = ZoneInfo(policy.time_zone)
    taken: dict[str, list[int]] = {}
    for category, registered_at, answered_at in rows:
        first, last = (moment.astimezone(zone).date() for moment in (registered_at, answered_at))
        taken.setdefault(category, []).append(_working_days(first, last, policy.calendar))
    return {category: _quantile(days) for category, days in sorted(taken.items()) if len(days) >= ENOUGH}


def _working_days(first: date, last: date, calendar: WorkCalendar) -> int:
    span = min((last - first).days, _LONGEST)
    return sum(calendar.is_working_day(first + timedelta(days=day)) for day in range(1, span + 1))


def _quantile(values: list[int]) -> float:
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * _KEPT))])
