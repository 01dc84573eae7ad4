"""One daemon per store: the lock that two processes cannot hold and that no crash leaves behind.

The trap is a lock made of a file's existence or of a stored pid: after SIGKILL it keeps everybody out, or a reused pid
does. Here the kernel (flock) or the server (a session's advisory lock) holds it, so it dies with its holder. The file
stays: to delete it would let a third process lock another inode. It is closed on exec, so no child inherits it.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from mailtriage.errors import AlreadyRunning

_LEASE_KEY = 0x6D61_696C_7472  # "mailtr": our own number in PostgreSQL's one space of advisory locks


def whoami() -> str:
    """Who holds the lock, for the message that another process prints."""
    return f"process {os.getpid()} on {socket.gethostname()}"


@contextmanager
def file_lock(path: Path, store: str) -> Iterator[None]:
    """Hold an exclusive flock on `path` while inside.

    Raises:
        AlreadyRunning: another process holds it; says which.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            raise AlreadyRunning(f"{store} is in use by {holder}; two would answer every customer twice") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{whoami()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def session_lock(engine: Engine, store: str) -> Iterator[None]:
    """Hold a PostgreSQL advisory lock on a connection of its own while inside.

    Raises:
        AlreadyRunning: another session holds it; says which.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEASE_KEY}):
            holder = connection.scalar(
                text(
                    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    " WHERE l.locktype = 'advisory' AND l.granted"
                    " AND (l.classid::bigint << 32 | l.objid::bigint) = :key AND l.objsubid = 1"
                ),
                {"key": _LEASE_KEY},
            )
            raise AlreadyRunning(f"{store} is in use by {holder or 'another process'}")
        try:
            yield
        finally:
            connection.scalar(text("SELECT pg_advisory_unlock(:key)"), {"key": _LEASE_KEY})
