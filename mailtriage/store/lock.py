"""One process per SQLite store: the lock that two cannot hold and that no crash leaves behind.

The trap is a lock made of a file's existence or of a stored pid: after SIGKILL it keeps everybody out, or a reused pid
does. Here the kernel holds it (flock), so it dies with its holder. The file stays: to delete it would let a third
process lock another inode. It is closed on exec, so no child inherits it.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailtriage.errors import AlreadyRunning
from mailtriage.store.leases import Alone, Leases


def whoami() -> str:
    """Who holds the lock, for the message that another process prints."""
    return f"process {os.getpid()} on {socket.gethostname()}"


@contextmanager
def file_lock(path: Path, store: str) -> Iterator[Leases]:
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
        yield Alone()
    finally:
        os.close(descriptor)
