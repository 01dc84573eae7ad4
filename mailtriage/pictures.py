"""Has the pictures read on which a decision depends, each distinct file once.

The trap is the same scan sent ten times, and the one that breaks its reader each time: what was found, and that nothing
was, is kept by digest and asked for before anything is read again. Only what a busy machine did not finish is not. And
a picture that only illustrated an earlier letter, and was not read then, need not be read when it comes again alone.
"""

import threading
from collections import deque
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from mailtriage import log
from mailtriage.attachments import trained
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.resent import Resent
from mailtriage.store.file_texts import FileTexts
from mailtriage.transport.readers import Pool, ReaderFailed
from mailtriage.triage.unread import unread_pictures

_log = log.get("pictures")
READER_VERSION = trained.READER_VERSION
_LATELY = 500
"""Files of the latest messages, which may not be recorded yet."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Pictures that are being looked at."""

    digests: tuple[str, ...]
    """Of them."""
    reading: Future[Reading] | None
    """Of the whole message, with their words; None where that waits for its turn: another message has one of them
    looked at just now, or they came before, so that it may be a repetition."""
    new: tuple[str, ...]
    """Digests of those of which nothing is kept yet."""


class Pictures:
    """The words in pictures, by the readers; without `texts` nothing is remembered, without `resent` nothing known."""

    def __init__(self, readers: Pool, texts: FileTexts | None, resent: Resent | None = None) -> None:
        self._readers, self._texts, self._resent = readers, texts, resent
        self._turn, self._under_way = threading.Lock(), set[str]()
        self._lately = deque[str](maxlen=_LATELY)

    def read(self, raw: RawMessage, reading: Reading) -> Reading:
        """The reading with the words of the pictures that its decision depends on; mostly the same reading.

        Raises:
            StoreError: the database is away.
            ReadersUnavailable: no reader can be started.
        """
        return self._finished(raw, reading, self._begun(raw, reading))

    def ahead(self, raw: RawMessage, reading: Future[Reading]) -> Future[Looking | None]:
        """Let the looking begin as soon as the message is read, while others are still decided about."""
        begun: Future[Looking | None] = Future()

        def begin(read: Future[Reading]) -> None:
            try:
                failed = read.cancelled() or read.exception() is not None
                begun.set_result(None if failed else self._begun_ahead(raw, read.result()))
            except Exception as error:  # noqa: BLE001 - whoever records this message must hear of it
                begun.set_exception(error)

        reading.add_done_callback(begin)
        return begun

    def finish(self, raw: RawMessage, reading: Reading, looking: Looking | None, now: datetime) -> Reading:
        """The reading with what was begun, whose texts are kept; in the order of arrival.

        A message that repeats what the customer sent before, pictures and all, is left as it was read.

        Raises:
            StoreError: the database is away.
            ReadersUnavailable: no reader can be started.
        """
        if looking is None:
            return reading
        repeats = self._resent is not None and self._resent.repeats(raw, reading, looking.digests, now)
        if looking.reading is None:
            return reading if repeats else self.read(raw, reading)
        full = self._finished(raw, reading, looking)
        # Whether it was begun is a matter of time, and must not tell in the record.
        return reading if repeats else full

    def _begun_ahead(self, raw: RawMessage, reading: Reading) -> Looking | None:
        looking = self._begun(raw, reading, ahead=True)
        with self._turn:
            self._lately.extend(file.digest for file in reading.message.attachments)
        return looking

    def _begun(self, raw: RawMessage, reading: Reading, *, ahead: bool = False) -> Looking | None:
        unread = unread_pictures(reading) if trained.available() else None
        if unread is None:
            return None
        known = self._texts.known(unread.digests) if self._texts else {}
        new = tuple(digest for digest in unread.digests if digest not in known)
        if ahead and self._may_repeat(unread.digests):
            return Looking(unread.digests, None, new)
        with self._turn:
            if ahead and self._texts and not self._under_way.isdisjoint(new):
                # Another message has it looked at, which will be known when it is this one's turn.
                return Looking(unread.digests, None, new)
            self._under_way.update(new)
        looked = self._readers.submit_pictures(raw.octets, unread.digests, known)
        return Looking(unread.digests, looked, new)

    def _may_repeat(self, digests: Collection[str]) -> bool:
        """Whether all these files came before, though perhaps from others."""
        with self._turn:
            recorded = [digest for digest in digests if digest not in self._lately]
        return self._resent is not None and self._resent.may_repeat(recorded)

    def _finished(self, raw: RawMessage, reading: Reading, looking: Looking | None) -> Reading:
        if looking is None or looking.reading is None:
            return reading
        try:
            full = looking.reading.result()
            told = {file.digest: file.text for file in full.message.attachments if file.text is not None}
            found = {digest: told[digest] for digest in looking.new if digest in told}
        except ReaderFailed as error:
            _log.error("pictures_not_read", digest=raw.digest[:12], why=error.reason)
            full, found = reading, dict.fromkeys(looking.new, "")
        if found and self._texts:
            self._texts.keep(found)
        with self._turn:
            self._under_way.difference_update(looking.new)
        return full
