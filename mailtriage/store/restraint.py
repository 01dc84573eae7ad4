"""What speaks against a reply at the moment of sending: much may have changed while it waited.

When it was written its address took mail and had not had its share; a day later neither may be true, and the day that
it promises may have passed. What is too much in all is a matter of the whole hour: something writes to us, or is
answered by us, that no rule has foreseen, and the one safe thing is to stop, and to let people see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select

from mailtriage.reply.wording import local_time
from mailtriage.store import tables as t
from mailtriage.store.database import Database, insert_row
from mailtriage.store.dealings import BOUNCED_FOR
from mailtriage.store.due import DueReply
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.nearness import CLOCKS_DIFFER, ahead

HOUR: Final = timedelta(hours=1)
LATE, AHEAD = "not sent: the day that it promises has passed", "not sent: the clock was ahead when it was written"
"""Why a reply waits for a person to look at it."""
BOUNCED, RATE = "bounced", "rate"
"""Why a reply does not leave, as in `Reply.suppressed`."""
_DAY: Final = timedelta(days=1)
_WAITED: Final = timedelta(days=14)
"""How long before it left a reply may have been written, or tried last."""
_MAY_HAVE_LEFT: Final = ("done", "unconfirmed")

_o, _b, _s = t.outbox.c, t.bounce.c, t.standstill.c


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may leave."""

    per_day: int
    """Replies to one address in 24 hours."""
    per_hour: int
    """Replies in all."""
    time_zone: str
    """In which a promised day ends."""


class Restraint:
    """The questions that are asked before a reply leaves; each is one short transaction."""

    def __init__(self, database: Database, bounds: Bounds) -> None:
        self._database, self.bounds = database, bounds
        self.shared = database.path is None
        """Whether other processes may let replies go beside this one."""

    def against(self, row: DueReply, now: datetime, behind: Sequence[int] = ()) -> str | None:
        """Why this reply must not leave now; None lets it go, and so does a person who was told why and insists.

        Those `behind` it were claimed together with it and count for nothing yet, for they are asked about next.
        """
        if row.kind != "reply" or row.stopped in {LATE, AHEAD, BOUNCED, RATE}:
            return None
        if ahead(row.created_at, now):
            return AHEAD
        if row.leave_by is not None and local_time(now, self.bounds.time_zone).date() > row.leave_by:
            return LATE
        address = row.recipient.lower()
        until = now + CLOCKS_DIFFER
        asked = {"address": address, "since": row.created_at, "lately": now - BOUNCED_FOR, "until": until}
        asked |= {"written": now - _WAITED, "now": now, "left": now - _DAY}
        with self._database.read() as connection:
            [lately] = _LATELY.of(connection, behind or _NOBODY, asked)
        if lately.bounced:
            return BOUNCED
        # The row in hand is claimed itself, and so are those that leave beside it: the first of them counts for it.
        return RATE if lately.replies - 1 >= self.bounds.per_day else None

    def left(self, now: datetime) -> list[datetime]:
        """When replies left, or may have, in the last hour; in order."""
        known = select(_o.settled_at).where(_o.kind == "reply", _o.status.in_(_MAY_HAVE_LEFT))
        with self._database.read() as connection:
            # By the index of what is due: only what was tried lately can have left lately.
            recent = known.where(_o.due_at > now - _WAITED, _o.settled_at > now - HOUR)
            return sorted(moment for moment in connection.scalars(recent) if moment)

    def stop(self, now: datetime, until: datetime) -> None:
        """Write down that replies stand still, for whoever looks, and for the next start."""
        with self._database.write() as connection:
            insert_row(connection, t.standstill, since=now, until=until)

    def stopped_until(self, now: datetime) -> datetime | None:
        """Until when replies stand still; None while they leave."""
        latest = select(_s.since, _s.until).order_by(_s.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(latest).one_or_none()
        # A clock that was set back must not turn an hour into months.
        return row.until if row and now < row.until <= now + HOUR else None


_settled = func.coalesce(_o.settled_at, bindparam("now", type_=_o.settled_at.type))
_bounced = (
    select(_b.id)
    .where(_b.address == bindparam("address"), _b.permanent.is_(True))
    .where(_b.at >= bindparam("since"), _b.at > bindparam("lately"), _b.at <= bindparam("until"))
)
_LATELY = Prepared(
    lambda count: (
        select(func.count().label("replies"), _bounced.exists().label("bounced"))
        .select_from(t.outbox)
        .where(_o.recipient == bindparam("address"), _o.kind == "reply", _o.created_at > bindparam("written"))
        .where(_o.status.in_((*_MAY_HAVE_LEFT, "claimed")), ~among(_o.id, count))
        .where(_settled > bindparam("left"), _settled <= bindparam("until"))
    )
)
"""Replies that left to an address in the last day, whenever they were written, and whether one came back since."""
_NOBODY: Final = (0,)
"""Rows are numbered from one."""
