"""A server inside this process, on loopback, for the demonstration and the tests.

It is a real one: the client code of the daemon talks to it over TCP and nothing is simulated behind its back. Mail lies
in memory and ends with the process. The trap is a server that outlives whoever began it, or takes another port when it
comes back.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar, cast

HOST = "127.0.0.1"
LACKING = "the embedded servers need the extra demo: pip install 'mailtriage[demo]'"
_T = TypeVar("_T")


class Embedded(ABC):
    """A listener with an event loop of its own in a background thread; the port stays the same over a restart."""

    def __init__(self, port: int, tls: ssl.SSLContext | None, *, starttls: bool) -> None:
        self.host = HOST
        self.port = port
        self._tls = tls
        self._starttls = starttls
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> Self:
        self._loop.set_exception_handler(lambda loop, context: None)  # noqa: ARG005 - clients may vanish at any moment
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._call(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Listen, on the former port after a `kill`."""
        listener = socket.create_server((self.host, self.port))
        # asyncio sees to it for listeners of its own making alone; 40 ms an answer without it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(listener.getsockname()[1])
        self._server = self._call(self._listen(listener, None if self._starttls else self._tls))

    def kill(self) -> None:
        """Die as by SIGKILL: every connection is cut, nobody listens any more. What is stored stays."""
        self._call(self._stop())

    def drop_connections(self) -> None:
        """Cut every connection, but go on listening."""
        self._loop.call_soon_threadsafe(self._abort)

    @abstractmethod
    async def _listen(self, listener: socket.socket, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Serve on it."""

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._abort()

    async def _end_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _remember(self, transport: asyncio.BaseTransport) -> None:
        self._transports = {known for known in self._transports if not known.is_closing()} | {transport}

    def _abort(self) -> None:
        for transport in tuple(self._transports):
            # asyncio in Python 3.11 forgets the protocol of a TLS transport that was closed twice: it is gone then.
            with contextlib.suppress(AttributeError):
                cast("asyncio.WriteTransport", transport).abort()
        self._transports.clear()

    def _call(self, what: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)
