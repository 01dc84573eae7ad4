"""Read-only questions: what `explain`, `conversation`, `doctor`, the console and backtests want to know.

The trap is to show a decision against today's past: a stored message comes with the history and the workload as they
were when it was decided.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from mailtriage.errors import NotFound
from mailtriage.reply.deadline import Workload
from mailtriage.store import past
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.triage.history import History

_NUMBER = re.compile(r"\d{2}-\d{6,}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ConversationSummary:
    """A conversation as a line of a list."""

    number: str
    subject: str
    sender: str
    status: str
    category: str | None
    queue: str | None
    registered_at: datetime
    due: date | None
    last_message_at: datetime
    waiting_since: datetime | None
    """Since when the customer waits; None while it is his turn."""
    answered_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class StoredMessage:
    """A message with all that its decision stood on."""

    id: int
    digest: str
    mailbox: str | None
    received_at: datetime
    recorded_at: datetime
    outgoing: bool
    number: str | None
    ruleset: str
    facts: Mapping[str, Any]
    """JSON: {"version": FACTS_VERSION, "facts": {...}}."""
    record: Mapping[str, Any]
    """The contract's JSON."""
    history: History
    workload: Workload


@dataclass(frozen=True)
class ConversationPage:
    """A conversation with its messages, oldest first, each as the contract's JSON."""

    summary: ConversationSummary
    participants: tuple[str, ...]
    messages: tuple[Mapping[str, Any], ...]


class Views:
    """Questions to the store; nothing here writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def line(self, message: str | int) -> dict[str, Any] | None:
        """The contract's JSON of a message, by its digest or row number; None when it was never recorded."""
        m = t.message.c
        which = m.id == message if isinstance(message, int) else m.digest == message
        with self._database.read() as connection:
            record = connection.scalar(select(m.record).where(which))
        return None if record is None else dict(record)

    def message(self, which: str) -> StoredMessage:
        """A message by row number, digest or registration number (its first message).

        Raises:
            NotFound: there is none.
        """
        m = t.message.c
        question = select(t.message, t.conversation.c.number).select_from(
            t.message.outerjoin(t.conversation, m.conversation_id == t.conversation.c.id)
        )
        with self._database.read() as connection:
            row = connection.execute(_chosen(question, which).order_by(m.id).limit(1)).one_or_none()
            if row is None:
                raise NotFound(f"no message or conversation {which}")
            return _stored(row, past.restore(connection, row.history))

    def conversations(self, status: str | None = None, limit: int = 1000) -> tuple[ConversationSummary, ...]:
        """Conversations in order of registration, newest last; all, or those of one status."""
        c = t.conversation.c
        question = select(t.conversation).order_by(c.id.desc()).limit(limit)
        if status is not None:
            question = question.where(c.status == status)
        with self._database.read() as connection:
            rows = connection.execute(question).all()
        return tuple(map(_summary, reversed(rows)))

    def conversation(self, number: str) -> ConversationPage:
        """A conversation with its people and messages.

        Raises:
            NotFound: there is no such conversation.
        """
        c, m, p = t.conversation.c, t.message.c, t.participant.c
        with self._database.read() as connection:
            row = connection.execute(select(t.conversation).where(c.number == number)).one_or_none()
            if row is None:
                raise NotFound(f"no conversation {number}")
            records = connection.scalars(select(m.record).where(m.conversation_id == row.id).order_by(m.id)).all()
            people = connection.scalars(select(p.address).where(p.conversation_id == row.id).order_by(p.address)).all()
        return ConversationPage(_summary(row), tuple(people), tuple(records))

    def counts(self) -> dict[tuple[str | None, str | None], int]:
        """How many messages there are by (verdict, reason); verdict None is support's own mail."""
        m = t.message.c
        with self._database.read() as connection:
            rows = connection.execute(select(m.verdict, m.reason, func.count()).group_by(m.verdict, m.reason))
            return {(verdict, reason): int(count) for verdict, reason, count in rows}

    def ruleset(self, version: str) -> dict[str, str]:
        """The rules of that version, by file name.

        Raises:
            NotFound: no decision was made by it.
        """
        c = t.ruleset_version.c
        with self._database.read() as connection:
            files = connection.scalar(select(c.files).where(c.version == version))
        if files is None:
            raise NotFound(f"no ruleset {version}")
        return dict(files)


def _chosen(question: Select[*tuple[Any, ...]], which: str) -> Select[*tuple[Any, ...]]:
    if _NUMBER.fullmatch(which):
        return question.where(t.conversation.c.number == which)
    if _DIGEST.fullmatch(which):
        return question.where(t.message.c.digest == which)
    if which.isascii() and which.isdecimal() and len(which) < len(str(2**63)):
        return question.where(t.message.c.id == int(which))
    raise NotFound(f"{which!r} is no registration number (26-000123), message number or digest")


def _stored(row: Row[*tuple[Any, ...]], history: History) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        digest=row.digest,
        mailbox=row.mailbox,
        received_at=row.received_at,
        recorded_at=row.recorded_at,
        outgoing=row.direction == "outgoing",
        number=row.number,
        ruleset=row.ruleset,
        facts=row.facts,
        record=row.record,
        history=history,
        workload=Workload(**row.workload),
    )


def _summary(row: Row[*tuple[Any, ...]]) -> ConversationSummary:
    return ConversationSummary(**{name: getattr(row, name) for name in ConversationSummary.__dataclass_fields__})
