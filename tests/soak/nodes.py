"""Several daemons and workers on one PostgreSQL and one bucket, killed at random while mail goes on coming.

Whoever dies is started again a moment later, as systemd would. In the end each letter must be as it would be had nobody
died, recorded in the order of arrival, and the replies of a conversation must have left in theirs.
"""

import os
import random
import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.desk import Desk
from soak.letters import Letter, dozen
from soak.ordeal import CONNECTIONS, Found, Ordeal, Warm

_REPLY_ORDER = """
    select conversation_id, reply_message_id from outbox
    where kind = 'reply' and status = 'done' and conversation_id is not null order by id
"""
_ARRIVAL_ORDER = """
    select location.uid from message join location on location.message_id = message.id
    where location.folder = 'INBOX' and location.outcome <> 'duplicate' order by message.id
"""


@dataclass
class _Process:
    """A daemon or a worker."""

    command: str
    end: int = -1
    pid: int = 0


class Nodes:
    """`daemons` and `workers` around the servers of an ordeal, which starts none of its own."""

    def __init__(self, ordeal: Ordeal, warm: Warm, chance: random.Random, *, daemons: int, workers: int) -> None:
        self._ordeal, self._warm, self._chance = ordeal, warm, chance
        self._processes = [_Process("run") for _ in range(daemons)] + [_Process("worker") for _ in range(workers)]
        self.kills = {"run": 0, "worker": 0}
        self._letters: list[Letter] = []
        self._expected: list[Found] = []

    @property
    def desk(self) -> Desk:
        """The desk that all of them work for."""
        return self._ordeal.desk

    def start(self) -> None:
        """Start whoever is not running."""
        for process in self._processes:
            if not self._lives(process):
                self._begin(process)

    def end(self) -> None:
        """Kill all."""
        for process in self._processes:
            self._kill(process)

    def calm(self) -> None:
        """A dozen letters without a death: what is expected of each dozen that follows."""
        first = dozen("calm")
        self._ordeal.put(first)
        self.start()
        self._until(self._ordeal.drained, 180)
        self._expected = self._ordeal.found(first)

    def rage(self, kills: int, every: float, tell: Callable[[str], None] = lambda _: None) -> None:
        """So many deaths, and a dozen letters before each: every second one as soon as something has been recorded."""
        for number in range(kills):
            portion = dozen(f"n{number}")
            self._letters += portion
            before = self._ordeal.standing()[0]
            self._ordeal.put(portion)
            self._pass(self._chance.uniform(0, every), lambda: False)
            if number % 2:
                self._pass(60, lambda before=before: self._ordeal.standing()[0] > before)
            victim = self._chance.choice([each for each in self._processes if self._lives(each)])
            self._kill(victim)
            self.kills[victim.command] += 1
            tell(f"killed a {victim.command}: {self._ordeal.standing()}")
        self._ordeal.tally.kills = self.kills["run"]
        self._until(self._ordeal.drained, 300)

    def verdict(self) -> list[str]:
        """Everything that is wrong."""
        wrong = self._ordeal.judge(most_unconfirmed=self.kills["run"] * CONNECTIONS)
        for number, (letter, found) in enumerate(zip(self._letters, self._ordeal.found(self._letters), strict=True)):
            if found != (should := self._expected[number % len(self._expected)]):
                wrong.append(f"{letter.message_id}: {found}, expected {should}")
        uids = [uid for (uid,) in self.desk.rows(_ARRIVAL_ORDER)]
        if uids != sorted(uids):
            wrong.append(f"not recorded in the order of arrival: {uids}")
        return [*wrong, *self._out_of_turn(), *self._ordeal.reconciled()]

    def _out_of_turn(self) -> Sequence[str]:
        """Conversations whose replies did not leave in their order."""
        sent = [mail.octets for mail in self._ordeal.smtp.received]
        place = {reply: next((at for at, octets in enumerate(sent) if reply.encode() in octets), -1)
                 for _, reply in self.desk.rows(_REPLY_ORDER)}  # fmt: skip
        by_conversation: dict[Any, list[int]] = {}
        for conversation, reply in self.desk.rows(_REPLY_ORDER):
            by_conversation.setdefault(conversation, []).append(place[reply])
        return [f"replies out of turn in {key}: {at}" for key, at in by_conversation.items() if at != sorted(at)]

    def _begin(self, process: _Process) -> None:
        folder = self.desk.folder
        order = {"command": process.command, "config": str(self.desk.config), "log": str(folder / "log"),
                 "counted": str(folder / "counted"), "fatal": str(folder / "fatal")}  # fmt: skip
        process.pid = self._warm.start(order)
        process.end = os.pidfd_open(process.pid)

    def _lives(self, process: _Process) -> bool:
        return process.end >= 0 and not select.select([process.end], [], [], 0)[0]

    def _kill(self, process: _Process) -> None:
        if process.end < 0:
            return
        if self._lives(process):
            signal.pidfd_send_signal(process.end, signal.SIGKILL)
        select.select([process.end], [], [], 30)
        os.close(process.end)
        process.end = -1

    def _pass(self, seconds: float, enough: Callable[[], bool]) -> None:
        """Let some time go by; who is dead is started again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not enough():
            self.start()
            time.sleep(0.05)
        self.start()

    def _until(self, condition: Callable[[], object], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            log = Path(self.desk.folder / "log").read_text()[-3000:]
            assert time.monotonic() < end, f"it never came to rest: {self._ordeal.standing()}; {log}"
            self.start()
            time.sleep(0.1)
