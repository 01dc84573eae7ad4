"""Letters are given out to the connections, and written down as they left: one transaction for all who ask at once.

Each letter costs a durable note that it is about to leave, and the disk takes as long for one note as for several. So
whoever asks waits a moment for the others, who are about to ask as well. The trap is a connection that is broken off
while it waits: what left over it is written down all the same, and what was claimed for it is given back.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import zip_longest

from mailtriage.store.due import DueReply

_BEAT = 0.005
"""Seconds to wait for the others: a server that takes longer over a mail is not held up by so little."""


@dataclass(frozen=True, slots=True)
class Left:
    """A letter that the relay took, at that instant and with that answer."""

    letter: DueReply
    at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class Next:
    """A letter that was claimed."""

    letter: DueReply
    taken: datetime | None
    """When it began to count as a reply that leaves."""
    stays: str | None
    """Why it was withheld."""


Serve = Callable[[Sequence[Left], int], Sequence[Next]]
"""Writes down what left, and claims up to so many letters, in one transaction; it may wait for the disk."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    left: Left | None
    answer: asyncio.Future[Next | None]


class Turns:
    """Serves connections together, in one event loop; `give_back` takes what was claimed for one that broke off."""

    def __init__(self, serve: Serve, give_back: Callable[[Next], None]) -> None:
        self._serve, self._give_back = serve, give_back
        self._connections = 0
        self._waiting: list[_Ask] = []
        self._beat: asyncio.TimerHandle | None = None
        self._busy = False

    @contextmanager
    def connection(self) -> Iterator[None]:
        """While it lasts, a connection is about to ask, and is waited for."""
        self._connections += 1
        try:
            yield
        finally:
            self._connections -= 1
            self._begin_when_all_ask()

    async def next(self, left: Left | None) -> Next | None:
        """Write down what left and claim the next; None when nothing may leave now.

        Raises:
            StoreError: nothing was written down, and nothing claimed. Another's note that is refused does not count.
        """
        loop = asyncio.get_running_loop()
        ask = _Ask(left, loop.create_future())
        self._waiting.append(ask)
        self._begin_when_all_ask()
        if self._beat is None and not self._busy:
            self._beat = loop.call_later(_BEAT, self._begin)
        try:
            return await asyncio.shield(ask.answer)
        except asyncio.CancelledError:
            if ask in self._waiting:
                self._waiting.remove(ask)
                self._serve([left] if left else [], 0)
            # A thread is not stopped: what it claimed for nobody would be called unconfirmed at the next start.
            elif row := await ask.answer:
                self._give_back(row)
            raise

    def _begin_when_all_ask(self) -> None:
        if self._waiting and len(self._waiting) >= self._connections and not self._busy:
            self._begin()

    def _begin(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
        asks, self._waiting, self._beat = self._waiting, [], None
        if not asks:
            return
        self._busy = True
        left = [ask.left for ask in asks if ask.left]
        # No task: it would be cancelled together with those that wait for it.
        serving = asyncio.get_running_loop().run_in_executor(None, self._serve, left, len(asks))
        serving.add_done_callback(partial(self._answer, asks))

    def _answer(self, asks: Sequence[_Ask], served: asyncio.Future[Sequence[Next]]) -> None:
        self._busy = False
        error = served.exception()
        rows = [] if error else served.result()
        writing = any(ask.left for ask in asks)
        for ask, row in zip_longest(asks, rows):
            if error is None:
                ask.answer.set_result(row)
            elif writing and ask.left is None:
                self._waiting.append(ask)  # it may be another's note that was refused
            else:
                ask.answer.set_exception(error)
        if self._waiting:
            self._beat = asyncio.get_running_loop().call_later(_BEAT, self._begin)
