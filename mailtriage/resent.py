"""Has the files of a message held against those that the customer sent before, where there are any.

The trap is the order: what came a moment ago, in the same batch, came before as well. So whoever records asks first
whether an earlier message of the batch may matter, and records that one before this one is compared. And what earlier
messages hold lies in memory until it is compared: of all that are under way, not only of one.
"""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from mailtriage import log
from mailtriage.attachments.likeness import may_be_known
from mailtriage.errors import NotFound
from mailtriage.language.words import fold
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.store.faults import is_about_data
from mailtriage.store.octets import Octets
from mailtriage.store.sent_files import FilesSentBefore
from mailtriage.transport.readers import Pool, ReaderFailed

_log = log.get("resent")
_MOST_OCTETS = 60_000_000
"""Of earlier messages that are looked into for one new one."""
_UNDER_WAY = 16_000_000
"""The same of all comparisons under way, before another is begun."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Marking:
    """A message whose files are being compared, or need not be."""

    raw: RawMessage
    reading: Reading
    comparing: Future[Reading] | None = None
    size: int = 0
    """Octets of earlier messages that it holds until it is compared."""

    def result(self) -> Reading:
        """The reading with each of its files marked that shows what was sent before; mostly the same reading.

        Raises:
            ReadersUnavailable: no reader can be started.
        """
        if self.comparing is None:
            return self.reading
        try:
            return self.comparing.result()
        except ReaderFailed as error:
            _log.error("files_not_compared", digest=self.raw.digest[:12], why=error.reason)
            return self.reading


class Resent:
    """The files that came before, looked into by the readers."""

    def __init__(self, readers: Pool, sent: FilesSentBefore, octets: Octets) -> None:
        self._readers, self._sent, self._octets = readers, sent, octets

    def begun(self, raw: RawMessage, reading: Reading, now: datetime) -> Marking:
        """The comparison with what was recorded until now, under way.

        Raises:
            StoreError: the database is away.
        """
        if reading.unread is not None or reading.message.automatic.kind is not None:
            return Marking(raw, reading)
        earlier, room = list[tuple[bytes, tuple[str, ...]]](), _MOST_OCTETS
        for sent in self._asked(raw, lambda: self._sent.of(reading, now)) or ():
            try:
                octets = self._octets.get(sent.message)
            except NotFound:
                continue
            room -= len(octets)
            if room < 0:
                break
            earlier.append((octets, sent.digests))
        if not earlier:
            return Marking(raw, reading)
        size = sum(len(octets) for octets, _ in earlier)
        return Marking(raw, reading, self._readers.submit_comparison(reading, raw.octets, earlier), size)

    def may_repeat(self, digests: Collection[str]) -> bool:
        """Whether all of these files came before, octet by octet, from whomever.

        Raises:
            StoreError: the database is away.
        """
        return self._sent.all_came(digests)

    def repeats(self, raw: RawMessage, reading: Reading, digests: Collection[str], now: datetime) -> bool:
        """Whether these files came before in the conversation of the message, which says nothing new besides.

        Raises:
            StoreError: the database is away.
        """
        return bool(self._asked(raw, lambda: self._sent.repeated(reading, digests, now)))

    def _asked(self, raw: RawMessage, question: Callable[[], _Answer]) -> _Answer | None:
        try:
            return question()
        except Exception as error:
            # What cannot even be asked for will not be recorded either, and that is told where it is tried.
            if not is_about_data(error):
                raise
            _log.error("files_not_compared", digest=raw.digest[:12], why=log.cause(error))
            return None


def make_room(begun: Iterable[Marking]) -> None:
    """Wait, the oldest first, until what comparisons under way hold is so little that another may begin."""
    waiting = [(each.comparing, each.size) for each in begun if each.comparing and not each.comparing.done()]
    held = sum(size for _, size in waiting)
    for comparing, size in waiting:
        if held <= _UNDER_WAY:
            return
        wait([comparing])
        held -= size


def whose_files(reading: Reading) -> str | None:
    """Who sent the files of a message that may be known from another of his; None where it has none."""
    message = reading.message
    if not any(may_be_known(file.media_type, file.size) for file in message.attachments):
        return None
    return fold(message.sender.address)
