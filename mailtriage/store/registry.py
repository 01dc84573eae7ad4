"""Conversations: who opens one, who joins, and what a message changes in it.

The trap is the registration number: unique and increasing within the year by law, also when two messages arrive in
one instant at midnight of New Year. It is given inside the write transaction, and writers take turns; the year is
that of the day of registration, which for mail of an evening or a holiday is the next working day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from mailtriage.mail.message import Message
from mailtriage.reply.deadline import counts_from, registration_time
from mailtriage.reply.wording import local_time
from mailtriage.store import tables as t
from mailtriage.store.database import insert_row
from mailtriage.store.prepared import Change, Prepared
from mailtriage.triage.decision import CATEGORIES, QUEUES, Category
from mailtriage.triage.effects import Reply
from mailtriage.triage.nearness import ahead
from mailtriage.triage.outcome import Outcome
from mailtriage.triage.policy import Policy

_OPENS = frozenset({"accept", "hold"})
_JOINS = frozenset({"accept", "hold", "reject", None})

_NAMED = Prepared(lambda _: select(t.conversation).where(t.conversation.c.number == bindparam("number")))
_THAT = Prepared(lambda _: select(t.conversation).where(t.conversation.c.id == bindparam("id")))
_LAST = Prepared(
    lambda _: select(func.max(t.conversation.c.sequence).label("sequence")).where(
        t.conversation.c.year == bindparam("year")
    )
)
_CHANGED = Change(lambda _: update(t.conversation).where(t.conversation.c.id == bindparam("row")))
_AGAIN = Change(
    lambda _: update(t.participant).where(
        t.participant.c.conversation_id == bindparam("conversation"), t.participant.c.address == bindparam("writer")
    )
)
_FIRST = Change(lambda _: insert(t.participant).inline())
_FIRST_QUEUE = (
    select(t.message.c.queue)
    .where(t.message.c.conversation_id == bindparam("id"), t.message.c.verdict.in_(("accept", "hold")))
    .order_by(t.message.c.id)
    .limit(1)
)

OVERDUE = "overdue"
"""The queue of conversations whose customer reminded us after the promised date."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The conversation that a message stands in; all None for a message that belongs to none."""

    id: int | None = None
    number: str | None = None
    registered_on: date | None = None
    """In the desk's time zone."""
    new: bool = False


def register(
    connection: Connection,
    message: Message,
    outcome: Outcome,
    *,
    due: date | None,
    arrived_at: datetime,
    now: datetime,
    policy: Policy,
) -> Registration:
    """Let a message join the conversation of its link, or open a new one where its verdict asks for one."""
    verdict = outcome.decision.verdict
    row = None
    if outcome.link.conversation is not None and verdict in _JOINS:
        row = named(connection, outcome.link.conversation)
    if row is None and verdict not in _OPENS:
        return Registration()
    if row is None:
        since = counts_from(arrived_at, now, policy.calendar, policy.time_zone)
        registration = _open(connection, message, outcome, due=due, arrived_at=since, now=now, policy=policy)
    else:
        changes = _changes(row, outcome, due=due, now=now) | _overdue(connection, row, outcome)
        _CHANGED.one(connection, {"row": row["id"], **changes})
        registration = Registration(row["id"], row["number"], local_time(row["registered_at"], policy.time_zone).date())
    sender = message.sender.address.lower()
    if sender and verdict is not None and not outcome.facts.own_address:
        take_part(connection, registration, sender, now)
    return registration


def _open(
    connection: Connection,
    message: Message,
    outcome: Outcome,
    *,
    due: date | None,
    arrived_at: datetime,
    now: datetime,
    policy: Policy,
) -> Registration:
    return open_conversation(
        connection,
        subject=message.subject,
        sender=message.sender.address.lower(),
        category=outcome.decision.category,
        queue=outcome.decision.queue,
        due=due,
        arrived_at=arrived_at,
        now=now,
        policy=policy,
    )


def open_conversation(
    connection: Connection,
    *,
    subject: str,
    sender: str,
    category: str | None,
    queue: str | None,
    due: date | None,
    arrived_at: datetime,
    now: datetime,
    policy: Policy,
) -> Registration:
    """Open one with the next number of the year in which it is numbered; it counts as registered when it arrived.

    Nobody takes part in it yet.
    """
    registered_at = registration_time(arrived_at, policy.calendar, policy.time_zone)
    numbered_in = local_time(registration_time(now, policy.calendar, policy.time_zone), policy.time_zone).year
    [last] = _LAST.rows(connection, {"year": numbered_in})
    sequence = (last.sequence or 0) + 1
    number = f"{numbered_in % 100:02d}-{sequence:06d}"
    row_id = insert_row(
        connection,
        t.conversation,
        year=numbered_in,
        sequence=sequence,
        number=number,
        subject=subject,
        sender=sender,
        status="open",
        category=category,
        queue=queue,
        registered_at=registered_at,
        due=due,
        promised=due,
        last_message_at=arrived_at,
        waiting_since=arrived_at,
    )
    return Registration(row_id, number, local_time(registered_at, policy.time_zone).date(), new=True)


def named(connection: Connection, number: str) -> Mapping[str, Any] | None:
    """The conversation of that number, or the one that it was merged into; None where there is none."""
    row = _NAMED.first(connection, {"number": number})
    if row is not None and row.merged_into is not None:
        [row] = _THAT.rows(connection, {"id": row.merged_into})
    return None if row is None else row._asdict()


def _changes(row: Mapping[Any, Any], outcome: Outcome, *, due: date | None, now: datetime) -> dict[str, Any]:
    """What the message changes in a conversation that stands already."""
    decision = outcome.decision
    before = row["last_message_at"]
    changes: dict[str, Any] = {"last_message_at": now if ahead(before, now) else max(now, before)}
    if decision.verdict is None:
        changes |= {"waiting_since": None, "answered_at": row["answered_at"] or now}
        if outcome.final:
            changes |= {"status": "decided", "decided_at": now}
    elif decision.verdict in _OPENS:
        reopened = decision.verdict == "accept" and row["status"] != "open"
        if reopened:
            changes |= {"status": "open", "decided_at": None, "closed_at": None}
        for name in ("category", "queue"):
            # The first classification holds: what follows is often two words long.
            if (value := getattr(decision, name)) and (reopened or row[name] is None):
                changes[name] = value
        changes["waiting_since"] = row["waiting_since"] or now
        if row["waiting_since"] is None and due:
            # What was promised before was kept; the next round has a promise of its own.
            changes["due"] = due
        else:
            changes["due"] = max(filter(None, (row["due"], due)), default=None)
        changes["promised"] = due if reopened else row["promised"] or due
    return changes


def _overdue(connection: Connection, row: Mapping[Any, Any], outcome: Outcome) -> dict[str, Any]:
    """To the queue of broken promises when the customer was told that we are late, and back when he is answered."""
    if outcome.decision.verdict is None:
        return usual_queue(connection, row)
    late = any(isinstance(effect, Reply) and effect.draft.overdue for effect in outcome.effects)
    return {"queue": OVERDUE} if late else {}


def usual_queue(connection: Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
    """The queue of a conversation that is overdue no longer, as a change; that which its first message was given."""
    if row["queue"] != OVERDUE:
        return {}
    kind: Category | None = next((known for known in CATEGORIES if known == row["category"]), None)
    return {"queue": connection.scalar(_FIRST_QUEUE, {"id": row["id"]}) or QUEUES[kind]}


def take_part(connection: Connection, registration: Registration, address: str, now: datetime) -> None:
    """Let a customer's address take part in a conversation from now on."""
    values = {"conversation_id": registration.id, "address": address, "last_message_at": now}
    if not registration.new:
        known = {"conversation": registration.id, "writer": address, "last_message_at": now}
        if _AGAIN.one(connection, known):
            return
    _FIRST.one(connection, values)
