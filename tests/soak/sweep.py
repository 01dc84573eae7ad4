"""Every point of a pass, one after another: the daemon dies there, is started again, and all must be well.

One store and one mailbox go through all of it. Each pass has a dozen letters of its own; where the point lies after the
start, the dozen comes to a daemon that waits for mail, and its next start is also the recovery.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from soak.letters import Letter, dozen
from soak.ordeal import Channel, Found, Moment, Ordeal, Point

CHANNELS: tuple[Channel, ...] = ("commit", "imap", "smtp")
MOMENTS: tuple[Moment, ...] = ("before", "after")
_START_COMMANDS, _START_COMMITS = 40, 8
"""Until the first letters have been fetched and recorded; what follows is as in a daemon that runs already."""


@dataclass
class Sweep:
    """`tell` hears of each pass; `wrong` is empty in the end."""

    ordeal: Ordeal
    tell: Callable[[str], None]
    wrong: list[str] = field(default_factory=list)
    points: int = 0
    """How many were met."""
    _passes: int = 0
    _expected: list[Found] = field(default_factory=list)
    _checked: list[tuple[str, list[Letter]]] = field(default_factory=list)

    def begin(self) -> dict[Channel, int]:
        """A first pass in which nobody dies, by which the others are judged; how many points a pass has."""
        letters = self._letters()
        self.ordeal.start()
        self._wait()
        self.ordeal.doom(None)
        self.ordeal.put(letters)
        self._wait()
        counts = self.ordeal.counts()
        self._expected = self.ordeal.found(letters)
        return counts

    def all(self, counts: dict[Channel, int]) -> Iterator[tuple[bool, Point]]:
        """Every point of a running daemon, and of the first moments of one that finds mail waiting (True).

        What an IMAP command does is only reading but for a few, so each of them has one of the two moments, in turn.
        """
        for channel in CHANNELS:
            for number in range(1, counts[channel] + 1):
                moments = MOMENTS if channel != "imap" else (MOMENTS[number % 2],)
                yield from ((False, Point(channel, number, moment)) for moment in moments)
        for number in range(1, _START_COMMANDS + 1):
            yield True, Point("imap", number, MOMENTS[number % 2])
        for number in range(1, _START_COMMITS + 1):
            yield from ((True, Point("commit", number, moment)) for moment in MOMENTS)

    def try_point(self, point: Point, *, starting: bool) -> None:
        """One pass."""
        ordeal, letters = self.ordeal, self._letters()
        if starting:
            ordeal.kill()
            ordeal.put(letters)
            ordeal.start(point)
        else:
            ordeal.doom(point)
            ordeal.put(letters)
        self._checked.append((str(point), letters))
        more, died = self._until_met(str(point)), ordeal.died
        ordeal.start()
        self._wait()
        wrong = [f"{point}: {each}" for each in ordeal.judge()]
        self.wrong += [each for each in wrong if each not in self.wrong]
        late = f" after {more} more dozen" if more else ""
        self.tell(f"{'start ' if starting else ''}{point} ({died}): met{late}, {ordeal.tally}")

    def run_of(self, size: int, deaths: int, chance: random.Random) -> None:
        """One pass of so many letters, in whole dozens, in which it dies as often as that at random points."""
        size += -size % len(self._expected)  # what is expected of a letter depends on the others of its dozen
        ordeal, letters, name = self.ordeal, dozen(f"r{self._next()}", size), f"a run of {size}"
        ordeal.kill()
        ordeal.put(letters)
        self._checked.append((name, letters))
        more = 0
        for _ in range(deaths):
            ordeal.start(Point(chance.choice(CHANNELS), chance.randint(1, 40), chance.choice(MOMENTS)))
            more += self._until_met(name, 600)
        ordeal.start()
        self._wait(600)
        self.wrong += [each for each in ordeal.judge() if each not in self.wrong]
        self.tell(f"{name} and {more} more dozen: {deaths} deaths; {ordeal.tally}")

    def _until_met(self, name: str, seconds: float = 120) -> int:
        """Wait for the daemon's death; how many more dozens of letters it took.

        How many points a pass has depends on the moment, for mail is cut into batches as it comes: where a point lies
        past the end, mail goes on coming until it is met.
        """
        more = 0
        while self.ordeal.until(self.ordeal.drained, seconds):
            letters = self._letters()
            self._checked.append((name, letters))
            self.ordeal.put(letters)
            more += 1
        assert self.ordeal.died, f"it ended by itself: {self.ordeal.desk.log()[-2000:]}"
        self.points += 1
        return more

    def end(self) -> list[str]:
        """Compare what became of every letter with the pass in which nobody died; everything wrong."""
        # The mailbox is looked through once: after hundreds of points it is large.
        found = iter(self.ordeal.found([letter for _, letters in self._checked for letter in letters]))
        for point, letters in self._checked:
            for number, (letter, is_) in enumerate(zip(letters, islice(found, len(letters)), strict=True)):
                should = self._expected[number % len(self._expected)]
                if is_ != should:
                    self.wrong.append(f"{point}: {letter.kind}: {is_}, expected {should}")
        self.wrong += self.ordeal.reconciled()
        return self.wrong

    def _letters(self) -> list[Letter]:
        return dozen(f"p{self._next()}")

    def _next(self) -> int:
        self._passes += 1
        return self._passes

    def _wait(self, seconds: float = 120) -> None:
        assert self.ordeal.until(self.ordeal.drained, seconds), self.ordeal.desk.log()[-2000:]
