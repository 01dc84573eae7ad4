"""Dates, counts and lines as a reader of the reply's language expects them.

The trap is Russian number: 1 рабочий день, 2 рабочих дня, 5 рабочих дней, but 11 рабочих дней and 21 рабочий день.
Lines are wrapped as RFC 3676 "flowed": narrow windows and phones join them again, old clients show them as they are.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

WIDTH: Final = 72
"""Columns; RFC 3676 4.2 wants at most 78 with the soft space."""

_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "ru": (
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_ELEVEN_TO_FOURTEEN: Final = range(11, 15)
_TWO_TO_FOUR: Final = range(2, 5)
_GLUED: Final = re.compile(
    r"(?<=[\d№]) (?=[\d№])|(?<=№) |(?<=\bno\.) (?=\d)|(?<=\S) (?=[—–])|(?<=\d) (?=[А-Яа-я])"
    r"|(?<=[а-я]) (?=\d{4}\b)|(?<=\d) (?=[A-Z][a-z]+ \d{4}\b)|(?<=[a-z]) (?=\d{4}\b)"
)
"""Spaces at which no line may break: within a phone number or date, after №, before a dash."""
_SHORT_WORD: Final = re.compile(r"(?<![\w-])(?!(?:же|ли|бы) )([А-Яа-яЁё]{1,2}) (?=\d|[«(]|\w{3})")
"""A preposition, conjunction or «не» that would hang at the end of a line of Russian type.

Of several in a row the last alone is held: a chain of them leaves half a line of a telephone empty.
"""
_PARTICLE: Final = re.compile(r"(?<=\w) (?=(?:же|ли|бы)\b)")
"""The space before a particle that leans on the word before it."""
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_WORD: Final = re.compile(r" *[^ ]+")
_RANGE: Final = re.compile(r"(?<=\d)–(?=\d)")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_STUFFED: Final = (" ", ">", "From ")
"""RFC 3676 4.4: a line that begins so is stuffed with a space."""


def local_time(now: datetime, zone: str) -> datetime:
    """The time in `zone` (an IANA name); as it is where the year 1 or 9999 of a hostile Date header leaves no room."""
    try:
        return now.astimezone(ZoneInfo(zone))
    except OverflowError:
        return now


def long_date(day: date, language: str) -> str:
    """«14 декабря 2026 года» or "14 December 2026"."""
    if language == "en":
        return f"{day.day} {_MONTHS['en'][day.month - 1]} {day.year}"
    return f"{day.day} {_MONTHS['ru'][day.month - 1]} {day.year} года"


def working_days(count: int, language: str) -> str:
    """«5 рабочих дней» or "5 working days"."""
    if language == "en":
        return f"{count} working day" if count == 1 else f"{count} working days"
    return f"{count} {plural(count, 'рабочий день', 'рабочих дня', 'рабочих дней')}"


def plural(count: int, one: str, few: str, many: str) -> str:
    """The Russian form that follows `count`: 1 день, 2 дня, 5 дней."""
    if count % 100 in _ELEVEN_TO_FOURTEEN:
        return many
    if count % 10 == 1:
        return one
    return few if count % 10 in _TWO_TO_FOUR else many


def tidy(text: str) -> str:
    """The text without the double blank lines and spaces that skipped branches of a template leave behind."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


@lru_cache(maxsize=1024)
def glued(text: str) -> str:
    """The text with no-break spaces where a line must not end; for HTML, where the reader's window breaks lines."""
    # Cached as `_broken` is: beside the number and the dates, all that stands in a line is the same in every letter.
    together = _RANGE.sub("–\N{WORD JOINER}", text)
    together = _PARTICLE.sub(_NO_BREAK, _GLUED.sub(_NO_BREAK, together))
    return _SHORT_WORD.sub(rf"\1{_NO_BREAK}", together)


def wrapped(text: str) -> str:
    """The text with its long lines broken at `WIDTH` columns."""
    return "\n".join([_broken(line)[0] for line in text.splitlines()])


def flowed(text: str) -> str:
    """The same lines as `format=flowed` (RFC 3676): a line that goes on ends with a space."""
    return "\n".join([_broken(line)[1] for line in text.splitlines()]) + "\n"


def _filled(line: str) -> list[str]:
    """A line as several that are as long as may be; textwrap makes the same ones, and takes three times as long."""
    lines, current = list[str](), ""
    for word in _WORD.findall(line):
        if current and len(current) + len(word) > WIDTH:
            lines.append(current)
            current = word.lstrip(" ")
        else:
            current += word
    return [*lines, current]


@lru_cache(maxsize=1024)
def _broken(line: str) -> tuple[str, str]:
    """One line as it is wrapped, and as it flows."""
    # Cached, for nearly all lines of a template are the same in every letter.
    shown = [part.replace(_NO_BREAK, " ") for part in _filled(_GLUED.sub(_NO_BREAK, line))]
    return "\n".join(shown), " \n".join([f" {part}" if part.startswith(_STUFFED) else part for part in shown])
