"""What follows from one question to a fact for another: the logic behind "never holds" and "is shadowed".

Facts with few values (flags, choices, numbers by the limits that are named) are settled by trying every value that
could make a difference, texts and lists by rules that hold for any text. The trap is a false claim: where neither
tells, nothing follows, and a rule is left in peace.
"""

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, Final

from mailtriage.triage.clauses import Asked, Clause
from mailtriage.triage.coverage import among
from mailtriage.triage.dates import Day, day
from mailtriage.triage.facts import FIELDS, Facts

_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "before": operator.lt,
    "after": operator.gt,
}
_ANY_DAY: Final = date(2000, 1, 1)
_LITTLE: Final = 1e-6
_WHOLE: Final = frozenset(field.name for field in fields(Facts) if type(field.default) is int)
"""Numbers that count something; none is below zero, and no other number either."""
_SUBSTRING: Final[dict[str, Callable[[str, str], bool]]] = {
    "is": operator.eq,
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
}


def contradiction(clause: Clause) -> tuple[Asked, ...]:
    """Questions of the clause that never come out together as they must; () where none is known."""
    by_field: dict[str, list[Asked]] = {}
    for asked in clause:
        by_field.setdefault(asked.field, []).append(asked)
    for name, questions in by_field.items():
        if found := _together(name, questions):
            return found
    return ()


def _together(name: str, questions: list[Asked]) -> tuple[Asked, ...]:
    values = _values(name, questions)
    if values is not None:
        return () if any(all(_holds(asked, value) for asked in questions) for value in values) else tuple(questions)
    for index, one in enumerate(questions):
        for other in questions[:index]:
            if entails(one, other.negated) or entails(other, one.negated):
                return other, one
    equal = next((asked for asked in questions if _is_one_text(asked)), None)
    if equal and not any(all(_text_may(asked, value) for asked in questions) for value in equal.values):
        return tuple(questions)
    return ()


def entails_clause(clause: Clause, other: Clause) -> bool:
    """Whether a message for which the first holds is one for which the second does, as far as can be told."""
    return all(any(entails(one, wanted) for one in clause if one.field == wanted.field) for wanted in other)


def entails(one: Asked, other: Asked) -> bool:
    """Whether the second question comes out as said wherever the first does."""
    if one.field != other.field:
        return False
    values = _values(one.field, (one, other))
    if values is not None:
        return all(_holds(other, value) for value in values if _holds(one, value))
    one, other = _presence(one), _presence(other)
    if one.holds and other.holds:
        return _implies(one, other)
    if one.holds:
        return _excludes(one, other)
    return not other.holds and _implies(other.negated, one.negated)


def _presence(asked: Asked) -> Asked:
    """`exists: false` is the denial of `exists: true`."""
    if asked.operator != "exists" or asked.values != frozenset({False}):
        return asked
    return Asked(asked.field, "exists", frozenset({True}), not asked.holds, asked.written)


def _implies(one: Asked, other: Asked) -> bool:
    """Of two that must hold on one text or list."""
    if other.operator == "exists":
        return one.operator != "matches" and "" not in one.values
    if one.operator == other.operator == "words":
        return all(among(other.values, word) for word in one.values)
    if one.operator == other.operator and one.values <= other.values:
        return True
    # A list holds for any of its items, and so do texts: each way to hold must be a way of the other.
    by = _SUBSTRING.get(other.operator)
    if by is None or not _leads_to(one.operator, other.operator):
        return False
    return all(any(by(value, part) for part in other.values) for value in one.values)


def _leads_to(one: str, other: str) -> bool:
    return one in {"is", other} or (other == "contains" and one in {"starts", "ends"})


def _excludes(one: Asked, other: Asked) -> bool:
    """Whether the first leaves no way for the second, which must not hold, to hold."""
    if FIELDS[one.field].kind == "list" or one.operator != "is" or other.operator not in _SUBSTRING:
        return False
    by = _SUBSTRING[other.operator]
    return not any(by(value, part) for value in one.values for part in other.values)


def _is_one_text(asked: Asked) -> bool:
    return asked.holds and asked.operator == "is" and FIELDS[asked.field].kind == "text"


def _text_may(asked: Asked, text: str) -> bool:
    by = _SUBSTRING.get(asked.operator)
    return by is None or any(by(text, part) for part in asked.values) is asked.holds


def _values(name: str, questions: Iterable[Asked]) -> list[Any] | None:
    """Every value of the fact that could make a difference to the questions; None where they are beyond counting."""
    known = FIELDS[name]
    kind: str = known.kind
    values: set[Any]
    if kind == "flag":
        values = {True, False}
    elif kind == "choice":
        values = set(known.choices)
    elif kind == "number":
        values = _numbers(name, questions)
    elif kind == "date":
        days = [_day(value) for asked in questions if asked.operator != "exists" for value in asked.values]
        if None in days or len({found.fixed is None for found in days if found}) > 1:
            return None
        values = {_as_date(found) + timedelta(days=step) for found in days if found for step in (-1, 0, 1)} | {_ANY_DAY}
    else:
        return None
    return [*values, None] if known.nullable else list(values)


def _numbers(name: str, questions: Iterable[Asked]) -> set[Any]:
    limits = {value for asked in questions if asked.operator != "exists" for value in asked.values} | {0}
    if name in _WHOLE:
        near = {math.floor(limit) + step for limit in limits for step in (-1, 0, 1, 2)}
        return {number for number in near if number >= 0}
    near = {limit + step for limit in limits for step in (-_LITTLE, 0, _LITTLE)}
    return {number for number in near if number >= 0}


def _day(value: Any) -> Day | None:
    return day(value) if isinstance(value, str) else None


def _as_date(limit: Day | None) -> date:
    """A fixed day, or one counted from the day of reception, whichever that is."""
    return limit.seen_from(_ANY_DAY) or _ANY_DAY if limit else _ANY_DAY


def _holds(asked: Asked, value: Any) -> bool:
    """Ask a fact that has this value."""
    if asked.operator == "exists":
        held = bool(value) in asked.values
    elif value is None:
        held = False
    elif asked.operator in _COMPARED:
        by = _COMPARED[asked.operator]
        limits = [_as_date(_day(limit)) for limit in asked.values] if isinstance(value, date) else asked.values
        held = any(by(value, limit) for limit in limits)
    else:
        held = value in asked.values or (isinstance(value, date) and value.isoformat() in asked.values)
    return held is asked.holds
