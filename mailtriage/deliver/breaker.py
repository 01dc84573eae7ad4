"""The circuit breaker: when more replies leave in an hour than ever should, none leaves for an hour.

The trap is the loop that no rule has foreseen, at full speed: two robots that know each other's tricks, a list that
sends us to itself, a thousand forged senders. What is recorded goes on being recorded, what goes to colleagues goes on
leaving, and the replies wait; it is said once in the log, shown by metric and `outbox list`, and ends by itself.
"""

import bisect
from collections import deque
from datetime import datetime, timedelta

from mailtriage import log, metrics
from mailtriage.store.restraint import HOUR, Restraint

_log = log.get("deliver")
_AGAIN = timedelta(seconds=30)


class Breaker:
    """Counts what leaves. Where several nodes deliver, what the others let go is asked for every half minute."""

    def __init__(self, restraint: Restraint) -> None:
        self._restraint = restraint
        self._limit = restraint.bounds.per_hour
        self._left: deque[datetime] | None = None
        self._until: datetime | None = None
        self._asked_at: datetime | None = None

    def take(self, now: datetime, most: int = 1) -> int:
        """How many replies may leave now, of up to `most`; they count from then on, unless they are given back.

        Raises:
            StoreError: what left before this process began cannot be asked, or the stop not be written down.
        """
        if self._left is None or self._is_outdated(now):
            self._asked_at = now
            self._until = self._restraint.stopped_until(now)
            self._left = deque(self._restraint.left(now))
            if self._until:
                metrics.REPLIES_STOPPED.set(1)
        if self._until is not None:
            if now < self._until <= now + HOUR:
                return 0
            self._resume()
        while self._left and not now - HOUR < self._left[0] <= now:
            self._left.popleft()
        if len(self._left) >= self._limit:
            self._trip(now)
            return 0
        taken = min(most, self._limit - len(self._left))
        self._left.extend([now] * taken)
        return taken

    def give_back(self, taken: datetime) -> None:
        """The reply that was let go at that instant did not leave."""
        if self._left is not None and (at := bisect.bisect_left(self._left, taken)) < len(self._left):
            del self._left[at]

    def _is_outdated(self, now: datetime) -> bool:
        """Whether somebody else may have let replies go since the last question."""
        asked = self._asked_at
        return self._restraint.shared and asked is not None and not asked <= now < asked + _AGAIN

    def _trip(self, now: datetime) -> None:
        until = now + HOUR
        self._restraint.stop(now, until)
        self._until = until
        metrics.REPLIES_STOPPED.set(1)
        _log.error("replies_stopped", limit=self._limit, until=until.isoformat(timespec="seconds"))

    def _resume(self) -> None:
        self._until = None
        metrics.REPLIES_STOPPED.set(0)
        _log.info("replies_resumed")
