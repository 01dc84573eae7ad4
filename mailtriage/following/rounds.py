"""One look at everything in a mailbox that may have changed: what people moved, what they answered, what came.

The order is the point. A person's wish, and an answer that support has sent, are known before the customer's next mail
is judged by them; and INBOX is opened last, for the server announces only what comes to the folder that is open.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from mailtriage import log
from mailtriage.arrival import Arrival, Recorded
from mailtriage.following.in_turn import in_turn
from mailtriage.following.sent import SentFolder
from mailtriage.following.stumbling import Stumbling
from mailtriage.following.watched import Reach, WatchedFolders
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.sent import message_id
from mailtriage.receive import Receiver
from mailtriage.settings import MailboxSettings, Settings
from mailtriage.store.database import Database
from mailtriage.store.rulings import Wanted
from mailtriage.store.whereabouts import Known, Whereabouts
from mailtriage.transport.imap import Batch, BrokenOff, FolderStatus, Listed, Mailbox, Refused, Renumbered

_log = log.get("mailbox")
_SENT = Arrival(outgoing=True)
_RESTORED = Wanted("accept", None, None, "mailbox")


class Rounds:
    """The looks at one mailbox, one after another."""

    def __init__(
        self,
        mailbox: MailboxSettings,
        settings: Settings,
        receiver: Receiver,
        database: Database,
        connect: Callable[[], Mailbox],
    ) -> None:
        self._mailbox, self._receiver, self._connect = mailbox, receiver, connect
        self._whereabouts = Whereabouts(database)
        self._reach = Reach(settings.batch, int(settings.limits.message_mb * 2**20), Stumbling(mailbox.name))
        self._sent = SentFolder(mailbox, self._whereabouts)
        elsewhere = frozenset({mailbox.folder, mailbox.sent})
        self._watched = WatchedFolders(mailbox.name, elsewhere, receiver, self._whereabouts, self._reach)
        self._refused = False

    def receive(self, connection: Mailbox, alive: Callable[[], None] = lambda: None) -> Iterator[list[Recorded]]:
        """Everything that is new, batch by batch, also where nothing in one was; INBOX is left open.

        Raises:
            TransportError: the server is away.
            StoreError, ReadersUnavailable: as `Receiver.receive`.
        """
        try:
            yield from self._all(connection, alive)
        except BrokenOff as error:
            self._reach.stumbling.note(error)
            raise
        self._reach.stumbling.passed()

    def _all(self, connection: Mailbox, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        yield from self._watched.look(connection, alive)
        try:
            yield from self._answers(connection, alive)
        except (Refused, Renumbered) as error:
            if not self._refused:
                _log.warning("sent_folder_refused", mailbox=self._mailbox.name, why=log.cause(error))
            self._refused = True
        name, folder = self._mailbox.name, self._mailbox.folder
        before = connection.status(folder) if self._whereabouts.is_moved_in_vain(name, folder) else None
        batches = connection.new_messages(
            folder, self._receiver.ledger.cursor(name, folder), **self._reach.into(folder)
        )
        yield from self._receiver.batches(self._without_restored(batches), name, alive)
        if before is not None:
            self._settle_void(connection, before)

    def _settle_void(self, connection: Mailbox, before: FolderStatus) -> None:
        """INBOX was read to its end: no move waits any more for what it did not hold."""
        name, folder = self._mailbox.name, self._mailbox.folder
        after = connection.status(folder)
        if after is None or after.uidvalidity != before.uidvalidity:
            return
        if moves := self._whereabouts.settle_void(name, folder, before.uidvalidity, datetime.now(UTC)):
            _log.info("moves_found_done", mailbox=name, folder=folder, moves=moves)

    def _answers(self, connection: Mailbox, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        """What support sent, and in turn with it what customers sent before or in between."""
        ledger, name = self._receiver.ledger, self._mailbox.name
        answers = self._sent.news(connection, ledger.cursor(name, self._sent.name))
        if answers:
            questions = connection.listed(self._mailbox.folder, ledger.cursor(name, self._mailbox.folder))
            for run in in_turn(questions, answers):
                yield from self._run(connection, run, alive)
        self._sent.decisions(connection)
        self._refused = False

    def _run(self, connection: Mailbox, run: Listed, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        batches = connection.fetch(run, **self._reach.into(run.folder))
        if run.folder == self._sent.name:
            yield from self._receiver.batches(self._sent.by_people(batches), self._mailbox.name, alive, _SENT)
        else:
            yield from self._receiver.batches(self._without_restored(batches), self._mailbox.name, alive)

    def _without_restored(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The same; what a person dragged back is restored first, and is then no news to the receiver."""
        with ExitStack() as opened:
            beside = _Beside(self._connect, opened)
            for batch in batches:
                # One question a batch, for nearly all is new.
                recorded = self._whereabouts.recorded([raw.digest for raw in batch.messages])
                for raw in batch.messages:
                    if raw.location is None or raw.digest not in recorded:
                        continue
                    if known := self._brought_back(raw, raw.location, beside):
                        self._watched.rule(known, _RESTORED, raw.location)
                yield batch

    def _brought_back(self, raw: RawMessage, at: Location, beside: "_Beside") -> Known | None:
        """The known message that this is, when it no longer lies where it was; a second delivery is none."""
        known = self._whereabouts.identify(raw, None)
        if known is None or known.verdict is None:
            return None
        last = self._whereabouts.latest(known.id)
        if last is None or last.mailbox != at.mailbox or last.folder == at.folder:
            return None
        if not self._whereabouts.unknown(at.mailbox, at.folder, at.uidvalidity, {at.uid}):
            return None
        if self._whereabouts.is_on_its_way(known.id, at):
            return None  # nobody brought it: a move of ours is in flight, or was while the folder was numbered anew
        lies_there = beside.connection.holds(last.folder, last.uidvalidity, last.uid, message_id(raw.octets))
        return known if lies_there is False else None


@dataclass
class _Beside:
    """A second connection, for the first is in the middle of fetching; opened when it is first needed."""

    connect: Callable[[], Mailbox]
    opened: ExitStack

    @cached_property
    def connection(self) -> Mailbox:
        return self.opened.enter_context(self.connect())
