"""Readings a second by how many workers read: `python tests/bench/workers.py [--workers 1,2] [--messages N]`.

The sample mail of the demo, again and again with another header, is asked of workers that are processes of their own,
with one reader each, on a PostgreSQL of this run and a shared folder; and of as many readers without any queue. The
trap is the asker: its own processor time is told apart, for it is what bounds how many workers are of use.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.crew import Crew
from app.desk import OPTIONS
from servers.postgres import Postgres

from mailtriage import log
from mailtriage.demo.samples import load_samples
from mailtriage.spread.workers import Workers
from mailtriage.transport.readers import Pool, Readers

_NEVER = 3600.0


def messages(count: int) -> list[bytes]:
    """So many, no two alike."""
    samples = load_samples(datetime.now(UTC))
    return [
        b"X-Run: %s\r\n%s" % (os.urandom(6).hex().encode(), samples[number % len(samples)].octets)
        for number in range(count)
    ]


def family(pid: int) -> float:
    """Seconds of processor time of a process and of its children so far."""
    seconds = 0.0
    for each in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def timed(name: str, pool: Pool, mail: Sequence[bytes], others: Callable[[], float]) -> None:
    """Have all of it read, and tell how long that took."""
    begun, asker, before = time.perf_counter(), time.process_time(), others()
    for future in [pool.submit(octets) for octets in mail]:
        future.result()
    wall = time.perf_counter() - begun
    each = 1000 / len(mail)
    told = f"asker {each * (time.process_time() - asker):.1f} ms, readers {each * (others() - before):.1f} ms a message"
    sys.stdout.write(f"{name:22} {len(mail) / wall:7.1f} messages/s; processor: {told}\n")
    sys.stdout.flush()


def main() -> None:
    """Read by this process's readers, then by workers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", default="1,2", help="how many, one after another")
    parser.add_argument("--messages", type=int, default=210)
    arguments = parser.parse_args()
    log.configure(level="error")
    counts = sorted(map(int, arguments.workers.split(",")))
    for count in counts:
        with Readers(count, OPTIONS) as readers:
            timed(f"{count} readers, no queue", readers, messages(arguments.messages), lambda: family(os.getpid()))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        crew = stack.enter_context(closing(Crew(folder, stack.enter_context(Postgres()))))
        here = Readers(1, OPTIONS)
        asker = Workers(crew.database, crew.octets, OPTIONS, here=lambda: here, patience=_NEVER)
        for count in counts:
            crew.hire(count - len(crew.workers))
            if count == counts[0]:
                asker.start()
                stack.callback(asker.close)
            timed(
                f"{count} workers", asker, messages(arguments.messages),
                lambda: sum(family(worker.pid) for worker in crew.workers),
            )  # fmt: skip


if __name__ == "__main__":
    main()
