"""What the past costs: `python tests/bench/history.py [--sizes 10000,100000] [--store URL]`.

For each size a store is filled with so many messages, 10,000 of them one sender's and 1,000 in one conversation; then
the one question asked of the past is timed for letters of different senders. The trap is a figure that is flat because
the hard case is not in it: each store holds the sender of ten thousand with as many suppressed replies, the long
conversation, a number that everybody names and a Message-ID that many letters share.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.mail.message import Address, Attachment, Body, Message
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Norms, WorkCalendar
from mailtriage.store import past
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.triage.policy import Policy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BUSY, CHATTY = "busy@mail.example", "chatty@mail.example"
"""Who wrote ten thousand messages, and whose one conversation holds a thousand."""
OF_BUSY, IN_ONE, SHARED_ID = 10_000, 1_000, "<same@mail.example>"
HOTLINE = "+78001004088"
_AT_ONCE = 5_000
_TIMES = 200
_TEXT = "Перевёл 990 рублей, деньги так и не пришли. Прошу разобраться и вернуть их на мой кошелёк. " * 6
POLICY = Policy(own_addresses=frozenset({"support@desk.example"}), norms=Norms(), calendar=WorkCalendar())


@dataclass(frozen=True, slots=True)
class _Row:
    """A message by its place among all."""

    id: int
    sender: str
    conversation: int


def _rows(size: int) -> Iterator[_Row]:
    """The long conversation; then one each of many customers and, evenly among them, of the busy one."""
    conversation = 0
    every = max(1, size // OF_BUSY)
    for number in range(1, size + 1):
        if number <= IN_ONE:
            conversation = 1
            yield _Row(number, CHATTY, 1)
            continue
        conversation += 1
        yield _Row(
            number, BUSY if number % every == 0 else f"customer-{number % (size // 4)}@mail.example", conversation
        )


def _message(row: _Row) -> dict[str, Any]:
    moment = NOW - timedelta(days=400) + timedelta(seconds=30 * row.id)
    found: dict[str, list[str]] = {name: [] for name in Identities.__dataclass_fields__} | {
        "payments": [str(10_000_000 + row.id)]
    }
    return {
        "id": row.id, "digest": f"{row.id:064x}", "direction": "incoming", "sender": row.sender, "subject": "Вопрос",
        "message_id": SHARED_ID if row.id % 1000 == 0 else f"<{row.id}@mail.example>", "text": _TEXT,
        "received_at": moment, "recorded_at": moment, "verdict": "accept", "ruleset": "0", "identities": found,
        "conversation_id": row.conversation, "record": {}, "history": {}, "workload": {}, "final": False,
        "size": 1000,
    }  # fmt: skip


def _conversation(row: _Row) -> dict[str, Any]:
    moment = NOW - timedelta(days=400) + timedelta(seconds=30 * row.id)
    return {
        "id": row.conversation, "year": 26, "sequence": row.conversation, "number": f"26-{row.conversation:06d}",
        "subject": "Вопрос", "sender": row.sender, "status": "open", "registered_at": moment,
        "last_message_at": moment, "waiting_since": moment,
    }  # fmt: skip


def _traces(row: _Row) -> list[dict[str, Any]]:
    return [
        {"value": str(10_000_000 + row.id), "kind": "payment", "message_id": row.id},
        {"value": HOTLINE, "kind": "phone", "message_id": row.id},
        {"value": f"file-{row.id}", "kind": "file", "message_id": row.id},
    ]


def _reply(row: _Row) -> dict[str, Any]:
    left = row.sender != BUSY or row.id % 200 == 0
    return {
        "message_id": row.id, "conversation_id": row.conversation, "kind": "reply", "event": "ack",
        "status": "done" if left else "suppressed", "created_at": NOW - timedelta(seconds=row.id), "due_at": NOW,
        "attempts": 1, "payload": {"to": row.sender}, "recipient": row.sender if left else None,
        "reply_message_id": f"<re-{row.id}@desk.example>",
    }  # fmt: skip


def fill(database: Database, size: int) -> None:
    """Insert `size` messages with all that belongs to them."""
    held: list[_Row] = []
    seen = 0

    def flush(connection: Connection) -> None:
        nonlocal seen
        new = {row.conversation: row for row in held if row.conversation > seen}
        seen = max(seen, *(row.conversation for row in held))
        _insert(connection, t.conversation, [_conversation(row) for row in new.values()])
        seats = [
            {"conversation_id": row.conversation, "address": row.sender, "last_message_at": NOW} for row in new.values()
        ]
        _insert(connection, t.participant, seats)
        _insert(connection, t.message, list(map(_message, held)))
        _insert(connection, t.trace, [trace for row in held for trace in _traces(row)])
        _insert(connection, t.outbox, list(map(_reply, held)))
        held.clear()

    for row in _rows(size):
        held.append(row)
        if len(held) == _AT_ONCE or row.id == size:
            # A transaction each: the log of one of millions of rows would outgrow the store.
            with database.write() as connection:
                flush(connection)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _letter(sender: str, found: Identities, **fields: Any) -> Reading:
    message = Message(message_id="<new@mail.example>", sender=Address("", sender), subject="Вопрос", body=Body(_TEXT))
    return Reading(
        message=replace(message, **fields), readable_text=_TEXT, language="ru", identities=found,
        legibility=Legibility(legible=True, script="russian", readable=_TEXT, because=""), rudeness=Rudeness(),
        requests=(), legible=True,
    )  # fmt: skip


def letters(size: int) -> dict[str, Reading]:
    """Those whose past is asked for."""
    known = Identities(payments=(str(10_000_000 + size // 2),), phones=(HOTLINE,), names=("Шубина Анна",))
    many = Identities(payments=tuple(str(10_000_000 + number) for number in range(1, size, size // 40)))
    long = {"subject": "Re: [26-000001]", "references": tuple(f"<{number}@mail.example>" for number in range(1, 51))}
    files = tuple(Attachment(f"{n}.jpg", "image/jpeg", 10, f"file-{n}") for n in range(1, 11))
    return {
        "a stranger": _letter("new@mail.example", Identities()),
        "one of many": _letter("customer-7@mail.example", known),
        "of ten thousand": _letter(BUSY, known),
        "in a thousand": _letter(CHATTY, known, **long),
        "shared Message-ID": _letter("customer-9@mail.example", known, references=(SHARED_ID,)),
        "forty numbers": _letter("customer-11@mail.example", many, attachments=files),
    }


@dataclass(frozen=True, slots=True)
class _Cost:
    """Milliseconds; on a machine with other work the processor's tell more than the wall's."""

    wall: float
    slow: float
    """The 95th percentile."""
    processor: float
    earlier: int
    """Messages that came."""


def measure(database: Database, size: int) -> dict[str, _Cost]:
    """By kind of letter, medians unless said otherwise."""
    costs: dict[str, _Cost] = {}
    with database.read() as connection:
        for name, reading in letters(size).items():
            times = []
            for _ in range(_TIMES):
                wall, processor = time.perf_counter(), time.process_time()
                found = past.gather(connection, reading, POLICY, NOW)
                times.append((time.perf_counter() - wall, time.process_time() - processor))
            walls, processors = (sorted(1000 * one for one in each) for each in zip(*times, strict=True))
            middle, slow = _TIMES // 2, int(0.95 * _TIMES)
            costs[name] = _Cost(walls[middle], walls[slow], processors[middle], len(found.history.earlier))
    return costs


def main() -> None:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000", help="messages in the store, one after another")
    parser.add_argument("--store", help="an SQLAlchemy URL of an empty database, in place of SQLite in a new folder")
    arguments = parser.parse_args()
    heads = ("ms p50", "ms p95", "cpu p50", "earlier", "filled in")
    sys.stdout.write(f"{'messages':>10}  {'letter':20}" + "".join(f"{head:>10}" for head in heads) + "\n")
    for size in map(int, arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            database = Database(arguments.store or f"sqlite:///{Path(folder)}/history.db")
            database.upgrade()
            begun = time.perf_counter()
            fill(database, size)
            filled = time.perf_counter() - begun
            for name, cost in measure(database, size).items():
                figures = f"{cost.wall:10.2f}{cost.slow:10.2f}{cost.processor:10.2f}{cost.earlier:10}{filled:9.0f}s"
                sys.stdout.write(f"{size:10}  {name:20}{figures}\n")
                sys.stdout.flush()
            database.close()


if __name__ == "__main__":
    main()
