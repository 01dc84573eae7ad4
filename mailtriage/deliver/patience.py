"""When to try again, and when to give up; the time is always an argument.

The trap is blame. A server that is away is no fault of the row that met it first, so the server is waited for, and the
rows keep their turn; while a row that a sound server will not have is put off by itself and, after days, buried where a
person sees it, so that it neither holds up the others nor is tried for ever.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailtriage import log
from mailtriage.errors import StoreError

_log = log.get("deliver")

GIVE_UP_AFTER = timedelta(days=3)
"""RFC 5321 4.5.4.1 wants four to five days of trying; an acknowledgement of that age would only confuse."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=4)
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=5)
_DOUBLINGS = 20
_INSIST_SECONDS = 0.2
_INSIST_LONGEST = 30.0


@dataclass
class Delivered:
    """What one run did, and why it had to stop, if it had to."""

    moved: int = 0
    sent: int = 0
    trouble: list[str] = field(default_factory=list)
    """Servers that were away, in words for ops, without any of a customer's."""


def next_try(attempts: int) -> timedelta:
    """How long a row waits after that many failed attempts: doubling, and never longer than four hours."""
    return _doubled(_FIRST_WAIT, attempts - 1, _LONGEST_WAIT)


class Server:
    """Whether one server is there, as far as delivery knows: said once when it goes, and once when it is back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.away = False
        self._failures = 0
        self._retry_at: datetime | None = None

    def resting(self, now: datetime) -> datetime | None:
        """Until when it is left alone; None when it may be tried now."""
        if self._retry_at is None:
            return None
        # A clock that was set back must not turn minutes into months.
        return self._retry_at if now < self._retry_at <= now + _LONGEST_REST else None

    def gone(self, why: str, now: datetime, done: Delivered) -> datetime:
        """It did not answer, or lets nobody in; gives when to try it again."""
        told = f"{self.name}: {why}"
        if told not in done.trouble:
            done.trouble.append(told)
        if not self.away:
            _log.warning("server_away", server=self.name, why=why)
        self.away = True
        self._failures += 1
        self._retry_at = now + _doubled(_FIRST_REST, self._failures - 1, _LONGEST_REST)
        return self._retry_at

    def back(self) -> None:
        """It answered."""
        if self.away:
            _log.info("server_back", server=self.name, failures=self._failures)
        self.away, self._failures, self._retry_at = False, 0, None


async def insist(write: Callable[[], None], stopping: asyncio.Event, tries: int | None) -> None:
    """Write down what became of an effect, again and again while the database cannot.

    What was carried out and is not written down would stand in the way of all that follows it. When told to stop, or
    after so many `tries` (None: without end), it is left claimed, and the next start calls it unconfirmed.

    Raises:
        StoreError: the database could not to the end.
    """
    wait, tried = _INSIST_SECONDS, 0
    while True:
        try:
            return await asyncio.to_thread(write)
        except StoreError as error:
            tried += 1
            if tried == 1:
                _log.error("settlement_delayed", why=log.cause(error))
            if stopping.is_set() or tried == tries:
                raise
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), wait)
        wait = min(wait * 2, _INSIST_LONGEST)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    doublings: int = min(max(times, 0), _DOUBLINGS)
    return min(first * (1 << doublings), longest)
