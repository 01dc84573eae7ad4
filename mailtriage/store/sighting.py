"""Was this message seen before, by its place or by its octets?

The trap is UIDVALIDITY: when the server gives a folder a new one, every message in it comes again under a new UID
(RFC 9051 2.3.1.1). The same octets then are the same message, whose pending move only needs to aim at the new UID;
while the same octets beside a copy that is still where it was are a second delivery.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, update

from mailtriage.mail.message import Location, RawMessage
from mailtriage.store import tables as t
from mailtriage.store.database import insert_row
from mailtriage.store.prepared import Prepared

_at, _m, _o = t.location.c, t.message.c, t.outbox.c
_AT = Prepared(
    lambda _: select(_at.message_id).where(
        _at.mailbox == bindparam("mailbox"),
        _at.folder == bindparam("folder"),
        _at.uidvalidity == bindparam("uidvalidity"),
        _at.uid == bindparam("uid"),
    )
)
_KNOWN = select(_m.id, t.conversation.c.number, _m.verdict, _m.reason, _m.category, _m.record).select_from(
    t.message.outerjoin(t.conversation, _m.conversation_id == t.conversation.c.id)
)
_BY_ID = Prepared(lambda _: _KNOWN.where(_m.id == bindparam("id")))
_BY_DIGEST = Prepared(lambda _: _KNOWN.where(_m.digest == bindparam("digest")))
_MOVED = select(_o.location_id).where(
    _o.message_id == bindparam("message"), _o.kind == "move", _o.status == "done", _o.location_id.is_not(None)
)
_STALE = (
    select(_at.id)
    .where(
        _at.message_id == bindparam("message"),
        _at.mailbox == bindparam("mailbox"),
        _at.folder == bindparam("folder"),
        _at.uidvalidity != bindparam("uidvalidity"),
        _at.current.is_(True),
        _at.id.not_in(_MOVED),
    )
    .order_by(_at.id)
    .limit(1)
)


@dataclass(frozen=True)
class Sighting:
    """A message that the ledger knows."""

    kind: Literal["recorded", "renumbered", "duplicate"]
    """This very UID; the same message under a new UID; a second delivery of the same octets."""
    id: int
    """Of the message that was recorded."""
    number: str | None
    verdict: str | None
    reason: str | None
    category: str | None
    moved: bool
    """Whether we have moved the first copy already."""
    record: Mapping[str, Any]
    """The contract's JSON, as it was recorded."""


def sight(connection: Connection, raw: RawMessage) -> Sighting | None:
    """What is known of these octets; None when they are new. A renumbered message is re-aimed at once."""
    if raw.location is not None:
        at = raw.location
        place = {"mailbox": at.mailbox, "folder": at.folder, "uidvalidity": at.uidvalidity, "uid": at.uid}
        recorded = _AT.first(connection, place)
        if recorded is not None:
            return _sighting(connection, "recorded", _BY_ID.first(connection, {"id": recorded.message_id}))
    row = _BY_DIGEST.first(connection, {"digest": raw.digest})
    if row is None:
        return None
    known = _sighting(connection, "duplicate", row)
    if raw.location is not None and _renumber(connection, known, raw.location):
        return replace(known, kind="renumbered")
    return known


def see(connection: Connection, message_id: int, location: Location, outcome: str) -> int:
    """Write down that this UID was shown, and what became of it; gives the row's number."""
    return insert_row(
        connection,
        t.location,
        message_id=message_id,
        mailbox=location.mailbox,
        folder=location.folder,
        uidvalidity=location.uidvalidity,
        uid=location.uid,
        outcome=outcome,
        current=True,
    )


def _sighting(connection: Connection, kind: Literal["recorded", "duplicate"], row: Any) -> Sighting:
    moved = connection.execute(_MOVED, {"message": row.id}).first() is not None
    return Sighting(kind, row.id, row.number, row.verdict, row.reason, row.category, moved, row.record)


def _renumber(connection: Connection, known: Sighting, found: Location) -> bool:
    """Put the new UID in the place of one that a new UIDVALIDITY has made void; False where there is none."""
    where = {"message": known.id, "mailbox": found.mailbox, "folder": found.folder, "uidvalidity": found.uidvalidity}
    stale = connection.scalar(_STALE, where)
    if stale is None:
        return False
    connection.execute(update(t.location).where(_at.id == stale).values(current=False))
    new = see(connection, known.id, found, "renumbered")
    pending = update(t.outbox).where(_o.location_id == stale, _o.kind == "move")
    connection.execute(pending.values(location_id=new))
    return True
