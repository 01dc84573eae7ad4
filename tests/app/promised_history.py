"""A store with half a year of conversations whose true answer times are known."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from mailtriage.reply.deadline import WorkCalendar
from mailtriage.store import tables as t
from mailtriage.store.database import Database

FIRST, UNTIL = date(2026, 1, 12), date(2026, 7, 6)
CALENDAR = WorkCalendar()


def took(dice: random.Random, *, counterparty: bool) -> int:
    """Working days to an answer: five in the middle, eleven for one in ten, six more where a bank is asked."""
    return round(dice.lognormvariate(1.6, 0.5)) + (6 if counterparty else 0)


def conversations(daily: int, seed: int = 1) -> Iterator[tuple[date, date, bool]]:
    """Day of registration, day of the answer, and whether a bank was asked."""
    dice = random.Random(seed)  # noqa: S311 - a history that is the same every time
    for offset in range((UNTIL - FIRST).days):
        day = FIRST + timedelta(days=offset)
        for _ in range(daily if CALENDAR.is_working_day(day) else 0):
            counterparty = dice.random() < 0.2
            yield day, CALENDAR.add(day, took(dice, counterparty=counterparty)), counterparty


def fill(folder: Path, daily: int = 5) -> None:
    """Write it where a configuration in `folder` looks for its store."""
    database = Database(f"sqlite:///{folder}/store/mailtriage.db")
    database.upgrade()
    rows = list(enumerate(conversations(daily), 1))
    with database.write() as connection:
        connection.execute(insert(t.conversation), [_conversation(number, *row) for number, row in rows])
        connection.execute(insert(t.message), [_message(number, *row) for number, row in rows])
    database.close()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _conversation(number: int, begun: date, answered: date, counterparty: bool) -> dict[str, Any]:  # noqa: FBT001 - a row
    waits = answered >= UNTIL
    told = 7 + 5 * counterparty
    return {
        "id": number, "year": 26, "sequence": number, "number": f"26-{number:06d}", "subject": "Вопрос",
        "sender": "anna@mail.example", "status": "open", "category": "claim", "queue": "claims",
        "registered_at": noon(begun), "last_message_at": noon(begun),
        "waiting_since": noon(begun) if waits else None, "answered_at": None if waits else noon(answered),
        "promised": CALENDAR.add(begun, told),
    }  # fmt: skip


def _message(number: int, begun: date, _answered: date, counterparty: bool) -> dict[str, Any]:  # noqa: FBT001 - a row
    decision = {"queue": "claims", "requests": 1, "counterparty": counterparty, "topics": [], "documents": []}
    return {
        "id": number, "digest": f"{number:064x}", "direction": "incoming", "sender": "anna@mail.example",
        "subject": "Вопрос", "text": "Где деньги?", "received_at": noon(begun), "recorded_at": noon(begun),
        "verdict": "accept", "ruleset": "0", "identities": {}, "conversation_id": number,
        "record": {"decision": decision}, "history": {}, "workload": {"queue_lengths": {"claims": 40}},
        "final": False, "size": 1,
    }  # fmt: skip
