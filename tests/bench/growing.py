"""Fills a store with copies of the one message that it holds, in the database itself: a million rows in a minute.

The trap is a copy that is no longer a row of this release: every column that is not named here is taken from the
original as it is, so that a new column needs no word here unless it must differ.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Table, text

from mailtriage.store import tables as t
from mailtriage.store.database import Database

_STEP = 50_000
_APART = timedelta(days=3650) / 1_000_000
"""Ten years hold a million messages."""
_OPEN_EVERY = 500
"""One conversation of so many waits: who answers a million letters does not leave half of them."""


def fill(database: Database, size: int, now: datetime, words: str) -> None:
    """Copy message 1 with its conversation, place and effects until there are `size`; the newest is a moment old.

    Every two messages are one conversation, and every eight one customer's.
    """
    speech = _Sqlite(now, size) if database.path is not None else _Postgresql(now, size)
    for first in range(2, size + 1, _STEP):
        last = min(size, first + _STEP - 1)
        # A transaction each: the log of one of a million rows would outgrow the store.
        with database.write() as connection:
            _copy(connection, speech, {"first": first, "last": last, "words": words}, max(125, size // 8))
    with database.engine.connect() as connection:
        for name in ("message", "conversation", "location", "outbox", "attachment"):
            speech.continue_numbers(connection, name)
        connection.commit()
    with database.engine.connect() as connection:
        speech.tidy(connection)


def _copy(connection: Connection, speech: "_Speech", numbers: Mapping[str, object], customers: int) -> None:
    customer = f"'customer-' || ((n.i / 2) % {customers}) || '@mail.example'"
    moment, matter, payment = speech.moment("n.i"), "(n.i / 2 + 1)", "(10000000 + n.i)"
    is_open = f"{matter} % {_OPEN_EVERY} = 0"
    copy = partial(speech.copy, connection, numbers)
    copy(t.conversation, {
        "id": matter, "year": "2026", "sequence": matter, "number": f"'26-' || {speech.padded(matter, 6)}",
        "sender": customer, "status": f"CASE WHEN {is_open} THEN 'open' ELSE 'decided' END",
        "waiting_since": f"CASE WHEN {is_open} THEN {moment} END",
        "answered_at": f"CASE WHEN {is_open} THEN NULL ELSE {moment} END",
        "registered_at": moment, "last_message_at": moment,
    }, where="n.i % 2 = 0")  # fmt: skip
    seat = {"conversation_id": matter, "address": customer, "last_message_at": moment}
    copy(t.participant, seat, where="n.i % 2 = 0")
    copy(t.message, {
        "id": "n.i", "digest": speech.padded("n.i", 64), "message_id": "'<' || n.i || '@mail.example>'",
        "sender": customer, "received_at": moment, "recorded_at": moment, "text": "CAST(:words AS TEXT)",
        "fingerprint": "'print-' || n.i", "conversation_id": matter,
        "identities": speech.json(f"""'{{"payments":["' || {payment} || '"]}}'"""),
    })  # fmt: skip
    copy(t.location, {"id": "n.i", "message_id": "n.i", "uid": "n.i"})
    copy(t.trace, {"value": f"CAST({payment} AS TEXT)", "kind": "'payment'", "message_id": "n.i"})
    done = {"message_id": "n.i", "status": "'done'", "created_at": moment, "due_at": moment, "settled_at": moment}
    copy(t.outbox, done | {"id": "(n.i * 2)", "location_id": "n.i", "attempts": "1"}, original="kind = 'move'")
    copy(t.outbox, done | {
        "id": "(n.i * 2 + 1)", "conversation_id": matter, "attempts": "1", "recipient": customer,
        "reply_message_id": "'<re-' || n.i || '@1cupis.ru>'",
    }, original="kind = 'reply'")  # fmt: skip


class _Speech(ABC):
    """What the two databases spell differently."""

    def __init__(self, now: datetime, size: int) -> None:
        self.seconds = _APART.total_seconds()
        self.start = now.timestamp() - size * self.seconds

    def copy(
        self,
        connection: Connection,
        values: Mapping[str, object],
        table: Table,
        changed: Mapping[str, str],
        *,
        where: str = "1 = 1",
        original: str = "1 = 1",
    ) -> None:
        """One copy of the first row of a table that is `original`, with changed columns, for each number `n.i`."""
        names = [column.name for column in table.columns]
        key = next(iter(table.primary_key.columns)).name
        statement = (
            f"INSERT INTO {table.name} ({', '.join(names)})"  # noqa: S608 - names of our own tables
            " WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
            f" SELECT {', '.join(changed.get(name, f'original.{name}') for name in names)} FROM n,"
            f" (SELECT * FROM {table.name} WHERE {original} ORDER BY {key} LIMIT 1) original WHERE {where}"
        )
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), used)

    @abstractmethod
    def moment(self, number: str) -> str:
        """When that message came."""

    @abstractmethod
    def padded(self, number: str, digits: int) -> str:
        """With leading zeros."""

    def json(self, made: str) -> str:
        """A text as JSON."""
        return made

    @abstractmethod
    def continue_numbers(self, connection: Connection, table: str) -> None:
        """Let new rows go on behind these."""

    @abstractmethod
    def tidy(self, connection: Connection) -> None:
        """Do what a store that grew for ten years has long behind it."""


class _Sqlite(_Speech):
    def moment(self, number: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f000', {self.start} + {self.seconds} * {number}, 'unixepoch')"

    def padded(self, number: str, digits: int) -> str:
        return f"printf('%0{digits}d', {number})"

    def continue_numbers(self, connection: Connection, table: str) -> None:
        """They do by themselves."""

    def tidy(self, connection: Connection) -> None:
        """Count."""
        connection.execute(text("ANALYZE"))
        connection.commit()


class _Postgresql(_Speech):
    def moment(self, number: str) -> str:
        return f"to_timestamp({self.start} + {self.seconds} * {number})"

    def padded(self, number: str, digits: int) -> str:
        return f"lpad(CAST({number} AS TEXT), {digits}, '0')"

    def json(self, made: str) -> str:
        return f"CAST({made} AS JSON)"

    def continue_numbers(self, connection: Connection, table: str) -> None:
        newest = f"(SELECT max(id) FROM {table})"  # noqa: S608 - a name of our own
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {newest})"))

    def tidy(self, connection: Connection) -> None:
        """Count, and vacuum: else a worker of its own does so for minutes, while the first letters are measured."""
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
