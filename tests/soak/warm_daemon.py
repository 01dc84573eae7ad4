"""Starts the real daemon again and again from a process that has loaded its libraries and rules already.

Each line on standard input is an order in JSON, answered with the number of the new process. What is forked is
`mailtriage run` from its first line on, with nothing replaced but the rules and templates, which are read once; a death
by SIGKILL is that of any process. Two faults that no wire shows are played inside it: an order names files that tell
before or after which commit the process shall kill itself, and how many seconds its clock is ahead.
"""

import ctypes
import json
import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as Dialect

import mailtriage.daemon  # noqa: F401 - loaded now, so that it need not be later
from mailtriage import cli
from mailtriage.configuration import shipped
from mailtriage.edited import known_names, read_templates
from mailtriage.parts import Parts
from mailtriage.rulebook import Rulebook

_PR_SET_PDEATHSIG = 1


def load() -> None:
    """Read rules and templates once for all daemons to come."""
    templates = read_templates(shipped() / "config" / "replies")
    rulebook = Rulebook(shipped() / "rules", known_names(frozenset(templates.names)))
    rulebook.current.index  # noqa: B018 - made by being asked for
    Parts.templates = templates  # type: ignore[assignment]
    Parts.rulebook = rulebook  # type: ignore[assignment]


def kill_at_commit(counted: Path, fatal: Path) -> None:
    """Note each commit that changes something in `counted`, and die by SIGKILL at the one that `fatal` names.

    It holds how many octets `counted` has by then, and whether "before" or "after" the commit takes effect.
    """
    commit = Dialect.do_commit
    tally = os.open(counted, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    changes: dict[int, int] = {}

    def do_commit(self: Any, connection: Any) -> None:
        changed = connection.total_changes > changes.get(id(connection), 0)
        changes[id(connection)] = connection.total_changes
        die = False
        if changed:
            os.write(tally, b".")
            number, moment = fatal.read_text().split()
            die = os.fstat(tally).st_size == int(number)
            if die and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)
        if die:
            os.kill(os.getpid(), signal.SIGKILL)

    Dialect.do_commit = do_commit  # type: ignore[method-assign]


def shift_clock(file: Path) -> None:
    """Let every room of the program read a clock that is as many seconds ahead as the file says."""

    class Kind(type):
        def __instancecheck__(cls, other: object) -> bool:
            return isinstance(other, datetime)

    class Shifted(datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=float(file.read_text() or 0))

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "mailtriage" and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]


def become_daemon(order: dict[str, Any]) -> None:
    """In the new process: run, and never come back."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    null = os.open(os.devnull, os.O_RDWR)
    for target, number in ((null, 0), (null, 1), (log, 2)):
        os.dup2(target, number)
    os.setsid()
    # Whoever gave the order may die of a Ctrl-C: then this shall not live on.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if "clock" in order:
        shift_clock(Path(order["clock"]))
    kill_at_commit(Path(order["counted"]), Path(order["fatal"]))
    sys.argv = ["mailtriage", order.get("command", "run"), "--config", order["config"]]
    code = 1
    try:
        cli.main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


def main() -> None:
    """Take orders until the input ends."""
    load()
    # Nobody waits for the dead: they are gone at once.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    tell("ready")
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            become_daemon(json.loads(line))
        tell(child)


def tell(answer: object) -> None:
    """One line to whoever gives the orders."""
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
