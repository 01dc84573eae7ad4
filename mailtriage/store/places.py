"""Where a message lies on the server, as far as the store knows.

The trap is the UID that we moved ourselves: it is gone, and a move from there would quietly do nothing. What counts is
the latest UID that was seen and not moved away from.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, select

from mailtriage.mail.message import Location
from mailtriage.store import tables as t
from mailtriage.store.sighting import see

_at, _o = t.location.c, t.outbox.c
_LEFT_BEHIND = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move", _o.status.in_(("claimed", "done")))
_LATEST = (
    select(_at.id, _at.folder)
    .where(_at.message_id == bindparam("message"), _at.current.is_(True), ~_LEFT_BEHIND.exists())
    .order_by(_at.id.desc())
    .limit(1)
)
_HERE = select(_at.id).where(
    _at.mailbox == bindparam("mailbox"),
    _at.folder == bindparam("folder"),
    _at.uidvalidity == bindparam("uidvalidity"),
    _at.uid == bindparam("uid"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of locations."""

    id: int
    folder: str


def place(connection: Connection, message_id: int, seen: Location | None = None) -> Place | None:
    """Where the message was `seen` just now, which is written down; else where it was last known to lie."""
    if seen is None:
        row = connection.execute(_LATEST, {"message": message_id}).one_or_none()
        return None if row is None else Place(row.id, row.folder)
    known = connection.scalar(_HERE, asdict(seen))
    return Place(see(connection, message_id, seen, "moved by a person") if known is None else known, seen.folder)
