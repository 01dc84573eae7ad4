"""A daemon that is killed at chosen points between real servers that survive it, and what must hold in the end.

A point is a commit, an IMAP command or an SMTP command of a pass, by its number, and a moment: before it takes effect,
or after it has and before the daemon hears of it. The taps between daemon and servers see every command, so that no
code of the daemon knows of its death; commits are seen by the process that starts it.
"""

import contextlib
import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from app.desk import Desk
from imapclient import IMAPClient
from servers.fixtures import KINDS, ImapServer
from servers.wiretap import Hear, Moment, Said, Wiretap
from soak.letters import Letter

from mailtriage.demo.smtp import EmbeddedSmtp

Channel = Literal["commit", "imap", "smtp"]
CONNECTIONS = 2
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>\r\n]+>)")


@dataclass(frozen=True)
class Point:
    """Where the daemon dies."""

    channel: Channel
    number: int
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment} {self.channel} {self.number}"


@dataclass(frozen=True)
class Found:
    """What became of one letter: as the store has it, and where it lies on the server."""

    verdict: str | None
    reason: str | None
    category: str | None
    folders: tuple[str, ...]
    replies: tuple[str, ...]
    """Template and state of each reply that is owed for it."""


@dataclass
class Tally:
    """What was found wrong, over a whole ordeal; nothing of it may be."""

    kills: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    unconfirmed: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.messages} messages, {self.lost} lost, {self.doubled} doubled, "
            f"{self.unconfirmed} unconfirmed"
        )


class Warm:
    """The process that starts daemons; one serves any number of ordeals, one after another."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("warm_daemon.py")
        path = os.pathsep.join(filter(None, (str(program.parents[2]), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def start(self, order: dict[str, Any]) -> int:
        """A new daemon; gives a file number that can be waited on for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it; daemons that it has started live on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


class Ordeal:
    """One store and one mailbox, through any number of deaths."""

    def __init__(self, folder: Path, warm: Warm, kind: str = "pymap", **changes: Any) -> None:
        self._folder, self._warm, self._kind, self._changes = folder, warm, kind, changes
        self._opened = ExitStack()
        self._point: Point | None = None
        self._turn = threading.Lock()
        self._pid = self._base = 0
        self._end = -1
        self.died: str | None = None
        """The command at which the daemon died last, or COMMIT."""
        self.tally = Tally()
        self._known: dict[str, Letter] = {}

    def __enter__(self) -> Self:
        self.imap: ImapServer = self._opened.enter_context(KINDS[self._kind]())
        self.smtp = self._opened.enter_context(EmbeddedSmtp())
        self.taps: dict[Channel, Wiretap] = {
            "imap": self._opened.enter_context(Wiretap("imap", self.imap.port)),
            "smtp": self._opened.enter_context(Wiretap("smtp", self.smtp.port)),
        }
        for channel, tap in self.taps.items():
            tap.hear = self._listener(channel)
        self.desk = Desk(self._folder, self.imap, self.smtp)
        here = {"name": "support", "host": self.imap.host, "port": self.taps["imap"].port, "tls": "none",
                "user": self.imap.user, "password": f"file:{self._folder}/password", "timeout_seconds": 10}  # fmt: skip
        self.desk.write(
            mailboxes=[here],
            smtp={"host": self.smtp.host, "port": self.taps["smtp"].port, "tls": "none", "connections": CONNECTIONS,
                  "from": "Первый ЦУПИС <support@1cupis.ru>", "timeout_seconds": 10},
            **self._changes,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._opened.close()

    def put(self, letters: Iterable[Letter]) -> None:
        """Deliver letters to INBOX."""
        new = list(letters)
        self._known |= {letter.message_id: letter for letter in new}
        self.tally.messages += len(new)
        self.desk.put(*(letter.octets for letter in new))

    def start(self, point: Point | None = None) -> None:
        """Start the daemon, to die at the point, counted from now on, or to live."""
        self._counted.unlink(missing_ok=True)
        self.doom(point)
        order = {
            "config": str(self.desk.config), "log": str(self._folder / "log"),
            "counted": str(self._counted), "fatal": str(self._fatal),
        }  # fmt: skip
        if (clock := self._folder / "clock").exists():
            order["clock"] = str(clock)
        with self._turn:
            self._pid = self._warm.start(order)
            self._end = os.pidfd_open(self._pid)

    def doom(self, point: Point | None) -> None:
        """Let the daemon, running or about to, die at the point, counted from now on."""
        with self._turn:
            self.died, self._point = None, point
            for tap in self.taps.values():
                tap.count = 0
        self._base = self._commits()
        at_commit = point and point.channel == "commit"
        # The daemon reads it at each commit, and must find the whole of it.
        (new := self._fatal.with_suffix(".new")).write_text(
            f"{self._base + point.number} {point.moment}" if point and at_commit else "0 never"
        )
        new.rename(self._fatal)

    def kill(self) -> None:
        """SIGKILL, wherever it is; the readers die with it."""
        with self._turn:
            self._kill()

    @property
    def alive(self) -> bool:
        """Whether the daemon runs."""
        with self._turn:
            return self._end >= 0 and not select.select([self._end], [], [], 0)[0]

    def until(self, condition: Callable[[], object], seconds: float = 120) -> bool:
        """Wait for it, or for the daemon's death; whether the daemon lives still."""
        end = time.monotonic() + seconds
        while not condition():
            if not self.alive:
                if self._point and self._point.channel == "commit" and self.counts()["commit"] >= self._point.number:
                    self.died = "COMMIT"
                self.kill()
                return False
            assert time.monotonic() < end, f"it did not come to pass: {self.standing()}; {self.desk.log()[-2000:]}"
            time.sleep(0.03)
        return True

    def drained(self) -> bool:
        """Whether everything that was put is recorded, and nothing is owed any more."""
        octets = {letter.octets for letter in self._known.values()}
        recorded, owed = self.standing()
        return recorded >= len(octets) and not owed and not self.desk.uids()

    def standing(self) -> tuple[int, int]:
        """How many messages are recorded, and how many effects are owed."""
        try:
            recorded = self.desk.rows("select count(*) from message")[0][0]
            owed = self.desk.rows("select count(*) from outbox where status in ('due', 'claimed')")[0][0]
        except sqlite3.OperationalError:
            return 0, 0
        return recorded, owed

    def counts(self) -> dict[Channel, int]:
        """How many points of each kind there were since the last `start` or `doom`."""
        return {"commit": self._commits() - self._base, **{channel: tap.count for channel, tap in self.taps.items()}}

    def _commits(self) -> int:
        return self._counted.stat().st_size if self._counted.exists() else 0

    def found(self, letters: Iterable[Letter]) -> list[Found]:
        """What became of each, in order."""
        lies: dict[str, list[str]] = {}
        for folder, message_id in self._lying():
            lies.setdefault(message_id, []).append(folder)
        rows = self.desk.rows("select id, message_id, verdict, reason, category from message")
        stored = {row[1]: row for row in rows}
        owed: dict[int, list[str]] = {}
        for message, event, state in self.desk.rows(
            "select message_id, event, status from outbox where kind = 'reply' order by id"
        ):
            owed.setdefault(message, []).append(f"{event} {'sent' if state in ('done', 'unconfirmed') else state}")
        found = []
        for letter in letters:
            row = stored.get(letter.message_id, (None,) * 5)
            folders = tuple(sorted(lies.get(letter.message_id, [])))
            found.append(Found(row[2], row[3], row[4], folders, tuple(owed.get(row[0] or 0, []))))
        return found

    def reconciled(self, ahead: float = 0) -> list[str]:
        """Every gap that reconciliation finds, by a clock that is so many seconds ahead; all octets are read."""
        with self.desk.parts() as parts:
            now = datetime.now(UTC) + timedelta(seconds=ahead)
            return [f"a gap: {gap.sentence}" for gap in parts.reconciler.reconcile(now, all_octets=True).gaps]

    def judge(self, most_unconfirmed: int | None = None) -> list[str]:
        """Everything that is wrong with the store and the sink, in words; the tally is kept as well."""
        wrong: list[str] = []
        doubles = self.desk.rows("select digest, count(*) from message group by digest having count(*) > 1")
        stored = {row[0] for row in self.desk.rows("select message_id from message")}
        lost = [each for each in self._known if each not in stored]
        arrived = Counter(
            match[1].decode() for mail in self.smtp.received if (match := _MESSAGE_ID.search(mail.octets))
        )
        twice = [message_id for message_id, count in arrived.items() if count > 1]
        owed = self.desk.rows(
            "select reply_message_id, status from outbox where kind = 'reply' and status != 'suppressed'"
        )
        unsent = [row for row in owed if row[1] == "done" and row[0] not in arrived]
        unlisted = [row for row in owed if row[0] not in arrived and row[1] != "unconfirmed"]
        unknown = arrived.keys() - {row[0] for row in owed}
        self.tally.lost, self.tally.doubled = len(lost) + len(unlisted), len(doubles) + len(twice)
        self.tally.unconfirmed = sum(row[1] == "unconfirmed" for row in owed)
        wrong += [f"lost: {each}" for each in lost]
        wrong += [f"recorded twice: {each}" for each in doubles]
        wrong += [f"answered twice: {each}" for each in twice]
        wrong += [f"called sent and never arrived: {each}" for each in unsent]
        wrong += [f"neither arrived nor listed: {each}" for each in unlisted]
        wrong += [f"sent and not in the outbox: {each}" for each in unknown]
        if most_unconfirmed is None:
            most_unconfirmed = self.tally.kills * CONNECTIONS
        if self.tally.unconfirmed > most_unconfirmed:
            wrong.append(f"more in doubt than hung on connections: {self.tally}")
        return wrong

    @property
    def _counted(self) -> Path:
        return self._folder / "counted"

    @property
    def _fatal(self) -> Path:
        return self._folder / "fatal"

    def _lying(self) -> Iterator[tuple[str, str]]:
        """Folder and Message-ID of everything in the mailbox."""
        with closing(_Login(self.imap)) as login:
            for flags, _, folder in login.client.list_folders():
                if b"\\Noselect" in flags or b"\\NonExistent" in flags:
                    continue
                login.client.select_folder(folder, readonly=True)
                uids = login.client.search(["UNDELETED"])
                for data in login.client.fetch(uids, ["BODY.PEEK[HEADER]"]).values() if uids else ():
                    match = _MESSAGE_ID.search(data[b"BODY[HEADER]"])
                    yield str(folder), match[1].decode() if match else ""

    def _listener(self, channel: Channel) -> Hear:
        def hear(said: Said) -> bytes | None:
            if not self._meets(channel, said):
                return said.line
            with self._turn:
                # Another connection may have met it meanwhile: a point is met once.
                if self._meets(channel, said):
                    self.died, self._point = said.command, None
                    self._kill()
            return None

        return hear

    def _meets(self, channel: Channel, said: Said) -> bool:
        point = self._point
        if point is None or (point.channel, point.moment) != (channel, said.moment):
            return False
        # Not each command is answered: then it is the next one that is. A higher number than was given is that of a
        # connection before, whose server answers late.
        return point.number <= said.number <= self.taps[channel].count

    def _kill(self) -> None:
        if self._end < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self.tally.kills += 1
        select.select([self._end], [], [], 30)
        os.close(self._end)
        self._end = -1


class _Login:
    """A look at the mailbox by somebody else."""

    def __init__(self, imap: ImapServer) -> None:
        self.client = IMAPClient(imap.host, imap.port, ssl=False)
        self.client.login(imap.user, imap.password)

    def close(self) -> None:
        self.client.logout()
