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
from mailtriage.reply.deadline import registration_time
from mailtriage.reply.wording import local_time
from mailtriage.store import tables as t
from mailtriage.store.database import insert_row
from mailtriage.triage.outcome import Outcome
from mailtriage.triage.policy import Policy

_OPENS = frozenset({"accept", "hold"})
_JOINS = frozenset({"accept", "hold", "reject", None})

_NAMED = select(t.conversation).where(t.conversation.c.number == bindparam("number"))
_LAST = select(func.max(t.conversation.c.sequence)).where(t.conversation.c.year == bindparam("year"))
_AGAIN = update(t.participant).where(
    t.participant.c.conversation_id == bindparam("conversation"), t.participant.c.address == bindparam("writer")
)
_FIRST = insert(t.participant)


@dataclass(frozen=True, slots=True)
class Registration:
    """The conversation that a message stands in; all None for a message that belongs to none."""

    id: int | None = None
    number: str | None = None
    registered_on: date | None = None
    """In the desk's time zone."""
    new: bool = False


def register(
    connection: Connection, message: Message, outcome: Outcome, *, due: date | None, now: datetime, policy: Policy
) -> Registration:
    """Let a message join the conversation of its link, or open a new one where its verdict asks for one."""
    verdict = outcome.decision.verdict
    row = None
    if outcome.link.conversation is not None and verdict in _JOINS:
        row = connection.execute(_NAMED, {"number": outcome.link.conversation}).mappings().one_or_none()
    if row is None and verdict not in _OPENS:
        return Registration()
    if row is None:
        registration = _open(connection, message, outcome, due=due, now=now, policy=policy)
    else:
        changes = _changes(row, outcome, due=due, now=now)
        connection.execute(update(t.conversation).where(t.conversation.c.id == row["id"]).values(changes))
        registration = Registration(row["id"], row["number"], local_time(row["registered_at"], policy.time_zone).date())
    sender = message.sender.address.lower()
    if sender and verdict is not None and not outcome.facts.own_address:
        _take_part(connection, registration, sender, now)
    return registration


def _open(
    connection: Connection, message: Message, outcome: Outcome, *, due: date | None, now: datetime, policy: Policy
) -> Registration:
    registered_at = registration_time(now, policy.calendar, policy.time_zone)
    day = local_time(registered_at, policy.time_zone).date()
    sequence = (connection.scalar(_LAST, {"year": day.year}) or 0) + 1
    number = f"{day.year % 100:02d}-{sequence:06d}"
    row_id = insert_row(
        connection,
        t.conversation,
        year=day.year,
        sequence=sequence,
        number=number,
        subject=message.subject,
        sender=message.sender.address.lower(),
        status="open",
        category=outcome.decision.category,
        queue=outcome.decision.queue,
        registered_at=registered_at,
        due=due,
        promised=due,
        last_message_at=now,
        waiting_since=now,
    )
    return Registration(row_id, number, day, new=True)


def _changes(row: Mapping[Any, Any], outcome: Outcome, *, due: date | None, now: datetime) -> dict[str, Any]:
    """What the message changes in a conversation that stands already."""
    decision = outcome.decision
    changes: dict[str, Any] = {"last_message_at": max(now, row["last_message_at"])}
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
        changes["due"] = max(filter(None, (row["due"], due)), default=None)
        changes["promised"] = due if reopened else row["promised"] or due
    return changes


def _take_part(connection: Connection, registration: Registration, address: str, now: datetime) -> None:
    values = {"conversation_id": registration.id, "address": address, "last_message_at": now}
    if not registration.new:
        known = {"conversation": registration.id, "writer": address, "last_message_at": now}
        if connection.execute(_AGAIN, known).rowcount:
            return
    connection.execute(_FIRST, values)
