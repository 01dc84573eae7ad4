"""What a person at the desk does to a conversation by command: close, decide, split, merge; all of it in the journal.

Two traps. A decision without an answer: whoever records one has answered, so the customer no longer waits and the clock
of the first response stops, as it would have by a letter in the Sent folder. And a number that leads nowhere: customers
go on naming the number that they were told, so that of a merged conversation stays taken and means the other one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from mailtriage.errors import NotFound, Told
from mailtriage.store import standing
from mailtriage.store import tables as t
from mailtriage.store.database import Database, insert_row
from mailtriage.store.registry import named, open_conversation, usual_queue
from mailtriage.triage.policy import Policy

_m, _c = t.message.c, t.conversation.c


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose doing it is."""

    now: datetime
    source: str = "command"
    """"mailbox" or "command"."""
    who: str | None = None
    """The name that he is logged in under."""


class Conversations:
    """The conversations, by registration number ("26-000123"); a merged one's number means the one that has it all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self, number: str, now: datetime, who: str | None = None) -> None:
        """Nothing more is to be done; a later message opens it again.

        Raises:
            NotFound: there is no such conversation.
        """
        self._change(number, "closed", Hand(now, who=who), status="closed", closed_at=now, waiting_since=None)

    def decide(self, number: str, now: datetime, who: str | None = None) -> None:
        """The final decision has been told; from now on only something new is accepted.

        Raises:
            NotFound: there is no such conversation.
        """
        answered_at = func.coalesce(_c.answered_at, now, type_=_c.answered_at.type)
        values = {"status": "decided", "decided_at": now, "waiting_since": None, "answered_at": answered_at}
        self._change(number, "decided", Hand(now, who=who), **values)

    def split(self, number: str, first: str | None, hand: Hand, policy: Policy) -> str:
        """Make a message and what follows it a conversation of its own; gives its number. Nobody is written to.

        Args:
            number: of the conversation that it joined wrongly.
            first: row number or digest of the message; None for the customer's latest that is not the first.
            hand: when, and by whom.
            policy: the calendar and zone of the desk.

        Raises:
            NotFound: no such conversation, or no such message after its first.
        """
        with self._database.write() as connection:
            old = _found(connection, number)
            rows = _messages(connection, old["id"])
            moving = _from(rows, first, old["number"])
            begins = moving[0]
            due = begins["record"]["reply"] and begins["record"]["reply"]["due"]
            new = open_conversation(
                connection,
                subject=begins["subject"],
                sender=begins["sender"],
                category=begins["category"] or old["category"],
                queue=begins["queue"] or old["queue"],
                due=date.fromisoformat(due) if due else old["due"],
                arrived_at=begins["recorded_at"],
                now=hand.now,
                policy=policy,
            )
            assert new.id is not None  # noqa: S101 - an opened conversation has its row
            assert new.number is not None  # noqa: S101 - and its number
            _carry_over(connection, [row["id"] for row in moving], new.id)
            _note(connection, old["id"], "split", hand, other=new.id, messages=[row["id"] for row in moving])
            for conversation_id in (old["id"], new.id):
                standing.tell_again(connection, conversation_id, hand.now)
            return new.number

    def merge(self, number: str, into: str, hand: Hand) -> str:
        """Let a conversation go on in another, with all its messages; gives the number that holds both.

        The earlier promise stands for both. To merge what is merged already changes nothing.

        Raises:
            NotFound: there is no such conversation, or both numbers mean one that was never two.
        """
        with self._database.write() as connection:
            gone, kept = _found(connection, number), _found(connection, into)
            if gone["id"] == kept["id"]:
                if number == into:
                    raise NotFound(
                        Told(
                            f"{number} cannot be merged into itself; name the conversation that goes on",
                            f"№ {number} нельзя объединить с самим собой: назовите обращение, которое продолжится",
                        )
                    )
                return str(kept["number"])
            rows = [row["id"] for row in _messages(connection, gone["id"])]
            _carry_over(connection, rows, kept["id"])
            _note(connection, kept["id"], "merged", hand, other=gone["id"], messages=rows)
            void = {"merged_into": kept["id"], "status": "closed", "closed_at": hand.now, "waiting_since": None}
            # Who was merged into the one that goes is now in the one that stays: no number is ever two steps away.
            connection.execute(
                update(t.conversation).where(_c.merged_into == gone["id"]).values(merged_into=kept["id"])
            )
            connection.execute(update(t.conversation).where(_c.id == gone["id"]).values(void))
            promises = {name: min(filter(None, (gone[name], kept[name])), default=None) for name in ("due", "promised")}
            connection.execute(update(t.conversation).where(_c.id == kept["id"]).values(promises))
            standing.unseat(connection, gone["id"])
            standing.tell_again(connection, kept["id"], hand.now)
            return str(kept["number"])

    def _change(self, number: str, deed: str, hand: Hand, **values: Any) -> None:
        with self._database.write() as connection:
            row = _found(connection, number)
            values |= usual_queue(connection, row)
            connection.execute(update(t.conversation).where(_c.id == row["id"]).values(values))
            _note(connection, row["id"], deed, hand)


def _found(connection: Connection, number: str) -> Mapping[Any, Any]:
    row = named(connection, number)
    if row is None:
        raise NotFound(Told(f"no conversation {number}", f"обращения № {number} нет"))
    return row


def _messages(connection: Connection, conversation_id: int) -> Sequence[RowMapping]:
    question = select(
        _m.id, _m.digest, _m.verdict, _m.sender, _m.subject, _m.category, _m.queue, _m.recorded_at, _m.record
    )
    return connection.execute(question.where(_m.conversation_id == conversation_id).order_by(_m.id)).mappings().all()


def _from(rows: Sequence[RowMapping], first: str | None, number: str) -> Sequence[RowMapping]:
    """The messages that leave."""
    later = range(1, len(rows))
    if first is None:
        places = [at for at in later if rows[at]["verdict"] is not None][-1:]
    else:
        places = [at for at in later if first in {str(rows[at]["id"]), rows[at]["digest"]}]
    if not places:
        what = (f"message {first}", f"письма {first}") if first else ("message of a customer", "письма клиента")
        raise NotFound(
            Told(
                f"conversation {number} has no {what[0]} after its first; the first one stays with its number",
                f"в обращении № {number} нет {what[1]} после первого, а первое остаётся под своим номером",
            )
        )
    return rows[places[0] :]


def _carry_over(connection: Connection, messages: Sequence[int], conversation_id: int) -> None:
    """The messages, and what is owed because of them."""
    connection.execute(update(t.message).where(_m.id.in_(messages)).values(conversation_id=conversation_id))
    o = t.outbox.c
    owed = update(t.outbox).where(o.message_id.in_(messages), o.conversation_id.is_not(None))
    connection.execute(owed.values(conversation_id=conversation_id))


def _note(
    connection: Connection,
    conversation_id: int,
    deed: str,
    hand: Hand,
    *,
    other: int | None = None,
    messages: Sequence[int] = (),
) -> None:
    insert_row(
        connection,
        t.journal,
        conversation_id=conversation_id,
        at=hand.now,
        source=hand.source,
        who=hand.who,
        deed=deed,
        other_id=other,
        messages=list(messages),
    )
