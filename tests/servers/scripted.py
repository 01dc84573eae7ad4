"""Servers that say exactly what a test wrote, at exactly that point: for what real ones do by chance."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from servers.listener import Listener
from servers.processes import HOST

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS] ready\r\n"
ANSWERS: Mapping[str, Sequence[bytes]] = {
    "CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\n"],
    "LIST": [b'* LIST (\\Noselect) "/" ""\r\n'],
    "EXAMINE": [b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] kept\r\n"],
    "IDLE": [b"+ idling\r\n"],
}


class ScriptedImap:
    """One connection; `answers` by command, each a sequence of segments, before the tagged OK.

    A segment `b""` is a pause until the test calls `go_on`. IDLE ends with the client's DONE.
    """

    def __init__(self, answers: Mapping[str, Sequence[bytes]], *, tls: ssl.SSLContext | None = None) -> None:
        self._answers = {**ANSWERS, **answers}
        self._tls = tls
        self._listener = socket.create_server((HOST, 0))
        self.host, self.port = HOST, int(self._listener.getsockname()[1])
        self._pause = threading.Semaphore(0)
        self._connection = self._listener
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for open_one in (self._listener, self._connection):
            with contextlib.suppress(OSError):
                open_one.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.go_on()
        self._thread.join()

    def go_on(self) -> None:
        """End a pause."""
        self._pause.release()

    def _serve(self) -> None:
        try:
            self._connection, _ = self._listener.accept()
        except OSError:
            return
        connection = self._connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            connection.sendall(GREETING)
            for line in lines:
                tag, command = re.match(rb"(\S+) (?:UID )?(\S+)", line).groups()
                for segment in self._answers.get(command.decode().upper(), ()):
                    if segment:
                        connection.sendall(segment)
                    else:
                        self._pause.acquire()
                if command == b"IDLE":
                    lines.readline()
                connection.sendall(tag + b" OK done\r\n")
                if command == b"LOGOUT":
                    return


SMTP_ANSWERS: Mapping[str, str] = {
    "CONNECT": "220 scripted ready", "STARTTLS": "220 2.0.0 Go ahead", "MAIL": "250 2.1.0 Ok", "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on", ".": "250 2.0.0 Ok: taken", "RSET": "250 2.0.0 Ok", "QUIT": "221 2.0.0 Bye",
    "early": "503 5.5.1 Not yet",
}  # fmt: skip
SMTP_BEFORE: Mapping[str, str] = {"RCPT": "MAIL", "DATA": "RCPT"}
"""Without the one taken the other is 503, unless a test wants it otherwise."""
CUT, SILENCE, MIDWAY = "cut", "silence", "midway"
"""Instead of an answer: hang up; say nothing and stay; for DATA: say 354, and hang up before the mail has ended."""


class ScriptedSmtp(Listener):
    """`answers` by command ("." is the final dot): one for always, or a list for one time after the other.

    `offers` are the ESMTP keywords, None a server that knows no EHLO. A 421 hangs up, as RFC 5321 3.8 says. `received`
    are the mails that were heard to their final dot, whatever was said to it; `segments` is what came, read by read.
    """

    def __init__(
        self,
        answers: Mapping[str, str | Sequence[str]] | None = None,
        *,
        offers: Sequence[str] | None = ("PIPELINING", "ENHANCEDSTATUSCODES"),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__()
        self.answers: dict[str, str | list[str]] = {
            command: answer if isinstance(answer, str) else list(answer) for command, answer in (answers or {}).items()
        }
        self._offers, self._tls = offers, tls
        self.received: list[bytes] = []
        self.commands: list[str] = []
        self.segments: list[bytes] = []

    def took(self, mail: bytes) -> None:
        """A mail was heard to its final dot."""
        self.received.append(mail)

    def serve(self, connection: socket.socket) -> None:
        """Say what the script says."""
        if not self._say(connection, "CONNECT"):
            return
        lines, taken = self._lines(connection), ""
        while line := next(lines, b""):
            command = line.split()[0].decode(errors="replace").upper() if line.strip() else "?"
            self.commands.append(line.decode(errors="replace").strip())
            early = command in SMTP_BEFORE and taken != SMTP_BEFORE[command] and command not in self.answers
            said = self._say(connection, "early" if early else command)
            taken = command if said.startswith("250") else taken if said.startswith("5") and early else ""
            if command == "DATA" and said.startswith("354"):
                said = self._take(connection, lines)
            if not said or command == "QUIT":
                return
            if command == "STARTTLS" and self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                # Known before the handshake: a client that refuses us in its midst leaves the socket open.
                self._open.append(connection)
                connection.do_handshake()
                lines = self._lines(connection)

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> str:
        mail: list[bytes] = []
        for line in lines:
            if line == b".\r\n":
                self.took(b"".join(mail))
                return self._say(connection, ".")
            mail.append(line)
        return ""

    def _lines(self, connection: socket.socket) -> Iterator[bytes]:
        waiting = b""
        while segment := connection.recv(65536):
            self.segments.append(segment)
            *whole, waiting = (waiting + segment).split(b"\n")
            yield from (line + b"\n" for line in whole)

    def _say(self, connection: socket.socket, command: str) -> str:
        """Answer; what was said, "" where that was the end."""
        scripted = self.answers.get(command)
        if isinstance(scripted, list):
            scripted = scripted.pop(0) if scripted else None
        answer = scripted or self._usual(command)
        if answer == SILENCE:
            while connection.recv(65536):
                pass
        if answer in {CUT, SILENCE}:
            return ""
        connection.sendall(("354 Go on" if answer == MIDWAY else answer).encode() + b"\r\n")
        if answer == MIDWAY:
            connection.recv(1024)
        return "" if answer == MIDWAY or answer.startswith("421") else answer

    def _usual(self, command: str) -> str:
        if command == "EHLO" and self._offers is not None:
            return "\r\n".join(("250-scripted", *(f"250-{offer}" for offer in self._offers), "250 HELP"))
        if command == "HELO":
            return "250 scripted"
        return SMTP_ANSWERS.get(command, "500 5.5.2 What?")
