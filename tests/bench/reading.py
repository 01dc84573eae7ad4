"""What reading costs: `python tests/bench/reading.py FOLDER [--limit N] [--profile]` over any folder of .eml files.

One process, each message read once after a warm-up; median, p95 and maximum of wall and processor time by kind, where
the kind is what the message turned out to hold. The trap: dictionaries and fonts load with the first message that needs
them, and forty letters with one same text are read from a cache, so the corpus must be as various as real mail.
"""

import argparse
import cProfile
import pstats
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, read

_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class _Cost:
    wall: float
    """Seconds, as `processor`."""
    processor: float
    octets: int


def _kind(octets: bytes, reading: Reading) -> str:
    message = reading.message
    if message.automatic.kind:
        return "automatic"
    types = {file.media_type for file in message.attachments}
    if "application/pdf" in types:
        scanned = any(
            file.media_type == "application/pdf" and not (file.text or "").strip() for file in message.attachments
        )
        return "with scanned PDF" if scanned else "with PDF"
    if any(kind.startswith("image/") for kind in types):
        return "with picture" if len(message.attachments) == 1 else "with pictures"
    if types:
        return "with other file"
    return "html" if b"text/html" in octets[:20_000].lower() else "plain"


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _row(name: str, costs: list[_Cost]) -> str:
    wall, processor = [1000 * one.wall for one in costs], [1000 * one.processor for one in costs]
    size = sum(one.octets for one in costs) / len(costs) / 1000
    figures = (_at(wall, 0.5), _at(wall, 0.95), max(wall), _at(processor, 0.5), _at(processor, 0.95))
    return f"{name:18}{len(costs):6}{size:9.1f}" + "".join(f"{figure:10.1f}" for figure in figures)


def main() -> None:
    """Read every file and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="read only the first N")
    parser.add_argument("--profile", action="store_true", help="tell where the time goes (makes it longer)")
    arguments = parser.parse_args()
    paths = sorted(arguments.folder.glob("*.eml"))[: arguments.limit]
    if not paths:
        parser.error(f"no .eml in {arguments.folder}")
    profile = cProfile.Profile() if arguments.profile else None
    # It is a command, and the table is its answer.
    sys.stdout.write("\n".join(_table(_measure(paths, profile))) + "\n")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _measure(paths: list[Path], profile: cProfile.Profile | None) -> dict[str, list[_Cost]]:
    options = ReadOptions()
    for path in paths[:_WARM_UP]:
        read(path.read_bytes(), options)
    by_kind: dict[str, list[_Cost]] = defaultdict(list)
    for path in paths:
        octets = path.read_bytes()
        wall, processor = time.perf_counter(), time.process_time()
        reading = profile.runcall(read, octets, options) if profile else read(octets, options)
        cost = _Cost(time.perf_counter() - wall, time.process_time() - processor, len(octets))
        by_kind[_kind(octets, reading)].append(cost)
    return by_kind


def _table(by_kind: dict[str, list[_Cost]]) -> Iterator[str]:
    heads = ("ms p50", "ms p95", "ms max", "cpu p50", "cpu p95")
    yield f"{'kind':18}{'mails':>6}{'kB':>9}" + "".join(f"{name:>10}" for name in heads)
    for name, costs in sorted(by_kind.items(), key=lambda pair: -len(pair[1])):
        yield _row(name, costs)
    every = [one for costs in by_kind.values() for one in costs]
    yield _row("all", every)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    rate = len(every) / sum(one.processor for one in every)
    yield f"{rate:.1f} messages a second of one processor, peak {peak:.0f} MB"


if __name__ == "__main__":
    main()
