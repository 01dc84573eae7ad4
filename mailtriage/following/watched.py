"""The folders that mail is moved to: what a person puts there, or takes away, is what he wants.

The traps: what we put there ourselves is no instruction, also when we died before it was written down; what lay there
before we ever looked, or is shown anew under another UIDVALIDITY (RFC 9051 2.3.1.1), is none either; and a message that
a person moved before we ever saw it must be read and answered like any other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailtriage import log
from mailtriage.arrival import Arrival, Recorded
from mailtriage.errors import MailtriageError, NotFound, StoreError, TransportError
from mailtriage.following.instructions import Instructions
from mailtriage.following.stumbling import Stumbling
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.sent import message_id, same_body
from mailtriage.receive import Receiver
from mailtriage.store.rulings import Wanted
from mailtriage.store.whereabouts import BY_PERSON, BY_US, Known, Whereabouts
from mailtriage.transport.imap import Batch, Cursor, FolderStatus, Listed, Mailbox, Refused, Renumbered

_log = log.get("folders")
LARGEST = 20_000
"""Messages in a folder of which every UID is asked for; of larger ones reconciliation tells what has left."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How much is fetched at once."""

    batch: int
    max_size: int
    stumbling: Stumbling

    def into(self, folder: str) -> dict[str, Any]:
        """The bounds for fetching from a folder, as `Mailbox` wants them."""
        return {"batch": self.batch, "max_size": self.max_size, "caution": self.stumbling.caution(folder)}


class WatchedFolders:
    """The folders of one mailbox; it remembers how each stood."""

    def __init__(
        self, mailbox: str, skip: frozenset[str], receiver: Receiver, whereabouts: Whereabouts, reach: Reach
    ) -> None:
        self._mailbox, self._skip = mailbox, skip
        self._receiver, self._whereabouts, self._reach = receiver, whereabouts, reach
        self._instructions = Instructions(receiver.policy)
        self._seen: dict[str, FolderStatus] = {}
        self._refused: set[str] = set()

    def look(self, connection: Mailbox, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        """Carry out what people moved since the last look; yields what had never been seen before.

        Raises:
            StoreError: the database is away; what was not written down is seen again.
            TransportError: the server is away.
        """
        for folder in self._instructions.watched:
            if folder in self._skip:
                continue
            try:
                yield from self._look_into(connection, folder, alive)
            except (Refused, Renumbered) as error:
                if folder not in self._refused:
                    _log.warning("folder_refused", mailbox=self._mailbox, folder=folder, why=log.cause(error))
                self._refused.add(folder)
            else:
                self._refused.discard(folder)
            alive()

    def _look_into(self, connection: Mailbox, folder: str, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        status = connection.status(folder)
        if status is None:
            self._seen.pop(folder, None)
            connection.ensure_folders(each for each in self._instructions.all if each not in self._skip)
            status = connection.status(folder)
        before = self._seen.get(folder)
        if status is None or status == before:
            return
        cursor = self._receiver.ledger.cursor(self._mailbox, folder)
        if cursor is None or cursor.uidvalidity != status.uidvalidity:
            self._begin(folder, cursor, status)
        elif status.uidnext > cursor.uid + 1:
            yield from self._arrivals(connection, folder, cursor, alive)
        if _may_have_lost(before, status):
            self._departures(connection, folder)
        self._seen[folder] = status

    def _begin(self, folder: str, cursor: Cursor | None, status: FolderStatus) -> None:
        """What lies there now is left alone; what comes from now on is looked at."""
        if cursor is not None:
            _log.warning("folder_renumbered", mailbox=self._mailbox, folder=folder)
            self._whereabouts.renumbered(self._mailbox, folder, status.uidvalidity)
        self._advance(folder, status.uidvalidity, status.uidnext - 1)

    def _arrivals(
        self, connection: Mailbox, folder: str, cursor: Cursor, alive: Callable[[], None]
    ) -> Iterator[list[Recorded]]:
        listed = connection.listed(folder, cursor)
        if listed.uidvalidity != cursor.uidvalidity:
            return
        uids = {message.uid for message in listed.messages}
        new = self._whereabouts.unknown(self._mailbox, folder, listed.uidvalidity, uids)
        unknown = tuple(message for message in listed.messages if message.uid in new)
        there = Listed(folder, listed.uidvalidity, unknown)
        for batch in connection.fetch(there, **self._reach.into(folder)):
            for raw in batch.messages:
                yield from self._take(batch, raw, alive)
            self._advance(folder, batch.uidvalidity, batch.last_uid)
        if uids:
            self._advance(folder, listed.uidvalidity, max(uids))

    def _take(self, batch: Batch, raw: RawMessage, alive: Callable[[], None]) -> Iterator[list[Recorded]]:
        assert raw.location is not None  # noqa: S101 - it came from a folder
        known = self._whereabouts.identify(raw, message_id(raw.octets))
        if known is None or not self._is_that(raw, known):
            wanted = self._instructions.told(batch.folder)
            alone = Batch((raw,), batch.folder, batch.uidvalidity, raw.location.uid)
            yield from self._receiver.batches([alone], None, alive, Arrival(wanted=wanted))
            return
        ours = self._whereabouts.is_ours(known.id, raw.location)
        wanted = None if ours or known.verdict is None else self._instructions.told(batch.folder, known)
        if wanted is None or not self.rule(known, wanted, raw.location):
            self._whereabouts.note(known.id, raw.location, BY_US if ours else BY_PERSON)

    def _is_that(self, raw: RawMessage, known: Known) -> bool:
        """Whether it is that message, written anew by the server; by its id and its second another may pass for it."""
        if raw.digest == known.digest:
            return True
        try:
            return same_body(raw.octets, self._receiver.octets.get(known.digest))
        except NotFound:
            return True

    def rule(self, known: Known, wanted: Wanted, at: Location) -> bool:
        """Let a person's wish hold; False where it cannot."""
        receiver, now = self._receiver, datetime.now(UTC)
        try:
            ruled = receiver.ledger.rule(
                known.id, wanted.verdict, wanted.reason, wanted.category, "mailbox", now, None, receiver.compose, at=at
            )
        except (StoreError, TransportError):
            raise
        except MailtriageError as error:
            _log.error("ruling_failed", digest=known.digest[:12], why=log.cause(error))
            return False
        _log.info(
            "ruling_recorded",
            digest=known.digest[:12],
            before=known.verdict,
            verdict=wanted.verdict,
            reason=wanted.reason,
            category=wanted.category,
            changed=ruled.changed,
            conversation=ruled.number,
        )
        return True

    def _departures(self, connection: Mailbox, folder: str) -> None:
        """What a person took away or deleted lies there no more; nothing else follows from it."""
        status = connection.status(folder)
        if status is None or status.messages > LARGEST:
            return
        uidvalidity, present = connection.uids(folder)
        if uidvalidity != status.uidvalidity:
            return
        # What came since the folder was asked for may have come after its UIDs were told, and be written down by now.
        if gone := self._whereabouts.departed(self._mailbox, folder, uidvalidity, present, status.uidnext):
            _log.info("messages_taken_away", mailbox=self._mailbox, folder=folder, messages=gone)

    def _advance(self, folder: str, uidvalidity: int, uid: int) -> None:
        with self._receiver.ledger.batch() as recorder:
            recorder.advance(self._mailbox, folder, uidvalidity, uid)


def _may_have_lost(before: FolderStatus | None, now: FolderStatus) -> bool:
    """Whether fewer lie there than came; at the first look nobody knows."""
    if before is None or before.uidvalidity != now.uidvalidity:
        return True
    return now.messages - before.messages < now.uidnext - before.uidnext
