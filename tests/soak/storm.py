"""Whatever can go wrong, at random and all the time, while mail goes on coming.

Kills, network cuts, slow and silent servers, a full disk, a locked database, clock jumps, servers that are restarted,
and folders that get another UIDVALIDITY. In the end it is calm, and everything must stand as if nothing had been.
"""

import contextlib
import hashlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from soak.letters import Letter, dozen
from soak.ordeal import CONNECTIONS, Found, Ordeal

_PORTION = 12
_MOST_WAITING = 150
_LEAST_FAULTS = 8
_BREAKS_SMTP = ("kill", "cut", "silence", "smtp restarted")
"""After each of these a reply may be in doubt on every connection."""
_DISK = "1024m"


class Storm:
    """Plays faults on an ordeal whose daemon is running; `faults` counts them by kind."""

    def __init__(self, ordeal: Ordeal, chance: random.Random, tell: Callable[[str], None], disk: Path | None) -> None:
        self._ordeal, self._chance, self._tell, self._disk = ordeal, chance, tell, disk
        self.faults: Counter[str] = Counter()
        self._wrong: list[str] = []
        self._expected: list[Found] = []
        self._letters: list[Letter] = []
        self._kinds: dict[str, Callable[[], None]] = {
            "kill": self._kill, "cut": self._cut, "slow server": self._slow, "silence": self._silence,
            "database locked": self._lock, "clock jumped": self._jump, "imap restarted": self._restart_imap,
            "smtp restarted": self._restart_smtp, "renumbered": self._renumber,
        }  # fmt: skip
        if disk:
            self._kinds["disk full"] = self._fill

    def rage(self, messages: int, *, every: float) -> None:
        """So many messages, with a fault about every so many seconds, and some faults at least."""
        ordeal = self._ordeal
        self._clock(0)
        first = dozen("calm")
        ordeal.put(first)
        ordeal.start()
        assert ordeal.until(ordeal.drained), ordeal.desk.log()[-2000:]
        self._expected = ordeal.found(first)
        due, waiting = time.monotonic(), min(_MOST_WAITING, messages // 6)
        while len(self._letters) < messages or sum(self.faults.values()) < _LEAST_FAULTS:
            if len(self._letters) < messages and self._distinct() - ordeal.standing()[0] < waiting:
                portion = dozen(f"s{len(self._letters)}", _PORTION)
                self._letters += portion
                ordeal.put(portion)
            if time.monotonic() > due:
                self._fault()
                due = time.monotonic() + self._chance.expovariate(1 / every)
            self._see_to_it()
            time.sleep(0.1)
        self._calm()

    def verdict(self) -> list[str]:
        """Everything that is wrong."""
        ordeal = self._ordeal
        breaks = sum(self.faults[kind] for kind in _BREAKS_SMTP)
        wrong = self._wrong + ordeal.judge(most_unconfirmed=(breaks + ordeal.tally.kills) * CONNECTIONS)
        found = ordeal.found(self._letters)
        for number, (letter, is_) in enumerate(zip(self._letters, found, strict=True)):
            if is_ != (should := self._expected[number % len(self._expected)]):
                wrong.append(f"{letter.message_id}: {is_}, expected {should}")
        wrong += [f"octets of {digest} are not there" for (digest,) in ordeal.desk.rows("select digest from message")
                  if not self._kept(digest)]  # fmt: skip
        wrong += ordeal.reconciled(self._ahead())
        return wrong + [row[0] for row in ordeal.desk.rows("pragma integrity_check") if row[0] != "ok"]

    def _kept(self, digest: str) -> bool:
        file = self._ordeal.desk.folder / "octets" / "raw" / digest[:2] / digest
        return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest

    def _distinct(self) -> int:
        return len({letter.octets for letter in self._letters}) + 11

    def _see_to_it(self) -> None:
        """As systemd does: what died is started again."""
        if not self._ordeal.alive:
            self._ordeal.kill()
            self._ordeal.start()

    def _fault(self) -> None:
        kind = self._chance.choice(list(self._kinds))
        self.faults[kind] += 1
        self._kinds[kind]()
        recorded, owed = self._ordeal.standing()
        self._tell(f"{kind}: {len(self._letters)} delivered, {recorded} recorded, {owed} owed")

    def _calm(self) -> None:
        """No faults any more; the clock is moved on to whatever was put off by hours."""
        ordeal = self._ordeal
        for _ in range(100):
            self._see_to_it()
            with contextlib.suppress(AssertionError):
                if ordeal.until(ordeal.drained, 20):
                    return
            self._clock(self._ahead() + 1800)
            self._tell(f"put off: {ordeal.standing()}")
        self._wrong.append(f"it never came to rest: {ordeal.standing()}")

    def _kill(self) -> None:
        self._ordeal.kill()

    def _cut(self) -> None:
        for tap in self._ordeal.taps.values():
            tap.cut()

    def _slow(self) -> None:
        with self._set("delay", self._chance.uniform(0.01, 0.2)):
            time.sleep(self._chance.uniform(1, 5))

    def _silence(self) -> None:
        with self._set("mute", value=True):
            time.sleep(self._chance.choice((0.5, 2, 12)))
        self._cut()

    @contextmanager
    def _set(self, name: str, value: object) -> Iterator[None]:
        tap = self._chance.choice(list(self._ordeal.taps.values()))
        before = getattr(tap, name)
        setattr(tap, name, value)
        yield
        setattr(tap, name, before)

    def _lock(self) -> None:
        with closing(sqlite3.connect(self._ordeal.desk.database, timeout=60, isolation_level=None)) as other:
            other.execute("begin immediate")
            # Longer than a writer waits, now and then.
            time.sleep(self._chance.choice((1, 1, 2, 5, 33)))
            other.execute("rollback")

    def _fill(self) -> None:
        assert self._disk is not None
        filler = self._disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
        time.sleep(self._chance.uniform(1, 6))
        if self._chance.random() < 0.5:  # as often as not, somebody restarts it meanwhile
            self._kill()
            self._see_to_it()
            time.sleep(3)
        filler.unlink()

    def _ahead(self) -> float:
        return float((self._ordeal.desk.folder / "clock").read_text())

    def _clock(self, seconds: float) -> None:
        clock = self._ordeal.desk.folder / "clock"
        (new := clock.with_suffix(".new")).write_text(str(seconds))
        new.rename(clock)

    def _jump(self) -> None:
        self._clock(self._chance.uniform(-7200, 7200))

    def _restart_imap(self) -> None:
        self._ordeal.imap.kill()
        self._cut()
        time.sleep(self._chance.uniform(0, 3))
        self._ordeal.imap.start()

    def _restart_smtp(self) -> None:
        self._ordeal.smtp.kill()
        time.sleep(self._chance.uniform(0, 3))
        self._ordeal.smtp.start()

    def _renumber(self) -> None:
        self._ordeal.imap.renumber()
        self._cut()


@contextmanager
def small_disk() -> Iterator[tuple[Path, Path | None]]:
    """A folder, and the same again where it is a disk of its own that can be filled (which takes root)."""
    folder = Path(tempfile.mkdtemp(prefix="ordeal-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "none", str(folder)]
    own = subprocess.run(mount, check=False, capture_output=True).returncode == 0 if shutil.which("mount") else False
    try:
        yield folder, folder if own else None
    finally:
        if own:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
