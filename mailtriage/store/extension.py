"""Notices of extension: who was promised an answer that will not come in time is told so before the day has passed.

By law (442-FZ) the time is extended once, by at most ten working days, and the customer is told. Two traps. A day that
was put off in the store alone would be a promise that nobody made: whoever cannot be written to keeps his day, and a
notice that never left gives it back. And a notice says that we promised: who got no such letter gets no notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, RowMapping, select, update

from mailtriage.reply.deadline import Workload, extended_due, last_safe_day, registration_day
from mailtriage.reply.draft import Draft
from mailtriage.reply.wording import local_time
from mailtriage.store import dealings, owing
from mailtriage.store import tables as t
from mailtriage.store.candidates import candidate
from mailtriage.store.restored import Compose, facts_of, reading_of
from mailtriage.store.waiting import task_of
from mailtriage.triage.conversation import Link
from mailtriage.triage.decision import CATEGORIES, Category, Decision
from mailtriage.triage.effects import Reply, plan_effects
from mailtriage.triage.history import History
from mailtriage.triage.policy import Policy

EXTENSION: Final = "extension"
"""The template and the event."""
AT_MOST: Final = 10
"""Working days by which an answer is put off (442-FZ)."""
_A_DAY: Final = timedelta(days=1)
_LEFT: Final = ("done", "unconfirmed")
_FAILED: Final = ("buried", "dropped")
_PROMISES: Final = ("ack", "follow-up", "restored")

_c, _m, _o = t.conversation.c, t.message.c, t.outbox.c


@dataclass(frozen=True, slots=True)
class Extended:
    """A conversation whose answer takes longer than was promised."""

    number: str
    before: date
    due: date
    """As it holds now; the same as before where nobody could be told."""
    silence: str | None = None
    """Why no notice leaves (`Reply.suppressed`)."""


def to_extend(
    connection: Connection, policy: Policy, now: datetime, conversation_id: int | None = None
) -> Iterator[RowMapping]:
    """Conversations never extended that wait for a promised answer, from the last safe working day on to the last.

    With `conversation_id`, that one alone.
    """
    today = local_time(now, policy.time_zone).date()
    # A promise for the next working day is the farthest whose last safe day has come.
    last = policy.calendar.add(today, 1)
    question = (
        select(t.conversation)
        .where(_c.status == "open", _c.waiting_since.is_not(None), _c.merged_into.is_(None))
        .where(_c.extended_at.is_(None), _c.due >= today, _c.due <= last)
        .order_by(_c.id)
    )
    if conversation_id is not None:
        question = question.where(_c.id == conversation_id)
    for row in connection.execute(question).mappings().all():
        if last_safe_day(row["due"], policy.calendar) <= today and _begun(row, policy) < today:
            yield row


def extend(
    connection: Connection, row: RowMapping, *, policy: Policy, compose: Compose, now: datetime
) -> Extended | None:
    """Owe the notice and move the day; None where no notice is due: no promise was told, or nothing would be won."""
    message = _latest(connection, row["id"])
    if message is None or _told(connection, row["id"]):
        return None
    if message["verdict"] == "hold" and message["reason"] in policy.silent_holds:
        return None
    decision = _decision(message)
    due = _new_due(row, message, decision, policy)
    if due <= row["due"]:
        return None
    reply = _planned(connection, row, message, decision, policy=policy, now=now)
    if reply is None or reply.suppressed == "rate":
        # Of what is too much for one day the next one decides.
        return None
    reply = replace(reply, event=EXTENSION, draft=_draft(reply, due))
    registered_on = local_time(row["registered_at"], policy.time_zone).date()
    letter = None
    if reply.suppressed is None:
        letter = compose(
            reply.draft,
            original=reading_of(message).message,
            digest=message["digest"],
            number=row["number"],
            registered_on=registered_on,
            now=now,
            event=EXTENSION,
        )
        values = {"due": due, "extended_at": now}
        connection.execute(update(t.conversation).where(_c.id == row["id"]).values(values))
    owed = owing.reply(message["id"], row["id"], reply, letter, now=now, leave_by=row["due"])
    owing.owe(connection, owed)
    return Extended(row["number"], row["due"], due if letter else row["due"], reply.suppressed)


def take_back(connection: Connection, now: datetime) -> int:
    """Give back the day of conversations whose notice will never leave; gives how many."""
    failed = (
        select(_o.conversation_id, _o.payload)
        .join_from(t.outbox, t.conversation, _o.conversation_id == _c.id)
        .where(_o.kind == "reply", _o.status.in_(_FAILED), _o.due_at > now - 60 * _A_DAY)
        .where(_o.event == EXTENSION, _c.extended_at.is_not(None))
    )
    rows = connection.execute(failed).all()
    for row in rows:
        values = {"due": date.fromisoformat(row.payload["leave_by"]), "extended_at": None}
        connection.execute(update(t.conversation).where(_c.id == row.conversation_id).values(values))
    return len(rows)


def _begun(row: RowMapping, policy: Policy) -> date:
    """The day from which the answer's time counts: of registration, or of the question after the last answer."""
    if row["answered_at"] is None:
        return local_time(row["registered_at"], policy.time_zone).date()
    return registration_day(row["waiting_since"], policy.calendar, policy.time_zone)


def _new_due(row: RowMapping, message: RowMapping, decision: Decision, policy: Policy) -> date:
    task = task_of(message["record"]["decision"], decision.category, has_files=True)
    limit = policy.norms.extended_limit_of(task)
    longest = extended_due(_begun(row, policy), policy.calendar, limit)
    return min(longest, policy.calendar.add(row["due"], AT_MOST))


def _latest(connection: Connection, conversation_id: int) -> RowMapping | None:
    """The customer's latest message that is to be answered."""
    inside = select(t.message).where(_m.conversation_id == conversation_id, _m.verdict.in_(("accept", "hold")))
    return connection.execute(inside.order_by(_m.id.desc()).limit(1)).mappings().one_or_none()


def _told(connection: Connection, conversation_id: int) -> bool:
    """Whether there is nothing to say: no promise has left, or a notice was written before, whatever became of it."""
    inside = select(_o.event, _o.status).where(_o.conversation_id == conversation_id, _o.kind == "reply")
    rows = connection.execute(inside).all()
    promised = any(row.event in _PROMISES and row.status in _LEFT for row in rows)
    return not promised or any(row.event == EXTENSION for row in rows)


def _planned(
    connection: Connection, row: RowMapping, message: RowMapping, decision: Decision, *, policy: Policy, now: datetime
) -> Reply | None:
    """Planned like any other reply, so that whatever silences one silences this, too."""
    reading = reading_of(message)
    so_far = dealings.so_far(connection, reading.message, (), policy.notice_period, now)
    planned = plan_effects(
        decision=decision,
        facts=facts_of(message, acknowledged=False),
        link=Link(row["number"], None, 1.0),
        history=History(
            candidates=(candidate(connection, row["id"]),),
            bounced=so_far["bounced"],
            replies_today=so_far["replies_today"],
        ),
        workload=Workload(**message["workload"]),
        reading=reading,
        policy=policy,
        now=now,
    )
    return next((effect for effect in planned if isinstance(effect, Reply)), None)


def _draft(reply: Reply, due: date) -> Draft:
    """What the notice says: the new day, and nothing that was said before."""
    return replace(
        reply.draft, due=due, working_days=None, why_due=(), documents=(), requests=(), overdue=False, follow_up=True
    )


def _decision(message: RowMapping) -> Decision:
    told = message["record"]["decision"]
    kind: Category | None = next((known for known in CATEGORIES if known == message["category"]), None)
    return Decision(
        verdict="accept",
        reason=None,
        category=kind,
        queue=message["queue"],
        requests=1,
        several_tasks=False,
        counterparty=told["counterparty"],
        topics=tuple(told["topics"]),
        documents=(),
        reply=EXTENSION,
        rule=message["rule"],
        ruleset=message["ruleset"],
        hits=(),
    )
