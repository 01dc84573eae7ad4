"""Has the pictures read on which a decision depends, each distinct file once.

The trap is the same scan sent ten times, and the one that breaks its reader each time: what was found, and that nothing
was, is kept by digest and asked for before anything is read again. Only what a busy machine did not finish is not.
"""

import threading
from concurrent.futures import Future
from dataclasses import dataclass

from mailtriage import log
from mailtriage.attachments import trained
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.store.file_texts import FileTexts
from mailtriage.transport.readers import Pool, ReaderFailed
from mailtriage.triage.unread import unread_pictures

_log = log.get("pictures")
READER_VERSION = trained.READER_VERSION


@dataclass(frozen=True, slots=True)
class Looking:
    """Pictures that are being looked at."""

    reading: Future[Reading] | None
    """Of the whole message, with their words; None where another message has one of them looked at just now."""
    new: tuple[str, ...]
    """Digests of those of which nothing is kept yet."""


class Pictures:
    """The words in pictures, by the readers; without `texts` nothing is remembered."""

    def __init__(self, readers: Pool, texts: FileTexts | None) -> None:
        self._readers, self._texts = readers, texts
        self._turn, self._under_way = threading.Lock(), set[str]()

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
                begun.set_result(None if failed else self._begun(raw, read.result(), ahead=True))
            except Exception as error:  # noqa: BLE001 - whoever records this message must hear of it
                begun.set_exception(error)

        reading.add_done_callback(begin)
        return begun

    def finish(self, raw: RawMessage, reading: Reading, looking: Looking | None) -> Reading:
        """The reading with what was begun, whose texts are kept; in the order of arrival.

        Raises:
            StoreError: the database is away.
            ReadersUnavailable: no reader can be started.
        """
        if looking is not None and looking.reading is None:
            return self.read(raw, reading)
        return self._finished(raw, reading, looking)

    def _begun(self, raw: RawMessage, reading: Reading, *, ahead: bool = False) -> Looking | None:
        unread = unread_pictures(reading) if trained.available() else None
        if unread is None:
            return None
        known = self._texts.known(unread.digests) if self._texts else {}
        new = tuple(digest for digest in unread.digests if digest not in known)
        with self._turn:
            if ahead and self._texts and not self._under_way.isdisjoint(new):
                # Another message has it looked at, which will be known when it is this one's turn.
                return Looking(None, new)
            self._under_way.update(new)
        return Looking(self._readers.submit_pictures(raw.octets, unread.digests, known), new)

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
