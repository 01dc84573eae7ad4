"""The queue between who receives and who reads: procrastinate on the store's own PostgreSQL.

Two traps. A job that carried a letter would leave it in the tables of a library; it carries the digest, and the octets
lie where both can reach them. And a worker of another release, or with other settings, would read otherwise than the
receiver believes: both are part of the queue's name, so that neither sees the other's jobs.
"""

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from sqlalchemy import inspect

from mailtriage.errors import StoreError
from mailtriage.mail.options import ReadOptions
from mailtriage.store.database import Database
from mailtriage.transport.reader_frames import Frame

try:
    from procrastinate import App, PsycopgConnector
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Job, Status
    from procrastinate.schema import SchemaManager
except ModuleNotFoundError:
    raise StoreError('reading by workers needs the extra "scale": pip install "mailtriage[scale]"') from None

__all__ = ["App", "ConnectorException", "Job", "Status"]

TASK = "mailtriage.read"
BEAT_SECONDS, DEAD_AFTER = 2.0, 10.0
"""How often a worker says that it lives, and after which silence it counts as dead."""
_CONNECTIONS, _PATIENCE = 4, 10.0


def app(database: Database) -> App:
    """The library's door to the queue on that database; to be opened by whoever uses it."""
    connector = PsycopgConnector(conninfo=address(database), min_size=1, max_size=_CONNECTIONS, timeout=_PATIENCE)
    return App(connector=connector)


def address(database: Database) -> str:
    """Where it is, as libpq wants it."""
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def prepare(database: Database) -> None:
    """Make the library's tables where they are not there yet.

    Raises:
        StoreError: the database is away.
    """
    with database.write() as connection:
        if not inspect(connection).has_table("procrastinate_jobs"):
            # Many statements at once: the driver takes them where SQLAlchemy would not.
            driver: Any = connection.connection.driver_connection
            driver.execute(SchemaManager.get_schema())


def queue(options: ReadOptions) -> str:
    """The name of the queue whose workers read like this."""
    how = json.dumps([version("mailtriage"), asdict(options)], sort_keys=True)
    return f"read-{hashlib.sha256(how.encode()).hexdigest()[:16]}"


def job(frame: Frame, queue_name: str) -> dict[str, Any]:
    """The arguments of a job; its key tells what is read, and how, and is the same for whoever asks again."""
    digest = hashlib.sha256(frame.payload).hexdigest()
    asked = {"kind": frame.kind.decode(), "text": frame.text, "digest": digest}
    key = hashlib.sha256(json.dumps([queue_name, asked], sort_keys=True).encode()).hexdigest()
    return {"key": key, **asked}
