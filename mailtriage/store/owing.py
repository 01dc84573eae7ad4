"""What is owed because of a message, as rows of the outbox: its moves, its replies, its copies for colleagues.

The rows are plain values until they are owed, all of a message in one statement. The trap is the day by which a reply
must have left: it is written down here, for when it is sent nobody knows any more what it promises.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert

from mailtriage.reply.draft import Letter
from mailtriage.store import tables as t
from mailtriage.store.prepared import Change
from mailtriage.triage.effects import Forward, Move, Reply

Owed = Mapping[str, Any]
"""A row of the outbox without its number."""
_OWED: Final = Change(lambda _: insert(t.outbox).inline())
_UNSET: Final = dict.fromkeys(
    ("conversation_id", "location_id", "settled_at", "last_error", "recipient", "reply_message_id", "octets")
)


def owe(connection: Connection, *rows: Owed) -> None:
    """Put rows into the outbox, in their order."""
    # All with the same columns, so that they make one statement, which is made once.
    _OWED.each(connection, [{**_UNSET, **row} for row in rows])


def move(message_id: int, location_id: int, wanted: Move, *, event: str, now: datetime) -> Owed:
    """A move, due now."""
    return {
        **_due(message_id, "move", event, now),
        "location_id": location_id,
        "payload": {"folder": wanted.folder, "keyword": wanted.keyword},
    }


def reply(
    message_id: int,
    conversation_id: int | None,
    wanted: Reply,
    letter: Letter | None,
    *,
    now: datetime,
    leave_by: date | None = None,
) -> Owed:
    """A reply: due now, or, without a letter, suppressed for good with its reason.

    After `leave_by` it is not sent any more; without it, after the day that it promises.
    """
    draft = wanted.draft
    last = leave_by or (None if draft.overdue else draft.due)
    payload = {
        "to": letter.to if letter else draft.to,
        "template": draft.template,
        "draft": draft,
        "leave_by": last.isoformat() if last else None,
    }
    row = {**_due(message_id, "reply", wanted.event, now), "conversation_id": conversation_id, "payload": payload}
    if letter is None:
        # What never left counts towards nothing, and ten thousand of it would be in the way of what counts.
        return row | {"status": "suppressed", "settled_at": now, "last_error": wanted.suppressed}
    return row | {
        "recipient": letter.to.lower(),
        "reply_message_id": letter.message_id,
        "octets": letter.octets,
    }


def forward(message_id: int, conversation_id: int | None, wanted: Forward, letter: Letter, *, now: datetime) -> Owed:
    """A copy for colleagues, due now."""
    return {
        **_due(message_id, "forward", f"forward:{wanted.name}", now),
        "conversation_id": conversation_id,
        "payload": {"to": letter.to},
        "reply_message_id": letter.message_id,
        "octets": letter.octets,
    }


def report(name: str, letter: Letter, *, now: datetime) -> Owed:
    """A report to the leads, which is about no message; due now."""
    return {
        **_due(None, "report", name, now),
        "payload": {"to": letter.to},
        "reply_message_id": letter.message_id,
        "octets": letter.octets,
    }


def _due(message_id: int | None, kind: str, event: str, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "kind": kind,
        "event": event,
        "status": "due",
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }
