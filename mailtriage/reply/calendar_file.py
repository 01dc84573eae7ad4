"""The owner's overrides of the production calendar, read from config/calendar.yaml with every mistake in its place.

The trap is the mistake that is told alone: a slip in one date must not hide the next, for each round costs a lead time.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from mailtriage.errors import Problem, Problems, Told
from mailtriage.located import Located, load, nearest
from mailtriage.reply.production_calendar import WorkCalendar

_HOURS: Final = ("day_begins", "day_ends", "short_day_ends")
_KNOWN: Final = ("working", "off", *_HOURS)


def load_calendar(text: str, file: str) -> WorkCalendar:
    """Read `working`, `off` (lists of ISO dates), `day_begins`, `day_ends` and `short_day_ends` ("18:00").

    Raises:
        Problems: every unknown key, wrong date or hour, and day that stands in both lists, with its place.
    """
    located = load(text, file)
    value = {} if located.value is None else located.value
    if not isinstance(value, dict):
        keys = ", ".join(_KNOWN)
        raise Problems([Problem(located.place(()), Told(f"expected the keys {keys}", f"здесь бывают ключи {keys}"))])
    problems = [
        Problem(
            located.key_place((key,)),
            Told(f'unknown key "{key}"', f"ключа «{key}» здесь нет")
            + nearest(key, _KNOWN)
            + Told(f"; known: {', '.join(_KNOWN)}", f"; есть: {', '.join(_KNOWN)}"),
        )
        for key in value
        if key not in _KNOWN
    ]
    working = _dates(located, value, "working", problems)
    off = _dates(located, value, "off", problems)
    problems += [
        Problem(
            located.place(("off", index)),
            Told(
                f"{day} stands under working too; a day is either worked or off",
                f"{day} стоит и в working: день либо рабочий, либо выходной",
            ),
        )
        for day, index in off.items()
        if day in working
    ]
    hours = {key: _time_of_day(located, value, key, problems) for key in _HOURS}
    given = {key: hour for key, hour in hours.items() if hour is not None}
    calendar = WorkCalendar(frozenset(working), frozenset(off), **given)
    problems += _contradictions(located, calendar, given)
    if problems:
        raise Problems(problems)
    return calendar


def _dates(located: Located, value: Mapping[str, Any], key: str, problems: list[Problem]) -> dict[date, int]:
    """The dates of a list, each with its index; what is wrong goes to `problems`."""
    items = value.get(key)
    if items is None:
        return {}
    if not isinstance(items, list):
        text = Told(f"{key}: expected a list of dates such as [2026-11-07]", f"в {key} нужен список дат: [2026-11-07]")
        problems.append(Problem(located.place((key,)), text))
        return {}
    dates: dict[date, int] = {}
    for index, item in enumerate(items):
        try:
            dates[date.fromisoformat(item)] = index
        except (TypeError, ValueError):
            problem = Told(
                f"{key}: {item!r} is no date; expected year-month-day such as 2026-11-07",
                f"в {key} «{item}» — не дата: нужно год-месяц-день, например 2026-11-07",
            )
            problems.append(Problem(located.place((key, index)), problem))
    return dates


def _time_of_day(located: Located, value: Mapping[str, Any], key: str, problems: list[Problem]) -> time | None:
    item = value.get(key)
    if item is None:
        return None
    try:
        return datetime.strptime(item, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except (TypeError, ValueError):
        text = Told(
            f'{key}: {item!r} is no time of day such as "18:00"',
            f"в {key} «{item}» — не время: нужно часы:минуты, например «18:00»",
        )
        problems.append(Problem(located.place((key,)), text))
        return None


def _contradictions(located: Located, calendar: WorkCalendar, given: Mapping[str, time]) -> list[Problem]:
    """A day that ends before it begins has no hours in which anything could be registered."""
    return [
        Problem(
            located.place((key,)),
            Told(
                f"{key}: the day would end before it begins at {calendar.day_begins:%H:%M}",
                f"{key}: день кончился бы раньше, чем начался ({calendar.day_begins:%H:%M})",
            ),
        )
        for key in ("day_ends", "short_day_ends")
        if key in given and given[key] <= calendar.day_begins
    ]
