"""What goes between the pool, its fork server and a reader process: plain data, lengths first.

The trap is trust: a process that has read hostile files may be anybody's by now, so nothing that it sends is unpickled,
and no length that it names is believed beyond a limit.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

HEADER = struct.Struct("!cII")
"""Kind, octets of the text, octets of the payload."""

CONFIGURE, READ, READ_BRIEFLY, READ_HEADERS, READ_PICTURES, COMPARE_FILES = b"C", b"M", b"B", b"H", b"P", b"K"
OF_A_MESSAGE = frozenset({READ, READ_BRIEFLY, READ_HEADERS, READ_PICTURES})
"""Questions whose payload is a message as it came, and nothing beside it."""
READY, READING, FAILED = b"Y", b"R", b"F"

ORDER, DONE = struct.Struct("!ci"), struct.Struct("!i")
"""To the fork server: what to do, and to which process; and what came of it."""
FORK, END, KILL = b"F", b"E", b"K"
"""Fork a reader for the two pipes that come along, and tell its number, or -errno; see one off that has ended, or end
one, and tell its exit status."""
KILLED, LOST = 1000, 1001
"""Exit statuses that no process has: it had to be killed; its fork server died, and with it all its readers."""

EXHAUSTED = "ran out of memory"
"""The reason after which a reader is not used again."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One request or answer."""

    kind: bytes
    text: str = ""
    payload: bytes = b""

    def encoded(self) -> tuple[bytes, bytes]:
        """As it goes over the pipe: what stands before the payload, and the payload, too large to be copied."""
        text = self.text.encode()
        return HEADER.pack(self.kind, len(text), len(self.payload)) + text, self.payload


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reader process may use; the memory is that of the process with its libraries."""

    address_space: int = 1024 * 1024 * 1024
    """Octets of virtual memory (RLIMIT_AS)."""
    data: int = 512 * 1024 * 1024
    """Octets of private memory (RLIMIT_DATA)."""
    cpu_seconds: int = 20
    """For one message."""
    wall_seconds: float = 60
    """For one message, then the process is killed."""
    open_files: int = 64
    start_seconds: float = 60
    answer_octets: int = 64 * 1024 * 1024
    messages: int = 250
    """After so many questions a fresh process takes over, whatever the libraries may have leaked: it costs less than
    the memory that this one came to hold."""


def configure(limits: Limits, options: Any) -> Frame:
    """The first frame: what the process may use, and how it is to read (`options` is a dataclass of plain values)."""
    return Frame(CONFIGURE, json.dumps({"limits": asdict(limits), "options": asdict(options)}))


def pictures(octets: bytes, digests: Sequence[str], texts: Mapping[str, str]) -> Frame:
    """Read a message with the words in those of its files; `texts` are known already, by digest."""
    return Frame(READ_PICTURES, json.dumps({"digests": list(digests), "texts": dict(texts)}), octets)


def comparison(reading: bytes, octets: bytes, earlier: Sequence[tuple[bytes, Sequence[str]]]) -> Frame:
    """Hold the files of a message that was read against those with these digests in earlier messages."""
    parts = (reading, octets, *(message for message, _ in earlier))
    told = {"sizes": [len(part) for part in parts], "digests": [list(digests) for _, digests in earlier]}
    return Frame(COMPARE_FILES, json.dumps(told), b"".join(parts))


def compared(request: Frame) -> tuple[bytes, bytes, list[tuple[bytes, tuple[str, ...]]]]:
    """What `comparison` put together: reading, octets, earlier messages."""
    told = json.loads(request.text)
    parts, start = [], 0
    for size in told["sizes"]:
        parts.append(request.payload[start : start + size])
        start += size
    earlier = [(octets, tuple(digests)) for octets, digests in zip(parts[2:], told["digests"], strict=True)]
    return parts[0], parts[1], earlier


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame, or None at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, text, payload = HEADER.unpack(header)
    return Frame(kind, stream.read(text).decode(), stream.read(payload))
