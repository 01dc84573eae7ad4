"""Dates whose day is told in words, or without a month: "второго ноября", "в ночь на пятое марта", "15-го числа".

The trap is the ordinal that counts something else ("второго письма", "пятого кошелька"): it is a day only before the
name of a month or beside "число".
"""

from collections.abc import Iterator

from mailtriage.language.dates import MONTH, day_of, month_of
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text

_ONES = (
    ("перв", 1), ("втор", 2), ("треть", 3), ("четверт", 4), ("пят", 5), ("шест", 6), ("седьм", 7), ("восьм", 8),
    ("девят", 9), ("десят", 10), ("одиннадцат", 11), ("двенадцат", 12), ("тринадцат", 13), ("четырнадцат", 14),
    ("пятнадцат", 15), ("шестнадцат", 16), ("семнадцат", 17), ("восемнадцат", 18), ("девятнадцат", 19),
    ("двадцат", 20), ("тридцат", 30),
)  # fmt: skip
_TENS = {"двадцать": 20, "тридцать": 30}
_DAYS = dict(_ONES)
_WORDED = rf"(?:(двадцать|тридцать)\s+)?({'|'.join(stem for stem, _ in _ONES)})(?:ого|его|ое|е|ом|ем)"
_FIGURES = r"(\d{1,2})(?:-?(?:го|е|ого|ое))?"
_OF_A_MONTH = sparse(rf"(?<![\w-]){_WORDED}\s+{MONTH}(?![а-яёa-z])(?:\s+(\d{{4}})(?!\d))?")
_NUMBERED = tuple(
    sparse(rf"{before}(?<![\w.,-]){day}{after}(?!\w)")
    for day in (_WORDED, _FIGURES)
    for before, after in ((r"(?<!каждого )(?<!каждое )", r"\s+числа"), (r"\bчисла ", ""))
)
_LAST = 31


def spoken_dates(text: Text) -> Iterator[str]:
    """ISO dates whose day is told in words; "--MM-DD" where no year is given, "---DD" where no month is."""
    low, holding = text.folded, text.holding
    for match in _OF_A_MONTH.finditer(low, holding):
        day = _TENS.get(match[1], 0) + _DAYS[match[2]]
        yield from day_of(match[4], month_of(match[3]), day)
    for pattern in _NUMBERED:
        for match in pattern.finditer(low, holding):
            *tens, last = match.groups()
            day = int(last) if last.isdigit() else _TENS.get(tens[0] or "", 0) + _DAYS[last]
            if 1 <= day <= _LAST:
                yield f"---{day:02}"
