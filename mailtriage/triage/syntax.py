"""From what an author wrote under `when` and `unless` to conditions, with every mistake at its place.

One mistake must not hide the next: compiling goes on past each, so that a person mends the file once. A condition that
would silently never hold (a misspelt value, an operator that does not fit) is a mistake too, not a rule that sleeps.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import re2

from mailtriage.errors import Place, Problem
from mailtriage.language.words import fold
from mailtriage.located import Located, nearest
from mailtriage.triage.condition import (
    All,
    Always,
    Any_,
    Compares,
    Condition,
    Equals,
    Exists,
    Matches,
    Not,
    Substring,
    Wordy,
)
from mailtriage.triage.facts import FIELDS, FactField, FactKind
from mailtriage.triage.wording import Term, by_anchor, term

Path = tuple[str | int, ...]

OPERATORS: dict[str, tuple[frozenset[FactKind], str]] = {
    "is": (frozenset({"text", "list", "choice", "number", "flag"}), "равно; так же понимается поле без оператора"),
    "in": (frozenset({"text", "list", "choice", "number"}), "равно одному из списка"),
    "contains": (frozenset({"text", "list"}), "содержит такую последовательность букв"),
    "starts": (frozenset({"text", "list"}), "начинается с"),
    "ends": (frozenset({"text", "list"}), "кончается на"),
    "words": (frozenset({"text", "list"}), "есть любое из слов в любой форме; блокир* значит начало слова"),
    "phrase": (frozenset({"text", "list"}), "слова в любой форме, в этом порядке, между ними не больше двух других"),
    "matches": (frozenset({"text", "list"}), "подходит под выражение RE2"),
    "lt": (frozenset({"number"}), "меньше"),
    "lte": (frozenset({"number"}), "не больше"),
    "gt": (frozenset({"number"}), "больше"),
    "gte": (frozenset({"number"}), "не меньше"),
    "any_in": (frozenset({"list"}), "в списке есть хотя бы одно из значений"),
    "exists": (
        frozenset({"text", "list", "choice", "number", "flag"}),
        "true: есть и не пусто; false: нет, пусто или ноль",
    ),
}
"""Each operator with the kinds of facts that it fits and its sentence for the reference page."""

_WORDS = ("all", "any", "not", "always")
_SUBSTRING: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_MAX_WRITTEN = 60
_PATTERN_MEMORY = 1 << 22


@dataclass(frozen=True)
class Syntax:
    """Compiles the conditions of one file; what is wrong is added to `problems`."""

    located: Located
    lists: Mapping[str, tuple[str, ...]]
    problems: list[Problem]

    def condition(self, value: Any, path: Path) -> Condition:
        """A mapping is *and*, a list is *or*."""
        if isinstance(value, dict) and value:
            return _joined(All, [self._entry(key, child, (*path, key)) for key, child in value.items()])
        if isinstance(value, list) and value:
            return _joined(Any_, [self.condition(child, (*path, index)) for index, child in enumerate(value)])
        self._wrong(
            path, "a condition is expected, such as `text|words: [кошелек]`; write `always: true` for every message"
        )
        return Always()

    def _entry(self, key: str, value: Any, path: Path) -> Condition:
        if key == "always":
            if value is not True:
                self._wrong(path, "always can only be true")
            return Always()
        if key == "not":
            return Not(self.condition(value, path))
        if key in {"all", "any"}:
            if not isinstance(value, list) or not value:
                self._wrong(path, f'"{key}" expects a list of conditions')
                return Always()
            return _joined(All if key == "all" else Any_, [self.condition(v, (*path, i)) for i, v in enumerate(value)])
        return self._leaf(key, value, path)

    def _leaf(self, key: str, value: Any, path: Path) -> Condition:
        name, bar, written_operator = key.partition("|")
        place = self.located.key_place(path)
        known = FIELDS.get(name)
        if known is None:
            self.problems.append(Problem(place, f'there is no fact "{name}"{nearest(name, [*FIELDS, *_WORDS])}'))
        op = written_operator if bar else "is"
        if op not in OPERATORS:
            self.problems.append(Problem(place, f'there is no operator "{op}"{nearest(op, OPERATORS)}'))
            return Always()
        if known is None:
            return Always()
        if known.kind not in OPERATORS[op][0]:
            fitting = ", ".join(word for word, (kinds, _) in OPERATORS.items() if known.kind in kinds)
            self.problems.append(
                Problem(place, f'"{op}" does not fit "{name}", which is a {known.kind}; these do: {fitting}')
            )
            return Always()
        return self._compiled(known, op, value, path, _written(key, value))

    def _compiled(self, known: FactField, op: str, value: Any, path: Path, written: str) -> Condition:
        if op == "exists":
            if not isinstance(value, bool):
                self._wrong(path, "exists expects true or false")
            return Exists(known.name, value is True, written)
        if op in _COMPARE:
            if isinstance(value, bool) or not isinstance(value, int | float):
                self._wrong(path, f"{op} expects a number")
                return Always()
            return Compares(known.name, _COMPARE[op], value, written)
        listed = isinstance(value, list) or (isinstance(value, str) and value.startswith("$"))
        if op in {"in", "any_in"} and not listed:
            self._wrong(path, f"{op} expects a list of values, or $name of a list in lists/")
        return self._asking(known, op, self._values(known, value, path), written)

    def _asking(self, known: FactField, op: str, values: list[tuple[Any, Place]], written: str) -> Condition:
        if op in {"words", "phrase"}:
            return Wordy(known.name, by_anchor(self._terms(values)), written)
        if op == "matches":
            patterns = [self._pattern(item, place) for item, place in values]
            return Matches(known.name, tuple(pattern for pattern in patterns if pattern is not None), written)
        if op in _SUBSTRING:
            self._not_blank(values)
            return Substring(known.name, _SUBSTRING[op], tuple(fold(item) for item, _ in values), written)
        return Equals(known.name, frozenset(_folded(item) for item, _ in values), written)

    def _values(self, known: FactField, value: Any, path: Path) -> list[tuple[Any, Place]]:
        """The values with their places, named lists spliced in."""
        found: list[tuple[Any, Place]] = []
        entries = [((*path, i), item) for i, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
        if not entries:
            self._wrong(path, "an empty list holds for no message")
        for at, item in entries:
            place = self.located.place(at)
            if isinstance(item, str) and item.startswith("$"):
                found += [(listed, place) for listed in self._list(item[1:], place)]
            elif (checked := self._value(known, item, place)) is not None:
                found.append((checked, place))
        return found

    def _list(self, name: str, place: Place) -> tuple[str, ...]:
        if name not in self.lists:
            self.problems.append(Problem(place, f'there is no list "{name}" in lists/{nearest(name, self.lists)}'))
        return self.lists.get(name, ())

    def _value(self, known: FactField, item: Any, place: Place) -> Any:
        """The value if it can be one of this fact's, else None and a problem."""
        expected = ""
        if item is None:
            expected = f'a value; for "nothing there" write `{known.name}|exists: false`'
        elif known.kind == "flag" and not isinstance(item, bool):
            expected = "true or false"
        elif known.kind == "number" and (isinstance(item, bool) or not isinstance(item, int | float)):
            expected = "a number"
        elif known.kind == "choice" and item not in known.choices:
            expected = f"one of {', '.join(known.choices)}{nearest(str(item), known.choices)}"
        elif known.kind in {"text", "list"} and not isinstance(item, str | int):
            expected = "text; put it in quotation marks"
        elif known.kind in {"text", "list"} and isinstance(item, bool):
            expected = (
                "text; true and false are yes and no here, put them in quotation marks if they are meant as words"
            )
        if expected:
            self.problems.append(Problem(place, f'"{known.name}" expects {expected}'))
            return None
        return str(item) if known.kind in {"text", "list"} else item

    def _not_blank(self, values: list[tuple[Any, Place]]) -> None:
        for item, place in values:
            if not str(item).strip():
                self.problems.append(Problem(place, "an empty text is part of every text"))

    def _terms(self, values: list[tuple[Any, Place]]) -> tuple[Term, ...]:
        found: list[Term] = []
        for item, place in values:
            compiled = term(item)
            if compiled is None:
                self.problems.append(Problem(place, f'there is no word in "{item}"'))
            else:
                found.append(compiled)
        return tuple(found)

    def _pattern(self, written: str, place: Place) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = False
        options.max_mem = _PATTERN_MEMORY
        try:
            return re2.compile(written.replace("ё", "е").replace("Ё", "Е"), options=options)
        except re2.error as error:
            detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            self.problems.append(Problem(place, f"not a pattern of RE2: {detail}{_hint(detail)}"))
            return None

    def _wrong(self, path: Path, text: str) -> None:
        self.problems.append(Problem(self.located.place(path), text))


def _hint(detail: str) -> str:
    if "perl operator" in detail or "escape sequence" in detail:
        return (
            "; lookaround and back references are not offered, because their time on a hostile message has no bound:"
            " say the exception in `unless`"
        )
    return ""


def _joined(kind: type[All] | type[Any_], parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def _written(key: str, value: Any) -> str:
    text = (
        str(value).lower()
        if isinstance(value, bool)
        else ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value)
    )
    return f"{key}: {text if len(text) <= _MAX_WRITTEN else text[: _MAX_WRITTEN - 1] + '…'}"
