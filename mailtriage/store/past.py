"""The one question asked of the past: what may matter for this message, bounded, by index only.

The trap is a question whose cost grows with the history: somebody who wrote ten thousand times, a conversation of a
thousand messages, a References header of a thousand ids must cost what everybody costs. And what was found is kept
by reference with the message, so that its decision can be reproduced when the past has moved on.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Message
from mailtriage.store import tables as t
from mailtriage.triage.history import Conversation, EarlierMessage, History
from mailtriage.triage.policy import Policy

CONVERSATIONS = 20
"""The latest conversations of a sender that may be continued."""
SENDER_MESSAGES = 50
"""The latest messages of a sender, in whatever conversation."""
MESSAGES = 200
"""Earlier messages in all."""
REFERENCES = 50
"""Ids of In-Reply-To and the end of References that are looked up."""
BOUNCED_FOR = timedelta(days=30)
"""A full mailbox is emptied, a closed one is opened again: who writes to us after that is answered."""
_NUMBERS = 5
_ADDRESSES = 10
_REPLIES = 200
_PARTICIPANTS = 500
_STRIKES = 100
_LEFT = frozenset({"due", "claimed", "done", "unconfirmed"})
_NUMBER = re.compile(r"(?<![\d-])\d{2}-\d{6}(?![\d-])")

_m, _c, _p, _o = t.message.c, t.conversation.c, t.participant.c, t.outbox.c
_messages = t.message.outerjoin(t.conversation, _m.conversation_id == _c.id)
_replies = t.outbox.outerjoin(t.conversation, _o.conversation_id == _c.id)

# Statements are built once: to build one costs more than to ask it.
_BY_NUMBER = select(_c.id).where(_c.number.in_(bindparam("numbers", expanding=True)))
_BY_MESSAGE = (
    select(_m.conversation_id, _m.message_id)
    .where(_m.message_id.in_(bindparam("references", expanding=True)), _m.conversation_id.is_not(None))
    .limit(2 * REFERENCES)
)
_BY_REPLY = (
    select(_o.conversation_id, _o.reply_message_id)
    .where(_o.reply_message_id.in_(bindparam("references", expanding=True)), _o.conversation_id.is_not(None))
    .limit(2 * REFERENCES)
)
_BY_WRITER = (
    select(_p.conversation_id)
    .where(_p.address.in_(bindparam("writers", expanding=True)))
    .order_by(_p.last_message_at.desc(), _p.conversation_id.desc())
    .limit(CONVERSATIONS)
)
_OF_WRITERS = (
    select(_m.id)
    .where(_m.sender.in_(bindparam("writers", expanding=True)))
    .order_by(_m.id.desc())
    .limit(SENDER_MESSAGES)
)
_OF_CONVERSATIONS = (
    select(_m.id)
    .where(_m.conversation_id.in_(bindparam("conversations", expanding=True)))
    .order_by(_m.id.desc())
    .limit(MESSAGES)
)
_FILES = (
    select(t.attachment.c.message_id, t.attachment.c.digest)
    .where(t.attachment.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(t.attachment.c.id)
)
_EARLIER = (
    select(_m.id, _m.message_id, _m.direction, _m.sender, _m.subject, _m.text, _m.identities, _m.received_at)
    .add_columns(_m.verdict, _m.reason, _m.final, _c.number)
    .select_from(_messages)
    .where(_m.id.in_(bindparam("ids", expanding=True)))
    .order_by(_m.id)
)
_PEOPLE = (
    select(_p.conversation_id, _p.address)
    .where(_p.conversation_id.in_(bindparam("conversations", expanding=True)))
    .order_by(_p.last_message_at.desc())
    .limit(_PARTICIPANTS)
)
_CONVERSATIONS = (
    select(t.conversation)
    .where(_c.id.in_(bindparam("conversations", expanding=True)))
    .order_by(_c.last_message_at, _c.id)
)
_OUR_REPLIES = (
    select(_o.created_at, _o.event, _c.number)
    .select_from(_replies)
    .where(_o.recipient.in_(bindparam("addresses", expanding=True)), _o.status.in_(_LEFT))
    .order_by(_o.created_at.desc())
    .limit(_REPLIES)
)
_STRUCK = (
    select(_m.id)
    .where(_m.sender == bindparam("sender"), _m.reason == "abusive", _m.verdict == "reject")
    .limit(_STRIKES)
)
_BOUNCED = (
    select(t.bounce.c.id)
    .where(
        t.bounce.c.address.in_(bindparam("addresses", expanding=True)),
        t.bounce.c.permanent.is_(True),
        t.bounce.c.at > bindparam("since"),
    )
    .limit(1)
)


@dataclass(frozen=True)
class Past:
    """A history, and how the store finds it again."""

    history: History
    reference: Mapping[str, Any]
    """JSON: ids of earlier messages, and the changing values as they were at that instant."""


@dataclass(frozen=True)
class _Found:
    """Candidates by row number, and the ids of theirs that the message names."""

    conversations: tuple[int, ...]
    named: Mapping[int, frozenset[str]]


def gather(connection: Connection, message: Message, policy: Policy, now: datetime) -> Past:
    """All that may matter for `message` at `now`; see the constants above for the bounds."""
    own = {address.lower() for address in policy.own_addresses}
    outgoing = message.sender.address.lower() in own
    people = message.to if outgoing else (message.sender,)
    writers = list(dict.fromkeys(a.address.lower() for a in people if a.address and a.address.lower() not in own))
    found = _candidates(connection, message, writers[:_ADDRESSES])
    earlier = _earlier_ids(connection, found.conversations, [] if outgoing else writers)
    reference = {"earlier": earlier, "candidates": _as_they_are(connection, found)}
    if not outgoing and writers:
        reference |= _dealings(connection, message, policy.notice_period, now)
    return Past(restore(connection, reference), reference)


def restore(connection: Connection, reference: Mapping[str, Any]) -> History:
    """The history that `reference` stands for, today or whenever it was stored."""
    earlier = _earlier(connection, reference.get("earlier", ()))
    candidates = reference.get("candidates", ())
    last_reply_at = reference.get("last_reply_at")
    return History(
        candidates=tuple(_conversation(then, earlier) for then in candidates),
        earlier=earlier,
        strikes=reference.get("strikes", 0),
        last_reply_at=datetime.fromisoformat(last_reply_at) if last_reply_at else None,
        replies_today=reference.get("replies_today", 0),
        bounced=reference.get("bounced", False),
        notices=frozenset((number, reason) for number, reason in reference.get("notices", ())),
    )


def _candidates(connection: Connection, message: Message, writers: Sequence[str]) -> _Found:
    """Conversations that the message names by number or reference, and the latest of its writers."""
    ids: dict[int, None] = {}
    named: dict[int, set[str]] = {}
    if numbers := list(dict.fromkeys(_NUMBER.findall(message.subject)))[:_NUMBERS]:
        ids.update(dict.fromkeys(connection.scalars(_BY_NUMBER, {"numbers": numbers})))
    if references := list(dict.fromkeys((*message.in_reply_to[:5], *message.references[-REFERENCES:]))):
        for question in (_BY_MESSAGE, _BY_REPLY):
            for conversation_id, reference in connection.execute(question, {"references": references}):
                ids[conversation_id] = None
                named.setdefault(conversation_id, set()).add(reference)
    if writers:
        ids.update(dict.fromkeys(connection.scalars(_BY_WRITER, {"writers": writers})))
    return _Found(tuple(ids), {key: frozenset(value) for key, value in named.items()})


def _earlier_ids(connection: Connection, conversations: Sequence[int], writers: Sequence[str]) -> list[int]:
    """Numbers of the writers' latest messages and of the candidates' latest, oldest first."""
    chosen: dict[int, None] = {}
    if writers:
        chosen.update(dict.fromkeys(connection.scalars(_OF_WRITERS, {"writers": writers})))
    if conversations:
        chosen.update(dict.fromkeys(connection.scalars(_OF_CONVERSATIONS, {"conversations": conversations})))
    return sorted(list(chosen)[:MESSAGES])


def _earlier(connection: Connection, ids: Iterable[int]) -> tuple[EarlierMessage, ...]:
    wanted = list(ids)
    if not wanted:
        return ()
    digests: dict[int, list[str]] = {}
    for message_id, digest in connection.execute(_FILES, {"ids": wanted}):
        digests.setdefault(message_id, []).append(digest)
    rows = connection.execute(_EARLIER, {"ids": wanted})
    return tuple(_earlier_message(row, digests.get(row.id, ())) for row in rows)


def _earlier_message(row: Row[*tuple[Any, ...]], digests: Iterable[str]) -> EarlierMessage:
    return EarlierMessage(
        id=row.id,
        conversation=row.number,
        outgoing=row.direction == "outgoing",
        message_id=row.message_id,
        sender=row.sender,
        subject=row.subject,
        text=row.text,
        attachment_digests=tuple(digests),
        identities=Identities(**{name: tuple(values) for name, values in row.identities.items()}),
        received_at=row.received_at,
        verdict=row.verdict,
        reason=row.reason,
        final=row.final,
    )


def _as_they_are(connection: Connection, found: _Found) -> list[dict[str, Any]]:
    """The candidates as JSON, the longest silent first; without their messages, which are referred to by number."""
    if not found.conversations:
        return []
    people: dict[int, set[str]] = {}
    for conversation_id, address in connection.execute(_PEOPLE, {"conversations": found.conversations}):
        people.setdefault(conversation_id, set()).add(address)
    rows = connection.execute(_CONVERSATIONS, {"conversations": found.conversations})
    return [
        {
            "number": row.number,
            "subject": row.subject,
            "status": row.status,
            "category": row.category,
            "queue": row.queue,
            "registered_at": row.registered_at.isoformat(),
            "last_message_at": row.last_message_at.isoformat(),
            "due": row.due.isoformat() if row.due else None,
            "answered_at": row.answered_at.isoformat() if row.answered_at else None,
            "decided_at": row.decided_at.isoformat() if row.decided_at else None,
            "participants": sorted(people.get(row.id, ())),
            "named": sorted(found.named.get(row.id, ())),
        }
        for row in rows
    ]


def _conversation(then: Mapping[str, Any], earlier: Iterable[EarlierMessage]) -> Conversation:
    within = {m.message_id for m in earlier if m.message_id and m.conversation == then["number"]}
    return Conversation(
        number=then["number"],
        subject=then["subject"],
        status=then["status"],
        category=then["category"],
        queue=then["queue"],
        participants=frozenset(then["participants"]),
        message_ids=frozenset(within.union(then["named"])),
        registered_at=datetime.fromisoformat(then["registered_at"]),
        last_message_at=datetime.fromisoformat(then["last_message_at"]),
        due=date.fromisoformat(then["due"]) if then["due"] else None,
        answered_at=datetime.fromisoformat(then["answered_at"]) if then["answered_at"] else None,
        decided_at=datetime.fromisoformat(then["decided_at"]) if then["decided_at"] else None,
    )


def _dealings(connection: Connection, message: Message, notice_period: timedelta, now: datetime) -> dict[str, Any]:
    """Our own replies to the addresses that an answer would go to, their bounces, and the sender's strikes."""
    sender = message.sender.address.lower()
    addresses = sorted({sender, *(a.address.lower() for a in message.reply_to[:1])} - {""})
    replies = connection.execute(_OUR_REPLIES, {"addresses": addresses}).all()
    strikes = connection.scalars(_STRUCK, {"sender": sender}).all()
    bounced = connection.scalar(_BOUNCED, {"addresses": addresses, "since": now - BOUNCED_FOR})
    # A clock that was set back must not open the gates: what is "later" than now counts as recent, too.
    return {
        "strikes": len(strikes),
        "last_reply_at": replies[0].created_at.isoformat() if replies else None,
        "replies_today": sum(abs(now - row.created_at) < timedelta(days=1) for row in replies),
        "bounced": bounced is not None,
        "notices": sorted(
            {
                (row.number or "", row.event.removeprefix("reject:"))
                for row in replies
                if row.event.startswith("reject:") and abs(now - row.created_at) < notice_period
            }
        ),
    }
