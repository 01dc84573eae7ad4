"""Kill the daemon wherever it can be killed, for as long as wanted: `cd tests && python -m soak points`, or another.

What each does and how long it takes stands in README.md beside this file. It ends with 1 when a message was lost or
doubled, or an acknowledgement is neither at the sink nor listed as unconfirmed.
"""

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from app.crew import Crew
from servers.bucket import S3
from servers.postgres import Postgres
from soak.nodes import Nodes
from soak.ordeal import Ordeal, Warm
from soak.storm import Storm, small_disk
from soak.sweep import Sweep

_STARTED = time.monotonic()


def points(options: argparse.Namespace) -> list[str]:
    """Every commit, IMAP command and SMTP command of a pass of twelve, or a sample of them."""
    with calm(options) as sweep:
        every = list(sweep.all(sweep.begin()))
        chosen = every if options.sample is None else options.chance.sample(every, options.sample)
        say(f"{len(chosen)} of {len(every)} points")
        for starting, point in chosen[options.skip :]:
            sweep.try_point(point, starting=starting)
        return sweep.end()


def deaths(options: argparse.Namespace) -> list[str]:
    """Random points of runs of two hundred, until so many have been met."""
    with calm(options) as sweep:
        sweep.begin()
        while sweep.points < options.kills:
            sweep.run_of(options.size, min(options.each, options.kills - sweep.points), options.chance)
        return sweep.end()


def storm(options: argparse.Namespace) -> list[str]:
    """All faults at random, all the time, while mail goes on coming."""
    with small_disk() as (folder, disk), warmed() as warm, Ordeal(folder, warm, options.imap) as ordeal:
        if disk is None:
            say("no disk of our own could be mounted (it takes root): the disk is never full")
        played = Storm(ordeal, options.chance, say, disk)
        played.rage(options.messages, every=options.every)
        wrong = played.verdict()
        say(f"{ordeal.tally}; faults: {dict(played.faults)}")
        return kept(wrong, folder)


def nodes(options: argparse.Namespace) -> list[str]:
    """Daemons and workers on one PostgreSQL and one bucket, killed at random."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
        postgres, s3 = stack.enter_context(Postgres()), stack.enter_context(S3())
        crew = stack.enter_context(closing(Crew(folder, postgres, s3)))
        warm = stack.enter_context(warmed())
        ordeal = stack.enter_context(Ordeal(folder / "ordeal", warm, options.imap, **crew.settings))
        played = Nodes(ordeal, warm, options.chance, daemons=options.daemons, workers=options.workers)
        stack.callback(played.end)
        played.calm()
        played.rage(options.kills, options.every, say)
        say(f"{ordeal.tally}; killed: {played.kills}")
        return kept(played.verdict(), folder)


@contextmanager
def calm(options: argparse.Namespace) -> Iterator[Sweep]:
    """A sweep on servers that do nothing wrong."""
    with small_disk() as (folder, _), warmed() as warm, Ordeal(folder, warm, options.imap) as ordeal:
        sweep = Sweep(ordeal, say)
        yield sweep
        say(f"{sweep.points} points met; {ordeal.tally}")
        kept(sweep.wrong, folder)


@contextmanager
def warmed() -> Iterator[Warm]:
    """The process that starts daemons."""
    warm = Warm()
    try:
        yield warm
    finally:
        warm.close()


def kept(wrong: list[str], folder: Path) -> list[str]:
    """The same; where something is wrong, a copy of store and log is left behind."""
    if wrong:
        copy = Path(tempfile.mkdtemp(prefix="ordeal-kept-"))
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        say(f"the store and the log of it are in {copy}")
    return wrong


def say(what: str) -> None:
    """One line, with the minutes since the start."""
    sys.stdout.write(f"{(time.monotonic() - _STARTED) / 60:6.1f} min  {what}\n")
    sys.stdout.flush()


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--imap", choices=("pymap", "dovecot"), default="pymap", help="the mailbox's server")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is random")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("points", help=points.__doc__)
    command.add_argument("--sample", type=int, help="so many of them, chosen by the seed; else all")
    command.add_argument("--skip", type=int, default=0, help="go on after so many of them")
    command.set_defaults(work=points)
    command = commands.add_parser("random", help=deaths.__doc__)
    command.add_argument("--kills", type=int, default=300)
    command.add_argument("--size", type=int, default=200, help="messages of one run")
    command.add_argument("--each", type=int, default=10, help="deaths in one run, at most")
    command.set_defaults(work=deaths)
    command = commands.add_parser("storm", help=storm.__doc__)
    command.add_argument("--messages", type=int, default=5000)
    command.add_argument("--every", type=float, default=5.0, help="seconds between two faults, on the average")
    command.set_defaults(work=storm)
    command = commands.add_parser("nodes", help=nodes.__doc__)
    command.add_argument("--kills", type=int, default=60, help="a dozen letters come before each")
    command.add_argument("--every", type=float, default=6.0, help="seconds between two of them, at most")
    command.add_argument("--daemons", type=int, default=2)
    command.add_argument("--workers", type=int, default=2)
    command.set_defaults(work=nodes)
    options = parser.parse_args()
    # Clients that vanish are what is played here; the servers need not complain of each.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    # Chance shall be the same each time, and keeps no secret.
    options.chance = random.Random(options.seed)  # noqa: S311
    wrong = options.work(options)
    sys.stdout.write("".join(f"{each}\n" for each in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
