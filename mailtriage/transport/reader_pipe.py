"""Asking a process over its pipes with a deadline, for the writing as much as for the reading.

The trap is a pipe that is full: a process that hangs before it has read a large message blocks whoever writes to it.
"""

import contextlib
import fcntl
import os
import select
import time
from typing import IO

from mailtriage.transport.reader_frames import HEADER, Frame

_ROOM = 1024 * 1024
"""Octets that a pipe holds: a message goes through in one piece, for which the other side wakes up once."""

_MOST_READ = 64 * 1024


class Broken(Exception):  # noqa: N818 - the pipe is
    """No answer came; `late` where the time was up."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        self.late = late
        super().__init__(why)


class Pipe:
    """Our ends of the two pipes of one process; one question at a time."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes], answer_octets: int) -> None:
        self._in, self._out = questions, answers
        self._most = answer_octets
        self.ended = False
        """Whether the process closed its side."""
        for stream in (self._in, self._out):
            os.set_blocking(stream.fileno(), False)
            with contextlib.suppress(OSError):  # one user may have so much of it and no more (pipe(7)): as it is, then
                fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _ROOM)

    def ask(self, request: Frame, seconds: float) -> Frame:
        """Send a request and take the answer.

        Raises:
            Broken: the process died, took too long or answered too much.
        """
        until = time.monotonic() + seconds
        rest = self._write([memoryview(piece) for piece in request.encoded()])
        answer = bytearray()
        needed = HEADER.size
        poll = select.poll()
        poll.register(self._out, select.POLLIN)
        if rest:
            poll.register(self._in, select.POLLOUT)
        while len(answer) < needed:
            left = until - time.monotonic()
            if left <= 0:
                raise Broken("no answer in time", late=True)
            ready = {number for number, _ in poll.poll(left * 1000)}
            if self._in.fileno() in ready:
                rest = self._write(rest)
                if not rest:
                    poll.unregister(self._in)
            if self._out.fileno() in ready:
                answer += self._read()
                if len(answer) >= HEADER.size == needed:
                    needed += self._length(answer)
        if len(answer) > needed:
            raise Broken("answered more than it said")
        return _decode(memoryview(answer))

    def close(self) -> None:
        """Close our ends."""
        for stream in (self._in, self._out):
            stream.close()

    def _write(self, pieces: list[memoryview]) -> list[memoryview]:
        """Write as much as the pipe takes at once; what is left."""
        try:
            taken = os.writev(self._in.fileno(), pieces)
        except BlockingIOError:
            return pieces
        except OSError as error:
            self.ended = True
            raise Broken(f"died while it was asked: {error.strerror}") from None
        while pieces and taken >= len(pieces[0]):
            taken -= len(pieces.pop(0))
        return [pieces[0][taken:], *pieces[1:]] if pieces else []

    def _read(self) -> bytes:
        try:
            some = os.read(self._out.fileno(), _MOST_READ)
        except BlockingIOError:
            return b""
        if not some:
            self.ended = True
            raise Broken("died")
        return some

    def _length(self, header: bytearray) -> int:
        _, text, payload = HEADER.unpack_from(header)
        if text + payload > self._most:
            raise Broken("answered more than is allowed")
        return int(text + payload)


def _decode(octets: memoryview) -> Frame:
    kind, text, _ = HEADER.unpack_from(octets)
    start = HEADER.size
    return Frame(kind, bytes(octets[start : start + text]).decode(errors="replace"), bytes(octets[start + text :]))
