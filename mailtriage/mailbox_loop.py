"""One thread a mailbox: wait in IDLE, fetch, receive; reconnect with back-off and jitter when the server goes away.

imapclient blocks and is not thread-safe, hence a thread with a connection of its own. IDLE is renewed under nine
minutes, because NATs and servers drop a silent connection at ten or later without a word (RFC 2177 allows 29).
"""

import random
import threading
import time
from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from mailtriage import log, metrics
from mailtriage.errors import MailtriageError
from mailtriage.parts import open_mailbox
from mailtriage.receive import Receiver, Recorded
from mailtriage.settings import MailboxSettings, Settings
from mailtriage.transport.imap import Mailbox, Wake

_log = log.get("mailbox")
IDLE_SECONDS = 8 * 60
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 300.0
_PASS_SECONDS = 30 * 60
"""A batch of hostile mail may take this long before the watchdog calls the thread dead."""


def read_mailbox(connection: Mailbox, folder: str, settings: Settings, receiver: Receiver) -> Iterator[Recorded]:
    """Everything above the cursor, recorded in order."""
    cursor = receiver.ledger.cursor(connection.account.name, folder)
    batches = connection.new_messages(
        folder, cursor, batch=settings.batch, max_size=int(settings.limits.message_mb * 2**20)
    )
    return receiver.receive(batches, connection.account.name)


class MailboxLoop:
    """The thread, and what the daemon may ask of it."""

    def __init__(
        self,
        mailbox: MailboxSettings,
        settings: Settings,
        receiver: Receiver,
        *,
        recorded: Callable[[Recorded], None],
        ended: Callable[[BaseException], None],
    ) -> None:
        self.name = mailbox.name
        self.patience = IDLE_SECONDS + _PASS_SECONDS
        self.seen_at = time.monotonic()
        self._mailbox = mailbox
        self._failures = 0
        self._settings = settings
        self._receiver = receiver
        self._recorded = recorded
        self._ended = ended
        self._wake = Wake()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._guarded, name=f"mailbox-{mailbox.name}", daemon=True)

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

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    def _guarded(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - the daemon must learn of it, whatever it was
            _log.exception("mailbox_thread_crashed", mailbox=self.name)
            self._ended(error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            connection: Mailbox | None = None
            try:
                connection = open_mailbox(self._mailbox)
                connection.connect()
                self._serve(connection)
            except (MailtriageError, SQLAlchemyError, OSError) as error:
                self._failures += 1
                metrics.POLL_FAILURES.labels(self.name).inc()
                if self._failures == 1:  # said once, not once a second
                    _log.warning("mailbox_away", mailbox=self.name, why=_why(error))
                self._pause()
            finally:
                if connection:
                    connection.close()

    def _serve(self, connection: Mailbox) -> None:
        """Read to the end, wait for more, until told to stop."""
        while not self._stopping.is_set():
            self.seen_at = time.monotonic()
            for recorded in read_mailbox(connection, self._mailbox.folder, self._settings, self._receiver):
                self.seen_at = time.monotonic()
                self._recorded(recorded)
                if self._stopping.is_set():
                    return
            if self._failures:
                _log.info("mailbox_back", mailbox=self.name, failures=self._failures)
                self._failures = 0
            metrics.LAST_POLL.labels(self.name).set_to_current_time()
            if not self._stopping.is_set():
                connection.wait(IDLE_SECONDS, self._wake)

    def _pause(self) -> None:
        """Exponential back-off with full jitter, so that many clients do not come back at the same instant."""
        longest = min(_FIRST_WAIT * 2 ** min(self._failures, 10), _LONGEST_WAIT)
        self.seen_at = time.monotonic()
        self._stopping.wait(random.uniform(_FIRST_WAIT / 2, longest))  # noqa: S311 - jitter, no secret


def _why(error: Exception) -> str:
    """An error for the log; of the database's only the kind, for its text may quote a customer."""
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)
