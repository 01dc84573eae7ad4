"""A TCP relay on loopback that counts what the server sends: what was downloaded is seen on the wire."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from servers.processes import HOST


class Relay:
    """Passes everything on, both ways; `received` counts the octets from the server."""

    def __init__(self, port: int) -> None:
        self._target = (HOST, port)
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self.received = 0
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                for ends in ((client, server), (server, client)):
                    self._threads.append(threading.Thread(target=self._pump, args=(*ends, ends[0] is server)))
                    self._threads[-1].start()

    def _pump(self, source: socket.socket, target: socket.socket, count: bool) -> None:  # noqa: FBT001 - one caller
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                self.received += len(octets) if count else 0
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)
