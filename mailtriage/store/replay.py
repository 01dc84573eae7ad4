"""Recorded messages in bulk, as they were decided, for a backtest. Nothing here writes.

The trap is the daemon beside it, and memory: each question is short, and asks for few messages at a time, of which one
may be megabytes of text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, func, select

from mailtriage.store import past
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.views import StoredMessage, stored_message
from mailtriage.triage.backtest import Case
from mailtriage.triage.comparison import Outline
from mailtriage.triage.facts import FACTS_JSON, Facts

_AT_ONCE, _WITH_PAST_AT_ONCE = 50, 10
"""Messages held in memory together; with its past, each brings up to 200 others."""
_numbered = t.message.outerjoin(t.conversation, t.message.c.conversation_id == t.conversation.c.id)


@dataclass(frozen=True, slots=True)
class Span:
    """The messages of some time: how many they are, and what they lie between."""

    since: datetime | None
    """The time that was asked for; None for all."""
    count: int
    first: int
    last: int
    """Row numbers, both inclusive; nothing that comes later belongs to it."""
    earliest: datetime | None
    latest: datetime | None
    """Times of recording."""


class Replay:
    """The messages of a span, in the order of arrival, share by share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def span(self, since: datetime | None = None) -> Span:
        """What was recorded since then, up to now."""
        m = t.message.c
        question = select(
            func.count(), func.min(m.id), func.max(m.id), func.min(m.recorded_at), func.max(m.recorded_at)
        ).where(*_since(since))
        with self._database.read() as connection:
            count, first, last, earliest, latest = connection.execute(question).one()
        return Span(since, count, first or 1, last or 0, earliest, latest)

    def cases(self, span: Span, first: int, last: int) -> Iterator[Case]:
        """The messages of a span between two row numbers, as they were decided, for a backtest; in order."""
        m = t.message.c
        question = (
            select(m.id, m.digest, m.sender, m.recorded_at, m.verdict, m.reason, m.category, m.queue, m.rule)
            .add_columns(m.record["facts"].label("facts"), t.conversation.c.number)
            .select_from(_numbered)
            .where(m.id.between(first, last), *_since(span.since))
            .order_by(m.id)
            .execution_options(yield_per=_AT_ONCE)
        )
        with self._database.read() as connection:
            restored = _restored(connection, first, last)
            rows = connection.execute(question)
            yield from (_case(row, row.facts, restored=row.id in restored) for row in rows)

    def messages(self, span: Span, first: int, last: int) -> Iterator[tuple[Case, StoredMessage]]:
        """The same, each with the history and the workload that it was decided upon."""
        m = t.message.c
        question = (
            select(t.message, t.conversation.c.number)
            .select_from(_numbered)
            .where(m.id.between(first, last), *_since(span.since))
            .order_by(m.id)
            .limit(_WITH_PAST_AT_ONCE)
        )
        while first <= last:
            # Nothing stays open while a message is read anew, which takes its time.
            with self._database.read() as connection:
                rows = connection.execute(question.where(m.id >= first)).all()
                restored = _restored(connection, first, last)
                found = [
                    (
                        _case(row, row.record["facts"], restored=row.id in restored),
                        stored_message(row, past.restore(connection, row.history)),
                    )
                    for row in rows
                ]
            yield from found
            first = found[-1][0].id + 1 if found else last + 1


def _since(since: datetime | None) -> tuple[ColumnElement[bool], ...]:
    # Of a message that was erased nothing is left to be decided upon.
    m = t.message.c
    return (m.size > 0,) if since is None else (m.size > 0, m.recorded_at >= since)


def _restored(connection: Connection, first: int, last: int) -> frozenset[int]:
    """The messages between two row numbers whose rejection a person took back, and left so."""
    r = t.ruling.c
    question = select(r.message_id, r.verdict, r.before).where(r.message_id.between(first, last)).order_by(r.id)
    rejected: set[int] = set()
    latest: dict[int, str] = {}
    for row in connection.execute(question):
        latest[row.message_id] = row.verdict
        if row.before["verdict"] == "reject":
            rejected.add(row.message_id)
    return frozenset(found for found in rejected if latest[found] != "reject")


def _case(row: Row[*tuple[Any, ...]], facts: Mapping[str, Any], *, restored: bool) -> Case:
    recorded = Outline(row.verdict, row.reason, row.category, row.queue, row.rule)
    return Case(
        id=row.id,
        digest=row.digest,
        number=row.number,
        recorded_at=row.recorded_at,
        sender=row.sender,
        recorded=recorded,
        facts=_facts(facts) if recorded.by_rules else None,
        restored=restored,
    )


def _facts(stored: Mapping[str, Any]) -> Facts | None:
    """None for those of another release that are no facts of this one any more."""
    try:
        return FACTS_JSON.validate_python(stored)
    except ValidationError:
        return None
