"""What has passed between us and a person: replies, notices, strikes, bounces.

The trap is whose they are. Two addresses may belong to one person, and whoever names another's phone and name claims
so: he must not be able to use up the other's replies, or earn him strikes. Only a newcomer answers for what an older
address of his did. And what we wrote counts by the address that it went to, whoever it was meant for.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from mailtriage.mail.message import Message
from mailtriage.store import tables as t
from mailtriage.store.latest import latest
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.nearness import CLOCKS_DIFFER

BOUNCED_FOR = timedelta(days=30)
"""A full mailbox is emptied, a closed one is opened again: who writes to us after that is answered."""
_REPLIES = 200
_STRIKES = 100
_LEFT = frozenset({"due", "claimed", "done", "unconfirmed"})

_m, _o = t.message.c, t.outbox.c
_replies = t.outbox.outerjoin(t.conversation, _o.conversation_id == t.conversation.c.id)
_BOUNCED = Prepared(
    lambda count: (
        select(t.bounce.c.id)
        .where(
            among(t.bounce.c.address, count),
            t.bounce.c.permanent.is_(True),
            t.bounce.c.at > bindparam("since"),
            t.bounce.c.at <= bindparam("until"),
        )
        .limit(1)
    )
)


def elder(connection: Connection, sender: str, same_person: Sequence[str]) -> list[str]:
    """Those of a person's other addresses that wrote to us before this one did."""
    if not same_person:
        return []
    first = {
        row.sender: row.id for row in latest(connection, _first_of, [{"writer": a} for a in (sender, *same_person)])
    }
    return [other for other in same_person if other in first and first[other] < first.get(sender, math.inf)]


def so_far(
    connection: Connection, message: Message, elder: Sequence[str], notice_period: timedelta, now: datetime
) -> dict[str, Any]:
    """Our own replies to the addresses that an answer would go to, their bounces, and the person's strikes."""
    sender = message.sender.address.lower()
    addresses = sorted({sender, *(a.address.lower() for a in message.reply_to[:1])} - {""})
    until = now + CLOCKS_DIFFER
    asked = [{"recipient": address, "until": until} for address in dict.fromkeys((*addresses, *elder))]
    ours = latest(connection, _our_replies, asked)
    replies = [row for row in ours if row.recipient in addresses]
    strikes = latest(connection, _struck, [{"writer": address} for address in (sender, *elder)])
    bounced = _BOUNCED.of(connection, addresses, {"since": now - BOUNCED_FOR, "until": until})
    last_reply_at = max((row.created_at for row in replies), default=None)
    # A clock that was set back a little must not open the gates: what is "later" than now counts as recent, too.
    return {
        "strikes": len(strikes),
        "last_reply_at": last_reply_at.isoformat() if last_reply_at else None,
        "replies_today": sum(abs(now - row.created_at) < timedelta(days=1) for row in ours),
        "bounced": bool(bounced),
        "notices": sorted(
            {
                (row.number or "", row.event.removeprefix("reject:"))
                for row in replies
                if row.event.startswith("reject:") and abs(now - row.created_at) < notice_period
            }
        ),
    }


def _first_of(suffix: str) -> Select[Any]:
    return select(_m.sender, _m.id).where(_m.sender == bindparam(f"writer{suffix}")).order_by(_m.id).limit(1)


def _our_replies(suffix: str) -> Select[Any]:
    return (
        select(_o.recipient, _o.created_at, _o.event, t.conversation.c.number)
        .select_from(_replies)
        .where(_o.recipient == bindparam(f"recipient{suffix}"), _o.status.in_(_LEFT))
        .where(_o.created_at <= bindparam(f"until{suffix}"))
        .order_by(_o.created_at.desc())
        .limit(_REPLIES)
    )


def _struck(suffix: str) -> Select[Any]:
    abusive = select(_m.id).where(_m.sender == bindparam(f"writer{suffix}"), _m.reason == "abusive")
    return abusive.where(_m.verdict == "reject").limit(_STRIKES)
