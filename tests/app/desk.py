"""A support desk for tests: real servers, a configuration in a temporary folder, the real program as a process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from mailtriage.settings import shipped
from mailtriage.transport.imap import ImapAccount, Mailbox

OWN = "support@1cupis.ru"


class Desk:
    """Everything that one mailtriage needs; `imap` and `smtp` are running servers on loopback."""

    def __init__(self, folder: Path, imap: Any, smtp: Any) -> None:
        self.folder, self.imap, self.smtp = folder, imap, smtp
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
        } | changes  # fmt: skip
        self.config.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")

    @property
    def database(self) -> Path:
        """The store's file."""
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
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """The daemon, ready; ended at the end if it is still there."""
        log = (self.folder / "log").open("a+")
        process = subprocess.Popen(
            [sys.executable, "-m", "mailtriage.cli", "run", "--config", str(self.config)], stderr=log, text=True
        )
        try:
            until(lambda: "daemon_started" in self.log() or process.poll() is not None)
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
