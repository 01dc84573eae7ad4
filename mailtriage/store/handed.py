"""What workers have read and the one who receives has not fetched yet; PostgreSQL alone.

The trap is a reading that nobody fetches, for its asker died: it is kept under a key that tells what was read and how,
so that the next one who asks the same finds it done; and what nobody asks for is thrown away after a day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from mailtriage.store import tables as t
from mailtriage.store.database import Database

CHANNEL = "mailtriage_handed"
"""Where a key is told as soon as there is an answer (LISTEN)."""
_h = t.handed.c
_FIRST = insert(t.handed).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one reading."""

    reading: bytes | None = None
    """JSON; whoever takes it validates it."""
    failure: str | None = None
    """Why it cannot be read, without a word of it."""


class Handed:
    """The answers, by key; every method is one short transaction that waits for no other writer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_in(self, key: str, answer: Answer, now: datetime) -> None:
        """Leave an answer, and tell whoever waits for it; the first one stays.

        Raises:
            StoreError: the database is away.
        """
        values = {"key": key, "reading": answer.reading, "failure": answer.failure, "handed_at": now}
        with self._database.write(in_turn=False) as connection:
            if connection.execute(_FIRST, values).rowcount:
                connection.execute(select(func.pg_notify(CHANNEL, key)))

    def take(self, keys: Collection[str]) -> dict[str, Answer]:
        """Those of the answers that are there; they are not there any more.

        Raises:
            StoreError: the database is away.
        """
        with self._database.write(in_turn=False) as connection:
            taken = delete(t.handed).where(_h.key.in_(keys)).returning(_h.key, _h.reading, _h.failure)
            return {row.key: Answer(row.reading, row.failure) for row in connection.execute(taken)}

    def drop_older(self, than: datetime) -> None:
        """Nobody asks for these any more.

        Raises:
            StoreError: the database is away.
        """
        with self._database.write(in_turn=False) as connection:
            connection.execute(delete(t.handed).where(_h.handed_at < than))
