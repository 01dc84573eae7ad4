"""The rows that one new message makes of itself, its files and its place; what is owed because of it is in owing.py.

The trap is a bounce that somebody else wrote: whoever could make us believe that a customer's address is dead would
silence us towards him. A bounce counts only for an address that we wrote to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mailtriage.mail.message import Message, RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Letter
from mailtriage.store import tables as t
from mailtriage.store import traces
from mailtriage.store.database import insert_row
from mailtriage.store.past import Past
from mailtriage.store.prepared import Change
from mailtriage.store.registry import Foreseen
from mailtriage.store.sighting import see
from mailtriage.store.whereabouts import confirm
from mailtriage.triage.effects import Forward, Reply
from mailtriage.triage.outcome import Outcome

FIRST_MOVE = "triage"
"""The event of the move that the decision entails; those of second deliveries are "duplicate:<location>"."""
_FAILED_RECIPIENTS = 20
_FILES = Change(lambda _: insert(t.attachment).inline())
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
    foreseen: Foreseen
    replies: tuple[tuple[Reply, Letter | None], ...]
    """With their letters; None for those that are suppressed."""
    copies: tuple[tuple[Forward, Letter], ...]
    record: Mapping[str, Any]
    """The contract's JSON."""
    now: datetime

    @property
    def due(self) -> date | None:
        """The latest day that its replies promise."""
        return max((reply.draft.due for reply, _ in self.replies if reply.draft.due), default=None)


def write_message(connection: Connection, entry: Entry, conversation_id: int | None) -> int:
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
        conversation_id=conversation_id,
        identities=entry.reading.identities,
        record=entry.record,
        history=entry.past.reference,
        workload=entry.workload,
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
    _FILES.each(connection, files)
    if decision.verdict not in {None, "skip"}:
        traces.leave(connection, message_id, entry.reading)
    return message_id


def write_location(connection: Connection, entry: Entry, message_id: int) -> int | None:
    """Write down the UID with its outcome; gives the row's number, None for a message out of a file."""
    if entry.raw.location is None:
        return None
    return see(connection, message_id, entry.raw.location, entry.outcome.decision.verdict or "outgoing")


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
