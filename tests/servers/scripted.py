"""An IMAP server that says exactly what a test wrote, in exactly those segments: for what real servers do by chance."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

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
