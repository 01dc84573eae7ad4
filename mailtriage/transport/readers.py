"""The pool of reader processes: what a hostile message breaks is one process, and a defect of that message alone.

The trap is everything that never answers. A reader may crash, hang, burn CPU or eat memory, also while the request is
still being written to it; each is noticed in bounded time, costs its own message and leaves the pool whole. And a
reader that cannot even start is no message's fault: that is told apart, or a broken installation would put all mail on
hold.
"""

import contextlib
import itertools
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from mailtriage import log
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, dump
from mailtriage.transport.confinement import WORDS, Lacking
from mailtriage.transport.forked import ForkServer, ReadersUnavailable
from mailtriage.transport.reader_frames import (
    READ,
    READ_BRIEFLY,
    READ_HEADERS,
    READ_PICTURES,
    Frame,
    Limits,
    comparison,
    pictures,
)
from mailtriage.transport.reader_process import ReaderFailed, ReaderProcess

__all__ = ["Limits", "Pool", "ReaderFailed", "Readers", "ReadersUnavailable"]

_log = log.get("readers")


@dataclass(order=True, slots=True)
class _Job:
    """A question that waits for a reader; without a request, the end of a reader's work."""

    rank: int
    number: int
    request: Frame | None = field(default=None, compare=False)
    future: Future[Reading] = field(default_factory=Future, compare=False)


_RANK = {READ_PICTURES: 1, READ: 2, READ_BRIEFLY: 2}
"""What is asked of a message that was read already goes first (0), for all that came later waits behind it."""
_LAST = 3


class Pool(ABC):
    """Readings of messages, whoever makes them: `Readers` in this process's own, `Workers` (spread/) elsewhere."""

    def submit(self, octets: bytes, *, briefly: bool = False) -> Future[Reading]:
        """Read a message; `briefly` leaves pictures alone on which nothing depends.

        The future may raise `ReaderFailed` or `ReadersUnavailable`.
        """
        return self.ask(Frame(READ_BRIEFLY if briefly else READ, payload=octets))

    def submit_headers(self, octets: bytes, defect: str) -> Future[Reading]:
        """Read the headers alone, of a message that is too large or broke a reader; `defect` says which."""
        return self.ask(Frame(READ_HEADERS, defect, octets))

    def submit_pictures(self, octets: bytes, digests: Sequence[str], texts: Mapping[str, str]) -> Future[Reading]:
        """Read a message with the words in those of its files; `texts` are known already, by digest."""
        return self.ask(pictures(octets, digests, texts))

    def submit_comparison(
        self, reading: Reading, octets: bytes, earlier: Sequence[tuple[bytes, Sequence[str]]]
    ) -> Future[Reading]:
        """Mark those files of a message that show the same as one of these files of earlier messages."""
        return self.ask(comparison(dump(reading), octets, earlier))

    @abstractmethod
    def ask(self, frame: Frame) -> Future[Reading]:
        """Have a question answered; may be called from any thread."""


class Readers(Pool):
    """`count` reader processes out of one fork server, each served by a thread of its own."""

    def __init__(
        self, count: int, options: ReadOptions, limits: Limits | None = None, *, forks: ForkServer | None = None
    ) -> None:
        limits = limits or Limits()
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closing = threading.Event()
        self._forks = forks or ForkServer()
        self._readers = [ReaderProcess(self._forks, options, limits) for _ in range(count)]
        self._threads: list[threading.Thread] = []
        self._started: list[Future[None]] = []
        self._untold = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self.ready()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Let the processes start; what is asked meanwhile waits for them."""
        for number, reader in enumerate(self._readers):
            started: Future[None] = Future()
            self._started.append(started)
            thread = threading.Thread(target=self._serve, args=(reader, started), name=f"reader-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def ready(self) -> Self:
        """The same, once each process can read.

        Raises:
            ReadersUnavailable: one of them does not come up; the text holds the last line that it said.
        """
        try:
            for started in self._started:
                started.result()
        except ReadersUnavailable:
            self.close()
            raise
        return self

    @property
    def lacking(self) -> frozenset[Lacking]:
        """What this kernel would not take away from the readers, of all that should be; see confinement.py."""
        return frozenset().union(*(reader.lacking for reader in self._readers))

    def close(self, *, patience: float = 5) -> None:
        """End the processes; what is being read has `patience` seconds, what waits is cancelled."""
        self._closing.set()
        for _ in self._threads:
            self._jobs.put(_Job(_LAST, next(self._numbers)))
        # Nobody waits for readers that have not even come up.
        until = time.monotonic() + (patience if any(started.done() for started in self._started) else 0)
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))
        self._forks.close()
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._cancel_waiting()

    def ask(self, frame: Frame) -> Future[Reading]:
        """As `Pool.ask`."""
        job = _Job(_RANK.get(frame.kind, 0), next(self._numbers), frame)
        if self._closing.is_set() or not self._threads:
            job.future.set_exception(ReadersUnavailable("the readers are not running"))
        else:
            self._jobs.put(job)
        return job.future

    def _serve(self, reader: ReaderProcess, started: Future[None]) -> None:
        try:
            reader.start()
            self._tell(reader.lacking)
            started.set_result(None)
        except BaseException as error:  # noqa: BLE001 - ready() waits for it, whatever it is
            # Whatever is asked tries again, and tells it.
            started.set_exception(error)
        while (request := (job := self._jobs.get()).request) is not None:
            if self._closing.is_set():
                job.future.cancel()
            elif job.future.set_running_or_notify_cancel():
                try:
                    job.future.set_result(reader.read(request))
                except BaseException as error:  # noqa: BLE001 - whoever waits for this message must hear of it
                    job.future.set_exception(error)
        reader.close()

    def _tell(self, lacking: frozenset[Lacking]) -> None:
        """Once, for one kernel refuses all of them the same."""
        if lacking and self._untold.acquire(blocking=False):
            _log.warning("readers_less_confined", lacking=sorted(WORDS[name] for name in lacking))

    def _cancel_waiting(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait().future.cancel()
