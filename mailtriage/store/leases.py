"""What only one process at a time may do, among the many that may work on one PostgreSQL: to read a mailbox, above all.

The trap is a lock that outlives its holder, or a holder that outlives his lock. The server holds these for a session
(pg_advisory_lock), so they die with the process; and a session that breaks takes them along unnoticed, so whoever works
under a lease asks for it again before each step. On SQLite one process has the whole store (lock.py), and every lease.
"""

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_GIVE = text("SELECT pg_advisory_unlock(:key)")
_IS_FREE = text("SELECT pg_try_advisory_xact_lock(:key)")
_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (l.classid::bigint << 32 | l.objid::bigint) = :key"
)


Telling = Callable[[], AbstractContextManager[None]]
"""Turns an error of the driver into one of ours."""


class Leases(Protocol):
    """The right to do what only one process at a time may do; it ends with the process."""

    node: str | None
    """The name under which this process claims effects; None where it is alone on its store."""

    def take(self, name: str) -> str | None:
        """Take a lease, or see that it is still ours; None when it is, else who holds it."""

    def give(self, name: str) -> None:
        """Let somebody else have it."""

    def is_alive(self, connection: Connection, node: str | None) -> bool:
        """Whether the process of that name still works on the store; asked within a transaction."""


class Alone:
    """The leases of a process that holds the whole store: each is its own, and nobody else is alive."""

    node: str | None = None

    def take(self, name: str) -> str | None:  # noqa: ARG002 - as `Leases`
        """Always ours."""
        return None

    def give(self, name: str) -> None:
        """Nobody waits for it."""

    def is_alive(self, connection: Connection, node: str | None) -> bool:  # noqa: ARG002 - as `Leases`
        """Whoever claimed something before is dead."""
        return False


class SessionLeases:
    """Advisory locks of one PostgreSQL session, which is opened anew when it was lost.

    Every method may raise a StoreError: the server is away.
    """

    def __init__(self, engine: Engine, telling: Telling) -> None:
        self.node: str | None = uuid.uuid4().hex
        self._engine, self._telling = engine, telling
        self._turn = threading.Lock()
        self._session: Connection | None = None
        self._held: set[str] = set()
        self._named = False

    def take(self, name: str) -> str | None:
        """Take a lease, or see that it is still ours; None when it is, else who holds it."""
        with self._turn, self._telling():
            session = self._living()
            if name in self._held:
                return None
            if session.scalar(_TAKE, {"key": _key(f"lease {name}")}):
                self._held.add(name)
                return None
            return str(session.scalar(_HOLDER, {"key": _key(f"lease {name}")}) or "another process")

    def give(self, name: str) -> None:
        """Let somebody else have it."""
        with self._turn, self._telling():
            if name in self._held:
                self._held.discard(name)
                self._living().scalar(_GIVE, {"key": _key(f"lease {name}")})

    def is_alive(self, connection: Connection, node: str | None) -> bool:
        """Whether the process of that name still works on the store; asked within a transaction."""
        if node == self.node:
            return True
        return node is not None and not connection.scalar(_IS_FREE, {"key": _key(f"node {node}")})

    def close(self) -> None:
        """Give everything back."""
        with self._turn:
            self._drop()

    def _living(self) -> Connection:
        """The session, with our name; what the last one held is lost with it."""
        if self._session is not None:
            try:
                self._session.scalar(text("SELECT 1"))
            except DBAPIError:
                self._drop()
        if self._session is None:
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not self._named:
            # The server may not have noticed yet that our last session has ended: until then that one stands for us.
            self._named = bool(self._session.scalar(_TAKE, {"key": _key(f"node {self.node}")}))
        return self._session

    def _drop(self) -> None:
        session, self._session, self._named = self._session, None, False
        self._held.clear()
        if session is not None:
            # Not back into the pool, where it would keep what it holds.
            session.invalidate()
            session.close()


@contextmanager
def session_leases(engine: Engine, telling: Telling) -> Iterator[Leases]:
    """The leases of one process among others; given back at the end."""
    leases = SessionLeases(engine, telling)
    try:
        yield leases
    finally:
        leases.close()


def _key(name: str) -> int:
    """A number of ours in PostgreSQL's one space of advisory locks."""
    return int.from_bytes(hashlib.sha256(f"mailtriage {name}".encode()).digest()[:8], "big", signed=True)
