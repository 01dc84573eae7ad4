"""A poke from another thread, in a form that a wait on sockets can see.

A thread that waits in IDLE hears neither events nor signals: only something with a file number ends its select(2).
"""

import contextlib
import socket
from types import TracebackType
from typing import Self


class Wake:
    """Ends a wait early. `poke` may be called from any thread and from a signal handler, any number of times."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._near.settimeout(0)
        self._far.settimeout(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """The file number to wait on for reading."""
        return self._near.fileno()

    def poke(self) -> None:
        """End the present wait, or the next one when nobody waits now."""
        # A full buffer means that the waiting side has been poked already; a closed one that nobody waits any more.
        with contextlib.suppress(OSError):
            self._far.send(b"\0")

    def clear(self) -> bool:
        """Forget the pokes so far; whether there was one."""
        poked = False
        with contextlib.suppress(BlockingIOError):
            while self._near.recv(4096):
                poked = True
        return poked

    def close(self) -> None:
        """Give both ends back."""
        self._near.close()
        self._far.close()
