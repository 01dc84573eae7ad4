"""How a conversation stands by what is in it: told again from its messages and from what people did to it.

The trap is a correction that only adds: when a message leaves a conversation, or is taken back, who waits and since
when cannot be mended by a difference. So all of it is told anew, in the order in which it came to count: a message that
a person restored counts from then on, though its writer has waited since it arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from mailtriage.store import tables as t

_OPENS = frozenset({"accept", "hold"})
_m, _j = t.message.c, t.journal.c


@dataclass
class _Story:
    """The columns of a conversation that follow from what happened in it."""

    status: str = "open"
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None

    def message(self, row: Row[*tuple[Any, ...]]) -> None:
        if row.verdict is None:
            self.waiting_since = None
            self.answered_at = self.answered_at or row.recorded_at
            if row.final:
                self.status, self.decided_at = "decided", row.recorded_at
        elif row.verdict in _OPENS:
            if row.verdict == "accept" and self.status != "open":
                self.status, self.decided_at, self.closed_at = "open", None, None
            self.waiting_since = self.waiting_since or row.recorded_at

    def deed(self, deed: str, at: datetime) -> None:
        if deed == "closed":
            self.status, self.closed_at, self.waiting_since = "closed", at, None
        elif deed == "decided":
            self.status, self.decided_at, self.waiting_since = "decided", at, None
            self.answered_at = self.answered_at or at


def tell_again(connection: Connection, conversation_id: int, now: datetime) -> None:
    """Bring participants, status and clocks of a conversation in line with what it holds.

    One that holds nothing that must be answered is closed.
    """
    rows = connection.execute(
        select(_m.id, _m.sender, _m.verdict, _m.final, _m.recorded_at)
        .where(_m.conversation_id == conversation_id)
        .order_by(_m.id)
    ).all()
    story = _Story()
    for at, what in sorted(_events(connection, conversation_id, rows), key=lambda event: event[0]):
        if isinstance(what, str):
            story.deed(what, at)
        else:
            story.message(what)
    if not any(row.verdict in _OPENS for row in rows):
        story.status, story.waiting_since, story.closed_at = "closed", None, story.closed_at or now
    last = max((row.recorded_at for row in rows), default=now)
    which = t.conversation.c.id == conversation_id
    connection.execute(update(t.conversation).where(which).values(vars(story) | {"last_message_at": last}))
    _seat(connection, conversation_id, rows)


def _events(
    connection: Connection, conversation_id: int, rows: Iterable[Row[*tuple[Any, ...]]]
) -> list[tuple[datetime, Row[*tuple[Any, ...]] | str]]:
    ids = [row.id for row in rows]
    r = t.ruling.c
    latest_ruling = func.max(r.at, type_=r.at.type).label("at")
    ruled = select(r.message_id, latest_ruling).where(r.message_id.in_(ids)).group_by(r.message_id)
    counts_from = {row.message_id: row.at for row in connection.execute(ruled)}
    events: list[tuple[datetime, Row[*tuple[Any, ...]] | str]] = []
    latest: datetime | None = None
    for row in rows:
        # A clock that was set back does not turn the order of arrival around.
        latest = row.recorded_at if latest is None else max(latest, row.recorded_at)
        events.append((max(latest, counts_from.get(row.id, latest)), row))
    deeds = select(_j.at, _j.deed).where(_j.conversation_id == conversation_id).order_by(_j.id)
    return events + [(at, deed) for at, deed in connection.execute(deeds)]


def _seat(connection: Connection, conversation_id: int, rows: Iterable[Row[*tuple[Any, ...]]]) -> None:
    """Those take part who wrote what stands in it."""
    people: dict[str, datetime] = {}
    for row in rows:
        if row.verdict is not None and row.sender:
            people[row.sender] = max(row.recorded_at, people.get(row.sender, row.recorded_at))
    unseat(connection, conversation_id)
    seats = [
        {"conversation_id": conversation_id, "address": address, "last_message_at": at}
        for address, at in people.items()
    ]
    if seats:
        connection.execute(insert(t.participant), seats)


def unseat(connection: Connection, conversation_id: int) -> None:
    """Nobody takes part in it any more."""
    connection.execute(delete(t.participant).where(t.participant.c.conversation_id == conversation_id))
