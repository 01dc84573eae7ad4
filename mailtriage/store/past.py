"""The one question asked of the past: what may matter for this message, bounded, by index only.

The trap is a question whose cost grows with the history: somebody who wrote ten thousand times, a conversation of a
thousand messages, a References header of a thousand ids must cost what everybody costs. And what was found is kept
by reference with the message, so that its decision can be reproduced when the past has moved on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from mailtriage.mail.reading import Reading
from mailtriage.store import dealings, traces
from mailtriage.store import tables as t
from mailtriage.store.earlier import earlier_messages
from mailtriage.store.latest import latest
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.history import Conversation, EarlierMessage, History
from mailtriage.triage.matter import registration_numbers
from mailtriage.triage.nearness import CLOCKS_DIFFER
from mailtriage.triage.policy import Policy
from mailtriage.triage.wording import MAX_CHARACTERS

CONVERSATIONS = 20
"""The latest conversations of a sender that may be continued."""
NAMED = 20
"""Conversations that a message names by number or reference."""
SENDER_MESSAGES = 50
"""The latest messages of a sender, in whatever conversation."""
OTHERS_MESSAGES = 60
"""The latest messages of whoever shares a number or a file with this one."""
IN_NAMED, IN_OTHERS = 60, 10
"""The latest messages of each conversation that is named, and of each that is only possible."""
MESSAGES = 200
"""Earlier messages in all."""
REFERENCES = 50
"""Ids of In-Reply-To and the end of References that are looked up."""
_NUMBERS = 5
_ADDRESSES = 10
_PARTICIPANTS = 500
_MERGED = 100

_m, _c, _p, _o = t.message.c, t.conversation.c, t.participant.c, t.outbox.c

# What takes a suffix is asked through `latest`.
_BY_NUMBER = Prepared(
    lambda count: select(func.coalesce(_c.merged_into, _c.id).label("id")).where(among(_c.number, count))
)
_BY_MESSAGE = Prepared(
    lambda count: (
        select(_m.conversation_id, _m.message_id)
        .where(among(_m.message_id, count), _m.conversation_id.is_not(None))
        .limit(2 * REFERENCES)
    )
)
_BY_REPLY = Prepared(
    lambda count: (
        select(_o.conversation_id, _o.reply_message_id)
        .where(among(_o.reply_message_id, count), _o.conversation_id.is_not(None))
        .limit(2 * REFERENCES)
    )
)
_IN = Prepared(
    lambda count: select(_m.id, _m.conversation_id).where(among(_m.id, count), _m.conversation_id.is_not(None))
)
_PEOPLE = Prepared(
    lambda count: (
        select(_p.conversation_id, _p.address)
        .where(among(_p.conversation_id, count))
        .order_by(_p.last_message_at.desc())
        .limit(_PARTICIPANTS)
    )
)
_CONVERSATIONS = Prepared(
    lambda count: (
        select(_c.id, _c.number, _c.subject, _c.status, _c.category, _c.queue, _c.registered_at, _c.last_message_at)
        .add_columns(_c.due, _c.answered_at, _c.decided_at)
        .where(among(_c.id, count))
        .order_by(_c.last_message_at, _c.id)
    )
)
_FORMER = Prepared(
    lambda count: (
        select(_c.merged_into, _c.number)
        .where(among(_c.merged_into, count), _c.merged_into.is_not(None))
        .limit(_MERGED)
    )
)


def _by_writer(suffix: str) -> Select[Any]:
    return (
        select(_p.conversation_id, _p.last_message_at)
        # What a clock that was ahead left behind would be the latest for years, and hide what is.
        .where(_p.address == bindparam(f"writer{suffix}"), _p.last_message_at <= bindparam(f"until{suffix}"))
        .order_by(_p.last_message_at.desc())
        .limit(CONVERSATIONS)
    )


def _of_writer(suffix: str) -> Select[Any]:
    mine = select(_m.id).where(_m.sender == bindparam(f"writer{suffix}"))
    return mine.order_by(_m.id.desc()).limit(SENDER_MESSAGES)


def _of_named(suffix: str) -> Select[Any]:
    inside = select(_m.id).where(_m.conversation_id == bindparam(f"conversation{suffix}"))
    return inside.order_by(_m.id.desc()).limit(IN_NAMED)


def _of_possible(suffix: str) -> Select[Any]:
    inside = select(_m.id).where(_m.conversation_id == bindparam(f"conversation{suffix}"))
    return inside.order_by(_m.id.desc()).limit(IN_OTHERS)


@dataclass(frozen=True)
class Past:
    """A history, and how the store finds it again."""

    history: History
    reference: Mapping[str, Any]
    """JSON: ids of earlier messages, and the changing values as they were at that instant."""


@dataclass(frozen=True)
class _Found:
    """Candidates by row number."""

    named: Mapping[int, frozenset[str]]
    """Those that the message names, with the references by which it does."""
    possible: tuple[int, ...]
    """Those of its writers, and of whoever shares a number or a file with it."""

    @property
    def conversations(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys((*self.named, *self.possible)))


@dataclass(frozen=True)
class Ties:
    """What ties a message to the past."""

    found: _Found
    earlier: Sequence[int]
    """Row numbers of the messages that may matter, oldest first."""
    writers: Sequence[str]
    """Customers' addresses: whom it is from, or, where support wrote it, whom it is to."""
    same_person: Sequence[str]
    outgoing: bool


def ties(connection: Connection, reading: Reading, policy: Policy, now: datetime) -> Ties:
    """What may matter for a message at `now`, by number; see the constants above for the bounds."""
    message = reading.message
    own = {address.lower() for address in policy.own_addresses}
    outgoing = message.sender.address.lower() in own
    people = message.to if outgoing else (message.sender,)
    writers = list(dict.fromkeys(a.address.lower() for a in people if a.address and a.address.lower() not in own))
    shared = traces.Shared() if outgoing else traces.shared(connection, reading)
    same_person = sorted(shared.same_person - own)
    asked = [{"writer": writer, "until": now + CLOCKS_DIFFER} for writer in (*writers[:_ADDRESSES], *same_person)]
    found = _candidates(connection, reading, asked, shared.messages)
    earlier = _earlier_ids(connection, found, [] if outgoing else [*writers, *same_person], shared.messages)
    return Ties(found, earlier, writers, same_person, outgoing)


def gather(connection: Connection, reading: Reading, policy: Policy, now: datetime) -> Past:
    """All that may matter for a message at `now`.

    Conversations are candidates by whatever ties them to the message; that proves nothing about who takes part in them.
    """
    tied = ties(connection, reading, policy, now)
    earlier = earlier_messages(connection, tied.earlier)
    reference = {"earlier": _by_standing(earlier), **_tied(connection, tied)}
    if not tied.outgoing and tied.writers:
        elder = dealings.elder(connection, tied.writers[0], tied.same_person)
        reference |= dealings.so_far(connection, reading.message, elder, policy.notice_period, now)
    return Past(_history(reference, earlier), reference)


def comparable(connection: Connection, tied: Ties) -> History:
    """What a message is linked to and compared with, but nothing of what has passed between us and its writer."""
    return _history(_tied(connection, tied), earlier_messages(connection, tied.earlier))


def _tied(connection: Connection, tied: Ties) -> dict[str, Any]:
    reference: dict[str, Any] = {"candidates": _as_they_are(connection, tied.found)}
    if tied.same_person:
        reference["same_person"] = [*tied.same_person]
    return reference


def restore(connection: Connection, reference: Mapping[str, Any]) -> History:
    """The history that `reference` stands for, as it was when it was stored."""
    standing = {row: then for *then, rows in reference.get("earlier", ()) for row in rows}
    earlier = earlier_messages(connection, standing)
    return _history(reference, tuple(_as_it_stood(message, *standing[message.id]) for message in earlier))


def _history(reference: Mapping[str, Any], earlier: tuple[EarlierMessage, ...]) -> History:
    last_reply_at = reference.get("last_reply_at")
    return History(
        candidates=tuple(_conversation(then, earlier) for then in reference.get("candidates", ())),
        earlier=earlier,
        same_person=frozenset(reference.get("same_person", ())),
        strikes=reference.get("strikes", 0),
        last_reply_at=datetime.fromisoformat(last_reply_at) if last_reply_at else None,
        replies_today=reference.get("replies_today", 0),
        bounced=reference.get("bounced", False),
        notices=frozenset((number, reason) for number, reason in reference.get("notices", ())),
    )


def _by_standing(earlier: Iterable[EarlierMessage]) -> list[list[Any]]:
    """[conversation, verdict, reason, row numbers]: what people may change of a message later, as it is now."""
    rows: dict[tuple[str | None, str | None, str | None], list[int]] = {}
    for message in earlier:
        rows.setdefault((message.conversation, message.verdict, message.reason), []).append(message.id)
    return [[*then, ids] for then, ids in rows.items()]


def _as_it_stood(
    message: EarlierMessage, conversation: str | None, verdict: str | None, reason: str | None
) -> EarlierMessage:
    return replace(message, conversation=conversation, verdict=verdict, reason=reason)


def candidate(connection: Connection, conversation_id: int) -> Conversation:
    """A conversation as it is now, without its messages."""
    return _conversation(_as_they_are(connection, _Found({}, (conversation_id,)))[0], ())


def _candidates(
    connection: Connection, reading: Reading, writers: Sequence[Mapping[str, Any]], shared: Sequence[int]
) -> _Found:
    """Conversations that the message names, those it shares something with, and the latest of its writers."""
    message = reading.message
    named: dict[int, set[str]] = {}
    # A reply address carries the number in its local part.
    places = (message.subject, *(to.address for to in message.to), reading.readable_text[:MAX_CHARACTERS])
    if numbers := registration_numbers("\n".join(places))[:_NUMBERS]:
        named.update((row.id, set()) for row in _BY_NUMBER.of(connection, numbers))
    if references := list(dict.fromkeys((*message.in_reply_to[:5], *message.references[-REFERENCES:]))):
        for question in (_BY_MESSAGE, _BY_REPLY):
            for conversation_id, reference in question.of(connection, references):
                if conversation_id in named or len(named) < NAMED:
                    named.setdefault(conversation_id, set()).add(reference)
    possible: list[int] = []
    if shared:
        inside = {row.id: row.conversation_id for row in _IN.of(connection, shared[:OTHERS_MESSAGES])}
        possible += dict.fromkeys(inside[row] for row in sorted(inside, reverse=True))
    wrote = latest(connection, _by_writer, writers)
    possible = possible[:CONVERSATIONS]
    possible += [row.conversation_id for row in sorted(wrote, key=_last_message, reverse=True)[:CONVERSATIONS]]
    return _Found({key: frozenset(value) for key, value in named.items()}, tuple(possible))


def _last_message(row: Any) -> tuple[datetime, int]:
    return row.last_message_at, row.conversation_id


def _earlier_ids(connection: Connection, found: _Found, writers: Sequence[str], shared: Sequence[int]) -> list[int]:
    """Numbers of the latest messages that may matter, oldest first; of too many, those that are surest to."""
    named = [{"conversation": conversation} for conversation in found.named]
    possible = [{"conversation": conversation} for conversation in found.possible if conversation not in found.named]
    chosen: dict[int, None] = {}
    for ids in (
        [row.id for row in latest(connection, _of_writer, [{"writer": writer} for writer in writers])],
        [row.id for row in latest(connection, _of_named, named)],
        shared[:OTHERS_MESSAGES],
        [row.id for row in latest(connection, _of_possible, possible)],
    ):
        chosen.update(dict.fromkeys(sorted(ids, reverse=True)))
    return sorted(list(chosen)[:MESSAGES])


def _as_they_are(connection: Connection, found: _Found) -> list[dict[str, Any]]:
    """The candidates as JSON, the longest silent first; without their messages, which are referred to by number."""
    if not found.conversations:
        return []
    people, former = dict[int, set[str]](), dict[int, list[str]]()
    for conversation_id, address in _PEOPLE.of(connection, found.conversations):
        people.setdefault(conversation_id, set()).add(address)
    for conversation_id, number in _FORMER.of(connection, found.conversations):
        former.setdefault(conversation_id, []).append(number)
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
            "former_numbers": sorted(former.get(row.id, ())),
        }
        for row in _CONVERSATIONS.of(connection, found.conversations)
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
        former_numbers=frozenset(then.get("former_numbers", ())),
    )
