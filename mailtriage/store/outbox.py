"""What is owed to the world: claimed, carried out, settled.

The trap is the reply whose fate nobody knows: when the process died, or the connection broke after the final dot, it
may have left. It becomes *unconfirmed* and is never sent again by itself. A move may be tried again: a UID that is
gone was moved. And the second reply of a conversation waits for the first, however long that is put off.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, overload

from sqlalchemy import Row, and_, bindparam, func, literal_column, or_, select, update

from mailtriage.errors import NotFound
from mailtriage.store import due
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.due import MAIL, DueMove, DueReply, Kind, waits_for_an_earlier_one, with_number
from mailtriage.store.leases import Alone, Leases
from mailtriage.store.prepared import Change, among
from mailtriage.store.whereabouts import Arrived, settle_moves

Status = Literal["due", "claimed", "done", "buried", "unconfirmed", "dropped", "suppressed"]
OPEN: Final[tuple[Status, ...]] = ("due", "claimed", "buried", "unconfirmed", "dropped")
"""What is not done and not given up by the rules themselves: few rows, however many there are."""
# Spelled out, for a planner takes a partial index only where it sees that it holds all that is asked for.
_OPEN: Final = t.outbox.c.status.in_([literal_column(f"'{status}'") for status in OPEN])
# With the kind, too, for the sake of the index.
_CLAIMED: Final = and_(t.outbox.c.kind.in_(("move", *MAIL)), t.outbox.c.status == "claimed")
_FREE: Final[dict[str, Any]] = {"status": "due", "claimed_at": None, "claimed_by": None}


@dataclass(frozen=True)
class OutboxEntry:
    """A row of the outbox, for people."""

    id: int
    kind: Kind
    event: str
    status: Status
    number: str | None
    target: str
    """The address, or the folder."""
    due_at: datetime
    attempts: int
    settled_at: datetime | None
    last_error: str | None
    reply_message_id: str | None


class Outbox:
    """The effects that are owed; every method is one short transaction."""

    def __init__(self, database: Database, leases: Leases | None = None) -> None:
        self._database, self._leases = database, leases or Alone()

    def recover(self, now: datetime) -> dict[Kind, int]:
        """Put right what dead processes left claimed; on SQLite only the holder of the store's lock may call this.

        Moves are due again; replies may have left and become unconfirmed. Gives how many of each.
        """
        o = t.outbox.c
        lost = "the process died while this was being sent"
        done: dict[Kind, int] = {"move": 0, "reply": 0}
        with self._database.write() as connection:
            nodes = connection.scalars(select(o.claimed_by).where(_CLAIMED).distinct()).all()
            for node in [node for node in nodes if not self._leases.is_alive(connection, node)]:
                claimed = update(t.outbox).where(_CLAIMED, o.claimed_by == node)
                moves = connection.execute(claimed.where(o.kind == "move").values(**_FREE))
                replies = connection.execute(
                    claimed.where(o.kind != "move").values(status="unconfirmed", settled_at=now, last_error=lost)
                )
                done = {"move": done["move"] + moves.rowcount, "reply": done["reply"] + replies.rowcount}
        return done

    @overload
    def claim(self, kind: Literal["move"], limit: int, now: datetime) -> list[DueMove]: ...
    @overload
    def claim(self, kind: Literal["reply", "internal"], limit: int, now: datetime) -> list[DueReply]: ...

    def claim(
        self, kind: Literal["move", "reply", "internal"], limit: int, now: datetime
    ) -> list[DueMove] | list[DueReply]:
        """Take up to `limit` rows that are due, the longest due first; they are ours until settled or released.

        What goes to colleagues is given out with the replies, or, as "internal", without them; of each conversation at
        most one reply at a time.
        """
        with self._database.write() as connection:
            return due.claim(connection, kind, limit, self._leases.node, now)

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread does here meanwhile; an error undoes all of it.

        Raises:
            StoreError: the database failed.
        """
        return self._database.together()

    def settle(self, row: int, now: datetime, detail: str | None = None) -> None:
        """It was done; `detail` is what the server said."""
        self.settle_each([(row, now, detail)])

    def settle_all(self, rows: Iterable[int], now: datetime, detail: str | None = None) -> None:
        """All of these were done, in one transaction."""
        with self._database.write() as connection:
            _ALL_DONE.of(connection, list(rows), {"now": now, "detail": detail})

    def settle_each(self, done: Iterable[tuple[int, datetime, str | None]]) -> None:
        """Each of these rows was done, at its own time and with its own detail."""
        if values := [{"row": row, "now": at, "detail": detail} for row, at, detail in done]:
            with self._database.write() as connection:
                _DONE.each(connection, values)

    def settle_moves(self, moved: Mapping[int, Arrived | None], now: datetime) -> None:
        """These were moved, each to the UID that the server told, if it told one."""
        with self._database.write() as connection:
            settle_moves(connection, moved, now)

    def release(self, row: int, due_at: datetime, error: str) -> None:
        """It failed and is tried again at `due_at`."""
        self._leave([row], **_FREE, due_at=due_at, last_error=error)

    def doubt(self, row: int, now: datetime, error: str) -> None:
        """It may have left or not: for a person to look at."""
        self._leave([row], status="unconfirmed", settled_at=now, last_error=error)

    def bury(self, row: int, now: datetime, error: str) -> None:
        """It will never succeed by itself: for a person to look at."""
        self._leave([row], status="buried", settled_at=now, last_error=error)

    def suppress(self, row: int, now: datetime, why: str) -> None:
        """It must not leave any more, for a reason for which it would not have been written today."""
        self._leave([row], status="suppressed", settled_at=now, last_error=why)

    def retry(self, row: int, now: datetime) -> None:
        """A person wants a buried, unconfirmed or dropped effect carried out after all.

        Raises:
            NotFound: no such row, or it is not in one of these states.
        """
        states = ("buried", "unconfirmed", "dropped")
        self._by_hand(row, states, **_FREE, due_at=now, settled_at=None)

    def drop(self, row: int, now: datetime) -> None:
        """A person gives an effect up.

        Raises:
            NotFound: no such row, or it is done, suppressed or being carried out.
        """
        self._by_hand(row, ("due", "buried", "unconfirmed"), status="dropped", settled_at=now)

    def next_due(self) -> datetime | None:
        """When the next row can be claimed, perhaps in the past; None when nothing is owed."""
        o = t.outbox.c
        free = or_(o.kind != "reply", ~waits_for_an_earlier_one())
        with self._database.read() as connection:
            moment = connection.scalar(
                select(o.due_at).where(o.kind.in_(("move", *MAIL)), o.status == "due", free).order_by(o.due_at).limit(1)
            )
        return moment if isinstance(moment, datetime) else None

    def open_counts(self) -> dict[tuple[Kind, Status], int]:
        """How many rows of each kind are in each state that somebody may yet have to do with, also where it is none."""
        o = t.outbox.c
        none: dict[tuple[Kind, Status], int] = {(kind, status): 0 for kind in ("move", *MAIL) for status in OPEN}
        with self._database.read() as connection:
            rows = connection.execute(select(o.kind, o.status, func.count()).where(_OPEN).group_by(o.kind, o.status))
            return none | {(kind, status): int(count) for kind, status, count in rows}

    def counts(self) -> dict[tuple[Kind, Status], int]:
        """How many rows of each kind and status there are."""
        o = t.outbox.c
        with self._database.read() as connection:
            rows = connection.execute(select(o.kind, o.status, func.count()).group_by(o.kind, o.status))
            return {(kind, status): int(count) for kind, status, count in rows}

    def entries(self, status: Status | None = None, limit: int = 1000) -> tuple[OutboxEntry, ...]:
        """Rows in order of their number, newest last; all that are not done, or those of one status."""
        o = t.outbox.c
        question = with_number(o.id, o.kind, o.event, o.status, o.payload, o.due_at, o.attempts)
        question = question.add_columns(o.settled_at, o.last_error, o.reply_message_id)
        # Named by their numbers, for asked in the order of these SQLite would look at all that are done as well.
        question = question.where(o.status == status if status else o.id.in_(select(o.id).where(_OPEN)))
        with self._database.read() as connection:
            rows = connection.execute(question.order_by(o.id.desc()).limit(limit)).all()
        return tuple(map(_entry, reversed(rows)))

    def _leave(self, rows: list[int], **values: Any) -> None:
        o = t.outbox.c
        with self._database.write() as connection:
            mine = (o.status == "claimed", o.claimed_by == self._leases.node)
            connection.execute(update(t.outbox).where(o.id.in_(rows), *mine).values(values))

    def _by_hand(self, row: int, states: tuple[str, ...], **values: Any) -> None:
        o = t.outbox.c
        with self._database.write() as connection:
            change = update(t.outbox).where(o.id == row, o.status.in_(states)).values(values)
            if not connection.execute(change).rowcount:
                raise NotFound(f"no outbox row {row} that is {', '.join(states[:-1])} or {states[-1]}")


_IS_DONE = update(t.outbox).values(status="done", settled_at=bindparam("now"), last_error=bindparam("detail"))
_ALL_DONE = Change(lambda count: _IS_DONE.where(among(t.outbox.c.id, count), t.outbox.c.status == "claimed"))
_DONE = Change(lambda _: _IS_DONE.where(t.outbox.c.id == bindparam("row"), t.outbox.c.status == "claimed"))


def _entry(row: Row[*tuple[Any, ...]]) -> OutboxEntry:
    return OutboxEntry(
        id=row.id,
        kind=row.kind,
        event=row.event,
        status=row.status,
        number=row.number,
        target=row.payload.get("to") or row.payload.get("folder") or "",
        due_at=row.due_at,
        attempts=row.attempts,
        settled_at=row.settled_at,
        last_error=row.last_error,
        reply_message_id=row.reply_message_id,
    )
