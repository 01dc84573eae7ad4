"""Copies of what left, put into the folder of sent mail, for people who look there for what a customer was told.

The trap is to make the copy matter: a mailbox that is full or away must neither hold up a reply nor have one sent
again. So a copy is made when the reply is settled already, aside, and one that fails is said and given up.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from mailtriage import log
from mailtriage.transport.imap import Mailbox

_log = log.get("deliver")
_WAITING = 1000
"""Copies that may wait for a slow mailbox."""
_IDLE_SECONDS = 60.0
_GOODBYE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where copies go."""

    open: Callable[[], Mailbox]
    folder: str


class Copies:
    """Puts copies away in a thread of its own, which lives while there is something to do."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._queue: queue.Queue[tuple[int, bytes]] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._turn = threading.Lock()

    def keep(self, row: int, octets: bytes) -> None:
        """Let a copy of that outbox row be put away; never raises, never waits."""
        try:
            self._queue.put_nowait((row, octets))
        except queue.Full:
            _log.warning("copy_not_kept", outbox=row, why="too many copies wait for the mailbox")
            return
        with self._turn:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="copies", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Wait a moment for what is under way."""
        thread = self._thread
        if thread is not None:
            with suppress(queue.Full):
                self._queue.put_nowait((0, b""))
            thread.join(_GOODBYE_SECONDS)

    def _run(self) -> None:
        mailbox: Mailbox | None = None
        while True:
            try:
                row, octets = self._queue.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                row, octets = 0, b""
            with self._turn:
                if not octets and self._queue.empty():
                    self._thread = None
                    break
            if octets:
                mailbox = self._put(mailbox, row, octets)
        if mailbox is not None:
            mailbox.close()

    def _put(self, mailbox: Mailbox | None, row: int, octets: bytes) -> Mailbox | None:
        """Append one, over the old connection or a new one; gives the connection where it is still good."""
        try:
            if mailbox is None or not mailbox.connected:
                mailbox = self._shelf.open()
                mailbox.connect()
                mailbox.ensure_folders([self._shelf.folder])
            mailbox.append(self._shelf.folder, octets, flags=("\\Seen",))
        except Exception as error:  # noqa: BLE001 - a copy is no reason for anything to fail
            _log.warning("copy_not_kept", outbox=row, why=log.cause(error))
            if mailbox is not None:
                mailbox.close()
            return None
        return mailbox
