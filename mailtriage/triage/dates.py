"""The days that rules compare with: one of the calendar, or one counted from the day of reception.

The trap is the date without a year: "15 декабря", read in January, is five weeks ago and not eleven months ahead. Such
a date is the one nearest to the day of reception; without that day nothing can be told of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

_RELATIVE = re.compile(r"([+-])([0-9]{1,5})d")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARLESS = re.compile(r"--([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar, or so many days after (before: negative) the day of reception."""

    fixed: date | None = None
    days: int = 0

    def seen_from(self, received_on: date | None) -> date | None:
        """Which day it is for a message; None where that cannot be told."""
        if self.fixed is not None or received_on is None:
            return self.fixed
        try:
            return received_on + timedelta(days=self.days)
        except OverflowError:
            return None


def day(written: str) -> Day | None:
    """Read `2026-01-31`, `-30d` or `+0d`; None where it is neither."""
    if relative := _RELATIVE.fullmatch(written):
        return Day(days=int(relative[1] + relative[2]))
    found = _calendar_day(written)
    return Day(found) if found else None


def days_of(values: Iterable[Any], received_on: date | None) -> list[date | None]:
    """The dates of a fact as days, each at its index; None where a value tells no day."""
    return [value if isinstance(value, date) else _day_in_text(str(value), received_on) for value in values]


@lru_cache(maxsize=1024)
def _day_in_text(text: str, received_on: date | None) -> date | None:
    if not (yearless := _YEARLESS.fullmatch(text)):
        return _calendar_day(text)
    if received_on is None:
        return None
    near = [
        found for year in range(received_on.year - 1, received_on.year + 2)
        if (found := _calendar_day(f"{year:04}-{yearless[1]}-{yearless[2]}"))
    ]  # fmt: skip
    # Of two equally near the earlier: customers write of what has happened.
    return min(near, key=lambda found: abs(found - received_on), default=None)


def _calendar_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None
