"""A store's database, its schema, and the one way to open a transaction.

The traps: Python's sqlite3 opens transactions when it sees fit, so that a reader turns writer in the middle and fails
as "busy" at once; here BEGIN is ours and a writer says BEGIN IMMEDIATE. And an error of the database never shows the
values of the statement, for they are personal data.
"""

import functools
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from mailtriage.errors import StoreError
from mailtriage.store.engines import on_postgresql, on_sqlite, sqlite_file
from mailtriage.store.leases import Leases, session_leases
from mailtriage.store.lock import file_lock
from mailtriage.store.prepared import Change, say
from mailtriage.store.schema import SCHEMA, make, migrate, version_of

_WRITERS_KEY = 0x6D61_696C_7477  # "mailtw": writers take turns on PostgreSQL as they do on SQLite


def missing_store(url: str) -> Path | None:
    """The file of an SQLite store that was never made; None where there is one, or where no file can tell."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    file = Path(parsed.database).absolute()
    return None if file.exists() else file


class Database:
    """A store's database, by SQLAlchemy URL: sqlite:///file or postgresql+psycopg://...

    Raises:
        StoreError: the URL is none, or names a database that is not supported.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(
                "the database URL cannot be read; expected sqlite:///file or postgresql+psycopg://..."
            ) from None
        self.name = parsed.render_as_string(hide_password=True)
        self.path: Path | None = None
        self._turn = threading.RLock()
        self._joined = threading.local()
        if parsed.get_backend_name() == "sqlite":
            self.path = sqlite_file(parsed)
            self.engine = on_sqlite(parsed, self.path)
        elif parsed.drivername == "postgresql+psycopg":
            self.engine = on_postgresql(parsed)
        else:
            raise StoreError(f"{self.name}: expected sqlite:///file or postgresql+psycopg://...")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database throughout; nothing is written.

        Raises:
            StoreError: the database is away, locked, damaged or full.
        """
        if (joined := self._open_here()) is not None:
            yield joined
            return
        with telling(self.name), self.engine.connect() as connection:
            if self.path is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                say(connection, "BEGIN")
            yield connection

    @contextmanager
    def write(self, *, in_turn: bool = True) -> Iterator[Connection]:
        """One write transaction, in turn with all other writers: committed at the end, or rolled back on any error.

        Not `in_turn`, for rows that say nothing of others, it waits on PostgreSQL for nobody.

        Raises:
            StoreError: the database is away, locked, damaged or full.
        """
        if (joined := self._open_here()) is not None:
            yield joined
            return
        if in_turn or self.path is not None:
            with self._write() as connection:
                yield connection
        else:
            with telling(self.name), self.engine.begin() as connection:
                yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let everything that this thread asks and writes meanwhile be one transaction, which any error undoes whole.

        Raises:
            StoreError: the database is away, locked, damaged or full.
        """
        with self._write() as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                self._joined.connection = None

    def _open_here(self) -> Connection | None:
        """The transaction that `together` holds open in this thread."""
        return getattr(self._joined, "connection", None)

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """A write transaction after which nothing of what it took out is left in the files.

        SQLite overwrites what is deleted and, once that is committed, empties its log of writes; if a reader holds the
        log up, it is emptied after the next write. PostgreSQL does the same in its own time (VACUUM).

        Raises:
            StoreError: as for `write`.
        """
        with self._write(overwriting=True) as connection:
            yield connection
        if self.path is not None:
            with telling(self.name), self.engine.connect() as plain:
                driver: Any = plain.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _write(self, *, rebuilding: bool = False, overwriting: bool = False) -> Iterator[Connection]:
        with (
            self._turn,
            telling(self.name),
            self.engine.connect() as connection,
            _unchecked(connection) if rebuilding and self.path else nullcontext(),
            connection.begin(),
        ):
            if self.path is None:
                # READ COMMITTED here: a snapshot taken before the wait for our turn would be stale after it.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_KEY})
            else:
                say(connection, "BEGIN IMMEDIATE")
                if overwriting:
                    connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection

    def lock(self) -> AbstractContextManager[Leases]:
        """The right to receive and deliver on this store: for one process on SQLite, on PostgreSQL by leases.

        Raises:
            AlreadyRunning: another process holds a store on SQLite; says which.
        """
        if self.path is None:
            return session_leases(self.engine, functools.partial(telling, self.name))
        return file_lock(self.path.with_name(self.path.name + ".lock"), str(self.path))

    def schema_version(self) -> str | None:
        """The migration that the database stands at; None for an empty one."""
        with self.read() as connection:
            return version_of(connection)

    def upgrade(self) -> None:
        """Bring the schema up to this release, in one transaction.

        Raises:
            SchemaMismatch: the database is newer than this program.
            StoreError: it cannot be reached or written.
        """
        if self.schema_version() == SCHEMA:
            return
        with self._write(rebuilding=True) as connection:
            version = version_of(connection)
            if version is None:
                make(connection)
            elif version != SCHEMA:
                migrate(connection, version, self.name)
                if wrong := self._orphans(connection):
                    raise StoreError(f"{self.name}: not upgraded: {'; '.join(wrong)}")

    def integrity(self) -> tuple[str, ...]:
        """What the database itself finds damaged, in its own words; empty when it is sound (SQLite alone can tell)."""
        if self.path is None:
            return ()
        with self.read() as connection:
            found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
            return tuple([line for line in found if line != "ok"] + self._orphans(connection))

    def _orphans(self, connection: Connection) -> list[str]:
        """Rows that refer to none; PostgreSQL lets there be no such row."""
        if self.path is None:
            return []
        found = connection.execute(text("PRAGMA foreign_key_check"))
        return [f"{row[0]} row {row[1]} refers to no {row[2]}" for row in found]

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Turn an error of the driver into a StoreError that says what and where, and nothing of the row it is about."""
    try:
        yield
    except DBAPIError as error:
        # What follows the first line (PostgreSQL's DETAIL) quotes the row, and so does the error that this one hides.
        what = str(error.orig).strip().partition("\n")[0]
        raise StoreError(f"{name}: {type(error.orig).__name__}: {what}") from None


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, to which others refer while that lasts.

    The switch does nothing within a transaction, so it is thrown beneath SQLAlchemy, before there is one.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def insert_row(connection: Connection, table: Table, **values: Any) -> int:
    """Insert one row into a table that numbers its rows; gives the number."""
    return _insertion(table).numbered(connection, values)


@functools.cache
def _insertion(table: Table) -> Change:
    return Change(lambda _: insert(table))
