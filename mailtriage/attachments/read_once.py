"""The same file under another letter is read once: what was found in it is kept for as long as the process lives.

The trap is an answer that depends on what came before it. So all that a reading depends on belongs to the key, among it
whether pictures were judged; and files that were packed in another are not kept, for they are as large as mail can be.
"""

from mailtriage.attachments.file import FileReading
from mailtriage.attachments.read import read_file

MOST_FILES = 500
MOST_TEXT = 2_000_000
"""Characters of all texts that are kept."""
_Key = tuple[str, str, str, int, bool]


class ReadOnce:
    """What was read in the latest files."""

    def __init__(self) -> None:
        self._kept: dict[_Key, FileReading] = {}
        self._length = 0

    def read(
        self, filename: str, octets: bytes, declared_type: str, *, digest: str, max_size: int, pictures: bool
    ) -> FileReading:
        """As `read_file`; `digest` is that of the octets."""
        # Of the name only its last four letters are looked at.
        key = (digest, filename.lower()[-4:], declared_type, max_size, pictures)
        reading = self._taken(key) or read_file(filename, octets, declared_type, max_size=max_size, pictures=pictures)
        if not reading.files:
            self._keep(key, reading)
        return reading

    def _taken(self, key: _Key) -> FileReading | None:
        reading = self._kept.pop(key, None)
        self._length -= _length(reading) if reading else 0
        return reading

    def _keep(self, key: _Key, reading: FileReading) -> None:
        """As the latest; the earliest make room."""
        self._kept[key] = reading
        self._length += _length(reading)
        while len(self._kept) > MOST_FILES or self._length > MOST_TEXT:
            self._taken(next(iter(self._kept)))


def _length(reading: FileReading) -> int:
    return len(reading.text or "") + len(reading.body or "")
