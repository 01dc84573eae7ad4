"""A TCP relay on loopback that counts what the server sends, and may be as far away as the other end of the country."""

import contextlib
import queue
import socket
import threading
import time

from servers.listener import Listener
from servers.processes import HOST


class Relay(Listener):
    """Passes everything on, both ways, each time `delay` seconds later; `received` counts the server's octets."""

    def __init__(self, port: int, *, delay: float = 0) -> None:
        super().__init__()
        self._target, self._delay = (HOST, port), delay
        self.received = 0

    def serve(self, connection: socket.socket) -> None:
        """Both ways at once, until both are at their end."""
        with socket.create_connection(self._target) as server:
            self.keep(server)
            back = threading.Thread(target=self._pump, args=(server, connection), kwargs={"count": True})
            back.start()
            self._pump(connection, server, count=False)
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, *, count: bool) -> None:
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
