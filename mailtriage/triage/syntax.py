"""From what an author wrote under `when` and `unless` to conditions, with every mistake at its place.

One mistake must not hide the next: compiling goes on past each, so that a person mends the file once. A condition that
would silently never hold (a misspelt value, an operator that does not fit) is a mistake too, not a rule that sleeps.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from mailtriage.errors import Problem, Told
from mailtriage.located import Located
from mailtriage.triage import mistaken
from mailtriage.triage.condition import (
    All,
    Always,
    Any_,
    Compares,
    Condition,
    Dated,
    Equals,
    Exists,
    Matches,
    Not,
    Substring,
    Wordy,
)
from mailtriage.triage.facts import FIELDS, FactField
from mailtriage.triage.leaves import folded
from mailtriage.triage.operands import Operands, Path, Value
from mailtriage.triage.operators import KINDS_IN_RUSSIAN, OPERATORS, fits
from mailtriage.triage.term import Term

__all__ = ["OPERATORS", "Path", "Syntax"]

_WORDS = ("all", "any", "not", "always")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_SIDES: dict[str, Callable[[date, date], bool]] = {"before": operator.lt, "after": operator.gt}
_MAX_WRITTEN = 60


@dataclass(frozen=True)
class Syntax:
    """Compiles the conditions of one file; what is wrong is added to `problems`."""

    located: Located
    lists: Mapping[str, tuple[str, ...]]
    problems: list[Problem]
    _asked_before: dict[str, Condition] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _operands(self) -> Operands:
        return Operands(self.located, self.lists, self.problems)

    def condition(self, value: Any, path: Path) -> Condition:
        """A mapping is *and*, a list is *or*."""
        if isinstance(value, dict) and value:
            return _joined(All, [self._entry(key, child, (*path, key)) for key, child in value.items()])
        if isinstance(value, list) and value:
            return _joined(Any_, [self.condition(child, (*path, index)) for index, child in enumerate(value)])
        text = Told(
            "a condition is expected, such as `text|words: [кошелек]`; write `always: true` for every message",
            "здесь нужно условие, например text|words: [кошелек]; для любого письма напишите always: true",
        )
        self._operands.wrong(path, text)
        return Always()

    def _entry(self, key: str, value: Any, path: Path) -> Condition:
        if key == "always":
            if value is not True:
                self._operands.wrong(path, Told("always can only be true", "always бывает только true"))
            return Always()
        if key == "not":
            return Not(self.condition(value, path))
        if key in {"all", "any"}:
            if not isinstance(value, list) or not value:
                text = Told(
                    f'"{key}" expects a list of conditions', f"под «{key}» нужен список условий, каждое с дефисом"
                )
                self._operands.wrong(path, text)
                return Always()
            return _joined(All if key == "all" else Any_, [self.condition(v, (*path, i)) for i, v in enumerate(value)])
        return self._leaf(key, value, path)

    def _leaf(self, key: str, value: Any, path: Path) -> Condition:
        name, bar, written_operator = key.partition("|")
        known = FIELDS.get(name)
        op = written_operator if bar else "is"
        if (known is None or op not in OPERATORS) and (written := mistaken.question(key)):
            self._misnamed(path, written)
            return Always()
        if known is None:
            self._misnamed(path, mistaken.fact(name, _WORDS))
        if op not in OPERATORS:
            self._misnamed(path, mistaken.operator(op))
            return Always()
        if known is None:
            return Always()
        if not fits(known, op):
            fitting = ", ".join(word for word in OPERATORS if fits(known, word))
            text = Told(
                f'"{op}" does not fit "{name}", which is a {known.kind}; these do: {fitting}',
                f"«{op}» не подходит к «{name}»: это {KINDS_IN_RUSSIAN[known.kind]}; подходят: {fitting}",
            )
            self._misnamed(path, text)
            return Always()
        # The same question in many rules is one object: compiled once here, asked once of a message.
        before = len(self.problems)
        question = f"{key}: {value!r}"
        if (compiled := self._asked_before.get(question)) is None:
            compiled = self._compiled(known, op, value, path, _written(key, value))
            if len(self.problems) == before:
                self._asked_before[question] = compiled
        return compiled

    def _compiled(self, known: FactField, op: str, value: Any, path: Path, written: str) -> Condition:
        if op == "exists":
            if not isinstance(value, bool):
                self._operands.wrong(path, Told("exists expects true or false", "после exists нужно true или false"))
            return Exists(known.name, written, wanted=value is True)
        if op in _COMPARE:
            limit = self._operands.number(op, value, path)
            return Always() if limit is None else Compares(known.name, written, limit, _COMPARE[op])
        if op in _SIDES:
            day = self._operands.day(op, value, path)
            return Always() if day is None else Dated(known.name, written, day, _SIDES[op])
        listed = isinstance(value, list) or (isinstance(value, str) and value.startswith("$"))
        if op in {"in", "any_in"} and not listed:
            text = Told(
                f"{op} expects a list of values, or $name of a list in lists/",
                f"после {op} нужен список значений в квадратных скобках или $имя списка из lists/",
            )
            self._operands.wrong(path, text)
        if op == "phrase":
            value, path, gap = self._operands.spaced(value, path)
            terms = self._operands.terms(self._operands.values(known, value, path), gap=gap)
            return _wordy(known.name, written, terms)
        return self._asking(known, op, self._operands.values(known, value, path), written)

    def _asking(self, known: FactField, op: str, values: list[Value], written: str) -> Condition:
        if op in {"words", "similar"}:
            slips = op == "similar"
            terms = self._operands.terms(values, slips=slips)
            return Wordy(known.name, written, terms, slips=True) if slips else _wordy(known.name, written, terms)
        if op == "matches":
            patterns = [self._operands.pattern(item, place) for item, place in values]
            return Matches(known.name, written, tuple(pattern for pattern in patterns if pattern is not None))
        if op in _PLACES:
            texts = tuple(folded(text) for text in self._operands.texts(values))
            return Substring(known.name, written, texts, _PLACES[op])
        return Equals(known.name, written, frozenset(folded(item) for item, _ in values))

    def _misnamed(self, path: Path, text: Told) -> None:
        self.problems.append(Problem(self.located.key_place(path), text))


@lru_cache(maxsize=4096)
def _wordy(field: str, written: str, terms: tuple[Term, ...]) -> Wordy:
    """One object for one question, in however many rules it is asked: a message answers it once."""
    return Wordy(field, written, terms)


def _at_start(text: str, value: str) -> int:
    return 0 if text.startswith(value) else -1


def _at_end(text: str, value: str) -> int:
    return len(text) - len(value) if text.endswith(value) else -1


_PLACES: dict[str, Callable[[str, str], int]] = {"contains": str.find, "starts": _at_start, "ends": _at_end}


def _joined(kind: type[All] | type[Any_], parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _written(key: str, value: Any) -> str:
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, list):
        text = ", ".join(map(str, value))
    elif isinstance(value, dict):
        text = ", ".join(f"{name} {_written('', each).removeprefix(': ')}" for name, each in value.items())
    else:
        text = str(value)
    return f"{key}: {text if len(text) <= _MAX_WRITTEN else text[: _MAX_WRITTEN - 1] + '…'}"
