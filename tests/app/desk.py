"""A support desk for tests: real servers, a configuration in a temporary folder, the real program on them.

The program runs in this process where that shows the same, for a process of its own spends seconds on loading; the
readers, which cost most, and the shipped rules are then one set for all tests.
"""

import asyncio
import atexit
import functools
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import yaml
from prometheus_client import REGISTRY

from mailtriage import log
from mailtriage.configuration import load_configuration, shipped
from mailtriage.daemon import Daemon
from mailtriage.edited import known_names, read_templates
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.options import ReadOptions
from mailtriage.one_pass import one_pass
from mailtriage.parts import Parts
from mailtriage.reply.templates import Templates
from mailtriage.rulebook import Rulebook
from mailtriage.store.database import Database
from mailtriage.transport.imap import Batch, ImapAccount, Mailbox
from mailtriage.transport.readers import Readers

OWN = "support@1cupis.ru"
OPTIONS = ReadOptions(own_addresses=(OWN,))


class Desk:
    """Everything that one mailtriage needs; `imap` and `smtp` are running servers on loopback.

    It is one machine's, unless `more` says otherwise in its configuration.
    """

    def __init__(self, folder: Path, imap: Any, smtp: Any, **more: Any) -> None:
        self.folder, self.imap, self.smtp, self._more = folder, imap, smtp, more
        self.url = ""
        """Of the store, as it was last written down."""
        self.config = folder / "config" / "mailtriage.yaml"
        self.config.parent.mkdir(parents=True)
        (folder / "password").write_text(imap.password)
        self.write()

    def write(self, **changes: Any) -> None:
        """The configuration, with changed keys."""
        whole: dict[str, Any] = {
            "mailboxes": [
                {"name": "support", "host": self.imap.host, "port": self.imap.port, "tls": "none",
                 "user": self.imap.user, "password": f"file:{self.folder}/password"}
            ],
            "smtp": {"host": self.smtp.host, "port": self.smtp.port, "tls": "none", "from": f"Первый ЦУПИС <{OWN}>"},
            "database": f"sqlite:///{self.database}",
            "octets": f"file://{self.folder}/octets",
            "rules": str(shipped() / "rules"),
            "replies": str(shipped() / "config" / "replies"),
            "calendar": str(shipped() / "config" / "calendar.yaml"),
            "own_addresses": [OWN],
            "poll_seconds": 2,
            "readers": {"processes": 1},
        } | self._more | changes  # fmt: skip
        self.url = whole["database"]
        self.config.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")

    @property
    def database(self) -> Path:
        """The store's file, where it is one."""
        return self.folder / "mailtriage.db"

    def put(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Deliver messages."""
        with self.mailbox() as mailbox:
            for octets in messages:
                mailbox.append(folder, octets, datetime.now(UTC))

    def uids(self, folder: str = "INBOX") -> list[int]:
        """What lies in a folder."""
        with self.mailbox() as mailbox:
            return [
                message.location.uid
                for batch in mailbox.new_messages(folder, None, batch=100, max_size=1 << 30)
                for message in batch.messages
                if message.location
            ]

    @contextmanager
    def mailbox(self) -> Iterator[Mailbox]:
        """A connection of a person's mail client."""
        imap = self.imap
        with Mailbox(ImapAccount("person", imap.host, imap.port, "none", imap.user, imap.password)) as mailbox:
            mailbox.connect()
            yield mailbox

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        command = [sys.executable, "-m", "mailtriage.cli", *arguments, "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, check=check, timeout=120)

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The parts of a command, with the log in our file."""
        configuration = load_configuration(self.config, environment={})
        with (self.folder / "log").open("a") as stream, Parts(configuration) as parts:
            log.configure("json", stream=stream)
            if parts.options == OPTIONS:
                parts.readers = shared_readers()
            if parts.settings.replies == shipped() / "config" / "replies":
                parts.templates = shared_templates()
                if parts.settings.rules == shipped() / "rules":
                    parts.rulebook = shared_rulebook()
            try:
                yield parts
            finally:
                structlog.reset_defaults()
                for name in ("apscheduler", "asyncio"):
                    logging.getLogger(name).handlers = []

    def once(self) -> tuple[str, ...]:
        """One pass in this process; what was left for later."""
        with self.parts() as parts:
            return one_pass(parts)

    @contextmanager
    def serving(self, *, looked: bool = True) -> Iterator[Daemon]:
        """The daemon on a thread of this process, after its first look; it must have ended well at the end."""
        before = last_poll()
        with self.parts() as parts:
            running: list[tuple[Daemon, asyncio.AbstractEventLoop]] = []
            failed: list[BaseException] = []

            async def serve() -> None:
                running.append((Daemon(parts), asyncio.get_running_loop()))
                await running[0][0].run()

            def run() -> None:
                try:
                    asyncio.run(serve())
                except BaseException as error:  # noqa: BLE001 - raised again below
                    failed.append(error)

            thread = threading.Thread(target=run)
            thread.start()
            try:
                # Another daemon may have written to the same log already.
                until(lambda: (running and "daemon_started" in self.log()) or not thread.is_alive())
                assert not failed, failed
                until(lambda: not looked or last_poll() != before)
                yield running[0][0]
            finally:
                if thread.is_alive():
                    running[0][1].call_soon_threadsafe(running[0][0].stop)
                thread.join(30)
            assert not thread.is_alive()
            assert not failed, failed

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """The daemon, ready; ended at the end if it is still there."""
        log = (self.folder / "log").open("a+")
        process = subprocess.Popen(
            [sys.executable, "-m", "mailtriage.cli", "run", "--config", str(self.config)], stderr=log, text=True
        )
        try:
            until(lambda: "daemon_started" in self.log() or process.poll() is not None, 120)
            assert process.poll() is None, self.log()
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
            log.close()

    def log(self) -> str:
        """All that the daemon has said."""
        return (self.folder / "log").read_text()

    def events(self) -> list[dict[str, Any]]:
        """The log as JSON."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def actions(self) -> list[str]:
        """What happened, in order."""
        return [event["action"] for event in self.events()]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask, or change, the store behind the program's back."""
        if not self.url.startswith("sqlite"):
            with closing(Database(self.url)) as database, database.engine.begin() as connection:
                result = connection.exec_driver_sql(query)
                return [tuple(row) for row in result] if result.returns_rows else []
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(query).fetchall()


@functools.cache
def shared_readers() -> Readers:
    """One pool of readers for all tests of this process."""
    readers = Readers(1, OPTIONS)
    readers.start()
    atexit.register(readers.close)
    return readers


@functools.cache
def shared_templates() -> Templates:
    """The shipped templates."""
    return read_templates(shipped() / "config" / "replies")


@functools.cache
def shared_rulebook() -> Rulebook:
    """The shipped rules."""
    return Rulebook(shipped() / "rules", known_names(frozenset(shared_templates().names)))


def last_poll() -> float | None:
    """When the mailbox was last read to its end by a daemon of this process."""
    return REGISTRY.get_sample_value("mailtriage_last_poll_timestamp_seconds", {"mailbox": "support"})


def batch(*messages: bytes, first: int = 1, mailbox: str = "support") -> Batch:
    """Messages as they come from INBOX, by ascending UID."""
    raw = [
        RawMessage(octets, datetime.now(UTC), Location(mailbox, "INBOX", 1, first + index))
        for index, octets in enumerate(messages)
    ]
    return Batch(tuple(raw), "INBOX", 1, first + len(raw) - 1)


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something that must come to pass."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.05)


def letter(
    text: str, *, sender: str = "Пётр Ложкин <lozhkin@mail.example>", subject: str = "Вопрос", message_id: str = ""
) -> bytes:
    """A customer's mail; each has its own Message-ID."""
    from email.message import EmailMessage  # noqa: PLC0415 - only the tests build mail this way

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OWN, subject
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = message_id or f"<{os.urandom(8).hex()}@mail.example>"
    message.set_content(text)
    return message.as_bytes()
