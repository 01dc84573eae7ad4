"""How fast mail is worked off: `python tests/bench/throughput.py CORPUS [--limit N] [--pairs K]`.

CORPUS is a folder of .eml files. Each run gets a Dovecot with them in INBOX, a fresh smtp-sink and an empty folder;
`mailtriage once` and the yardstick (`plain_script.py`) take turns, and only times of one pair are compared. Printed are
messages a second, processor time, peak memory of all processes, mails at the sink and the ratio; then, of a run of its
own, the processor time a message by stage, and how long `once` takes for an empty mailbox. The trap is a machine that
is shared: trust the median of five pairs and more, over a thousand messages and more.
"""

import argparse
import compileall
import json
import os
import signal
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from servers.dovecot import Dovecot
from servers.sink import Sink

import mailtriage
from mailtriage.configuration import shipped

_HERE = Path(__file__).parent
_OWN = "support@1cupis.ru"
_LONGEST = 1_800
_SAMPLED = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the whole corpus."""

    seconds: float
    processor: float
    """Seconds of the command and of all processes that it waited for."""
    peak: float
    """MB of all its processes together, what they share counted once (PSS)."""
    mails: int
    """That the sink took."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command finds its servers and its folder."""

    imap: Dovecot
    smtp: Sink
    folder: Path

    @property
    def mailtriage(self) -> list[str]:
        """The command under measurement, with a configuration of its own and no limit on replies."""
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "password").write_text(self.imap.password)
        file = self.folder / "config" / "mailtriage.yaml"
        file.write_text(yaml.safe_dump(self._settings(), allow_unicode=True), encoding="utf-8")
        return [sys.executable, "-m", "mailtriage.cli", "once", "--config", str(file)]

    @property
    def plain(self) -> list[str]:
        """The yardstick."""
        ports = ["--imap-port", str(self.imap.port), "--smtp-port", str(self.smtp.port)]
        login = ["--user", self.imap.user, "--password", self.imap.password]
        return [sys.executable, str(_HERE / "plain_script.py"), *ports, *login, "--work", str(self.folder)]

    def _settings(self) -> dict[str, object]:
        mailbox = {"name": "support", "host": self.imap.host, "port": self.imap.port, "tls": "none"}
        return {
            "mailboxes": [mailbox | {"user": self.imap.user, "password": f"file:{self.folder}/password"}],
            "smtp": {"host": self.smtp.host, "port": self.smtp.port, "tls": "none", "from": f"Первый ЦУПИС <{_OWN}>"},
            "database": f"sqlite:///{self.folder}/mailtriage.db",
            "octets": f"file://{self.folder}/octets",
            "rules": str(shipped() / "rules"),
            "replies": str(shipped() / "config" / "replies"),
            "calendar": str(shipped() / "config" / "calendar.yaml"),
            "own_addresses": [_OWN],
            "limits": {"replies_per_day": 100_000, "replies_per_hour": 1_000_000},
        }


def run(corpus: list[Path], command: Callable[[Place], list[str]]) -> Run:
    """Let a command work off a corpus on servers of its own."""
    with Dovecot() as imap, Sink() as smtp, tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        imap.fill(corpus)
        place = Place(imap, smtp, Path(folder))
        words = command(place)
        with (place.folder / "log").open("wb") as log:
            start = time.monotonic()
            process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            memory = Memory(process.pid)
            timer = threading.Timer(_LONGEST, process.kill)
            timer.start()
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{words[:4]}: exit {process.returncode}\n{(place.folder / 'log').read_text()[-2000:]}")
        return Run(seconds, used.ru_utime + used.ru_stime, memory.peak(), len(smtp.received()))


class Memory:
    """Looks at all processes of a command from time to time, in a thread of its own."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def peak(self) -> float:
        """The most that was seen, in MB; ends the looking."""
        self._ended.set()
        self._thread.join()
        return self._most / 1024

    def _look(self) -> None:
        while not self._ended.wait(_SAMPLED):
            self._most = max(self._most, sum(map(_kilobytes, _family(self._pid))))


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def by_stage(corpus: list[Path]) -> dict[str, float]:
    """Seconds of processor time of `mailtriage once`."""
    with tempfile.TemporaryDirectory(prefix="stages-") as folder:
        told = Path(folder) / "stages.json"

        def command(place: Place) -> list[str]:
            python, *_, option, file = place.mailtriage
            return [python, str(_HERE / "stages.py"), str(told), option, file]

        run(corpus, command)
        spent: dict[str, float] = json.loads(told.read_text())
        return spent


def compiled() -> None:
    """See to bytecode, as pip does for what it installs: without it each start compiles nine hundred modules."""
    for place in (Path(mailtriage.__file__).parent, Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(place, quiet=2, workers=0)


def table(pairs: list[tuple[Run, Run]], messages: int) -> list[str]:
    """Both commands by pair, and the medians."""
    lines = [f"{'':8}{'':12}{'seconds':>9}{'msg/s':>9}{'cpu s':>9}{'peak MB':>9}{'mails':>7}{'ratio':>8}"]
    for number, (plain, ours) in enumerate(pairs, 1):
        for name, one, ratio in (("plain", plain, ""), ("mailtriage", ours, f"{plain.seconds / ours.seconds:.2f}")):
            figures = f"{one.seconds:9.2f}{messages / one.seconds:9.1f}{one.processor:9.2f}{one.peak:9.1f}{one.mails:7}"
            lines.append(f"{number if name == 'plain' else '':<8}{name:12}{figures}{ratio:>8}")
    ratios = [plain.seconds / ours.seconds for plain, ours in pairs]
    lines.append(f"median ratio {statistics.median(ratios):.2f} of {len(pairs)} pairs, {messages} messages")
    return lines


def stages(spent: dict[str, float], messages: int) -> list[str]:
    """Milliseconds of processor time a message; start-up in seconds, once."""
    lines = [f"{'stage':24}{'ms a message':>14}"]
    once = {name: spent.pop(name) for name in ("start-up", "start-up of readers") if name in spent}
    lines += [f"{name:24}{1000 * seconds / messages:14.2f}" for name, seconds in sorted(spent.items())]
    lines.append(f"{'all but start-up':24}{1000 * sum(spent.values()) / messages:14.2f}")
    return lines + [f"{name:24}{seconds:14.2f} s, once" for name, seconds in once.items()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder of .eml files")
    parser.add_argument("--limit", type=int, default=None, help="only the first N messages")
    parser.add_argument("--pairs", type=int, default=5, metavar="K")
    arguments = parser.parse_args()
    corpus = sorted(arguments.corpus.glob("*.eml"))[: arguments.limit]
    if not corpus:
        parser.error(f"{arguments.corpus}: no .eml files")
    # Told to end, it ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    compiled()
    run(corpus, lambda place: place.plain)  # not counted: it brings the mail and the servers into memory
    pairs = []
    for number in range(arguments.pairs):
        first, second = (lambda place: place.plain), (lambda place: place.mailtriage)
        if number % 2:
            ours = run(corpus, second)
            pairs.append((run(corpus, first), ours))
        else:
            plain = run(corpus, first)
            pairs.append((plain, run(corpus, second)))
    empty = run([], lambda place: place.mailtriage)
    lines = [*table(pairs, len(corpus)), f"an empty mailbox: {empty.seconds:.2f} s, {empty.processor:.2f} s of cpu", ""]
    # It is a command, and the tables are its answer.
    sys.stdout.write("\n".join([*lines, *stages(by_stage(corpus), len(corpus))]) + "\n")


if __name__ == "__main__":
    main()
