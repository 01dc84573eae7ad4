"""Dates in text: 28.08.2026, 28/08/26, 2026-08-28, 28 августа, «28» авг. 2026 г., August 28, 2026.

The trap is that a sum ("28.50 руб"), a version ("2.15") and a clock look like dates: what is no day of any month is
none, and a day and a month without a year need two digits each.
"""

import re
from datetime import date

from mailtriage.language.figures import AmongFigures, AtFigures

MONTH = (
    r"(янв\w*|фев\w*|марта?|апр\w*|ма[яй]|июн\w*|июл\w*|авг\w*|сен\w*|окт\w*|ноя\w*|дек\w*|jan\w*|feb\w*|mar(?:ch)?|"
    r"apr\w*|may|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)"
)
_STEMS = sorted(
    (stem, number)
    for stems in (
        "янв фев мар апр ма июн июл авг сен окт ноя дек".split(),  # noqa: SIM905 - as they are counted
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),  # noqa: SIM905
    )
    for number, stem in enumerate(stems, 1)
)[::-1]
"""Longer stems before their beginnings: "мар" before "ма"."""

SHORT_DATE = AtFigures(2, r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?:\s?г\.?)?(?![\d.]*\d)")
ISO_DATE = AtFigures(8, r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
WORD_DATE = AtFigures(
    1,
    rf"(?<!\d)(\d{{1,2}})(?:-?го|th|st|nd|rd)?[»\"]?\s{{1,3}}(?:of )?{MONTH}(?![а-яёa-z])\.?"
    r"(?:,?\s{1,3}(\d{4})(?!\d))?",
)
ENGLISH_DATE = AmongFigures(
    1, rf"(?<![a-zа-яё])(?=[a-z]){MONTH}\.? (\d{{1,2}})(?:th|st|nd|rd)?(?!\d)(?:,? (\d{{4}})(?!\d))?"
)
_MONEY = re.compile(r"\s{0,2}(?:тыс|тыщ|т\.|к(?![а-яё\w])|млн|миллион|р(?:уб|\.|(?![а-яё\w]))|₽|rub|rur)")


def iso_date(match: re.Match[str]) -> tuple[str, ...]:
    """Of `ISO_DATE`."""
    return day_of(match[1], int(match[2]), int(match[3]))


def short_date(match: re.Match[str]) -> tuple[str, ...]:
    """Of `SHORT_DATE`."""
    if match[2] == "-" and not match[4]:
        return ()
    money = _MONEY.match(match.string, match.end())
    if not match[4] and (money or len(match[3]) < 2):  # noqa: PLR2004 - "2.5" is no date
        return ()
    return day_of(match[4], int(match[3]), int(match[1]))


def word_date(match: re.Match[str]) -> tuple[str, ...]:
    """Of `WORD_DATE`."""
    return day_of(match[3], month_of(match[2]), int(match[1]))


def english_date(match: re.Match[str]) -> tuple[str, ...]:
    """Of `ENGLISH_DATE`."""
    return day_of(match[3], month_of(match[1]), int(match[2]))


def month_of(written: str) -> int:
    """Of a word that `MONTH` takes."""
    return next(number for stem, number in _STEMS if written.startswith(stem))


def day_of(year: str | None, month: int, day: int) -> tuple[str, ...]:
    """As an ISO date; nothing where there is no such day."""
    full = int(year) + (2000 if len(year) == 2 else 0) if year else None  # noqa: PLR2004 - two digits of a year
    try:
        if full:
            return (date(full, month, day).isoformat(),)
        return (date(2024, month, day).isoformat()[4:].replace("-", "--", 1),)
    except ValueError:
        return ()
