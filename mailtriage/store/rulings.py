"""What a person decides over the rules: a message restored, rejected after all, or of another kind.

The trap is the second letter. A person may drag a message to and fro, or do by command what he did by hand: of each
message a customer gets one acknowledgement, whatever happens to it, and none of our letters contradicts another. What
has not left yet is taken back; what has left stands. The record keeps what the rules decided; the columns, by which the
past is asked, keep what holds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, select, update

from mailtriage.errors import MailtriageError, NotFound
from mailtriage.mail.message import Location
from mailtriage.reply.wording import local_time
from mailtriage.store import owing, standing
from mailtriage.store import tables as t
from mailtriage.store.database import insert_row
from mailtriage.store.places import Place, place
from mailtriage.store.registry import Registration, open_conversation, take_part
from mailtriage.store.restored import TAKEN_BACK, Compose, Matter, acknowledgement, owe
from mailtriage.triage.decision import CATEGORIES, QUEUES, Category, Decision, Verdict
from mailtriage.triage.effects import Move, Reply, move_for
from mailtriage.triage.policy import Policy

Source = Literal["mailbox", "command"]

BY_HAND = "by_hand"
"""The reason of a rejection for which a person named none."""
_REGISTERS = frozenset({"accept", "hold"})

_o, _m = t.outbox.c, t.message.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person decided, as `Ledger.rule` is told."""

    verdict: Verdict
    reason: str | None
    category: str | None
    source: Source


@dataclass(frozen=True)
class Ruled:
    """What became of a message on which a person ruled."""

    message: int
    """Row number."""
    changed: bool
    """False where all was so already."""
    number: str | None
    """Of its conversation."""
    new_conversation: bool
    folder: str | None
    """Where it is being moved; None where it lies there, or nobody knows where it lies."""
    found: bool
    """Whether it is known where it lies."""
    letter: str | None
    """The template of a letter that leaves because of it."""
    silence: str | None = None
    """Why none leaves where one should (`Reply.suppressed`)."""


def rule(
    connection: Connection,
    message_id: int,
    wanted: Wanted,
    *,
    now: datetime,
    policy: Policy,
    compose: Compose,
    at: Location | None = None,
) -> Ruled:
    """Let a person's decision on a message hold from now on; see `Ledger.rule`."""
    row = connection.execute(select(t.message).where(_m.id == message_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no message {message_id}")
    if row["verdict"] is None:
        raise MailtriageError(f"message {message_id} is support's own; only customers' mail is accepted or rejected")
    if row["record"].get("erased"):
        raise MailtriageError(
            f"message {message_id} was erased at a person's request; nobody can be written to about it"
        )
    matter = Matter(row, _decision(row, wanted), policy, now)
    before = {name: row[name] for name in ("verdict", "reason", "category")}
    after = {name: getattr(matter.decision, name) for name in before}
    registration = _known(connection, row["conversation_id"], policy)
    reply: Reply | None = None
    if changed := before != after:
        insert_row(connection, t.ruling, message_id=message_id, at=now, source=wanted.source, before=before, **after)
        values = after | {"queue": matter.decision.queue}
        connection.execute(update(t.message).where(_m.id == message_id).values(values))
        registration, reply = _carry_out(connection, matter, before["verdict"], registration, compose)
    found = place(connection, message_id, at)
    folder = _move(connection, matter, found) if found else None
    letter = reply.draft.template if reply and not reply.suppressed else None
    silence = reply.suppressed if reply else None
    return Ruled(message_id, changed, registration.number, registration.new, folder, found is not None, letter, silence)


def _decision(row: RowMapping, wanted: Wanted) -> Decision:
    """As the rules decided, but for what the person says; a matter that he classified goes to the queue of its kind."""
    told, verdict = row["record"]["decision"], wanted.verdict
    kind: Category | None = next((known for known in CATEGORIES if known == (wanted.category or row["category"])), None)
    known_reason = row["reason"] if row["verdict"] == verdict else BY_HAND
    return Decision(
        verdict=verdict,
        reason=None if verdict == "accept" else wanted.reason or known_reason,
        category=kind,
        queue=row["queue"] if row["queue"] and kind == row["category"] and row["category"] else QUEUES[kind],
        requests=told["requests"],
        several_tasks=told["several_tasks"],
        counterparty=told["counterparty"],
        topics=tuple(told["topics"]),
        documents=tuple(told["documents"]),
        reply=None,
        rule=row["rule"],
        ruleset=row["ruleset"],
        hits=(),
    )


def _carry_out(
    connection: Connection, matter: Matter, before: str, registration: Registration, compose: Compose
) -> tuple[Registration, Reply | None]:
    """Registration, letters and the standing of the conversation."""
    verdict, reply = matter.decision.verdict, None
    if verdict in _REGISTERS:
        _take_back(connection, matter, "reject:")
        # A hold by hand says that a person looks at it; he will find the words himself.
        reply = (
            acknowledgement(connection, matter, registration) if verdict == "accept" and before != "accept" else None
        )
        if registration.id is None:
            registration = _register(connection, matter, reply)
        if reply:
            owe(connection, matter, registration, reply, compose)
    else:
        _take_back(connection, matter, "")
    if registration.id is not None:
        standing.tell_again(connection, registration.id, matter.now)
        _classify(connection, matter, registration.id)
    return registration, reply


def _take_back(connection: Connection, matter: Matter, event: str) -> None:
    """Drop what is owed because of the message and has not left: letters whose event begins so, and copies of it."""
    due = (_o.message_id == matter.id, _o.status == "due")
    dropped = {"status": "dropped", "settled_at": matter.now, "last_error": TAKEN_BACK}
    letters = update(t.outbox).where(*due, _o.kind == "reply", _o.event.startswith(event, autoescape=True))
    connection.execute(letters.values(dropped))
    if not event:
        connection.execute(update(t.outbox).where(*due, _o.kind == "forward").values(dropped))


def _register(connection: Connection, matter: Matter, reply: Reply | None) -> Registration:
    """A conversation of its own, registered when the message arrived, with a number of today's year."""
    row = matter.row
    registration = open_conversation(
        connection,
        subject=row["subject"],
        sender=row["sender"],
        category=matter.decision.category,
        queue=matter.decision.queue,
        due=reply.draft.due if reply else None,
        arrived_at=matter.arrived_at,
        now=matter.now,
        policy=matter.policy,
    )
    connection.execute(update(t.message).where(_m.id == matter.id).values(conversation_id=registration.id))
    if row["sender"]:
        take_part(connection, registration, row["sender"], matter.arrived_at)
    return registration


def _classify(connection: Connection, matter: Matter, conversation_id: int) -> None:
    """What a person says of a message's kind holds for its conversation."""
    kind = matter.decision.category
    if matter.decision.verdict in _REGISTERS and kind is not None:
        which = update(t.conversation).where(t.conversation.c.id == conversation_id)
        connection.execute(which.values(category=kind, queue=matter.decision.queue))


def _known(connection: Connection, conversation_id: int | None, policy: Policy) -> Registration:
    if conversation_id is None:
        return Registration()
    c = t.conversation.c
    row = connection.execute(select(c.number, c.registered_at).where(c.id == conversation_id)).one()
    return Registration(conversation_id, row.number, local_time(row.registered_at, policy.time_zone).date())


def _move(connection: Connection, matter: Matter, found: Place) -> str | None:
    """Owe the move to where it belongs, and drop one to anywhere else; gives the folder, None where it needs none."""
    move: Move = move_for(matter.decision, matter.policy)
    pending = connection.execute(
        select(_o.id, _o.payload, _o.location_id).where(
            _o.message_id == matter.id, _o.kind == "move", _o.status == "due"
        )
    ).all()
    owed = False
    for row in pending:
        if row.location_id != found.id:
            continue
        if row.payload["folder"] == move.folder and found.folder != move.folder:
            owed = True
        else:
            taken_back = {"status": "dropped", "settled_at": matter.now, "last_error": TAKEN_BACK}
            connection.execute(update(t.outbox).where(_o.id == row.id).values(taken_back))
    if found.folder == move.folder:
        return None
    if not owed:
        event = f"place:{found.id}:{move.folder}"
        known = select(_o.id).where(_o.message_id == matter.id, _o.kind == "move", _o.event == event)
        if (old := connection.scalar(known)) is None:
            owing.owe(connection, owing.move(matter.id, found.id, move, event=event, now=matter.now))
        else:
            again = {"status": "due", "due_at": matter.now, "settled_at": None, "last_error": None}
            connection.execute(update(t.outbox).where(_o.id == old).values(again))
    return move.folder
