"""The Russian production calendar: which days support works, until when, and how days are counted on it.

The trap is that days off are moved by decree every year, so that a Saturday may be worked and a plain Thursday not, and
that next year's decree may not be known yet. And the day on which a term begins does not count (civil code, art. 191).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from mailtriage.errors import Told
from mailtriage.reply.wording import local_time

_SATURDAY: Final = 5
_CALENDAR_YEARS: Final = range(1992, 2100)
"""Where the library knows holidays; a hostile Date header may lie anywhere in years 1 to 9999."""
_FIRST_DAY: Final = date.min + timedelta(days=366)
_LAST_DAY: Final = date.max - timedelta(days=366)
"""Beyond these nothing is counted any more."""
_HOLIDAYS: Final = frozenset({*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""Month and day of the holidays (labour code, art. 112)."""
_A_DAY: Final = timedelta(days=1)
_AHEAD: Final = timedelta(days=60)
"""How far promises and extensions of today may reach."""


def _russia(**years: int) -> Any:
    return _russian_calendar()(**years)


@cache
def _russian_calendar() -> Any:
    """The library's calendar of Russia, out of its own file: the package around it loads those of the whole world."""
    library = find_spec("holidays")
    folders = (library and library.submodule_search_locations) or ()
    file = next((file for each in folders if (file := Path(each, "countries", "russia.py")).is_file()), None)
    spec = file and spec_from_file_location("holidays_of_russia", file)
    if not spec or not spec.loader:
        # A release of another build: the long way is always there.
        return import_module("holidays").RU
    calendar = module_from_spec(spec)
    spec.loader.exec_module(calendar)
    return calendar.Russia


@lru_cache(maxsize=1)
def _decrees() -> dict[int, dict[date, date]]:
    """By year, each day off that a decree moved, with the weekend day from which it was moved."""
    russia = _russia()
    moved: dict[int, dict[date, date]] = {}
    for year, found in getattr(russia, "special_public_holidays", {}).items():
        pairs = (found,) if isinstance(found[0], int) else found
        moved[year] = {date(year, off[0], off[1]): date(year, off[2], off[3]) for off in pairs}
    return moved


def last_decreed_year() -> int:
    """The last year whose moved days off the installed `holidays` library knows."""
    return max(_decrees(), default=0)


@lru_cache(maxsize=64)
def _working_days(year: int) -> frozenset[date]:
    """The working days of a year by the production calendar, moved days included."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1)]
    if year not in _CALENDAR_YEARS:
        return frozenset(day for day in days if day.weekday() < _SATURDAY)
    russia = _russia(years=year)
    working = {day for day in days if russia.is_working_day(day)}
    if year > last_decreed_year():
        # Without a decree the law alone moves a holiday that falls on a weekend, but for those of January (art. 112).
        for month, day in sorted(_HOLIDAYS):
            holiday = date(year, month, day)
            if month > 1 and holiday.weekday() >= _SATURDAY:
                working.discard(min(worked for worked in working if worked > holiday))
    return frozenset(working)


@lru_cache(maxsize=64)
def _short_days(year: int) -> frozenset[date]:
    """Working days before a holiday, an hour shorter (labour code, art. 95); one that was moved keeps its length."""
    after_new_year = _HOLIDAYS - {(1, 1)}
    eves = {date(year, month, day) - _A_DAY for month, day in after_new_year} | {date(year, 12, 31)}
    replaced = _decrees().get(year, {})
    return frozenset(replaced.get(eve, eve) for eve in eves) & _working_days(year)


@dataclass(frozen=True)
class WorkCalendar:
    """The production calendar: the `holidays` library with transfers, and the owner's overrides."""

    working: frozenset[date] = frozenset()
    """Days that are worked although the calendar says otherwise."""
    off: frozenset[date] = frozenset()
    day_ends: time = time(18)
    """Mail that arrives later on a working day is registered on the next one."""
    day_begins: time = time()
    """Mail that arrives earlier on a working day is registered at this hour."""
    short_day_ends: time | None = None
    """As `day_ends` on the eve of a holiday; None where such days are not shorter."""

    def is_working_day(self, day: date) -> bool:
        """Whether support works on that day."""
        if day in self.off:
            return False
        return day in self.working or day in _working_days(day.year)

    def ends(self, day: date) -> time:
        """When support goes home on that working day."""
        if self.short_day_ends is not None and day in _short_days(day.year):
            return self.short_day_ends
        return self.day_ends

    def add(self, day: date, working_days: int) -> date:
        """The working day that many working days after `day`, which itself does not count (civil code, art. 191).

        Zero gives `day` itself where it is worked, else the next working day.
        """
        if working_days <= 0:
            return self.on_or_after(day)
        for _ in range(working_days):
            day = self.on_or_after(min(day, _LAST_DAY) + _A_DAY)
        return day

    def before(self, day: date) -> date:
        """The last working day before `day`."""
        day = max(day, _FIRST_DAY) - _A_DAY
        while day > _FIRST_DAY and not self.is_working_day(day):
            day -= _A_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """`day` itself where it is worked, else the next working day."""
        while day < _LAST_DAY and not self.is_working_day(day):
            day += _A_DAY
        return day

    def numbered(self, first: date, last: date) -> dict[date, int]:
        """Each day from `first` to `last`, with how many working days there were up to it; a difference counts them."""
        numbers: dict[date, int] = {}
        count = 0
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            count += self.is_working_day(day)
            numbers[day] = count
        return numbers

    def holiday_between(self, first: date, last: date) -> bool:
        """Whether a weekday after `first` and up to `last` is a day off for the whole country; at most a year."""
        days = (first + timedelta(days=offset) for offset in range(1, min((last - first).days, 366) + 1))
        return any(
            day.weekday() < _SATURDAY and day not in _working_days(day.year) and not self.is_working_day(day)
            for day in days
        )

    def doubt(self, today: date) -> Told | None:
        """What a lead should know: promises of today may reach a year whose moved days off nobody has told us."""
        year = (min(today, _LAST_DAY) + _AHEAD).year
        if year <= last_decreed_year() or any(day.year == year for day in self.working | self.off):
            return None
        return Told(
            f"days off that are moved in {year} are not known to this release: update it, or write them here",
            f"переносов выходных на {year} год эта версия программы не знает: обновите её или впишите их сюда",
        )


def registration_day(now: datetime, calendar: WorkCalendar, zone: str) -> date:
    """The day on which mail that arrived at `now` is registered, in `zone` (an IANA name).

    The same day until support goes home, else the next working day, which is the latest that the law allows.
    """
    local = local_time(now, zone)
    if calendar.is_working_day(local.date()) and local.time() < calendar.ends(local.date()):
        return local.date()
    return calendar.add(local.date(), 1)


def registration_time(now: datetime, calendar: WorkCalendar, zone: str) -> datetime:
    """The instant of registration: at once in working hours, else when the `registration_day` begins."""
    day = registration_day(now, calendar, zone)
    local = local_time(now, zone)
    if day == local.date() and local.time() >= calendar.day_begins:
        return now
    return datetime.combine(day, calendar.day_begins, ZoneInfo(zone))


def counts_from(arrived_at: datetime, now: datetime, calendar: WorkCalendar, zone: str) -> datetime:
    """The instant from which an answer's time counts: that of the arrival, though the message is only seen `now`.

    What has lain for longer than the law lets a registration wait (the next working day), because the desk was out of
    order or a person put old mail into the inbox, counts from now; so does what a server dates into the future.
    """
    latest = calendar.add(registration_day(arrived_at, calendar, zone), 1)
    return arrived_at if arrived_at < now and registration_day(now, calendar, zone) <= latest else now


def last_safe_day(due: date, calendar: WorkCalendar) -> date:
    """The last working day before `due`: who is told on its morning of an extension is told in time."""
    return calendar.before(due)


def last_safe_morning(due: date, calendar: WorkCalendar, zone: str) -> datetime:
    """When support begins on the `last_safe_day`, in `zone` (an IANA name)."""
    return datetime.combine(last_safe_day(due, calendar), calendar.day_begins, ZoneInfo(zone))


def extended_due(registered_on: date, calendar: WorkCalendar, limit: int = 25) -> date:
    """The last day for an answer after a notice of extension: `limit` working days from registration (442-FZ)."""
    return calendar.add(registered_on, limit)
