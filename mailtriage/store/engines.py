"""Engines of SQLAlchemy, as a store wants them of SQLite and of PostgreSQL.

The trap is a power cut: in WAL mode synchronous=NORMAL loses the last commits at one, and a lost commit is a customer
answered twice: it is FULL. And a server that is gone must be known to be gone while somebody can still take over.
"""

import os
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from mailtriage.errors import StoreError
from mailtriage.store.columns import json_octets
from mailtriage.store.lock import whoami

_BUSY_SECONDS = 30
_KEEPALIVE = {
    # A machine that lost its power says no goodbye; half a minute later both ends know, and its leases are free.
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}
_CHECKPOINT = "wal_autocheckpoint=4000"
"""Pages of the log of writes, 16 MB: what each batch changes, as the upper pages of indexes, is carried over once."""


def sqlite_file(url: URL) -> Path:
    """The file of an SQLite URL, made where there is none, for its owner alone.

    Raises:
        StoreError: the URL names no file, or it cannot be made.
    """
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("a store in memory would forget whom it answered; expected sqlite:///file")
    path = Path(url.database).absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the rights of the database itself.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None
    return path


def on_sqlite(url: URL, path: Path) -> Engine:
    """The engine of that file; no transaction is begun but by ours."""
    engine = create_engine(
        url.set(database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS},
        json_serializer=json_octets,
        json_deserializer=from_json,
        hide_parameters=True,
        # What one connection writes makes the others forget the pages that they know: let it be the same one mostly.
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # BEGIN is ours, not the driver's; and no event's, for an engine with listeners pays for them at each statement.
        connection.isolation_level = None
        # What a statement may have to undo is kept in memory: in a file it is written as often as the database itself.
        # Sorting is, too, and little is sorted: what may be long is asked for in the order of an index.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", _CHECKPOINT):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def on_postgresql(url: URL) -> Engine:
    """The engine of that server, to which this process says its name.

    Raises:
        StoreError: its driver is not installed.
    """
    wanted = {"application_name": f"mailtriage, {whoami()}"[:63], **_KEEPALIVE}
    try:
        return create_engine(
            url,
            connect_args={name: value for name, value in wanted.items() if name not in url.query},
            json_serializer=json_octets,
            json_deserializer=from_json,
            hide_parameters=True,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError:
        raise StoreError('PostgreSQL needs the extra "scale": pip install "mailtriage[scale]"') from None
