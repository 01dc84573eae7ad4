"""What a person at the desk does to a conversation by command: close it, or record the final decision.

The trap is a decision without an answer: whoever records one has answered, so the customer no longer waits and the
clock of the first response stops, as it would have by a letter in the Sent folder.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, update

from mailtriage.errors import NotFound
from mailtriage.store import tables as t
from mailtriage.store.database import Database


class Conversations:
    """The conversations, by registration number ("26-000123")."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self, number: str, now: datetime) -> None:
        """Nothing more is to be done; a later message opens it again.

        Raises:
            NotFound: there is no such conversation.
        """
        self._change(number, status="closed", closed_at=now, waiting_since=None)

    def decide(self, number: str, now: datetime) -> None:
        """The final decision has been told; from now on only something new is accepted.

        Raises:
            NotFound: there is no such conversation.
        """
        answered_at = func.coalesce(t.conversation.c.answered_at, now, type_=t.conversation.c.answered_at.type)
        self._change(number, status="decided", decided_at=now, waiting_since=None, answered_at=answered_at)

    def _change(self, number: str, **values: Any) -> None:
        change = update(t.conversation).where(t.conversation.c.number == number).values(values)
        with self._database.write() as connection:
            if not connection.execute(change).rowcount:
                raise NotFound(f"no conversation {number}")
