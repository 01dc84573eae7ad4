"""A TCP relay on loopback that counts what the server sends, and may be as far away as the other end of the country."""

import contextlib
import queue
import socket
import threading
import time
from types import TracebackType
from typing import Self

from servers.processes import HOST


class Relay:
    """Passes everything on, both ways, each time `delay` seconds later; `received` counts the server's octets."""

    def __init__(self, port: int, *, delay: float = 0) -> None:
        self._target, self._delay = (HOST, port), delay
        self.host = HOST
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
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for ends in ((client, server), (server, client)):
                    self._threads.append(threading.Thread(target=self._pump, args=(*ends, ends[0] is server)))
                    self._threads[-1].start()

    def _pump(self, source: socket.socket, target: socket.socket, count: bool) -> None:  # noqa: FBT001 - one caller
        way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        far = threading.Thread(target=self._deliver, args=(way, target))
        far.start()
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                self.received += len(octets) if count else 0
                way.put((time.monotonic() + self._delay, octets))
        way.put((time.monotonic(), b""))
        far.join()

    def _deliver(self, way: queue.SimpleQueue[tuple[float, bytes]], target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, octets = way.get()
                if not octets:
                    break
                if self._delay:
                    # It is the passing of time that is played here.
                    time.sleep(max(0.0, due - time.monotonic()))
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)
