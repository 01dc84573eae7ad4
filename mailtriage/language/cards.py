"""Numbers that must not be kept whole: cards, passports, licences, INN, SNILS; only last digits leave this module.

The trap is the card that is not quite one: mistyped, broken over lines, grouped with dots, under the word "номер". The
check digit (ISO/IEC 7812-1, Luhn) proves a card, but its failure proves nothing, so what is long enough, begins as
cards do and is not called an operation is hidden as well.
"""

import re
from collections.abc import Iterator
from itertools import product

from mailtriage.language.figures import AmongFigures, AtFigures, Figures, NearFigures
from mailtriage.language.holding import Needs

_BETWEEN = r"[\s\u00a0._/\u2010-\u2015-]{1,3}"
GROUPED_CARD = AtFigures(
    15,
    rf"(?<![\d+])\d{{4}}(?:{_BETWEEN}\d{{4}}){{2}}{_BETWEEN}\d{{3,4}}(?!\d)(?![ \u00a0-]\d{{4}})(?:\s\d{{3}}(?!\d))?",
)
CARD = AtFigures(13, r"(?<![\d+])\d(?:[ \u00a0-]?\d){12,18}(?!\d)")
_HIDING = frozenset(("*", "•", "·", "…", "..", "оканчивается", "последн", *map("".join, product("xх0123456789", "xх"))))
"""What stands for the rest of a number, or tells that only its end follows."""
CARD_TAIL = NearFigures(
    r"(?:(?:[*xх•·]{2,}|\d{4,6}[*xх•·]+)[ *xх•·-]*|карт\w*[^\d\n.!?]{0,30}\*)(\d{4})(?!\d)|"
    r"карт\w*[^\d\n!?]{0,25}(?:\.\.\.?|…|оканчивается на|последние(?: 4)?\D{0,15})\s?(\d{4})(?!\d)|"
    r"последн\w+ (?:4 |четыре )?цифр\w*[^\d\n!?]{0,10}карт\w*[^\d\n.!?]{0,12}(\d{4})(?!\d)",
    behind=40,
    # Other scripts' figures are odd letters, as those are of which several are one: of them it is not known.
    needs=Needs(lambda: [_HIDING], caseless=True),
)
PASSPORT = NearFigures(
    r"(?:паспорт\w*|серия|passport)[^\d\n\x01]{0,40}?"
    r"(\d{2}\s?(?:№\s?)?\d{7}|\d{2}\s?\d{2}(?:[^\d\n]{0,12}\d{6})?|\d{6,9})(?!\d)"
)
FAR_PASSPORT = AmongFigures(
    10, r"(?:паспорт|passport)[^\n\d]{0,60}(?:\d{1,3}[^\n\d]{1,60}){0,3}?(\d{2}\s?\d{2}\s?(?:№\s?)?\d{6})(?!\d)"
)
"""A passport that is told after who issued it."""
LICENCE = AmongFigures(
    8, r"(?:водительск\w+|(?<!\w)в/у(?!\w)|driving licen[cs]e)[^\d\n\x01]{0,40}?(\d{2}\s?\w{2}\s?\d{6})(?!\d)"
)
INN = AmongFigures(10, r"(?<!\w)(?:инн|inn)(?!\w)[^\d\n!?]{0,30}(\d{10}(?:\d{2})?)(?!\d)")
SNILS = AmongFigures(
    11,
    r"(?:снилс[^\d\n]{0,12})?(?<!\d)(\d{3}-\d{3}-\d{3}[ -]\d{2})(?!\d)|"
    r"снилс[^\d\n]{0,12}(\d{3} ?\d{3} ?\d{3} ?\d{2})(?!\d)",
)
_SO_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){12}")
"""In whatever `CARD` and `GROUPED_CARD` find; looked for first, for it costs a fraction."""
_CALLED_CARD = re.compile(r"(?:карт|card)\w*[^\d.!?\n]{0,30}$", re.IGNORECASE)
_CALLED_OPERATION = re.compile(
    r"(?:транзакц|операци|плат[её]ж\w{0,3} №|квитанц|заявк|обращени|rrn|тикет|уип|чек)\w*[^\d.!?\n]{0,15}$",
    re.IGNORECASE,
)
_FIRST = "234569"
"""What card numbers begin with."""
_LENGTH = 16
_LONGEST = 19
_TAIL = 4
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def passport(match: re.Match[str]) -> tuple[str, ...]:
    """Of `PASSPORT` and `FAR_PASSPORT`."""
    return (f"passport *{match[1][-2:]}",)


def licence(match: re.Match[str]) -> tuple[str, ...]:
    """Of `LICENCE`."""
    return (f"licence *{match[1][-2:]}",)


def inn(match: re.Match[str]) -> tuple[str, ...]:
    """Of `INN`."""
    return (f"inn *{match[1][-2:]}",)


def snils(match: re.Match[str]) -> tuple[str, ...]:
    """Of `SNILS`."""
    return (f"snils *{(match[1] or match[2])[-2:]}",)


def card(match: re.Match[str]) -> tuple[str, ...]:
    """Of `CARD`: proved by its check digit, or called a card, or as long as one and not called anything else."""
    number = _digits(match[0])
    before = match.string[max(0, match.start() - 50) : match.start()]
    nearly = len(number) == _LENGTH and not _years(number) and not _CALLED_OPERATION.search(before)
    if number[0] in _FIRST and (nearly or _luhn(number) or _CALLED_CARD.search(before)):
        return (f"*{number[-_TAIL:]}",)
    return ()


def grouped_card(match: re.Match[str]) -> tuple[str, ...]:
    """Of `GROUPED_CARD`, with the code on its back or without."""
    number = _digits(match[0])
    return (f"*{number[:_LENGTH][-_TAIL:]}",) if number[0] in _FIRST and not _years(number) else ()


def card_tail(match: re.Match[str]) -> tuple[str, ...]:
    """Of `CARD_TAIL`."""
    return (f"*{match[1] or match[2] or match[3]}",)


def masked(text: str) -> str:
    """The text with every card number's digits but the last four as "*"; the same length, linear time."""
    if not _SO_MANY_DIGITS.search(text):
        return text
    pieces, at = list[str](), 0
    for start, end, length in sorted(_spans(text)):
        if start < at:
            continue
        places = [place for place in range(start, end) if text[place].isdecimal()]
        tail = places[:length][-_TAIL:]
        hidden = set(places) - set(tail)
        pieces += [text[at:start], "".join("*" if place in hidden else text[place] for place in range(start, end))]
        at = end
    return "".join([*pieces, text[at:]])


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Where cards stand, and how many of the digits there are the number itself."""
    figures = Figures(text)
    for pattern, read, length in ((GROUPED_CARD, grouped_card, _LENGTH), (CARD, card, _LONGEST)):
        yield from ((*match.span(), length) for match in pattern.finditer(figures) if read(match))


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _years(number: str) -> bool:
    """Whether it is no number but a row of years."""
    return all(number[at : at + 2] in {"19", "20"} for at in range(0, _LENGTH, _TAIL))


def _luhn(number: str) -> bool:
    doubled = (_LUHN_DOUBLED[int(digit)] if place % 2 else int(digit) for place, digit in enumerate(reversed(number)))
    return sum(doubled) % 10 == 0
