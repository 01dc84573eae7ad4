"""Is everything that the daemon needs there? Asked of the real servers and the disk, changing nothing.

The passwords are used and never shown. The trap is the question that spoils the answer: opening a database that is not
there would make it, so it is looked for first.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mailtriage.accounts import open_mailbox, smtp_account
from mailtriage.errors import MailtriageError
from mailtriage.parts import Parts
from mailtriage.settings import MailboxSettings
from mailtriage.store.database import missing_store
from mailtriage.transport.confinement import WORDS
from mailtriage.transport.imap import Mailbox
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
    yield _ask("readers", lambda: _readers(parts))
    yield _ask("database", lambda: _database(parts))
    yield _ask("octets", lambda: _octets(parts))
    for mailbox in settings.mailboxes:
        yield _ask(f"imap {mailbox.name}", partial(_imap, parts, mailbox))
    yield _ask("smtp", lambda: asyncio.run(_smtp(parts)))


def _ask(question: str, answer: Callable[[], str]) -> Finding:
    try:
        return Finding(question, ok=True, answer=answer())
    # A ValueError is a password file that is no text, or a host name that cannot be one.
    except (MailtriageError, OSError, ValueError) as error:
        return Finding(question, ok=False, answer=str(error) or type(error).__name__)


def _readers(parts: Parts) -> str:
    """Starting them loads every library that reads mail; it fails where one is missing."""
    started = time.monotonic()
    lacking = sorted(WORDS[name] for name in parts.readers.ready().lacking)
    confined = "; ".join(lacking) or "no network, no other process, no file of ours"
    return f"{parts.settings.readers.processes} processes started in {time.monotonic() - started:.1f} s; {confined}"


def _database(parts: Parts) -> str:
    if missing := missing_store(parts.settings.database):
        return f"{missing} is not there yet and is made at the first start: {_room(missing.parent)}"
    if wrong := parts.database.integrity():
        raise MailtriageError("; ".join(wrong))
    version = parts.database.schema_version() or "none yet, made at the first start"
    return f"{parts.database.name}: sound, schema {version}"


def _octets(parts: Parts) -> str:
    url = urlsplit(parts.settings.octets)
    if url.scheme not in {"", "file"}:
        # Whether there is such an object is no matter; that it is told is.
        parts.octets.has("0" * 64)
        return f"{parts.octets.name}: answers"
    return _room(Path(unquote(url.path)))


def _room(folder: Path) -> str:
    """Whether files can be made there, or the folder itself."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise MailtriageError(f"{existing}: no files can be made here; the daemon's user must own this folder")
    free = shutil.disk_usage(existing).free
    if free < _LOW_DISK:
        raise MailtriageError(f"{existing}: only {free >> 20} MB free; every message is kept, make room")
    return f"{folder}: {free >> 30} GB free"


def _imap(parts: Parts, mailbox: MailboxSettings) -> str:
    with open_mailbox(mailbox) as connection:
        connection.connect()
        empty = missing_store(parts.settings.database) is not None or parts.database.schema_version() is None
        known = None if empty else parts.ledger.cursor(mailbox.name, mailbox.folder)
        batches = connection.new_messages(mailbox.folder, known, batch=100, max_size=0)
        waiting = sum(len(batch.messages) for batch in batches)
        wanting = "".join(f"; {lack}" for lack in _wanting(connection, mailbox))
    return f"{mailbox.host}:{mailbox.port}: login accepted, {waiting} messages wait in {mailbox.folder}{wanting}"


def _wanting(connection: Mailbox, mailbox: MailboxSettings) -> Iterator[str]:
    """What works less well on this server, and what then happens instead; none of it is a failure."""
    offers = connection.offers()
    if connection.status(mailbox.sent) is None:
        hint = f', the server calls it "{offers.sent}"' if offers.sent and offers.sent != mailbox.sent else ""
        yield f"no folder {mailbox.sent}: answers that support sends are not seen (mailboxes.sent{hint})"
    elif mailbox.final_keyword and not connection.keeps_keywords(mailbox.sent):
        yield f"{mailbox.sent} keeps no keywords: {mailbox.final_keyword} cannot mark a decision there"
    if "MOVE" not in offers.capabilities:
        yield "no MOVE: mail is copied, then deleted"
    if "UIDPLUS" not in offers.capabilities:
        yield "no UIDPLUS: our own moves are known by what is moved, which is downloaded once more"


async def _smtp(parts: Parts) -> str:
    smtp = parts.settings.smtp
    sender = Sender(smtp_account(smtp))
    try:
        # With our own address as recipient and without DATA: a relay that will not have our envelope sender is named.
        told = await sender.greet(smtp.envelope_from, parseaddr(smtp.sender)[1])
    finally:
        await sender.close()
    return f"{told}; takes mail from {smtp.envelope_from or 'the null sender'}"
