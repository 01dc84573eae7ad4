"""A relay that understands what it passes on: every command can be seen, stopped or answered otherwise at the wire.

The trap is to take the words of a mail for those of the protocol. A literal of IMAP is passed on by its length
(RFC 9051 4.3) and the mail after DATA up to its final dot (RFC 5321 4.1.1.4), so that nothing in them counts.
"""

import contextlib
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from types import TracebackType
from typing import Literal, Self

from servers.processes import HOST

Moment = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Said:
    """One line that is about to be passed on."""

    command: str
    """In upper case; "*" is what an IMAP server says unasked, CONNECT the greeting of SMTP, "." the end of a mail."""
    number: int
    """Of the command, counted over all connections; 0 for what is none."""
    moment: Moment
    """Before the server hears the command; after it has answered, and before that is heard."""
    line: bytes


class Last(bytes):
    """Passed on, and then the connection ends."""

    __slots__ = ()


Hear = Callable[[Said], bytes | None]
"""Gives what is passed on in the place of a line: itself, another one, `Last`, or None to hang up on both."""
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r?\n$")
_COMMAND = re.compile(rb"(\S+) (?:UID )?(\S+)", re.IGNORECASE)
_ANSWER = re.compile(rb"(\S+) (?:OK|NO|BAD)\b")


def listen(said: Said) -> bytes:
    """Pass everything on."""
    return said.line


@dataclass(eq=False)
class _Pair:
    """One connection through the relay."""

    client: socket.socket
    server: socket.socket

    def cut(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Wiretap:
    """In front of a server on loopback; `hear` may be set at any time, and is called in the relay's threads.

    While `delay` is set, each line of the server comes so many seconds later; while `mute` is set nothing of what it
    says comes at all, and every connection stays.
    """

    def __init__(self, protocol: Literal["imap", "smtp"], port: int, hear: Hear = listen) -> None:
        self.hear, self.delay, self.mute = hear, 0.0, False
        self.count = 0
        """How many commands were given so far; may be set back."""
        self._turn = threading.Lock()
        self._protocol, self._target = protocol, (HOST, port)
        self._listener = socket.create_server((HOST, 0))
        self.host, self.port = HOST, int(self._listener.getsockname()[1])
        self._pairs: set[_Pair] = set()
        self._threads: list[threading.Thread] = []
        self._ended = False

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Hang up on everybody."""
        for pair in tuple(self._pairs):
            pair.cut()

    def number(self) -> int:
        """One more command."""
        with self._turn:
            self.count += 1
            return self.count

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            pair = _Pair(client, server)
            self._pairs.add(pair)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = _Imap(self, pair) if self._protocol == "imap" else _Smtp(self, pair)
            self._begin(self._run, pair, talk)

    def _run(self, pair: _Pair, talk: "_Imap | _Smtp") -> None:
        down = threading.Thread(target=self._pump, args=(pair, talk.answers), daemon=True)
        down.start()
        self._pump(pair, talk.commands)
        down.join()
        for end in (pair.client, pair.server):
            end.close()
        self._pairs.discard(pair)

    def _pump(self, pair: _Pair, work: Callable[[], None]) -> None:
        with contextlib.suppress(OSError, _HungUp):
            work()
        pair.cut()


class _HungUp(Exception):  # noqa: N818
    """One of the two, or whoever hears, ended it."""


class _Talk:
    """What both protocols share: lines in, lines out, and who is asked about them."""

    def __init__(self, tap: Wiretap, pair: _Pair) -> None:
        self._tap, self._pair = tap, pair
        self._from_client, self._from_server = pair.client.makefile("rb"), pair.server.makefile("rb")

    def _before(self, command: str, line: bytes) -> tuple[int, bytes]:
        """A command: its number, and what is passed on of it."""
        number = self._tap.number()
        return number, self._hear(Said(command, number, "before", line))

    def _hear(self, said: Said) -> bytes:
        passed = self._tap.hear(said)
        if passed is None:
            raise _HungUp
        return passed

    def _to_server(self, octets: bytes) -> None:
        self._pair.server.sendall(octets)
        if isinstance(octets, Last):
            raise _HungUp

    def _to_client(self, octets: bytes) -> None:
        if self._tap.delay:
            # It is the passing of time that is played here.
            time.sleep(self._tap.delay)
        if not self._tap.mute:
            self._pair.client.sendall(octets)
        if isinstance(octets, Last):
            raise _HungUp


class _Imap(_Talk):
    def __init__(self, tap: Wiretap, pair: _Pair) -> None:
        super().__init__(tap, pair)
        self._asked: dict[bytes, tuple[str, int]] = {}

    def commands(self) -> None:
        while line := self._from_client.readline():
            if match := _COMMAND.match(line):
                name = match[2].decode(errors="replace").upper()
                number, passed = self._before(name, line)
                self._asked[match[1]] = name, number
            else:
                passed = self._before("DONE", line)[1] if line.strip().upper() == b"DONE" else line
            self._to_server(passed)
            self._literals(line, self._from_client, self._pair.server.sendall)

    def answers(self) -> None:
        while line := self._from_server.readline():
            match = _ANSWER.match(line)
            command, number = self._asked.pop(match[1], ("*", 0)) if match else ("*", 0)
            self._to_client(self._hear(Said(command, number, "after", line)))
            self._literals(line, self._from_server, self._to_client)

    def _literals(self, line: bytes, source: BufferedReader, send: Callable[[bytes], None]) -> None:
        match = _LITERAL.search(line)
        left = int(match[1]) if match else 0
        while left and (some := source.read(min(left, 1 << 16))):
            send(some)
            left -= len(some)


class _Smtp(_Talk):
    def __init__(self, tap: Wiretap, pair: _Pair) -> None:
        super().__init__(tap, pair)
        self._asked = deque([("CONNECT", 0)])
        self._in_mail = False

    def commands(self) -> None:
        while line := self._from_client.readline():
            if self._in_mail and line != b".\r\n":
                self._pair.server.sendall(line)
                continue
            self._in_mail = False
            command = line.split(maxsplit=1)[0].decode(errors="replace").upper() if line.strip() else "?"
            number, passed = self._before(command, line)
            self._asked.append((command, number))
            self._to_server(passed)

    def answers(self) -> None:
        while line := self._from_server.readline():
            passed = line
            if line[3:4] != b"-" and self._asked:
                command, number = self._asked.popleft()
                passed = self._hear(Said(command, number, "after", line))
                self._in_mail = command == "DATA" and passed.startswith(b"354")
            self._to_client(passed)
