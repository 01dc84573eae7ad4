"""An open SMTP connection on which commands may be sent together (RFC 2920), from login to QUIT.

aiosmtplib connects, begins TLS and logs in; its protocol then loses every reply but the first that arrives in one
segment, so the connection is taken over here, where replies wait in a queue. Two traps. A reply that nobody asked for
means that client and server are out of step, and the next mail would be judged by the last one's answer: the
connection is of no more use. And the final dot is written by itself, after the mail is out of our buffers: what died
before it was surely not delivered, and only what died after it is in doubt.
"""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\n]*))?\r?\n")
_LONGEST_REPLY = 32 * 1024
_FINAL_DOT = b".\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said to one command (RFC 5321 4.2); the lines of a long one are joined by line feeds."""

    code: int
    text: str


class Lost(Exception):  # noqa: N818 - it is what it says: the connection is lost
    """The connection is gone, or the server does not speak SMTP on it any more; the text says which."""


class Line(asyncio.Protocol):
    """Takes over `transport`; every method but `close` raises `Lost` once the connection is of no more use."""

    def __init__(self, transport: asyncio.WriteTransport, *, timeout: float) -> None:
        self._transport, self._timeout = transport, timeout
        self._news = asyncio.Event()
        self._buffer, self._text = bytearray(), bytearray()
        self._replies: deque[Reply] = deque()
        self._owed = 0
        self._writing_paused = False
        self._lost: str | None = None
        # Every octet counts: `hand_over` has to know when nothing of the mail is left on our side.
        transport.set_write_buffer_limits(0)
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether another mail may be tried on it."""
        return self._lost is None and not self._transport.is_closing()

    def send(self, *commands: bytes) -> None:
        """Write commands in one go; as many replies are owed."""
        if not self.is_open:
            raise Lost(self._lost or "the connection is closed")
        self._owed += len(commands)
        self._transport.write(b"".join(command + b"\r\n" for command in commands))

    async def reply(self, seconds: float | None = None) -> Reply:
        """The next reply that is owed, within `seconds`."""
        await self._until(lambda: self._replies or self._lost, seconds or self._timeout)
        if not self._replies:
            raise Lost(self._lost)
        return self._replies.popleft()

    async def ask(self, command: bytes) -> Reply:
        """One command and its reply."""
        self.send(command)
        return await self.reply()

    async def hand_over(self, octets: bytes, seconds: float) -> Reply | None:
        """Write a mail whose lines are made transparent; None when all of it but the final dot has left our side.

        A reply is the server's refusal to hear the mail to its end, after which it knows nothing of a mail.
        """
        self._owed += 1
        self._transport.write(octets)
        # Once round the event loop: an end that has come already is heard before the final dot is written.
        await asyncio.sleep(0)
        await self._until(lambda: self._replies or self._lost or not self._writing_paused, seconds)
        if self._replies:
            return self._replies.popleft()
        if self._lost is not None or self._transport.is_closing():
            raise Lost(self._lost or "the connection is closed")
        return None

    async def final_dot(self, seconds: float) -> Reply:
        """End the mail: from here on, `Lost` leaves it in doubt."""
        self._transport.write(_FINAL_DOT)
        return await self.reply(seconds)

    async def quit(self, seconds: float) -> None:
        """Say goodbye and close; never raises for what the server does."""
        with contextlib.suppress(Lost):
            self.send(b"QUIT")
            await self.reply(seconds)
        self.close()
        # Once round the event loop, which may end right after: only there is the socket given back.
        await asyncio.sleep(0)

    def close(self) -> None:
        """Hang up, without waiting for a last word of TLS that a mute server never says."""
        self._give_up("the connection is closed")

    def _give_up(self, why: str) -> None:
        self._lose(why)
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Cut what came into replies."""
        self._buffer += data
        while self._lost is None and (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            self._take(line)
        if len(self._buffer) + len(self._text) > _LONGEST_REPLY:
            self._lose("a reply without an end")
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, also of what was still to be read."""
        self._lose(f"the connection broke off{f' ({type(exc).__name__})' if exc else ''}")
        self._writing_paused = False

    def pause_writing(self) -> None:
        """The server, or the network, is slower than we."""
        self._writing_paused = True

    def resume_writing(self) -> None:
        """All that was written has left."""
        self._writing_paused = False
        self._news.set()

    def _take(self, line: bytes) -> None:
        match = _REPLY_LINE.fullmatch(line)
        if match is None:
            self._lose("what came is no SMTP reply")
            return
        self._text += (b"\n" if self._text else b"") + (match[3] or b"").strip()
        if match[2] == b"-":
            return
        text, self._text = self._text.decode("utf-8", "replace"), bytearray()
        if self._owed == 0:
            self._lose(f"it said {match[1].decode()} without having been asked")
            return
        self._owed -= 1
        self._replies.append(Reply(int(match[1]), text))

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self._news.set()

    async def _until(self, ready: Callable[[], object], seconds: float) -> None:
        if ready():
            return
        patience = asyncio.get_running_loop().call_later(seconds, self._give_up, f"no answer in {seconds:g} seconds")
        try:
            while not ready():
                self._news.clear()
                await self._news.wait()
        finally:
            patience.cancel()
