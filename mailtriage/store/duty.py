"""What the desk owes, and what runs by the calendar: extensions, what is overdue, the counts of a digest.

The trap is a restart: a report that was written down as done but never owed is lost, and one owed but not written down
leaves twice. So a report and the note that it ran are one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from mailtriage.reply.draft import Letter
from mailtriage.reply.wording import local_time
from mailtriage.store import extension, owing
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.extension import Extended
from mailtriage.store.restored import Compose
from mailtriage.triage.policy import Policy

_c, _m, _o, _s = t.conversation.c, t.message.c, t.outbox.c, t.schedule.c
_SHOWN: Final = 200
_A_MONTH: Final = timedelta(days=30)


class Late(NamedTuple):
    """A conversation whose promised day has passed without an answer."""

    number: str
    category: str | None
    queue: str | None
    due: date
    extended: bool


class Stuck(NamedTuple):
    """A letter that did not leave, or of which nobody knows whether it did."""

    id: int
    kind: str
    event: str
    status: str
    number: str | None


@dataclass(frozen=True)
class Digest:
    """How things stand, for the leads; nothing in it is a customer's."""

    since: datetime
    until: datetime
    verdicts: Mapping[tuple[str | None, str | None], int]
    """Messages recorded in that time by verdict (None: support's own) and reason, as they count now."""
    waiting: Mapping[str, int]
    """Open conversations whose customer waits, by queue ("" for none)."""
    overdue: int
    due_soon: int
    """Of those that wait: promised for today or the next working day."""
    extended: int
    """Notices of extension written in that time."""
    stuck: Mapping[tuple[str, str], int]
    """Outbox rows by kind and status ("buried", "unconfirmed") of the last 30 days."""
    shown: Sequence[Stuck]
    """The latest of them."""
    stopped: Sequence[tuple[datetime, datetime]]
    """From when until when replies were stopped because too many left, begun in that time."""


class Duty:
    """The questions, and what is written down; each method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_run(self, name: str, now: datetime) -> datetime:
        """When that schedule was last carried out; one that never was counts as carried out now."""
        with self._database.read() as connection:
            found = connection.scalar(select(_s.last_run_at).where(_s.name == name))
        if found is None:
            with self._database.write() as connection:
                _note(connection, name, now)
        return found or now

    def ran(self, name: str, now: datetime) -> None:
        """It was carried out."""
        with self._database.write() as connection:
            _note(connection, name, now)

    def extend(self, policy: Policy, compose: Callable[[], Compose], now: datetime) -> list[Extended]:
        """Put off, with a notice, what will not be answered in time; each conversation in a transaction of its own."""
        with self._database.write() as connection:
            extension.take_back(connection, now)
        with self._database.read() as connection:
            found = [row["id"] for row in extension.to_extend(connection, policy, now)]
        done: list[Extended] = []
        for conversation_id in found:
            with self._database.write() as connection:
                # It may have been answered since the question was asked.
                rows = extension.to_extend(connection, policy, now, conversation_id)
                row = next(iter(rows), None)
                each = row and extension.extend(connection, row, policy=policy, compose=compose(), now=now)
            if each:
                done.append(each)
        return done

    def overdue(self, policy: Policy, now: datetime) -> tuple[int, tuple[Late, ...]]:
        """How many conversations wait past their day, and the longest overdue of them."""
        late = (*_WAITS, _c.due < _today(policy, now))
        with self._database.read() as connection:
            count = connection.scalar(select(func.count()).select_from(t.conversation).where(*late)) or 0
            question = select(_c.number, _c.category, _c.queue, _c.due, _c.extended_at.is_not(None))
            rows = connection.execute(question.where(*late).order_by(_c.due, _c.id).limit(_SHOWN)).all()
        return count, tuple(Late(*row) for row in rows)

    def digest(self, policy: Policy, since: datetime, now: datetime) -> Digest:
        """What happened since, and how things stand now."""
        today = _today(policy, now)
        soon = policy.calendar.add(today, 1)
        stuck = (_o.status.in_(("buried", "unconfirmed")), _o.due_at > now - _A_MONTH, _o.kind != "move")
        count = select(func.count())
        with self._database.read() as connection:

            def number_of(*which: ColumnElement[bool]) -> int:
                return connection.scalar(count.select_from(t.conversation).where(*_WAITS, *which)) or 0

            recorded = select(_m.verdict, _m.reason, func.count()).where(_m.recorded_at > since, _m.recorded_at <= now)
            waiting = select(_c.queue, func.count()).where(*_WAITS).group_by(_c.queue)
            by_status = select(_o.kind, _o.status, func.count()).where(*stuck).group_by(_o.kind, _o.status)
            latest = (
                select(_o.id, _o.kind, _o.event, _o.status, _c.number)
                .select_from(t.outbox.outerjoin(t.conversation, _o.conversation_id == _c.id))
                .where(*stuck)
                .order_by(_o.id.desc())
                .limit(10)
            )
            stopped = select(t.standstill.c.since, t.standstill.c.until).where(t.standstill.c.since > since)
            return Digest(
                since=since,
                until=now,
                verdicts={(v, r): n for v, r, n in connection.execute(recorded.group_by(_m.verdict, _m.reason))},
                waiting={queue or "": n for queue, n in connection.execute(waiting)},
                overdue=number_of(_c.due < today),
                due_soon=number_of(_c.due >= today, _c.due <= soon),
                extended=number_of(_c.extended_at > since),
                stuck={(kind, status): n for kind, status, n in connection.execute(by_status)},
                shown=[Stuck(*row) for row in connection.execute(latest)],
                stopped=[(row.since, row.until) for row in connection.execute(stopped)],
            )

    def report(self, name: str, letters: Sequence[Letter], now: datetime) -> None:
        """Owe the letters of a report, each once, and note that it ran."""
        with self._database.write() as connection:
            for letter in letters:
                if connection.scalar(select(_o.id).where(_o.reply_message_id == letter.message_id)) is None:
                    owing.owe(connection, owing.report(name, letter, now=now))
            _note(connection, name, now)


_WAITS: Final = (_c.status == "open", _c.waiting_since.is_not(None), _c.merged_into.is_(None))


def _today(policy: Policy, now: datetime) -> date:
    return local_time(now, policy.time_zone).date()


def _note(connection: Connection, name: str, now: datetime) -> None:
    if not connection.execute(update(t.schedule).where(_s.name == name).values(last_run_at=now)).rowcount:
        connection.execute(insert(t.schedule).values(name=name, last_run_at=now))
