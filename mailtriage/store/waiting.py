"""How much support has to do, and how long its answers took of late: what an honest promise depends on.

Two traps. What is answered is not all that was asked: who still waits counts, too (reply/answer_times.py). And the
measure must cost the same after a million messages: it asks by index, and of very many conversations every n-th.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, select

from mailtriage.reply.answer_times import Waited, days_for
from mailtriage.reply.deadline import Norms, Task, WorkCalendar, Workload
from mailtriage.reply.wording import local_time
from mailtriage.store import tables as t
from mailtriage.store.prepared import Prepared
from mailtriage.triage.policy import Policy

_A_DAY = timedelta(days=1)
_OLDEST = timedelta(days=150)
"""Who has waited longer is not waited with any more: all that is measured lies far below."""
_WAITS = 2000
"""Conversations that are looked at, roughly."""
_LENGTHS = 200
"""Messages that are asked how long the queues were."""
LONGER = 3
"""As many times the configured weeks are looked at for a category that is rare."""

_m, _c, _a = t.message.c, t.conversation.c, t.attachment.c
_in_it = t.message.alias("in_it")
_first_message = (
    select(func.min(_in_it.c.id))
    .where(_in_it.c.conversation_id == _c.id, _in_it.c.verdict.in_(("accept", "hold")))
    .correlate(t.conversation)
    .scalar_subquery()
)

_QUEUES = Prepared(
    lambda _: (
        select(_c.queue, func.count().label("waiting"))
        .where(_c.status == "open", _c.waiting_since.is_not(None), _c.queue.is_not(None))
        .group_by(_c.queue)
        .order_by(_c.queue)
    )
)


@dataclass(frozen=True, slots=True)
class Wait:
    """A conversation as it waited for its first answer."""

    task: Task
    registered_on: date
    answered_on: date | None
    promised: date | None
    """What the customer was told first."""
    queue_lengths: Mapping[str, int]
    """How things stood when it was registered."""


@dataclass(frozen=True)
class Watch:
    """What was watched of many waits in some weeks."""

    waits: Mapping[str, Sequence[Waited]]
    """By category ("" for none), without the days that were added for what the customer asked."""
    daily_answers: Mapping[str, float]
    """By queue."""

    def answer_days(self, share: float) -> dict[str, float]:
        """The working days within which that share of answers came, by category, as far as it can be told."""
        days = {category: days_for(waits, share) for category, waits in sorted(self.waits.items())}
        return {category: float(count) for category, count in days.items() if count is not None}


def past_waits(connection: Connection, since: datetime | None, zone: str, most: int = 8000) -> tuple[list[Wait], int]:
    """The waits that began after `since`, and what was to be known then; of more than `most` only every n-th, and n."""
    which = and_(_c.merged_into.is_(None), *([_c.registered_at >= since - _OLDEST] if since else []))
    count = connection.scalar(select(func.count()).select_from(t.conversation).where(which)) or 0
    every = max(1, -(-count // most))
    return list(waits(connection, and_(which, _c.id % every == 0), zone)), every


def queue_lengths(connection: Connection) -> dict[str, int]:
    """Open conversations whose customer waits, by queue."""
    return {queue: int(count) for queue, count in _QUEUES.rows(connection, {})}


def measure(connection: Connection, policy: Policy, now: datetime) -> Workload:
    """What was measured over the configured weeks up to yesterday; the queue lengths of this moment are not asked."""
    zone, norms = ZoneInfo(policy.time_zone), policy.norms
    today = local_time(now, policy.time_zone).date()
    end = datetime.combine(today, time(), zone)
    start, long_ago = (end - weeks * timedelta(weeks=norms.weeks) for weeks in (1, LONGER))
    near, every = _watched_since(connection, start, now, policy)
    days = near.answer_days(norms.kept)
    if norms.days.keys() - days.keys():
        # What is rare is looked for further back.
        further = replace(policy, norms=replace(norms, weeks=norms.weeks * LONGER))
        far, _ = _watched_since(connection, long_ago, now, further)
        days = far.answer_days(norms.kept) | days
    return Workload(
        answer_days=dict(sorted(days.items())),
        usual_lengths=_usual_lengths(connection, start, end),
        daily_answers={queue: speed * every for queue, speed in near.daily_answers.items()},
    )


def measured_of(
    waits: Collection[Wait], today: date, norms: Norms, calendar: WorkCalendar, shares: Iterable[float]
) -> dict[float, Workload]:
    """The same for each share of answers, of waits that reach as far back as is looked; without the usual lengths."""
    near = watch(waits, today, norms, calendar)
    rare = norms.days.keys() - near.answer_days(norms.kept).keys()
    further = replace(norms, weeks=norms.weeks * LONGER)
    far = watch([wait for wait in waits if (wait.task.category or "") in rare], today, further, calendar)
    return {
        share: Workload(answer_days=far.answer_days(share) | near.answer_days(share), daily_answers=near.daily_answers)
        for share in shares
    }


def watch(waits: Iterable[Wait], today: date, norms: Norms, calendar: WorkCalendar) -> Watch:
    """Watch over those waits up to the end of yesterday: nothing that came later is looked at."""
    start = today - timedelta(weeks=norms.weeks)
    numbers = calendar.numbered(start - _OLDEST, today + timedelta(days=14))
    by_category: dict[str, list[Waited]] = {}
    answers: Counter[str] = Counter()
    for wait in waits:
        answered_on = None if wait.answered_on is None or wait.answered_on >= today else wait.answered_on
        if wait.registered_on >= today or wait.registered_on < start - _OLDEST or (answered_on or today) < start:
            continue
        allowed = sum(norms.added(wait.task).values())
        waited = watched(wait.registered_on, answered_on, start=start, today=today, numbers=numbers, calendar=calendar)
        shifted = Waited(waited.since - allowed, waited.until - allowed, waited.answered)
        by_category.setdefault(wait.task.category or "", []).append(shifted)
        if answered_on is not None and wait.task.queue:
            answers[wait.task.queue] += 1
    worked = numbers[today - _A_DAY] - numbers[start - _A_DAY]
    return Watch(by_category, {queue: count / max(1, worked) for queue, count in sorted(answers.items())})


def watched(
    registered_on: date,
    answered_on: date | None,
    *,
    start: date,
    today: date,
    numbers: Mapping[date, int],
    calendar: WorkCalendar,
) -> Waited:
    """One wait as it was watched from `start` to the end of the day before `today`; an answer of a weekend is late."""
    begin = numbers[registered_on]
    since = max(0, numbers[start - _A_DAY] + 1 - begin)
    if answered_on is None:
        return Waited(since, numbers[today - _A_DAY] - begin, answered=False)
    return Waited(since, max(0, numbers[calendar.on_or_after(answered_on)] - begin), answered=True)


def _watched_since(connection: Connection, start: datetime, now: datetime, policy: Policy) -> tuple[Watch, int]:
    """What was answered since `start` or still waits for a first answer; of very many one of `n`, and that `n`."""
    conditions = _conditions(start, now)
    counts = (connection.scalar(select(func.count()).select_from(t.conversation).where(each)) for each in conditions)
    every = max(1, -(-sum(count or 0 for count in counts) // _WAITS))
    found = (
        wait
        for condition in conditions
        for wait in waits(connection, and_(condition, _c.id % every == 0), policy.time_zone)
    )
    today = local_time(now, policy.time_zone).date()
    return watch(found, today, policy.norms, policy.calendar), every


def _conditions(start: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    # Two questions, for each has an index of its own.
    return (
        and_(_c.answered_at >= start, _c.answered_at <= now),
        and_(_c.status == "open", _c.waiting_since >= start - _OLDEST, _c.answered_at.is_(None)),
    )


def waits(connection: Connection, which: ColumnElement[bool], zone: str) -> Iterator[Wait]:
    """The conversations of that condition, in order of registration, without those that were merged into others."""
    files = select(func.count()).where(_a.message_id == _m.id).correlate(t.message).scalar_subquery()
    question = (
        select(_c.category, _c.queue, _c.registered_at, _c.answered_at, _c.promised)
        .add_columns(_m.record["decision"].label("decision"), _m.workload, files.label("files"))
        .join_from(t.conversation, t.message, _m.id == _first_message)
        .where(which, _c.merged_into.is_(None))
        .order_by(_c.id)
    )
    for row in connection.execute(question):
        yield Wait(
            task=task_of(row.decision or {}, row.category, has_files=bool(row.files)),
            registered_on=local_time(row.registered_at, zone).date(),
            answered_on=local_time(row.answered_at, zone).date() if row.answered_at else None,
            promised=row.promised,
            queue_lengths=row.workload.get("queue_lengths", {}),
        )


def task_of(decision: Mapping[str, Any], category: str | None, *, has_files: bool) -> Task:
    """What was asked for, out of the contract's JSON of a decision; `category` as it is seen now."""
    return Task(
        category=category,
        queue=decision.get("queue"),
        topics=tuple(decision.get("topics", ())),
        requests=decision.get("requests", 1),
        counterparty=bool(decision.get("counterparty")),
        missing_documents=bool(decision.get("documents")) and not has_files,
    )


def _usual_lengths(connection: Connection, start: datetime, end: datetime) -> dict[str, float]:
    """How long the queues were on average, as messages of that time found them."""
    within = and_(_m.recorded_at >= start, _m.recorded_at < end)
    # Of a bare column PostgreSQL takes the least by the index of that column: it would read through ten years for it.
    number = _m.id + 0
    first, last = connection.execute(select(func.min(number), func.max(number)).where(within)).one()
    if first is None:
        return {}
    every = max(1, (last - first) // _LENGTHS)
    question = select(_m.workload).where(_m.id.in_(range(first, last + 1, every)))
    found = [row.workload.get("queue_lengths", {}) for row in connection.execute(question)]
    names = {name for lengths in found for name in lengths}
    return {name: sum(lengths.get(name, 0) for lengths in found) / len(found) for name in sorted(names)}
