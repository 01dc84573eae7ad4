"""What may be carried out now, claimed in the order in which it fell due.

The trap is order: a reply waits for the earlier ones of its conversation, however long these are put off, while what
goes to colleagues waits for nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, or_, select, update

from mailtriage.store import tables as t
from mailtriage.store.prepared import Change, Prepared, among
from mailtriage.triage.nearness import CLOCKS_DIFFER

Kind = Literal["move", "reply", "forward", "report"]
INTERNAL: Final = ("forward", "report")
"""What goes to colleagues and leads."""
MAIL: Final = ("reply", *INTERNAL)
"""What leaves by SMTP; of these a reply keeps its place behind the earlier ones of its conversation."""
_TOGETHER: Final = {"move": ("move",), "reply": MAIL, "internal": INTERNAL}


@dataclass(frozen=True, slots=True)
class DueMove:
    """A message that is to be moved."""

    id: int
    message: int
    """Row number of the message."""
    digest: str
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    target: str
    keyword: str | None
    attempts: int
    """Counts this one."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DueReply:
    """A letter that is to be sent."""

    id: int
    kind: Kind
    message: int | None
    """Row number of the message that it answers, or that it is about; a report is about none."""
    recipient: str
    octets: bytes
    message_id: str
    """Of the reply itself."""
    number: str | None
    """Of the conversation."""
    created_at: datetime
    attempts: int
    """Counts this one."""
    leave_by: date | None = None
    """The last day on which it may leave: what it promises would no longer be true."""
    stopped: str | None = None
    """Why it was not sent before a person wanted it carried out after all; None where nobody did."""


def waits_for_an_earlier_one() -> ColumnElement[bool]:
    """Whether an earlier reply of the same conversation has not left yet."""
    first, o = t.outbox.alias("first"), t.outbox.c
    return (
        select(first.c.id)
        .where(
            first.c.conversation_id == o.conversation_id,
            first.c.kind == "reply",
            first.c.id < o.id,
            first.c.status.in_(("due", "claimed")),
        )
        .exists()
    )


def with_number(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """A question about rows of the outbox, with the number of their conversation."""
    joined = t.outbox.outerjoin(t.conversation, t.outbox.c.conversation_id == t.conversation.c.id)
    return select(*columns, t.conversation.c.number).select_from(joined)


_CLAIMED: Final = Change(
    lambda count: (
        update(t.outbox)
        .where(among(t.outbox.c.id, count))
        .values(
            status="claimed",
            claimed_at=bindparam("now"),
            claimed_by=bindparam("node"),
            attempts=t.outbox.c.attempts + 1,
        )
    )
)
_MOVES = (
    select(t.outbox.c.id, t.outbox.c.payload, t.outbox.c.attempts, t.outbox.c.created_at)
    .add_columns(t.message.c.id.label("message"), t.message.c.digest)
    .add_columns(t.location.c.mailbox, t.location.c.folder, t.location.c.uidvalidity, t.location.c.uid)
    .join_from(t.outbox, t.location, and_(t.outbox.c.location_id == t.location.c.id))
    .join(t.message, t.outbox.c.message_id == t.message.c.id)
    .order_by(t.outbox.c.due_at, t.outbox.c.id)
)
_REPLIES = (
    with_number(t.outbox.c.id, t.outbox.c.kind, t.outbox.c.message_id, t.outbox.c.payload, t.outbox.c.octets)
    .add_columns(t.outbox.c.reply_message_id, t.outbox.c.created_at, t.outbox.c.attempts, t.outbox.c.last_error)
    .order_by(t.outbox.c.due_at, t.outbox.c.id)
)
_THESE_MOVES: Final = Prepared(lambda count: _MOVES.where(among(t.outbox.c.id, count)))
_THESE_REPLIES: Final = Prepared(lambda count: _REPLIES.where(among(t.outbox.c.id, count)))


@cache
def _free(kind: Literal["move", "reply", "internal"], *, ahead: bool = False) -> Prepared:
    """Those of a kind that may be claimed, the longest due first; `ahead` are those that are due after `now`."""
    o = t.outbox.c
    now: BindParameter[datetime] = bindparam("now")
    free = select(o.id).where(
        o.kind.in_(_TOGETHER[kind]), o.status == "due", o.due_at > now if ahead else o.due_at <= now
    )
    if kind == "reply":
        free = free.where(or_(o.kind != "reply", ~waits_for_an_earlier_one()))
    return Prepared(lambda _: free.order_by(o.due_at, o.id).limit(bindparam("most")))


def claim(
    connection: Connection, kind: Literal["move", "reply", "internal"], limit: int, node: str | None, now: datetime
) -> list[DueMove] | list[DueReply]:
    """Let `node` have up to `limit` rows of a kind that are due, the longest due first."""
    rows = _free(kind).rows(connection, {"now": now, "most": limit})
    # Nothing is put off for so long: a clock that was ahead wrote that down, and nobody waits for it to be there again.
    rows = rows or _free(kind, ahead=True).rows(connection, {"now": now + CLOCKS_DIFFER, "most": limit})
    if not rows:
        return []
    ids = [row.id for row in rows]
    _CLAIMED.of(connection, ids, {"now": now, "node": node})
    return _moves(connection, ids) if kind == "move" else _replies(connection, ids)


def _moves(connection: Connection, ids: list[int]) -> list[DueMove]:
    rows = _THESE_MOVES.of(connection, ids)
    return [
        DueMove(
            id=row.id,
            message=row.message,
            digest=row.digest,
            mailbox=row.mailbox,
            folder=row.folder,
            uidvalidity=row.uidvalidity,
            uid=row.uid,
            target=row.payload["folder"],
            keyword=row.payload["keyword"],
            attempts=row.attempts,
            created_at=row.created_at,
        )
        for row in rows
    ]


def _replies(connection: Connection, ids: list[int]) -> list[DueReply]:
    rows = _THESE_REPLIES.of(connection, ids)
    return [
        DueReply(
            id=row.id,
            kind=row.kind,
            message=row.message_id,
            recipient=row.payload["to"],
            octets=row.octets,
            message_id=row.reply_message_id,
            number=row.number,
            created_at=row.created_at,
            attempts=row.attempts,
            leave_by=date.fromisoformat(last) if (last := row.payload.get("leave_by")) else None,
            stopped=row.last_error,
        )
        for row in rows
    ]
