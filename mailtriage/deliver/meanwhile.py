"""Delivery beside the receiving of a command that ends: replies leave while later mail is still being read.

It has a thread with an event loop of its own, for receiving waits for servers, readers and the disk. Three traps. Moves
that were owed before wait for the end: the folder may have been numbered anew, and only reading it aims them anew. Few
moves in a command cost more than many, so they wait for each other. And whatever fails meanwhile is tried once more at
the end, whose failure alone counts: a command must not end for what was mended before it ended.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from mailtriage import log
from mailtriage.deliver.deliverer import Deliverer, Worker
from mailtriage.deliver.moves import MOVES_AT_ONCE
from mailtriage.deliver.patience import Delivered
from mailtriage.errors import StoreError

_log = log.get("deliver")
_STOP_SECONDS = 12.0
"""What is in flight then is broken off: a reply is unconfirmed."""
_GOODBYE_SECONDS = 3.0


class Meanwhile:
    """A context in which recorded effects are carried out; `moves_wait` holds all moves back until `finish`."""

    def __init__(self, make: Callable[[], Deliverer], *, moves_wait: bool) -> None:
        self._make, self._moves_wait = make, moves_wait
        self._recorded = 0
        self._all_recorded = False
        self._done = Delivered()
        self._error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._moves = asyncio.Event()
        self._replies: list[asyncio.Event] = []
        self._first = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._deliverer: Deliverer | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deliver", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Where receiving broke off, finish what is in flight and carry out nothing more."""
        for seconds, stop in ((_STOP_SECONDS, self._stop), (_GOODBYE_SECONDS, self._break_off)):
            if self._thread.is_alive():
                self._tell(stop)
                self._thread.join(seconds)

    def recorded(self, messages: int) -> None:
        """So many more have been recorded, and what they entail may be due."""
        before, self._recorded = self._recorded, self._recorded + messages
        enough = before // MOVES_AT_ONCE < self._recorded // MOVES_AT_ONCE
        self._tell(partial(self._wake, moves=enough and not self._moves_wait))

    def finish(self) -> Delivered:
        """Nothing more comes: deliver until nothing is due.

        Raises:
            StoreError: the database is away.
            MailtriageError: the configuration does not let it begin.
        """
        self._all_recorded = True
        self._tell(self._wake)
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done

    def _tell(self, action: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already, and `finish` tells why
            self._loop.call_soon_threadsafe(action)

    def _wake(self, *, moves: bool = True) -> None:
        for event in (self._first, *self._replies):
            event.set()
        if moves:
            self._moves.set()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._deliver())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever finishes
            self._error = error

    async def _deliver(self) -> None:
        self._task = asyncio.current_task()
        self._begun.set()
        await self._first.wait()
        self._deliverer = deliverer = self._make()
        moves, *replies = deliverer.workers
        self._replies = [asyncio.Event() for _ in replies]
        working = [self._work(moves, self._moves), *map(self._work, replies, self._replies)]
        self._wake(moves=False)
        try:
            ended = await asyncio.gather(*working, return_exceptions=True)
        finally:
            await deliverer.close()
        for error in filter(None, ended):
            raise error

    async def _work(self, worker: Worker, wake: asyncio.Event) -> None:
        """Let a worker carry out what is due whenever something was recorded, and for the last time at the end."""
        last = False
        while not last:
            await wake.wait()
            wake.clear()
            last = self._all_recorded
            try:
                await worker(self._done)
            except StoreError as error:
                if last:
                    raise
                _log.error("delivery_broke_off", why=log.cause(error))

    def _stop(self) -> None:
        if self._deliverer is None:
            self._break_off()
        else:
            self._all_recorded = True
            self._deliverer.stop()
            self._wake()

    def _break_off(self) -> None:
        if self._task is not None:
            self._task.cancel()
