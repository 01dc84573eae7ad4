"""The expected response time, in working days of the Russian production calendar.

By law (442-FZ) a message is answered within 15 working days of its registration; a promise beyond that is never made
without a notice of extension. The trap is the calendar: days off are moved by decree every year, so that a Saturday may
be worked and a plain Thursday not. And the day of registration itself does not count (civil code, art. 191).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import holidays

from mailtriage.errors import Problem, Problems
from mailtriage.located import Located, load, nearest
from mailtriage.reply.wording import local_time

_SATURDAY: Final = 5
_CALENDAR_YEARS: Final = range(1992, 2100)
"""Where the library knows holidays; a hostile Date header may lie anywhere in years 1 to 9999."""
_LAST_DAY: Final = date.max - timedelta(days=366)
"""Past it nothing is counted any more."""


@dataclass(frozen=True)
class Workload:
    """What a promise depends on at the instant of deciding; stored with the decision."""

    queue_lengths: Mapping[str, int] = field(default_factory=dict)
    """Conversations that wait for an answer, by queue."""
    answer_days: Mapping[str, float] = field(default_factory=dict)
    """Measured working days to a first answer, by category: a quantile that 90 % of answers kept."""


DEFAULT_DAYS: Final[Mapping[str, int]] = {"consultation": 3, "account_status": 5, "claim": 7, "proposal": 10, "": 5}
"""Working days by category, "" for a message without one."""


@dataclass(frozen=True)
class Norms:
    """Working days by category, and what is added; all of it configured."""

    days: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_DAYS))
    """By category, "" for messages without one."""
    counterparty: int = 5
    """Added where a bookmaker, bank or operator must be asked."""
    per_further_request: int = 1
    limit: int = 15
    daily_capacity: Mapping[str, int] = field(default_factory=dict)
    """Answers a day, by queue; where known, a longer queue adds days."""


@lru_cache(maxsize=64)
def _working_days(year: int) -> frozenset[date]:
    """The working days of a year by the production calendar, moved days included."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1)]
    if year not in _CALENDAR_YEARS:
        return frozenset(day for day in days if day.weekday() < _SATURDAY)
    russia = cast("Any", holidays).country_holidays("RU", years=year)
    return frozenset(day for day in days if russia.is_working_day(day))


@dataclass(frozen=True)
class WorkCalendar:
    """The production calendar: the `holidays` library with transfers, and the owner's overrides."""

    working: frozenset[date] = frozenset()
    """Days that are worked although the calendar says otherwise."""
    off: frozenset[date] = frozenset()
    day_ends: time = time(18)
    """Mail that arrives later on a working day is registered on the next one."""

    def is_working_day(self, day: date) -> bool:
        """Whether support works on that day."""
        if day in self.off:
            return False
        return day in self.working or day in _working_days(day.year)

    def add(self, day: date, working_days: int) -> date:
        """The working day that many working days after `day`, which itself does not count (civil code, art. 191).

        Zero gives `day` itself where it is worked, else the next working day.
        """
        if working_days <= 0:
            return self._on_or_after(day)
        for _ in range(working_days):
            day = self._on_or_after(min(day, _LAST_DAY) + timedelta(days=1))
        return day

    def _on_or_after(self, day: date) -> date:
        while day < _LAST_DAY and not self.is_working_day(day):
            day += timedelta(days=1)
        return day


def registration_day(now: datetime, calendar: WorkCalendar, zone: str) -> date:
    """The day on which mail that arrived at `now` is registered, in `zone` (an IANA name).

    The same day within working hours, else the next working day, which is the latest that the law allows.
    """
    local = local_time(now, zone)
    if calendar.is_working_day(local.date()) and local.time() < calendar.day_ends:
        return local.date()
    return calendar.add(local.date(), 1)


def registration_time(now: datetime, calendar: WorkCalendar, zone: str) -> datetime:
    """The instant of registration: at once in working hours, else the midnight that begins the `registration_day`."""
    day = registration_day(now, calendar, zone)
    return now if day == local_time(now, zone).date() else datetime.combine(day, time(), ZoneInfo(zone))


@dataclass(frozen=True)
class Promise:
    """What the acknowledgement says."""

    due: date
    working_days: int
    why: tuple[str, ...]
    """What was added and why, as sentences in the reply's language."""


_WHY: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "measured": "Сейчас ответ на такие обращения занимает больше времени, чем обычно.",
        "queue": "В очереди перед вашим письмом сейчас много других обращений.",
        "counterparty": "Чтобы разобраться, нам понадобится запросить сведения у букмекера, банка или оператора связи.",
        "requests": "В вашем письме несколько вопросов, и мы хотим ответить на каждый.",
    },
    "en": {
        "measured": "Answers to messages of this kind take longer than usual at the moment.",
        "queue": "Many other messages are waiting in the queue before yours.",
        "counterparty": "To look into it we will need information from the bookmaker, the bank or the phone operator.",
        "requests": "Your message holds several questions, and we want to answer each of them.",
    },
}


def expect(
    *,
    category: str | None,
    queue: str | None,
    requests: int,
    counterparty: bool,
    registered_on: date,
    workload: Workload,
    norms: Norms,
    calendar: WorkCalendar,
    language: str,
) -> Promise:
    """By when an answer can honestly be promised; never past the limit."""
    days = norms.days.get(category or "", norms.days.get("", DEFAULT_DAYS[""]))
    added = {
        "queue": _days_of_queue(queue, workload, norms),
        "counterparty": norms.counterparty if counterparty else 0,
        "requests": norms.per_further_request * max(0, requests - 1),
    }
    measured = math.ceil(workload.answer_days.get(category or "", 0))
    # What was measured holds the queue already: the larger of the two counts, not their sum.
    if measured > days + added["queue"]:
        added |= {"queue": 0, "measured": measured - days}
    total = min(days + sum(added.values()), norms.limit)
    sentences = _WHY.get(language, _WHY["ru"])
    return Promise(
        due=calendar.add(registered_on, total),
        working_days=total,
        why=tuple(text for cause, text in sentences.items() if added.get(cause, 0) > 0),
    )


def _days_of_queue(queue: str | None, workload: Workload, norms: Norms) -> int:
    """Full days that the queue as it stands will take; 0 where nobody knows how fast it is worked off."""
    capacity = norms.daily_capacity.get(queue or "", 0)
    return workload.queue_lengths.get(queue or "", 0) // capacity if capacity > 0 else 0


def load_calendar(text: str, file: str) -> WorkCalendar:
    """Read the owner's overrides (config/calendar.yaml): `working`, `off` (lists of ISO dates), `day_ends` ("18:00").

    Raises:
        Problems: every unknown key, wrong date and day that stands in both lists, with its place.
    """
    located = load(text, file)
    value = {} if located.value is None else located.value
    if not isinstance(value, dict):
        raise Problems([Problem(located.place(()), "expected the keys working, off and day_ends")])
    known = ("working", "off", "day_ends")
    problems = [
        Problem(located.key_place((key,)), f'unknown key "{key}"{nearest(key, known)}; known: {", ".join(known)}')
        for key in value
        if key not in known
    ]
    working = _dates(located, value, "working", problems)
    off = _dates(located, value, "off", problems)
    problems += [
        Problem(located.place(("off", index)), f"{day} stands under working too; a day is either worked or off")
        for day, index in off.items()
        if day in working
    ]
    day_ends = _time_of_day(located, value, problems)
    if problems:
        raise Problems(problems)
    return WorkCalendar(frozenset(working), frozenset(off), day_ends)


def _dates(located: Located, value: dict[str, Any], key: str, problems: list[Problem]) -> dict[date, int]:
    """The dates of a list, each with its index; what is wrong goes to `problems`."""
    items = value.get(key)
    if items is None:
        return {}
    if not isinstance(items, list):
        problems.append(Problem(located.place((key,)), f"{key}: expected a list of dates such as [2026-11-07]"))
        return {}
    dates: dict[date, int] = {}
    for index, item in enumerate(items):
        try:
            dates[date.fromisoformat(item)] = index
        except (TypeError, ValueError):
            problem = f"{key}: {item!r} is no date; expected year-month-day such as 2026-11-07"
            problems.append(Problem(located.place((key, index)), problem))
    return dates


def _time_of_day(located: Located, value: dict[str, Any], problems: list[Problem]) -> time:
    item = value.get("day_ends")
    if item is None:
        return WorkCalendar.day_ends
    try:
        return datetime.strptime(item, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except (TypeError, ValueError):
        problems.append(Problem(located.place(("day_ends",)), f'day_ends: {item!r} is no time of day such as "18:00"'))
        return WorkCalendar.day_ends
