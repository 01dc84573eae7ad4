"""Where messages are seen to lie, and by whose hand: what tells a person's move from our own.

The trap is the move that we make ourselves and then take for an instruction. A UID that the server told us when we
moved (COPYUID, RFC 4315 3) is known. Where it told none, or where we died before we wrote it down, each move of ours
into a folder accounts for one appearance of the message there, and only one more than that is a person's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, update

from mailtriage.mail.message import Location, RawMessage
from mailtriage.store import standing
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.prepared import Change, Prepared, among
from mailtriage.store.sighting import see

GONE = "it was gone from there before"
"""What is written at a move that found nothing to move: it made the message appear nowhere."""
VOID = "the folder was numbered anew, and it lies there no more"
"""What is written at a move that was tried, and whose message a reading of the whole folder did not meet again."""
BY_US, BY_PERSON = "moved by us", "moved by a person"
LATEST = 5_000
"""Places in one folder of which it is asked whether a person has taken the message away."""
_AT_ONCE = 500

_at, _m, _o = t.location.c, t.message.c, t.outbox.c
_RECORDED = Prepared(lambda count: select(_m.digest).where(among(_m.digest, count)))
_KNOWN = select(_m.id, _m.digest, _m.message_id, _m.verdict, _m.reason, _m.category, _m.queue)

_SETTLED = Change(
    lambda count: (
        update(t.outbox)
        .where(among(_o.id, count), _o.status == "claimed")
        .values(status="done", settled_at=bindparam("now"), last_error=None)
    )
)
_WENT = Prepared(
    lambda count: (
        select(_o.id, _o.message_id, _o.payload, _at.mailbox)
        .join_from(t.outbox, t.location, _o.location_id == _at.id)
        .where(among(_o.id, count))
    )
)
_THERE = Prepared(
    lambda count: select(_at.uid).where(
        _at.mailbox == bindparam("mailbox"),
        _at.folder == bindparam("folder"),
        _at.uidvalidity == bindparam("uidvalidity"),
        among(_at.uid, count),
    )
)
_SEEN = Change(lambda _: insert(t.location).inline())


@dataclass(frozen=True, slots=True)
class Known:
    """A message of the ledger, as it counts now."""

    id: int
    """Row number."""
    digest: str
    message_id: str | None
    verdict: str | None
    reason: str | None
    category: str | None
    queue: str | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """Where the server says that a moved message lies now."""

    uidvalidity: int
    uid: int


class Whereabouts:
    """What the following of folders asks of the store, and writes down in it; each method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unknown(self, mailbox: str, folder: str, uidvalidity: int, uids: Collection[int]) -> frozenset[int]:
        """Those of these UIDs that nobody has written down."""
        known: set[int] = set()
        wanted = sorted(uids)
        with self._database.read() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = _at.uid.in_(wanted[start : start + _AT_ONCE])
                known.update(connection.scalars(select(_at.uid).where(*_in(mailbox, folder, uidvalidity), some)))
        return frozenset(wanted) - known

    def recorded(self, digests: Collection[str]) -> frozenset[str]:
        """Those of these digests of which a message is known; at most a batch of them."""
        with self._database.read() as connection:
            return frozenset(row.digest for row in _RECORDED.of(connection, list(digests)))

    def identify(self, raw: RawMessage, message_id: str | None) -> Known | None:
        """The message that this is: by its octets, else by Message-ID and time of arrival.

        Some servers write a message anew when they move it, but keep when it came (RFC 9051 6.4.7). A Message-ID alone
        is the sender's choice: by reusing one, a letter that nobody has read would pass for one that is known.
        """
        with self._database.read() as connection:
            row = connection.execute(_KNOWN.where(_m.digest == raw.digest)).one_or_none()
            if row is None and message_id is not None and raw.location is not None:
                same = _KNOWN.where(
                    _m.message_id == message_id,
                    _m.mailbox == raw.location.mailbox,
                    _m.received_at == raw.received_at,
                ).limit(2)
                rows = connection.execute(same).all()
                row = rows[0] if len(rows) == 1 else None
        return None if row is None else Known(*row)

    def is_ours(self, message: int, place: Location) -> bool:
        """Whether a move of ours accounts for the message lying there."""
        with self._database.read() as connection:
            moves = connection.execute(_moves(message, place.mailbox)).all()
            here = (_at.message_id == message, _at.mailbox == place.mailbox, _at.folder == place.folder)
            seen = connection.scalar(select(func.count()).select_from(t.location).where(*here)) or 0
        return sum(_led_to(row, place.folder) for row in moves) > seen

    def note(self, message: int, place: Location, outcome: str) -> None:
        """Write down that the message lies there, where nobody has."""
        with self._database.write() as connection:
            note(connection, message, place, outcome)

    def latest(self, message: int) -> Location | None:
        """Where the message was last known to lie, apart from whence we moved it; None where nobody knows."""
        gone = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move", _o.status.in_(("claimed", "done")))
        seen = select(_at.mailbox, _at.folder, _at.uidvalidity, _at.uid)
        with self._database.read() as connection:
            row = connection.execute(
                seen.where(_at.message_id == message, ~gone.exists()).order_by(_at.id.desc()).limit(1)
            ).one_or_none()
            if row is not None:
                return Location(*row)
            moved = select(_at.mailbox, _o.payload).join_from(t.outbox, t.location, _o.location_id == _at.id)
            done = moved.where(_o.message_id == message, _o.kind == "move", _o.status.in_(("claimed", "done")))
            last = connection.execute(done.order_by(_o.id.desc()).limit(1)).one_or_none()
        return None if last is None else Location(last.mailbox, last.payload["folder"], 0, 0)

    def is_on_its_way(self, message: int, place: Location) -> bool:
        """Whether a move from that folder is being carried out, or was due by a number that it had there before."""
        here = (_at.message_id == message, _at.mailbox == place.mailbox, _at.folder == place.folder)
        due = and_(_o.status == "due", _at.uidvalidity != place.uidvalidity)
        open_move = (_o.kind == "move", or_(_o.status == "claimed", due))
        question = select(_o.id).join_from(t.outbox, t.location, _o.location_id == _at.id).where(*here, *open_move)
        with self._database.read() as connection:
            return connection.scalar(question.limit(1)) is not None

    def departed(self, mailbox: str, folder: str, uidvalidity: int, present: Collection[int], below: int) -> int:
        """Write down which of the latest messages lie there no more, though we did not move them; gives how many.

        Only UIDs `below` are asked for, of which `present` has all that lie there.
        """
        here = select(_at.id, _at.uid, _at.current).where(*_in(mailbox, folder, uidvalidity), _at.uid < below)
        with self._database.read() as connection:
            rows = connection.execute(here.order_by(_at.uid.desc()).limit(LATEST)).all()
            void = [row.id for row in rows if row.current and row.uid not in present]
            ours = set(connection.scalars(_left_behind(void))) if void else set()
        if gone := [row for row in void if row not in ours]:
            with self._database.write() as connection:
                connection.execute(update(t.location).where(_at.id.in_(gone)).values(current=False))
        return len(gone)

    def is_moved_in_vain(self, mailbox: str, folder: str) -> bool:
        """Whether a move from there was tried and is still due."""
        with self._database.read() as connection:
            return connection.scalar(_tried(mailbox, folder).limit(1)) is not None

    def settle_void(self, mailbox: str, folder: str, uidvalidity: int, now: datetime) -> int:
        """Settle those that aim at UIDs under any other UIDVALIDITY, when all was read under this one; gives how many.

        What lay there still was met, and its move aims at the new UID: the others were carried out before the folder
        was numbered anew, and nobody lived to write it down.
        """
        with self._database.write() as connection:
            rows = list(connection.scalars(_tried(mailbox, folder).where(_at.uidvalidity != uidvalidity)))
            settled = update(t.outbox).where(_o.id.in_(rows))
            connection.execute(settled.values(status="done", settled_at=now, last_error=VOID))
        return len(rows)

    def renumbered(self, mailbox: str, folder: str, uidvalidity: int) -> None:
        """Write down that UIDs of that folder under any other UIDVALIDITY name nothing any more."""
        here = (_at.mailbox == mailbox, _at.folder == folder, _at.uidvalidity != uidvalidity)
        with self._database.write() as connection:
            connection.execute(update(t.location).where(*here, _at.current.is_(True)).values(current=False))

    def our_letters(self, message_ids: Collection[str]) -> frozenset[str]:
        """Those of these Message-IDs that letters of our own have."""
        with self._database.read() as connection:
            return frozenset(
                connection.scalars(select(_o.reply_message_id).where(_o.reply_message_id.in_(list(message_ids))))
            )

    def confirm(self, message_ids: Collection[str], now: datetime) -> int:
        """Letters of ours lie in the folder of sent mail, so those of them that were in doubt have left."""
        with self._database.write() as connection:
            return confirm(connection, message_ids, now, "it left: a copy lies in the folder of sent mail")

    def mark_final(
        self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int], now: datetime
    ) -> tuple[int, ...]:
        """Let these letters of support tell a final decision; gives the row numbers of those that did not before."""
        wanted, changed = sorted(uids), list[int]()
        with self._database.write() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = _at.uid.in_(wanted[start : start + _AT_ONCE])
                question = (
                    select(_m.id, _m.conversation_id)
                    .join_from(t.location, t.message, and_(_at.message_id == _m.id))
                    .where(*_in(mailbox, folder, uidvalidity), some, _m.verdict.is_(None), _m.final.is_(False))
                )
                for row in connection.execute(question).all():
                    connection.execute(update(t.message).where(_m.id == row.id).values(final=True))
                    if row.conversation_id is not None:
                        standing.tell_again(connection, row.conversation_id, now)
                    changed.append(row.id)
        return tuple(changed)


def confirm(connection: Connection, message_ids: Collection[str], now: datetime, how: str) -> int:
    """Settle letters in doubt of which something proves that they left; gives how many."""
    doubted = update(t.outbox).where(_o.reply_message_id.in_(list(message_ids)), _o.status == "unconfirmed")
    return connection.execute(doubted.values(status="done", settled_at=now, last_error=how)).rowcount


def settle_moves(connection: Connection, moved: Mapping[int, Arrived | None], now: datetime) -> None:
    """Settle rows of the outbox that were moved, and write down where each message lies now, where that was told."""
    _SETTLED.of(connection, list(moved), {"now": now})
    arrived = {row: place for row, place in moved.items() if place is not None}
    told = _WENT.of(connection, list(arrived))
    there = [Location(r.mailbox, r.payload["folder"], arrived[r.id].uidvalidity, arrived[r.id].uid) for r in told]
    # Whoever follows the folders may have seen some before the mover has written them down.
    seen = _seen_among(connection, there)
    new = [
        {
            "message_id": row.message_id,
            "outcome": BY_US,
            "current": True,
            "mailbox": place.mailbox,
            "folder": place.folder,
            "uidvalidity": place.uidvalidity,
            "uid": place.uid,
        }
        for row, place in zip(told, there, strict=True)
        if place not in seen
    ]
    _SEEN.each(connection, new)


def _seen_among(connection: Connection, places: Collection[Location]) -> set[Location]:
    """Those of these places at which a message was written down already."""
    folders: dict[tuple[str, str, int], list[int]] = {}
    for place in places:
        folders.setdefault((place.mailbox, place.folder, place.uidvalidity), []).append(place.uid)
    return {
        Location(*folder, row.uid)
        for folder, uids in folders.items()
        for row in _THERE.of(connection, uids, dict(zip(("mailbox", "folder", "uidvalidity"), folder, strict=True)))
    }


def note(connection: Connection, message: int, place: Location, outcome: str) -> None:
    """As `Whereabouts.note`, within a transaction."""
    here = _in(place.mailbox, place.folder, place.uidvalidity)
    # Whoever follows the folders may have seen it before the mover has written it down, or the other way round.
    if connection.scalar(select(_at.id).where(*here, _at.uid == place.uid)) is None:
        see(connection, message, place, outcome)


def _in(mailbox: str, folder: str, uidvalidity: int) -> tuple[Any, ...]:
    return _at.mailbox == mailbox, _at.folder == folder, _at.uidvalidity == uidvalidity


def _tried(mailbox: str, folder: str) -> Any:
    """Moves from there that were carried out, or not, at least once."""
    tried = (_o.kind == "move", _o.status == "due", _o.attempts > 0, _at.mailbox == mailbox, _at.folder == folder)
    return select(_o.id).join_from(t.outbox, t.location, _o.location_id == _at.id).where(*tried)


def _left_behind(locations: list[int]) -> Any:
    """Those of these places from where we moved the message ourselves."""
    moved = select(_o.location_id).where(_o.location_id.in_(locations), _o.kind == "move")
    return moved.where(_o.status.in_(("claimed", "done")))


def _moves(message: int, mailbox: str) -> Any:
    """Moves that we have tried at least once."""
    return (
        select(_o.payload, _o.status, _o.attempts, _o.last_error)
        .join_from(t.outbox, t.location, and_(_o.location_id == _at.id))
        .where(_o.message_id == message, _o.kind == "move", _o.attempts > 0, _at.mailbox == mailbox)
        .where(or_(_o.last_error.is_(None), _o.last_error != GONE, _o.attempts > 1))
    )


def _led_to(row: Row[Any], folder: str) -> bool:
    return bool(row.payload["folder"] == folder)
