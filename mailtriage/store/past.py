"""The one question asked of the past: what may matter for this message, bounded, by index only.

The trap is a question whose cost grows with the history: somebody who wrote ten thousand times, a conversation of a
thousand messages, a References header of a thousand ids must cost what everybody costs. And what was found is kept
by reference with the message, so that its decision can be reproduced when the past has moved on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from mailtriage.mail.reading import Reading
from mailtriage.store import dealings, traces
from mailtriage.store import tables as t
from mailtriage.store.candidates import Found, as_they_are, candidates, conversation_of
from mailtriage.store.earlier import earlier_messages
from mailtriage.store.latest import latest
from mailtriage.triage.history import EarlierMessage, History
from mailtriage.triage.nearness import CLOCKS_DIFFER
from mailtriage.triage.policy import Policy

SENDER_MESSAGES = 50
"""The latest messages of a sender, in whatever conversation."""
OTHERS_MESSAGES = 60
"""The latest messages of whoever shares a number or a file with this one."""
IN_NAMED, IN_OTHERS = 60, 10
"""The latest messages of each conversation that is named, and of each that is only possible."""
MESSAGES = 200
"""Earlier messages in all."""
_ADDRESSES = 10

_m = t.message.c


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
class Ties:
    """What ties a message to the past."""

    found: Found
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
    others = shared.messages[:OTHERS_MESSAGES]
    found = candidates(connection, reading, asked, others)
    earlier = _earlier_ids(connection, found, [] if outgoing else [*writers, *same_person], others)
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
    reference: dict[str, Any] = {"candidates": as_they_are(connection, tied.found)}
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
        candidates=tuple(conversation_of(then, earlier) for then in reference.get("candidates", ())),
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


def _earlier_ids(connection: Connection, found: Found, writers: Sequence[str], shared: Sequence[int]) -> list[int]:
    """Numbers of the latest messages that may matter, oldest first; of too many, those that are surest to."""
    named = [{"conversation": conversation} for conversation in found.named]
    possible = [{"conversation": conversation} for conversation in found.possible if conversation not in found.named]
    chosen: dict[int, None] = {}
    for ids in (
        [row.id for row in latest(connection, _of_writer, [{"writer": writer} for writer in writers])],
        [row.id for row in latest(connection, _of_named, named)],
        shared,
        [row.id for row in latest(connection, _of_possible, possible)],
    ):
        chosen.update(dict.fromkeys(sorted(ids, reverse=True)))
    return sorted(list(chosen)[:MESSAGES])
