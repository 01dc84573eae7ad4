"""Is everything that the daemon needs there? Asked of the real servers, changing nothing.

The passwords are used and never shown; a failed question names what to do next.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mailtriage.errors import MailtriageError
from mailtriage.parts import Parts, open_mailbox
from mailtriage.settings import MailboxSettings
from mailtriage.transport.smtp import Sender

_LOW_DISK = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One question and its answer."""

    question: str
    ok: bool
    answer: str


def examine(parts: Parts) -> Iterator[Finding]:
    """Ask everything, one after another; a failed question does not stop the next."""
    settings = parts.settings
    yield _ask("rules", lambda: f"{len(parts.rulebook.current.rules)} rules, version {parts.rulebook.current.version}")
    yield _ask("templates", lambda: f"{len(parts.templates.names)} templates")
    yield _ask("database", lambda: _database(parts))
    yield _ask("octets", lambda: _room(Path(settings.octets.removeprefix("file://"))))
    for mailbox in settings.mailboxes:
        yield _ask(f"imap {mailbox.name}", partial(_imap, parts, mailbox))
    yield _ask("smtp", lambda: asyncio.run(_smtp(parts)))


def _ask(question: str, answer: Callable[[], str]) -> Finding:
    try:
        return Finding(question, ok=True, answer=answer())
    except (MailtriageError, OSError) as error:
        return Finding(question, ok=False, answer=str(error))


def _database(parts: Parts) -> str:
    if wrong := parts.database.integrity():
        raise MailtriageError("; ".join(wrong))
    version = parts.database.schema_version() or "none yet, made at the first start"
    return f"{parts.database.name}: sound, schema {version}"


def _room(folder: Path) -> str:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < _LOW_DISK:
        raise MailtriageError(f"{existing}: only {free >> 20} MB free; every message is kept, make room")
    return f"{folder}: {free >> 30} GB free"


def _imap(parts: Parts, mailbox: MailboxSettings) -> str:
    with open_mailbox(mailbox) as connection:
        connection.connect()
        known = parts.ledger.cursor(mailbox.name, mailbox.folder)
        batches = connection.new_messages(mailbox.folder, known, batch=100, max_size=0)
        waiting = sum(len(batch.messages) for batch in batches)
    return f"{mailbox.host}:{mailbox.port}: login accepted, {waiting} messages wait in {mailbox.folder}"


async def _smtp(parts: Parts) -> str:
    sender = Sender(parts.smtp_account())
    try:
        return await sender.greet()
    finally:
        await sender.close()
