"""Conversations as people at the desk see them: what is pending, what was rejected, and all that happened in one.

The trap is the record: it tells what the rules decided when the message came, and stays so. What holds now, and who
decided it, stands beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from mailtriage.store import tables as t

_c, _m, _r, _j = t.conversation.c, t.message.c, t.ruling.c, t.journal.c


@dataclass(frozen=True, slots=True)
class RulingThen:
    """A person decided over the rules."""

    at: datetime
    source: str
    """"mailbox" or "command"."""
    verdict: str
    reason: str | None
    category: str | None


@dataclass(frozen=True)
class PageMessage:
    """A message of a conversation, and what holds of it now."""

    id: int
    """Its number, by which commands name it."""
    record: Mapping[str, Any]
    """The contract's JSON, as it was recorded."""
    verdict: str | None
    reason: str | None
    category: str | None
    rulings: tuple[RulingThen, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did to a conversation."""

    at: datetime
    source: str
    who: str | None
    deed: str
    """"closed", "decided", "split" or "merged"."""
    number: str
    """Of the conversation that it was done to."""
    other: str | None
    """Of the conversation that was split off, or merged into this one."""
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected message as a line of a list."""

    id: int
    received_at: datetime
    sender: str
    subject: str
    reason: str | None
    number: str | None
    """Of the conversation that it joined."""


def messages(connection: Connection, conversation_id: int) -> tuple[PageMessage, ...]:
    """Those of a conversation, oldest first."""
    rows = connection.execute(
        select(_m.id, _m.record, _m.verdict, _m.reason, _m.category)
        .where(_m.conversation_id == conversation_id)
        .order_by(_m.id)
    ).all()
    ruled = select(t.ruling).join(t.message, _r.message_id == _m.id).where(_m.conversation_id == conversation_id)
    rulings: dict[int, list[RulingThen]] = {}
    for row in connection.execute(ruled.order_by(_r.id)):
        then = RulingThen(row.at, row.source, row.verdict, row.reason, row.category)
        rulings.setdefault(row.message_id, []).append(then)
    return tuple(
        PageMessage(row.id, row.record, row.verdict, row.reason, row.category, tuple(rulings.get(row.id, ())))
        for row in rows
    )


def deeds(connection: Connection, conversation_id: int) -> tuple[Deed, ...]:
    """What was done to a conversation and to those merged into it, and how it was split off; oldest first."""
    it, other = t.conversation.alias("it"), t.conversation.alias("other")
    merged = select(_c.id).where(_c.merged_into == conversation_id)
    rows = connection.execute(
        select(_j.at, _j.source, _j.who, _j.deed, _j.messages, it.c.number, other.c.number.label("other"))
        .join_from(t.journal, it, _j.conversation_id == it.c.id)
        .outerjoin(other, _j.other_id == other.c.id)
        .where(
            or_(
                _j.conversation_id == conversation_id,
                _j.conversation_id.in_(merged),
                and_(_j.other_id == conversation_id, _j.deed == "split"),
            )
        )
        .order_by(_j.id)
    )
    return tuple(
        Deed(row.at, row.source, row.who, row.deed, row.number, row.other, tuple(row.messages)) for row in rows
    )


def pending(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Open conversations: those whose customer waits by their due date, then the others."""
    question = select(t.conversation).where(_c.status == "open")
    order = (_c.waiting_since.is_(None), _c.due.is_(None), _c.due, _c.id)
    return connection.execute(question.order_by(*order).limit(limit)).all()


def rejected(connection: Connection, limit: int) -> tuple[Rejected, ...]:
    """The latest rejected messages, newest first."""
    rows = connection.execute(
        select(_m.id, _m.received_at, _m.sender, _m.subject, _m.reason, _c.number)
        .select_from(t.message.outerjoin(t.conversation, _m.conversation_id == _c.id))
        .where(_m.verdict == "reject")
        .order_by(_m.id.desc())
        .limit(limit)
    )
    return tuple(Rejected(**row) for row in rows.mappings())


def to_restore(connection: Connection, conversation: Mapping[Any, Any]) -> int | None:
    """The message of a conversation that a person means when he restores it: the last rejected, else the last held."""
    for verdict in ("reject", "hold"):
        last = select(_m.id).where(_m.conversation_id == conversation["id"], _m.verdict == verdict)
        found = connection.scalar(last.order_by(_m.id.desc()).limit(1))
        if found is not None:
            return int(found)
    return None
