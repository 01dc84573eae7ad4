"""`mailtriage once` with the processor time of each stage written down: `python stages.py FILE --config F`.

Stages of the main process are taken by the thread's own clock, around the functions that carry them out, a stage inside
another taken off the outer one; those of the readers by the scheduler's account of each process (/proc/PID/schedstat).
The trap is the clock of the process, which counts all its threads: what runs beside would be counted twice.
"""

import functools
import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mailtriage import parts, receive
from mailtriage.cli import main
from mailtriage.deliver.meanwhile import Meanwhile
from mailtriage.deliver.replies import Replies
from mailtriage.parts import Parts
from mailtriage.resent import Resent
from mailtriage.store.ledger import Ledger, Recorder
from mailtriage.store.octets import LocalOctets
from mailtriage.store.outbox import Outbox
from mailtriage.transport.imap import Mailbox
from mailtriage.transport.imap_fetch import Fetcher
from mailtriage.transport.reader_frames import COMPARE_FILES, READ_PICTURES, Frame
from mailtriage.transport.reader_process import ReaderProcess

SPENT: dict[str, float] = defaultdict(float)
"""Seconds of processor time by stage."""


class _Open(threading.local):
    """Spent in stages inside those that are open; each thread has its own, for the disk is waited for aside."""

    def __init__(self) -> None:
        self.spent: list[float] = []


_OPEN = _Open()


def measured(stage: str, owner: Any, name: str) -> None:
    """Let a function's own time count for a stage; it runs in one thread."""
    whole: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(whole)
    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.thread_time()
        _OPEN.spent.append(0.0)
        try:
            return whole(*arguments, **named)
        finally:
            spent = time.thread_time() - start
            SPENT[stage] += spent - _OPEN.spent.pop()
            if _OPEN.spent:
                _OPEN.spent[-1] += spent

    setattr(owner, name, timed)


def account_of_readers() -> None:
    """What a reader spent on each request; what it and its fork server spent before is start-up."""
    servers = set[int]()
    ask = ReaderProcess._ask  # noqa: SLF001 - the one place at which the kinds of requests are told apart

    def asked(self: ReaderProcess, request: Frame) -> Any:
        pid = self._process.pid if self._process else 0
        before = _seconds(pid)
        if self._served == 0:
            SPENT["start-up of readers"] += before
        if (server := self._forks.pid) is not None and server not in servers:
            servers.add(server)
            SPENT["start-up of readers"] += _seconds(server)
        try:
            return ask(self, request)
        finally:
            SPENT[_ASKED.get(request.kind, "read")] += max(0.0, _seconds(pid) - before)

    setattr(ReaderProcess, "_ask", asked)  # noqa: B010 - mypy takes the plain form for a mistake


def _seconds(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


_ASKED = {READ_PICTURES: "pictures", COMPARE_FILES: "files compared"}
"""Stages of the readers beside reading itself."""
_HERE = ("fetch", "octets", "files sent before", "history", "triage", "record", "compose", "send and move")
"""Stages of the main process."""


def _watch() -> None:
    measured("fetch", Fetcher, "messages")
    measured("fetch", Fetcher, "sizes")
    measured("octets", LocalOctets, "put")
    measured("history", Recorder, "history")
    measured("history", Recorder, "sighting")
    measured("files sent before", Resent, "begun")
    measured("triage", receive, "triage")
    measured("record", Recorder, "drawn_up")
    measured("record", Recorder, "record")
    measured("record", Ledger, "cursor")
    measured("compose", parts, "compose")
    # The event loop, and what it has done aside.
    measured("send and move", Meanwhile, "_run")
    measured("send and move", Replies, "_serve")
    measured("send and move", Mailbox, "move_many")
    measured("send and move", Outbox, "settle_moves")
    account_of_readers()


def run() -> None:
    """The command, and then the account as JSON in a file."""
    target = Path(sys.argv.pop(1))
    sys.argv.insert(1, "once")
    _watch()
    take_store = Parts.take_store

    def taking(self: Parts) -> None:
        SPENT["start-up"] = time.process_time()
        take_store(self)

    setattr(Parts, "take_store", taking)  # noqa: B010 - mypy takes the plain form for a mistake
    try:
        main()
    finally:
        told = sum(SPENT[stage] for stage in _HERE)
        SPENT["rest of receiving"] = time.process_time() - SPENT["start-up"] - told
        target.write_text(json.dumps(SPENT))


if __name__ == "__main__":
    run()
