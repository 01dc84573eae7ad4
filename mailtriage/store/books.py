"""What the books say of one mailbox, asked so that a million messages cost a few questions and not a million rows.

The trap is what counts as standing somewhere: a UID that we have moved away keeps its row for ever, with its outcome,
and so does one that a person took away. Only a row that is current, and that no move of ours has left behind, says that
a message should lie there.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from mailtriage.mail.message import Location
from mailtriage.store import owing
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.due import MAIL
from mailtriage.store.whereabouts import BY_PERSON
from mailtriage.store.whereabouts import note as note_place
from mailtriage.triage.effects import Move

_at, _m, _o = t.location.c, t.message.c, t.outbox.c
_moved = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move", _o.status.in_(("claimed", "done")))
_STANDING = and_(_at.current.is_(True), ~_moved.exists())
_STRIDE = 50_000
"""Rows of one question that looks at all of them: no other writer, and no checkpoint, waits for longer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A UID in the books."""

    id: int
    """Row number of the location."""
    uid: int
    message: int
    digest: str
    standing: bool
    """Whether the message should lie there."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A row of the outbox that has not come to its end."""

    id: int
    kind: str
    status: str
    since: datetime
    number: str | None
    message_id: str | None
    """Of the letter."""
    at: Location | None
    """From where a move starts."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """A message that we moved, and that nobody saw arrive."""

    location: int
    message: int
    digest: str
    at: Location
    target: str
    settled_at: datetime


class Books:
    """Questions to the store, and the few things that are set right in it; each method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counted(self, mailbox: str, folder: str, uidvalidity: int, span: range) -> tuple[int, int]:
        """How many UIDs of that span are in the books, and how many of them should lie there."""
        standing = func.count().filter(_STANDING)
        question = select(func.count(), standing).where(*_in(mailbox, folder, uidvalidity), _within(span))
        with self._database.read() as connection:
            all_of_them, there = connection.execute(question).one()
        return all_of_them, there

    def entries(self, mailbox: str, folder: str, uidvalidity: int, span: range) -> dict[int, Entry]:
        """Those UIDs themselves."""
        where = (*_in(mailbox, folder, uidvalidity), _within(span))
        with self._database.read() as connection:
            rows = connection.execute(_entries(*where)).all()
        return {row.uid: Entry(*row) for row in rows}

    def standing(self, mailbox: str, folder: str, uidvalidity: int, span: range, limit: int) -> list[Entry]:
        """Up to `limit` that should lie there, within a span in which nothing lies."""
        where = (*_in(mailbox, folder, uidvalidity), _within(span), _STANDING)
        with self._database.read() as connection:
            return [Entry(*row) for row in connection.execute(_entries(*where).order_by(_at.uid).limit(limit))]

    def stranded(self, mailbox: str, folder: str, uidvalidity: int, limit: int) -> list[Entry]:
        """Up to `limit` that should lie there under a UIDVALIDITY that is no more."""
        where = (_at.mailbox == mailbox, _at.folder == folder, _at.uidvalidity != uidvalidity, _STANDING)
        with self._database.read() as connection:
            return [Entry(*row) for row in connection.execute(_entries(*where).order_by(_at.id).limit(limit))]

    def unmoved(self, mailbox: str, folder: str, uidvalidity: int, limit: int) -> list[Entry]:
        """Up to `limit` that stand in INBOX with an outcome, while no row of the outbox will ever move them."""
        going = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move")
        where = (*_in(mailbox, folder, uidvalidity), _at.current.is_(True), ~going.exists())
        with self._database.read() as connection:
            return [Entry(*row) for row in connection.execute(_entries(*where).order_by(_at.uid).limit(limit))]

    def vanished(self, mailbox: str, before: datetime) -> Iterator[Vanished]:
        """Messages that were moved by us before a moment, and were never seen anywhere since."""
        later = t.location.alias("later")
        seen = select(later.c.id).where(later.c.message_id == _at.message_id, later.c.id > _at.id)
        done = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move", _o.status == "done")
        # Neither joined nor bound to the mailbox, or the database begins from the wrong end: with all the moves that
        # there are, or with all places of the mailbox, anew for each part.
        lost = select(_at.id).where(_at.current.is_(True), ~seen.exists(), done.where(_o.settled_at < before).exists())
        told = (
            select(_at.id, _at.message_id, _m.digest, _at.folder, _at.uidvalidity, _at.uid, _o.payload, _o.settled_at)
            .join_from(t.location, t.outbox, and_(_o.location_id == _at.id))
            .join(t.message, _at.message_id == _m.id)
            .where(_o.kind == "move", _o.status == "done", _at.mailbox == mailbox)
        )
        with self._database.read() as connection:
            last = connection.scalar(select(func.max(_at.id))) or 0
        for start in range(0, last, _STRIDE):
            with self._database.read() as connection:
                found = connection.scalars(lost.where(_at.id > start, _at.id <= start + _STRIDE)).all()
                rows = [row for some in _some(found) for row in connection.execute(told.where(_at.id.in_(some)))]
            for row in rows:
                place = Location(mailbox, row.folder, row.uidvalidity, row.uid)
                target = row.payload["folder"]
                yield Vanished(row.id, row.message_id, row.digest, place, target, row.settled_at)

    def owed(self, mailboxes: Collection[str], *, stuck: datetime, doubted: datetime) -> list[Owed]:
        """What should have ended by now: buried moves, what is due or claimed since before `stuck`, old doubts."""
        kinds = ("move", *MAIL)
        where = or_(
            and_(_o.kind == "move", _o.status == "buried", _at.mailbox.in_(mailboxes)),
            and_(_o.kind.in_(kinds), _o.status == "due", _o.due_at < stuck),
            and_(_o.kind.in_(kinds), _o.status == "claimed", _o.claimed_at < stuck),
            and_(_o.kind.in_(MAIL), _o.status == "unconfirmed", _o.settled_at < doubted),
        )
        question = (
            select(_o.id, _o.kind, _o.status, func.coalesce(_o.settled_at, _o.claimed_at, _o.due_at).label("since"))
            .add_columns(
                t.conversation.c.number, _o.reply_message_id, _at.mailbox, _at.folder, _at.uidvalidity, _at.uid
            )
            .select_from(
                t.outbox.outerjoin(t.location, _o.location_id == _at.id).outerjoin(
                    t.conversation, _o.conversation_id == t.conversation.c.id
                )
            )
            .where(_o.kind.in_(kinds), _o.status.in_(("buried", "due", "claimed", "unconfirmed")), where)
            .order_by(_o.id)
        )
        with self._database.read() as connection:
            return [_owed(row) for row in connection.execute(question)]

    def began_at(self) -> datetime | None:
        """When the first message was recorded; what is older than that was never promised to be known.

        In whole seconds, as servers give the time of arrival (INTERNALDATE, RFC 9051 section 2.3.3): what came within
        the same second is not older.
        """
        with self._database.read() as connection:
            moment = connection.scalar(select(_m.recorded_at).order_by(_m.id).limit(1))
        return moment.replace(microsecond=0) if isinstance(moment, datetime) else None

    def messages(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(t.message)) or 0

    def digests(self, prefix: str) -> dict[str, int]:
        """Digests of messages that begin so and of which something is kept, with the row number of each."""
        # "g" follows every hex digit; comparing by order lets the index find them in any collation but the locale's.
        where = (_m.digest >= prefix, _m.digest < prefix + "g", _m.size > 0)
        with self._database.read() as connection:
            return {row.digest: row.id for row in connection.execute(select(_m.digest, _m.id).where(*where))}

    def left(self, location: int) -> str | None:
        """How the move away from there stands: "done", or still "claimed"; None where we never moved it."""
        with self._database.read() as connection:
            status = select(_o.status).where(_o.location_id == location, _o.kind == "move")
            return connection.scalar(status.where(_o.status.in_(("claimed", "done"))).order_by(_o.status).limit(1))

    def lies_at(self, message: int) -> Location | None:
        """Where a message should lie; the latest such place."""
        places = select(_at.mailbox, _at.folder, _at.uidvalidity, _at.uid).where(_at.message_id == message, _STANDING)
        with self._database.read() as connection:
            row = connection.execute(places.order_by(_at.id.desc()).limit(1)).one_or_none()
        return None if row is None else Location(*row)

    def decided(self, message: int) -> tuple[str | None, str | None, str | None]:
        """Verdict, reason and category, as they count now."""
        with self._database.read() as connection:
            row = connection.execute(select(_m.verdict, _m.reason, _m.category).where(_m.id == message)).one()
        return row.verdict, row.reason, row.category

    def mark(self, locations: Sequence[int], *, current: bool) -> None:
        """Write down that these messages do, or do not, lie there."""
        with self._database.write() as connection:
            for some in _some(locations):
                connection.execute(update(t.location).where(_at.id.in_(some)).values(current=current))

    def note(self, message: int, place: Location) -> None:
        """Write down where a person has put a message."""
        with self._database.write() as connection:
            note_place(connection, message, place, BY_PERSON)

    def owe_move(self, location: Entry, move: Move, now: datetime) -> None:
        """Owe a move that nothing owes."""
        with self._database.write() as connection:
            event = f"place:{location.id}:{move.folder}"
            owing.owe(connection, owing.move(location.message, location.id, move, event=event, now=now))

    def move_again(self, location: int, now: datetime) -> None:
        """Let the move from there be carried out once more; what is gone counts as moved."""
        again = {"status": "due", "due_at": now, "claimed_at": None, "claimed_by": None, "settled_at": None}
        with self._database.write() as connection:
            last = select(func.max(_o.id)).where(_o.location_id == location, _o.kind == "move")
            connection.execute(update(t.outbox).where(_o.id == connection.scalar(last)).values(again))


def _entries(*where: ColumnElement[bool]) -> Select[Any]:
    known = select(_at.id, _at.uid, _at.message_id, _m.digest, _STANDING.label("standing"))
    return known.join_from(t.location, t.message, and_(_at.message_id == _m.id)).where(*where)


def _in(mailbox: str, folder: str, uidvalidity: int) -> tuple[ColumnElement[bool], ...]:
    return _at.mailbox == mailbox, _at.folder == folder, _at.uidvalidity == uidvalidity


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as one question takes."""
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _within(span: range) -> ColumnElement[bool]:
    return and_(_at.uid >= span.start, _at.uid < span.stop)


def _owed(row: Row[Any]) -> Owed:
    at = None if row.uid is None else Location(row.mailbox, row.folder, row.uidvalidity, row.uid)
    return Owed(row.id, row.kind, row.status, row.since, row.number, row.reply_message_id, at)
