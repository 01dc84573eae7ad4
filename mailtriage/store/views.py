"""Read-only questions: what `explain`, `conversation`, `doctor`, the console and backtests want to know.

The trap is to show a decision against today's past: a stored message comes with the history and the workload as they
were when it was decided.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from mailtriage.errors import NotFound, Told
from mailtriage.language.identity import Identities
from mailtriage.reply.deadline import Workload
from mailtriage.store import pages, past
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.pages import Deed, PageMessage, Rejected
from mailtriage.store.registry import named
from mailtriage.triage.history import History

_NUMBER = re.compile(r"\d{2}-\d{6,}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


_numbered = t.message.outerjoin(t.conversation, t.message.c.conversation_id == t.conversation.c.id)


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
    promised: date | None
    """The first day that the customer was told."""
    extended_at: datetime | None
    """When a notice of extension was written."""


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
    record: Mapping[str, Any]
    """The contract's JSON."""
    history: History
    workload: Workload
    text: str = ""
    """The readable new words as they were read, which the facts hold without whole card numbers."""
    identities: Identities = field(default_factory=Identities)


@dataclass(frozen=True)
class ConversationPage:
    """A conversation with its messages, oldest first, each as the contract's JSON."""

    summary: ConversationSummary
    participants: tuple[str, ...]
    messages: tuple[Mapping[str, Any], ...]
    lines: tuple[PageMessage, ...] = ()
    """The same messages with their numbers and what people decided about them."""
    deeds: tuple[Deed, ...] = ()
    """What people did to the conversation, oldest first."""
    former_numbers: tuple[str, ...] = ()
    """Of conversations that were merged into it."""


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
        question = select(t.message, t.conversation.c.number).select_from(_numbered)
        with self._database.read() as connection:
            row = connection.execute(_chosen(question, which).order_by(m.id).limit(1)).one_or_none()
            if row is None:
                raise NotFound(Told(f"no message or conversation {which}", f"нет ни обращения, ни письма {which}"))
            return stored_message(row, past.restore(connection, row.history))

    def conversations(self, status: str | None = None, limit: int = 1000) -> tuple[ConversationSummary, ...]:
        """Conversations in order of registration, newest last; all, or those of one status."""
        c = t.conversation.c
        question = select(t.conversation).order_by(c.id.desc()).limit(limit)
        if status is not None:
            question = question.where(c.status == status)
        with self._database.read() as connection:
            rows = connection.execute(question).all()
        return tuple(map(_summary, reversed(rows)))

    def pending(self, limit: int = 1000) -> tuple[ConversationSummary, ...]:
        """Open conversations whose customer waits, by their due date; then those where it is his turn."""
        with self._database.read() as connection:
            return tuple(map(_summary, pages.pending(connection, limit)))

    def rejected(self, limit: int = 200) -> tuple[Rejected, ...]:
        """The latest rejected messages, newest first."""
        with self._database.read() as connection:
            return pages.rejected(connection, limit)

    def to_restore(self, which: str) -> int:
        """Row number of the message that a person means when he restores `which`.

        A row number or digest means that message, a registration number its last rejected message, else its last held.

        Raises:
            NotFound: there is no such message or conversation, or nothing in it is rejected or held.
        """
        if not _NUMBER.fullmatch(which):
            return self.message(which).id
        with self._database.read() as connection:
            row = named(connection, which)
            found = pages.to_restore(connection, row) if row else None
        if row is None:
            raise NotFound(_no_conversation(which))
        if found is None:
            raise NotFound(
                Told(
                    f"conversation {which} has no rejected message; `conversation show {which}` numbers its messages",
                    f"в обращении № {which} нет отклонённых писем; номера писем покажет conversation show {which}",
                )
            )
        return found

    def conversation(self, number: str) -> ConversationPage:
        """A conversation with its people and messages; the number of a merged one shows the one that holds it.

        Raises:
            NotFound: there is no such conversation.
        """
        p, c = t.participant.c, t.conversation.c
        with self._database.read() as connection:
            row = named(connection, number)
            if row is None:
                raise NotFound(_no_conversation(number))
            lines = pages.messages(connection, row["id"])
            people = connection.scalars(
                select(p.address).where(p.conversation_id == row["id"]).order_by(p.address)
            ).all()
            former = connection.scalars(select(c.number).where(c.merged_into == row["id"]).order_by(c.id)).all()
            deeds = pages.deeds(connection, row["id"])
        records = tuple(line.record for line in lines)
        return ConversationPage(_summary(row), tuple(people), records, lines, deeds, tuple(former))

    def counts(self) -> dict[tuple[str | None, str | None], int]:
        """How many messages there are by (verdict, reason); verdict None is support's own mail."""
        m = t.message.c
        with self._database.read() as connection:
            rows = connection.execute(select(m.verdict, m.reason, func.count()).group_by(m.verdict, m.reason))
            return {(verdict, reason): int(count) for verdict, reason, count in rows}

    def latest_ruleset(self) -> dict[str, str] | None:
        """The rules that decided last, by file name; None where nothing was decided yet."""
        m, r = t.message.c, t.ruleset_version.c
        question = select(r.files).join(t.message, m.ruleset == r.version).order_by(m.id.desc()).limit(1)
        with self._database.read() as connection:
            files = connection.scalar(question)
        return None if files is None else dict(files)

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
        it = t.conversation.alias("it")
        meant = select(func.coalesce(it.c.merged_into, it.c.id)).where(it.c.number == which)
        return question.where(t.message.c.conversation_id == meant.scalar_subquery())
    if _DIGEST.fullmatch(which):
        return question.where(t.message.c.digest == which)
    if which.isascii() and which.isdecimal() and len(which) < len(str(2**63)):
        return question.where(t.message.c.id == int(which))
    raise NotFound(
        Told(
            f"{which!r} is no registration number (26-000123), message number or digest",
            f"«{which}» — не номер обращения (26-000123), не номер письма и не его отпечаток",
        )
    )


def _no_conversation(number: str) -> Told:
    return Told(f"no conversation {number}", f"обращения № {number} нет")


def stored_message(row: Row[*tuple[Any, ...]], history: History) -> StoredMessage:
    """From a row of the message table with the number of its conversation."""
    return StoredMessage(
        id=row.id,
        digest=row.digest,
        mailbox=row.mailbox,
        received_at=row.received_at,
        recorded_at=row.recorded_at,
        outgoing=row.direction == "outgoing",
        number=row.number,
        ruleset=row.ruleset,
        record=row.record,
        history=history,
        workload=Workload(**row.workload),
        text=row.text,
        identities=Identities(**{name: tuple(values) for name, values in row.identities.items()}),
    )


def _summary(row: Row[*tuple[Any, ...]] | Mapping[Any, Any]) -> ConversationSummary:
    values = row._mapping if isinstance(row, Row) else row  # noqa: SLF001 - SQLAlchemy's public name for it
    return ConversationSummary(**{name: values[name] for name in ConversationSummary.__dataclass_fields__})
