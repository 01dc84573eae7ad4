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


@dataclass(frozen=True, slots=True)
class _Opening:
    """A conversation that is not opened yet, with the number that is its own while the transaction lasts."""

    year: int
    sequence: int
    arrived_at: datetime
    registered_at: datetime

    @property
    def number(self) -> str:
        return f"{self.year % 100:02d}-{self.sequence:06d}"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The conversation that a message will stand in, before a row of it is written: what its letters have to name."""

    number: str | None = None
    registered_on: date | None = None
    """As in `Registration`."""
    joined: Mapping[str, Any] | None = None
    """The row of one that stands already."""
    opening: _Opening | None = None


def foresee(
    connection: Connection, outcome: Outcome, *, arrived_at: datetime, now: datetime, policy: Policy
) -> Foreseen:
    """The conversation of the message's link, or a new one where its verdict asks for one; nothing is written."""
    verdict, link = outcome.decision.verdict, outcome.link.conversation
    if link is not None and verdict in _JOINS and (row := named(connection, link)) is not None:
        return Foreseen(row["number"], local_time(row["registered_at"], policy.time_zone).date(), joined=row)
    if verdict not in _OPENS:
        return Foreseen()
    since = counts_from(arrived_at, now, policy.calendar, policy.time_zone)
    opening = _opening(connection, since, now, policy)
    return Foreseen(opening.number, local_time(opening.registered_at, policy.time_zone).date(), opening=opening)


def register(
    connection: Connection, message: Message, outcome: Outcome, foreseen: Foreseen, *, due: date | None, now: datetime
) -> Registration:
    """Let a message stand in the conversation that was foreseen."""
    sender, decision = message.sender.address.lower(), outcome.decision
    if (row := foreseen.joined) is not None:
        changes = _changes(row, outcome, due=due, now=now) | _overdue(connection, row, outcome)
        _CHANGED.one(connection, {"row": row["id"], **changes})
        registration = Registration(row["id"], foreseen.number, foreseen.registered_on)
    elif foreseen.opening is not None:
        kind = {"category": decision.category, "queue": decision.queue}
        row_id = _open(connection, foreseen.opening, subject=message.subject, sender=sender, due=due, **kind)
        registration = Registration(row_id, foreseen.number, foreseen.registered_on, new=True)
    else:
        return Registration()
    if sender and decision.verdict is not None and not outcome.facts.own_address:
        take_part(connection, registration, sender, now)
    return registration


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
    opening = _opening(connection, arrived_at, now, policy)
    row_id = _open(connection, opening, subject=subject, sender=sender, category=category, queue=queue, due=due)
    registered_on = local_time(opening.registered_at, policy.time_zone).date()
    return Registration(row_id, opening.number, registered_on, new=True)


def _opening(connection: Connection, arrived_at: datetime, now: datetime, policy: Policy) -> _Opening:
    year = local_time(registration_time(now, policy.calendar, policy.time_zone), policy.time_zone).year
    [last] = _LAST.rows(connection, {"year": year})
    registered_at = registration_time(arrived_at, policy.calendar, policy.time_zone)
    return _Opening(year, (last.sequence or 0) + 1, arrived_at, registered_at)


def _open(
    connection: Connection,
    opening: _Opening,
    *,
    subject: str,
    sender: str,
    category: str | None,
    queue: str | None,
    due: date | None,
) -> int:
    return insert_row(
        connection,
        t.conversation,
        year=opening.year,
        sequence=opening.sequence,
        number=opening.number,
        subject=subject,
        sender=sender,
        status="open",
        category=category,
        queue=queue,
        registered_at=opening.registered_at,
        due=due,
        promised=due,
        last_message_at=opening.arrived_at,
        waiting_since=opening.arrived_at,
    )


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
