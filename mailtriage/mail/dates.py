"""The Date field as clients write it: by RFC 5322, by ISO 8601, in Russian, on a twelve-hour clock, with comments.

The trap: the standard library takes a zone that it does not know for UTC and knows only the American ones
(RFC 5322 4.3), so Moscow mail would be three hours off; a date is told only where day, month, year and time are.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from mailtriage.mail.encoded_words import decode_header

_OFFSET = re.compile(r"(?:^|[\s\d(]|gmt|utc)([+-])(\d{1,2}):?([0-5]\d)?\)?\s*$", re.IGNORECASE)
_LONG_OFFSET = re.compile(r"([+-]\d{4})\d+\s*$")
_COMMENT = re.compile(r"\([^()]*\)")
_ZONED_COMMENT = re.compile(r"\(((?:utc|gmt)[+-]\d{1,2}(?::?\d\d)?)\)", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[t ]+(\d\d?):(\d\d)(?::(\d\d))?(?:\.\d+)?")
_LOCAL_DATE = re.compile(
    r"(\d{1,2})(?:-?го)?[. /-]+(\d{1,2}|[а-я]{3,8}|[a-z]{3,9})[. ,/-]+(\d{4}|\d{2})[^\d]+"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
)
_AMERICAN_DATE = re.compile(r"([a-z]{3,9})[. ]+(\d{1,2}),? +(\d{4})[^\d]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
_TWELVE_HOURS = re.compile(r"\d\s*([ap])\.?m\b")
_MONTHS = (
    ("янв", "jan"), ("фев", "feb"), ("мар", "mar"), ("апр", "apr"), ("ма", "may"), ("июн", "jun"),
    ("июл", "jul"), ("авг", "aug"), ("сен", "sep"), ("окт", "oct"), ("ноя", "nov"), ("дек", "dec"),
)  # fmt: skip
_ZONES = {"msk": 3, "мск": 3, "msd": 4, "eet": 2, "eest": 3, "cet": 1, "cest": 2, "samt": 4, "yekt": 5, "omst": 6,
          "krat": 7, "novt": 7,
          "irkt": 8, "yakt": 9, "vlat": 10}  # fmt: skip
"""Hours east of Greenwich: the names that Russian clients write, which RFC 5322 does not know."""
_ZONE_NAME = re.compile(r"\b([a-zа-я]{3,4})\s*(?:\d{4}\s*)?$")
_YEARS = range(1970, 2201)
_NOON = 12
_CENTURY = 2000


def sent_at(value: bytes | None) -> datetime | None:
    """The date with its offset (UTC where none is told), or None where nothing can be read."""
    if not value:
        return None
    text = decode_header(value)[:200]
    text = _ZONED_COMMENT.sub(r"\1", text)
    for _ in range(3):
        text = _COMMENT.sub(" ", text)
    text = _LONG_OFFSET.sub(r"\1", text.strip().lower())
    try:
        parsed = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        parsed = None
    if parsed and parsed[0] in _YEARS and parsed[3:6] != (0, 0, 0):
        offset = parsed[9]
        zone = _zone(text) if not offset else timezone(timedelta(seconds=offset)) if abs(offset) < 86_400 else None  # noqa: PLR2004 - seconds of a day
        return _datetime(parsed[:6], zone, text) if zone else None
    return _other_date(text)


def _other_date(text: str) -> datetime | None:
    if match := _ISO_DATE.search(text):
        return _datetime(tuple(int(part or 0) for part in match.groups()), _zone(text), text)
    if match := _LOCAL_DATE.search(text):
        day, month, year, *clock = match.groups()
    elif match := _AMERICAN_DATE.search(text):
        month, day, year, *clock = match.groups()
    else:
        return None
    number = int(month) if month.isdigit() else _month(month)
    whole_year = int(year) + (_CENTURY if len(year) == 2 else 0)  # noqa: PLR2004 - digits
    return _datetime((whole_year, number, int(day), *(int(part or 0) for part in clock)), _zone(text), text)


def _month(name: str) -> int:
    return next((number for number, starts in enumerate(_MONTHS, 1) if name.startswith(starts)), 0)


def _zone(text: str) -> timezone:
    """The offset at the end, as digits or as a name; UTC where there is none."""
    if match := _OFFSET.search(text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        # The day of "2026-08-10" is no offset.
        if minutes < 15 * 60 and ":" in text[: match.start() + 1]:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if match := _ZONE_NAME.search(text):
        return timezone(timedelta(hours=_ZONES.get(match[1], 0)))
    return UTC


def _datetime(parts: tuple[int, ...], zone: timezone, text: str) -> datetime | None:
    year, month, day, hour, minute, second = parts
    if (half := _TWELVE_HOURS.search(text)) and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half[1] == "p" else 0)
    # Midnight at the end of a day (RFC 3339 leaves it out, ISO 8601 has it).
    midnight = (hour, minute, second) == (24, 0, 0)
    try:
        found = datetime(year, month, day, 0 if midnight else hour, minute, min(second, 59), tzinfo=zone)
        return found + timedelta(days=1) if midnight else found
    except (ValueError, OverflowError):
        return None
