"""One thread a mailbox: wait in IDLE, fetch, receive; reconnect with back-off and jitter when the server goes away.

Where several nodes work on one store, one of them reads and the others stand by; whoever holds the lease asks for it
again before each batch. That is for order and thrift alone: what two had read would still be recorded once.

imapclient blocks and is not thread-safe, hence a thread with a connection of its own. IDLE is renewed under nine
minutes, because NATs and servers drop a silent connection at ten or later without a word (RFC 2177 allows 29). The trap
is a thread that ends, or hangs, while the daemon seems well: whatever breaks off a pass is said once and tried again,
and `alive` tells the watchdog when a thread has not moved for longer than any single step may take.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable

from mailtriage import log, metrics
from mailtriage.arrival import Recorded
from mailtriage.errors import MailtriageError, StoreError, TransportError
from mailtriage.following.rounds import Rounds
from mailtriage.store.leases import Leases
from mailtriage.transport.imap import Mailbox, Wake

_log = log.get("mailbox")
IDLE_SECONDS = 8 * 60
_STAND_BY_SECONDS = 3.0
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 300.0
_STEP_SECONDS = 15 * 60
"""Fetching a batch over a slow line, or a message that outlasts several readers one after another."""


def lease(mailbox: str) -> str:
    """The name of the right to read a mailbox."""
    return f"mailbox {mailbox}"


def longest_wait(failures: int) -> float:
    """Seconds that are waited at most after that many passes that were broken off: doubling, up to five minutes."""
    return float(min(_FIRST_WAIT * 2 ** min(failures, 10), _LONGEST_WAIT))


class MailboxLoop:
    """The thread, and what the daemon may ask of it."""

    def __init__(
        self,
        name: str,
        rounds: Rounds,
        *,
        connect: Callable[[], Mailbox],
        recorded: Callable[[Recorded], None],
        leases: Leases,
    ) -> None:
        self.name = name
        self._rounds = rounds
        self._leases = leases
        self._holder: str | None = None
        self._connect = connect
        self._recorded = recorded
        self._seen_at = time.monotonic()
        self._failures = 0
        self._said: str | None = None
        self._wake = Wake()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{name}", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread has moved of late."""
        return self._thread.is_alive() and time.monotonic() - self._seen_at < IDLE_SECONDS + _STEP_SECONDS

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stopping.set()
        self._wake.poke()

    def poke(self) -> None:
        """Look for new mail now, whatever IDLE says."""
        self._wake.poke()

    def join(self, seconds: float) -> bool:
        """Wait for the end; whether it came in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._moved()
            try:
                if not self._is_ours():
                    self._stopping.wait(_STAND_BY_SECONDS)
                    continue
                with self._connect() as connection:
                    connection.connect()
                    self._serve(connection)
            except Exception as error:  # noqa: BLE001 - the line never stops: whatever it was, it is tried again
                self._interrupted(error)
                self._leave_it()
                self._stopping.wait(self._pause())
        self._wake.close()

    def _serve(self, connection: Mailbox) -> None:
        """Read to the end, wait for more, until told to stop or somebody else reads."""
        while not self._stopping.is_set() and self._is_ours():
            for recorded in self._rounds.receive(connection, alive=self._moved):
                self._moved()
                # The server may fail again and again: what it does hand out is progress, and no reason to slow down.
                self._failures = min(self._failures, 1)
                for each in recorded:
                    self._recorded(each)
                if self._stopping.is_set() or not self._is_ours():
                    return
            self._resumed()
            metrics.LAST_POLL.labels(self.name).set_to_current_time()
            connection.wait(IDLE_SECONDS, self._wake)
            self._moved()

    def _is_ours(self) -> bool:
        """Whether we are the one who reads this mailbox; said when that changes."""
        holder = self._leases.take(lease(self.name))
        if holder != self._holder:
            if holder is None:
                _log.info("mailbox_taken_over", mailbox=self.name, before=self._holder)
            else:
                _log.info("mailbox_read_elsewhere", mailbox=self.name, by=holder)
            self._holder = holder
        return holder is None

    def _leave_it(self) -> None:
        """Let somebody else try who may reach the server that we do not."""
        # The database that is away has told already that it is.
        with contextlib.suppress(StoreError):
            self._leases.give(lease(self.name))

    def _moved(self) -> None:
        self._seen_at = time.monotonic()

    def _interrupted(self, error: Exception) -> None:
        """Say once that a pass was broken off, and again only when it is for another reason."""
        if self._stopping.is_set():
            return
        self._failures += 1
        metrics.POLL_FAILURES.labels(self.name).inc()
        action = "mailbox_away" if isinstance(error, TransportError) else "receiving_interrupted"
        if action != self._said:
            unforeseen = not isinstance(error, MailtriageError | OSError)
            _log.warning(action, mailbox=self.name, why=log.cause(error), exc_info=unforeseen)
            self._said = action

    def _resumed(self) -> None:
        if self._said:
            _log.info("mailbox_back", mailbox=self.name)
        self._failures, self._said = 0, None

    def _pause(self) -> float:
        """Seconds to wait, with full jitter, so that many clients do not come back at the same instant."""
        return random.uniform(_FIRST_WAIT / 2, longest_wait(self._failures))  # noqa: S311 - jitter, no secret
