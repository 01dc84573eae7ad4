"""The rows that one new message makes: itself, its files, its place, and what is owed because of it.

The trap is a bounce that somebody else wrote: whoever could make us believe that a customer's address is dead would
silence us towards him. A bounce counts only for an address that we wrote to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, insert, select, update

from mailtriage.mail.message import Message, RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Letter
from mailtriage.store import tables as t
from mailtriage.store import traces
from mailtriage.store.database import insert_row
from mailtriage.store.past import Past
from mailtriage.store.registry import Registration
from mailtriage.store.sighting import see
from mailtriage.store.whereabouts import confirm
from mailtriage.triage.effects import Forward, Move, Reply
from mailtriage.triage.facts import FACTS_VERSION
from mailtriage.triage.outcome import Outcome

FIRST_MOVE = "triage"
"""The event of the move that the decision entails; those of second deliveries are "duplicate:<location>"."""
_FAILED_RECIPIENTS = 20
FOUND_LATE = "the message was found in a folder of ours: an earlier letter may have left"
BOUNCE_CAME = "it left: a bounce of it came back"


@dataclass(frozen=True)
class Entry:
    """All that is written down about a new message."""

    raw: RawMessage
    reading: Reading
    outcome: Outcome
    past: Past
    workload: Workload
    registration: Registration
    record: Mapping[str, Any]
    now: datetime


def write_message(connection: Connection, entry: Entry) -> int:
    """Insert the message and its files; gives its row number."""
    raw, message, decision = entry.raw, entry.reading.message, entry.outcome.decision
    outgoing = decision.verdict is None
    message_id = insert_row(
        connection,
        t.message,
        digest=raw.digest,
        message_id=message.message_id,
        direction="outgoing" if outgoing else "incoming",
        mailbox=raw.location.mailbox if raw.location else None,
        sender=message.sender.address.lower(),
        received_at=raw.received_at,
        recorded_at=entry.now,
        subject=message.subject,
        text=entry.reading.readable_text,
        verdict=decision.verdict,
        reason=decision.reason,
        category=decision.category,
        queue=decision.queue,
        rule=decision.rule,
        ruleset=decision.ruleset,
        conversation_id=entry.registration.id,
        identities=to_jsonable_python(entry.reading.identities),
        facts={"version": FACTS_VERSION, "facts": to_jsonable_python(entry.outcome.facts)},
        record=dict(entry.record),
        history=dict(entry.past.reference),
        workload=to_jsonable_python(entry.workload),
        final=outgoing and entry.outcome.final,
        size=raw.full_size or len(raw.octets),
    )
    files = [
        {
            "message_id": message_id,
            "digest": file.digest,
            "filename": file.filename,
            "media_type": file.media_type,
            "size": file.size,
            "problem": file.problem,
            "likeness": file.likeness,
        }
        for file in message.attachments
    ]
    if files:
        connection.execute(insert(t.attachment), files)
    if decision.verdict not in {None, "skip"}:
        traces.leave(connection, message_id, entry.reading)
    return message_id


def write_location(connection: Connection, entry: Entry, message_id: int) -> int | None:
    """Write down the UID with its outcome; gives the row's number, None for a message out of a file."""
    if entry.raw.location is None:
        return None
    return see(connection, message_id, entry.raw.location, entry.outcome.decision.verdict or "outgoing")


def owe_move(
    connection: Connection, message_id: int, location_id: int, move: Move, *, event: str, now: datetime
) -> None:
    """Put a move into the outbox, due now."""
    insert_row(
        connection,
        t.outbox,
        message_id=message_id,
        location_id=location_id,
        kind="move",
        event=event,
        status="due",
        created_at=now,
        due_at=now,
        attempts=0,
        payload={"folder": move.folder, "keyword": move.keyword},
    )


def owe_reply(
    connection: Connection,
    message_id: int,
    conversation_id: int | None,
    reply: Reply,
    letter: Letter | None,
    *,
    now: datetime,
    leave_by: date | None = None,
) -> None:
    """Put a reply into the outbox: due now, or, without a letter, suppressed for good with its reason.

    After `leave_by` it is not sent any more; without it, after the day that it promises.
    """
    last = leave_by or (None if reply.draft.overdue else reply.draft.due)
    insert_row(
        connection,
        t.outbox,
        message_id=message_id,
        conversation_id=conversation_id,
        kind="reply",
        event=reply.event,
        status="due" if letter else "suppressed",
        created_at=now,
        due_at=now,
        attempts=0,
        settled_at=None if letter else now,
        last_error=None if letter else reply.suppressed,
        payload={
            "to": letter.to if letter else reply.draft.to,
            "template": reply.draft.template,
            "draft": to_jsonable_python(reply.draft),
            "leave_by": last.isoformat() if last else None,
        },
        # What never left counts towards nothing, and ten thousand of it would be in the way of what counts.
        recipient=letter.to.lower() if letter else None,
        reply_message_id=letter.message_id if letter else None,
        octets=letter.octets if letter else None,
    )


def owe_forward(connection: Connection, entry: Entry, message_id: int, forward: Forward, letter: Letter) -> None:
    """Put a copy for colleagues into the outbox, due now."""
    insert_row(
        connection,
        t.outbox,
        message_id=message_id,
        conversation_id=entry.registration.id,
        kind="forward",
        event=f"forward:{forward.name}",
        status="due",
        created_at=entry.now,
        due_at=entry.now,
        attempts=0,
        payload={"to": letter.to},
        reply_message_id=letter.message_id,
        octets=letter.octets,
    )


def doubt_letters(connection: Connection, message_id: int, now: datetime) -> None:
    """What is owed because of a message that was found late is for a person to look at."""
    o = t.outbox.c
    letters = update(t.outbox).where(o.message_id == message_id, o.kind != "move", o.status == "due")
    connection.execute(letters.values(status="unconfirmed", settled_at=now, last_error=FOUND_LATE))


def note_bounces(connection: Connection, message: Message, now: datetime) -> None:
    """Remember the addresses of ours that came back, of those that we wrote to."""
    automatic = message.automatic
    if automatic.kind != "bounce":
        return
    if automatic.original_message_id:
        confirm(connection, [automatic.original_message_id], now, BOUNCE_CAME)
    for address in dict.fromkeys(a.lower() for a in automatic.failed_recipients[:_FAILED_RECIPIENTS]):
        o = t.outbox.c
        wrote = select(o.id).where(o.recipient == address, o.status.in_(("claimed", "done", "unconfirmed"))).limit(1)
        if connection.scalar(wrote) is not None:
            insert_row(connection, t.bounce, address=address, at=now, permanent=bool(automatic.permanent))
