"""Earlier messages as triage compares with them, by their row numbers.

The trap is their size: two hundred letters of a megabyte each would fill the memory, so each comes only as far as it is
ever compared.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, case, false, func, select

from mailtriage.language.identity import Identities
from mailtriage.store import tables as t
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.history import EarlierFile, EarlierMessage
from mailtriage.triage.wording import MAX_CHARACTERS

_m = t.message.c
_FILES = Prepared(
    lambda count: (
        select(t.attachment.c.message_id, t.attachment.c.digest, t.attachment.c.likeness)
        .where(among(t.attachment.c.message_id, count))
        .order_by(t.attachment.c.id)
    )
)
# Behind the record: who asks for it has SQLite read all pages of the row, and only support's messages may be final.
_FINAL = case((_m.direction == "outgoing", _m.final), else_=false())
_EARLIER = Prepared(
    lambda count: (
        select(_m.id, _m.message_id, _m.direction, _m.sender, _m.subject, _m.identities, _m.received_at)
        .add_columns(func.substr(_m.text, 1, MAX_CHARACTERS).label("text"))
        .add_columns(_m.verdict, _m.reason, _FINAL.label("final"), t.conversation.c.number)
        .select_from(t.message.outerjoin(t.conversation, _m.conversation_id == t.conversation.c.id))
        .where(among(_m.id, count))
        .order_by(_m.id)
    )
)


def earlier_messages(connection: Connection, ids: Iterable[int]) -> tuple[EarlierMessage, ...]:
    """Those messages, oldest first."""
    wanted = list(ids)
    files: dict[int, list[EarlierFile]] = {}
    for message_id, digest, likeness in _FILES.of(connection, wanted):
        file = EarlierFile(digest, likeness if isinstance(likeness, str) else None)
        files.setdefault(message_id, []).append(file)
    rows = _EARLIER.of(connection, wanted)
    return tuple([_earlier_message(row, tuple(files.get(row.id, ()))) for row in rows])


def _earlier_message(row: Any, files: tuple[EarlierFile, ...]) -> EarlierMessage:
    return EarlierMessage(
        id=row.id,
        conversation=row.number,
        outgoing=row.direction == "outgoing",
        message_id=row.message_id,
        sender=row.sender,
        subject=row.subject,
        text=row.text,
        attachment_digests=tuple(file.digest for file in files),
        files=files,
        identities=Identities(**{name: tuple(values) for name, values in row.identities.items()}),
        received_at=row.received_at,
        verdict=row.verdict,
        reason=row.reason,
        final=row.final,
    )
