"""A PostgreSQL cluster of the test run's own: a temporary folder, and one unix socket, no port.

The traps: PostgreSQL refuses to run as root, so as root its files belong to the user that the package made; each of its
processes leads a group of its own, so the postmaster is asked to end the others with it (SIGQUIT) and never shot.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import pytest
from servers.processes import Process, program
from sqlalchemy import delete, func, select, text

from mailtriage.store.database import Database
from mailtriage.store.tables import metadata

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_WHY = "without it only SQLite shows that the store keeps its word"
_FAST = ("fsync=off", "full_page_writes=off", "max_connections=40", "shared_buffers=16MB")
"""What is lost at a power cut is no matter here; what is lost when the server dies is, and these keep it."""


class Postgres:
    """One cluster; `emptied()` is a store in it, `fresh()` the URL of an empty database."""

    def __init__(self) -> None:
        folders = os.pathsep.join(map(str, reversed(_BINARIES)))
        self.initdb, self.postgres, self.pg_dump = (
            program(name, "postgresql", _WHY, folders) for name in ("initdb", "postgres", "pg_dump")
        )
        self._owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self._base = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = self._base / "data"
        self._numbers = count(1)
        self._shared: Database | None = None
        if self._owner:
            os.chown(self._base, self._owner.pw_uid, self._owner.pw_gid)
        self._process = Process(self._command(), self._base / "out", **self._as_owner())

    def __enter__(self) -> Self:
        self._run(self.initdb, "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shared is not None:
            self._shared.close()
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._base, ignore_errors=True)

    def start(self) -> None:
        """Serve, also after a `stop`."""
        self._process.start_until(self._answers)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT as an administrator does, SIGQUIT as a crash that the next start recovers from."""
        self._process.end(how)

    def emptied(self) -> Database:
        """The one store that most tests share, without a row in it; an engine of its own would compile all anew."""
        if self._shared is None:
            self._shared = Database(self.fresh())
        self._shared.upgrade()
        with self._shared.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            for sequence in connection.scalars(text("SELECT sequencename FROM pg_sequences")).all():
                connection.execute(select(func.setval(sequence, 1, False)))  # noqa: FBT003 - as PostgreSQL spells it
        return self._shared

    def fresh(self) -> str:
        """A new database without a schema."""
        name = f"store{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://postgres@/{name}?host={self._base}"

    @contextmanager
    def _connect(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(host=str(self._base), user="postgres", dbname="postgres", autocommit=True) as connection:
            yield connection

    def _answers(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _command(self) -> list[str]:
        settings = [f"unix_socket_directories={self._base}", "listen_addresses=", "timezone=UTC", *_FAST]
        return [self.postgres, "-D", str(self._data), *(part for setting in settings for part in ("-c", setting))]

    def _as_owner(self) -> dict[str, Any]:
        if self._owner is None:
            return {}
        return {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": [], "cwd": self._base}

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_owner())
        if done.returncode:
            pytest.fail(f"{command[0]}: {done.stderr[-2000:]}")
