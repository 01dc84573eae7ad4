"""The expected response time: what an answer will take, as working days, and why, as words.

By law (442-FZ) a message is answered within 15 working days of its registration; a promise beyond that is never made
without a notice of extension. The trap is a promise that sounds well: a norm that is not kept is no promise, so what
was measured goes before it, and a queue that is longer than usual goes on top.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from mailtriage.reply.calendar_file import load_calendar
from mailtriage.reply.norms import DEFAULT_DAYS, Norms, Task, Terms
from mailtriage.reply.production_calendar import (
    WorkCalendar,
    counts_from,
    extended_due,
    last_safe_day,
    last_safe_morning,
    registration_day,
    registration_time,
)

__all__ = [
    "DEFAULT_DAYS",
    "Norms",
    "Part",
    "Promise",
    "Task",
    "Terms",
    "WorkCalendar",
    "Workload",
    "counts_from",
    "expect",
    "extended_due",
    "last_safe_day",
    "last_safe_morning",
    "load_calendar",
    "reckon",
    "registration_day",
    "registration_time",
]


@dataclass(frozen=True)
class Workload:
    """What a promise depends on at the instant of deciding; stored with the decision."""

    queue_lengths: Mapping[str, int] = field(default_factory=dict)
    """Conversations that wait for an answer, by queue."""
    answer_days: Mapping[str, float] = field(default_factory=dict)
    """Working days within which the configured share of first answers came of late, by category ("" for none).

    Without what is added for a third party, for documents and for further requests.
    """
    usual_lengths: Mapping[str, float] = field(default_factory=dict)
    """How many waited in a queue on average while these answers were given."""
    daily_answers: Mapping[str, float] = field(default_factory=dict)
    """First answers a working day in the same time, by queue."""


@dataclass(frozen=True)
class Part:
    """Working days that one cause adds to a promise."""

    cause: str
    """"norm", "measured", "queue", "counterparty", "documents", "requests"; "limit" takes days away."""
    days: int


@dataclass(frozen=True)
class Promise:
    """What the acknowledgement says."""

    due: date
    working_days: int
    why: tuple[str, ...]
    """What was added and why, as sentences in the reply's language."""
    parts: tuple[Part, ...] = ()
    """What the working days are the sum of."""


_WHY: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "measured": "Сейчас ответ на такие обращения занимает больше времени, чем обычно.",
        "queue": "В очереди перед вашим письмом сейчас много других.",
        "counterparty": "Чтобы разобраться, нам понадобится запросить сведения у букмекера, банка или оператора связи.",
        "documents": "Нам понадобятся сведения или документы от вас: чем раньше пришлёте, тем раньше мы ответим.",
        "requests": "В вашем письме несколько вопросов, и мы хотим ответить на каждый.",
        "late": "Письмо пришло в нерабочее время, и срок считается от ближайшего рабочего дня.",
        "holidays": "В этот срок попадают праздники.",
    },
    "en": {
        "measured": "Answers to messages like yours take longer than usual at the moment.",
        "queue": "Many other messages are waiting in the queue before yours.",
        "counterparty": "To look into it, we will need to ask the bookmaker, the bank or the mobile operator.",
        "documents": "We need information or documents from you: the sooner you send them, the sooner we can answer.",
        "requests": "Your message contains several questions, and we want to answer each of them.",
        "late": "Your message came outside our working hours, so the time is counted from the next working day.",
        "holidays": "There are public holidays in between.",
    },
}


def expect(
    task: Task,
    *,
    registered_on: date,
    arrived_on: date | None = None,
    workload: Workload,
    norms: Norms,
    calendar: WorkCalendar,
    language: str,
) -> Promise:
    """By when an answer can honestly be promised; never past the limit.

    Args:
        task: what is asked for.
        registered_on: the `registration_day`; it does not count.
        arrived_on: the day of arrival, where the letter shall tell of evenings and weekends.
        workload: how things stood at that instant.
        norms: as configured.
        calendar: in which days are counted.
        language: of the sentences, "ru" or "en".
    """
    parts = reckon(task, workload, norms)
    total = sum(part.days for part in parts)
    due = calendar.add(registered_on, total)
    causes = {part.cause for part in parts if part.days > 0}
    if arrived_on is not None and arrived_on < registered_on:
        causes.add("late")
    if calendar.holiday_between(registered_on, due):
        causes.add("holidays")
    sentences = _WHY.get(language, _WHY["ru"])
    return Promise(due, total, tuple(text for cause, text in sentences.items() if cause in causes), parts)


def reckon(task: Task, workload: Workload, norms: Norms) -> tuple[Part, ...]:
    """The working days of a promise, cause by cause; what adds nothing is left out."""
    norm = norms.norm(task)
    measured = math.ceil(workload.answer_days.get(task.category or "", 0))
    queue = task.queue or ""
    if capacity := norms.daily_capacity.get(queue, 0):
        # A configured speed tells how long the whole queue takes; what was measured holds a queue already.
        behind = workload.queue_lengths.get(queue, 0) // capacity
        longer = {"queue": behind} if norm + behind >= measured else {"measured": measured - norm}
    else:
        longer = {"measured": max(0, measured - norm), "queue": _longer_than_usual(queue, workload)}
    days = {"norm": norm} | longer | norms.added(task)
    days["limit"] = min(0, norms.limit_of(task) - sum(days.values()))
    return tuple(Part(cause, count) for cause, count in days.items() if count or cause == "norm")


def _longer_than_usual(queue: str, workload: Workload) -> int:
    """Working days that the queue as it stands takes more than it took while answers were measured."""
    speed = workload.daily_answers.get(queue, 0)
    if speed <= 0 or queue not in workload.usual_lengths:
        return 0
    return max(0, round((workload.queue_lengths.get(queue, 0) - workload.usual_lengths[queue]) / speed))
