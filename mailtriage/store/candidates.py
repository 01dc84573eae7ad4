"""The conversations that a message may continue: those that it names, and those that its writers or its matter lead to.

The trap is what a stranger can name: a hundred numbers, a thousand references, a conversation of thousands of people.
Each question is bounded, and answered by index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from mailtriage.mail.reading import Reading
from mailtriage.store import tables as t
from mailtriage.store.latest import latest
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.history import Conversation, EarlierMessage
from mailtriage.triage.matter import registration_numbers
from mailtriage.triage.wording import MAX_CHARACTERS

CONVERSATIONS = 20
"""The latest conversations of a sender that may be continued."""
NAMED = 20
"""Conversations that a message names by number or reference."""
REFERENCES = 50
"""Ids of In-Reply-To and the end of References that are looked up."""
_NUMBERS = 5
_PARTICIPANTS = 500
_MERGED = 100

_m, _c, _p, _o = t.message.c, t.conversation.c, t.participant.c, t.outbox.c

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


@dataclass(frozen=True)
class Found:
    """Candidates by row number."""

    named: Mapping[int, frozenset[str]]
    """Those that the message names, with the references by which it does."""
    possible: tuple[int, ...]
    """Those of its writers, and of whoever shares a number or a file with it."""

    @property
    def conversations(self) -> tuple[int, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.named, *self.possible)))


def candidates(
    connection: Connection, reading: Reading, writers: Sequence[Mapping[str, Any]], shared: Sequence[int]
) -> Found:
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
        inside = {row.id: row.conversation_id for row in _IN.of(connection, shared)}
        possible += dict.fromkeys(inside[row] for row in sorted(inside, reverse=True))
    wrote = latest(connection, _by_writer, writers)
    possible = possible[:CONVERSATIONS]
    possible += [row.conversation_id for row in sorted(wrote, key=_last_message, reverse=True)[:CONVERSATIONS]]
    return Found({key: frozenset(value) for key, value in named.items()}, tuple(possible))


def _last_message(row: Any) -> tuple[datetime, int]:
    return row.last_message_at, row.conversation_id


def as_they_are(connection: Connection, found: Found) -> list[dict[str, Any]]:
    """The candidates as JSON, the longest silent first; without their messages, which are referred to by number."""
    conversations = found.conversations
    if not conversations:
        return []
    people, former = dict[int, set[str]](), dict[int, list[str]]()
    for conversation_id, address in _PEOPLE.of(connection, conversations):
        people.setdefault(conversation_id, set()).add(address)
    for conversation_id, number in _FORMER.of(connection, conversations):
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
        for row in _CONVERSATIONS.of(connection, conversations)
    ]


def conversation_of(then: Mapping[str, Any], earlier: Iterable[EarlierMessage]) -> Conversation:
    """A candidate out of its JSON, with the ids of those of its messages that are among the earlier ones."""
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


def candidate(connection: Connection, conversation_id: int) -> Conversation:
    """A conversation as it is now, without its messages."""
    return conversation_of(as_they_are(connection, Found({}, (conversation_id,)))[0], ())


def _by_writer(suffix: str) -> Select[Any]:
    return (
        select(_p.conversation_id, _p.last_message_at)
        # What a clock that was ahead left behind would be the latest for years, and hide what is.
        .where(_p.address == bindparam(f"writer{suffix}"), _p.last_message_at <= bindparam(f"until{suffix}"))
        .order_by(_p.last_message_at.desc())
        .limit(CONVERSATIONS)
    )
