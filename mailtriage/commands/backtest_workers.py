"""Decides stored messages anew in several processes: each loads both rulesets once and reads its own share.

The trap is the daemon beside it. Every share is one short read of the store, so that nothing waits for a backtest; and
what comes back is counts, so that memory stays flat however long the history is. It imports little: each process pays.
"""

import itertools
import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass

from mailtriage.errors import StoreError
from mailtriage.store.database import Database
from mailtriage.store.replay import Replay, Span
from mailtriage.triage.backtest import compare
from mailtriage.triage.comparison import Comparison
from mailtriage.triage.ruleset import Ruleset, load_ruleset

SHARE = 200
"""Row numbers decided at one go: a second or less."""
WORTH = 1000
"""Messages that are worth a further process, which needs two seconds to start."""


@dataclass(frozen=True)
class Comparing:
    """All that a process must know: plain data, for it starts from nothing."""

    database: str
    today: Mapping[str, str]
    candidate: Mapping[str, str]
    span: Span


@dataclass(frozen=True)
class _Opened:
    replay: Replay
    today: Ruleset
    candidate: Ruleset
    span: Span

    def share(self, first: int, last: int) -> Comparison:
        return compare(self.replay.cases(self.span, first, last), self.today, self.candidate)


def compare_stored(comparing: Comparing, jobs: int) -> Iterator[Comparison]:
    """The comparison of each share of the span, in order.

    Raises:
        StoreError: the store is away, or a process was ended from outside.
    """
    span = comparing.span
    shares = shares_of(span, SHARE)
    processes = min(jobs, math.ceil(span.count / WORTH))
    if processes > 1:
        yield from _beside_each_other(comparing, shares, processes)
        return
    with closing(Database(comparing.database)) as database:
        opened = _opened(comparing, database)
        yield from itertools.starmap(opened.share, shares)


def shares_of(span: Span, size: int) -> Iterator[tuple[int, int]]:
    """The row numbers of a span in shares of at most `size`, first and last of each."""
    return ((first, min(first + size - 1, span.last)) for first in range(span.first, span.last + 1, size))


def _beside_each_other(comparing: Comparing, shares: Iterator[tuple[int, int]], processes: int) -> Iterator[Comparison]:
    # Spawned: a fork would carry the connections of this process along.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(comparing,))
    try:
        yield from pool.map(_share, *zip(*shares, strict=True))
    except BrokenProcessPool:
        raise StoreError("a process of the backtest was ended from outside; is the memory enough?") from None
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[_Opened] = []
"""What a process of the pool opened when it began."""


def _begin(comparing: Comparing) -> None:
    """Load the rules once; the end of the parent, however it comes, ends this process, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here.append(_opened(comparing, Database(comparing.database)))


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _share(first: int, last: int) -> Comparison:
    return _here[0].share(first, last)


def _opened(comparing: Comparing, database: Database) -> _Opened:
    today = candidate = load_ruleset(comparing.candidate)
    if comparing.today != comparing.candidate:
        today = load_ruleset(comparing.today)
    return _Opened(Replay(database), today, candidate, comparing.span)
