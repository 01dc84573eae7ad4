"""Has the pictures read on which a decision depends, each distinct file once.

The trap is the same scan sent ten times, and the one that breaks its reader each time: what was found, and that nothing
was, is kept by digest and asked for before anything is read again.
"""

from mailtriage import log
from mailtriage.attachments import ocr
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.store.file_texts import FileTexts
from mailtriage.transport.readers import Pool, ReaderFailed
from mailtriage.triage.unread import unread_pictures

_log = log.get("pictures")
READER_VERSION = ocr.READER_VERSION


class Pictures:
    """The words in pictures, by the readers; without `texts` nothing is remembered."""

    def __init__(self, readers: Pool, texts: FileTexts | None) -> None:
        self._readers, self._texts = readers, texts

    def read(self, raw: RawMessage, reading: Reading) -> Reading:
        """The reading with the words of the pictures that its decision depends on; mostly the same reading.

        Raises:
            StoreError: the database is away.
            ReadersUnavailable: no reader can be started.
        """
        unread = unread_pictures(reading) if ocr.available() else None
        if unread is None:
            return reading
        known = self._texts.known(unread.digests) if self._texts else {}
        try:
            full = self._readers.submit_pictures(raw.octets, unread.digests, known).result()
        except ReaderFailed as error:
            _log.error("pictures_not_read", digest=raw.digest[:12], why=error.reason)
            full = reading
        found = {file.digest: file.text or "" for file in full.message.attachments}
        new = {digest: found.get(digest, "") for digest in unread.digests if digest not in known}
        if new and self._texts:
            self._texts.keep(new)
        return full
