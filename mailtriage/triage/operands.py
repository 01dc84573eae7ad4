r"""What an author wrote after an operator, checked and compiled: values, words, patterns, days.

A value that the fact can never have (a misspelt choice, a number for a text) would make a rule that sleeps, so it is a
mistake with its place. And a pattern of a few signs can ask for more memory than is good (`(\pL{1,50}\s){20}`): such a
one is refused when it is loaded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import re2

from mailtriage.errors import Place, Problem, Told
from mailtriage.located import Located, nearest
from mailtriage.triage.dates import Day, day
from mailtriage.triage.facts import FactField
from mailtriage.triage.mistaken import near_or_all
from mailtriage.triage.term import GAP, Term, term

Path = tuple[str | int, ...]
Value = tuple[Any, Place]

_PATTERN_MEMORY = 1 << 22
"""Octets; what needs more takes seconds on one hostile message."""
_WIDEST_GAP = 30


@dataclass(frozen=True)
class Operands:
    """Reads the operands of one file; what is wrong is added to `problems`."""

    located: Located
    lists: Mapping[str, tuple[str, ...]]
    problems: list[Problem]

    def values(self, known: FactField, value: Any, path: Path) -> list[Value]:
        """The values with their places, named lists spliced in."""
        found: list[Value] = []
        entries = [((*path, i), item) for i, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
        if not entries:
            self.wrong(path, Told("an empty list holds for no message", "пустой список не подойдёт ни к одному письму"))
        for at, item in entries:
            place = self.located.place(at)
            if isinstance(item, str) and item.startswith("$"):
                found += [(listed, place) for listed in self._list(item[1:], place)]
            elif (expected := _expected(known, item)) is not None:
                self._problem(place, Told(f'"{known.name}" expects ', f"«{known.name}» ждёт: ") + expected)
            else:
                found.append((_plain(known, item), place))
        return found

    def number(self, op: str, value: Any, path: Path) -> float | None:
        """The number that a comparison has on its right."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(path, Told(f"{op} expects a number", f"после {op} нужно число"))
            return None
        return value

    def day(self, op: str, value: Any, path: Path) -> Day | None:
        """The day that a comparison has on its right."""
        found = day(value) if isinstance(value, str) else None
        if found is None:
            text = Told(
                f"{op} expects a day such as 2026-01-31, or counted from the day of reception: -30d, +0d",
                f"после {op} нужен день: 2026-01-31 или считая от дня получения письма: -30d, +0d",
            )
            self.wrong(path, text)
        return found

    def texts(self, values: Sequence[Value]) -> list[str]:
        """Texts that are more than blanks."""
        found = [str(item) for item, _ in values]
        for text, (_, place) in zip(found, values, strict=True):
            if not text.strip():
                self._problem(
                    place,
                    Told(
                        "an empty text is part of every text", "пустой текст есть в любом тексте, напишите в нём слова"
                    ),
                )
        return found

    def terms(self, values: Iterable[Value], *, gap: int = GAP, slips: bool = False) -> tuple[Term, ...]:
        """Words and phrases."""
        found: list[Term] = []
        for item, place in values:
            compiled = term(item, gap=gap, slips=slips)
            if compiled is None:
                self._problem(place, Told(f'there is no word in "{item}"', f"в «{item}» нет ни одного слова"))
            elif slips and "*" in item:
                text = Told(
                    f'similar compares whole words; "{item}" is for words, or leave out the star',
                    f"similar сравнивает слова целиком: «{item}» поставьте под words или уберите звёздочку",
                )
                self._problem(place, text)
            else:
                found.append(compiled)
        return tuple(found)

    def spaced(self, value: Any, path: Path) -> tuple[Any, Path, int]:
        """What `phrase` was given: the phrases, where they stand, and how many other words may be between."""
        if not isinstance(value, dict):
            return value, path, GAP
        for key in value:
            if key not in {"words", "gap"}:
                text = Told(f'phrase has no "{key}"', f"у phrase нет «{key}»") + nearest(key, ("words", "gap"))
                self._problem(self.located.key_place((*path, key)), text)
        if "words" not in value:
            text = Told(
                "phrase expects `words:` beside `gap:`",
                "рядом с gap у phrase нужно words: {words: [деньги не дойти], gap: 5}",
            )
            self.wrong(path, text)
        gap = value.get("gap", GAP)
        if isinstance(gap, bool) or not isinstance(gap, int) or not 0 <= gap <= _WIDEST_GAP:
            text = Told(
                f"gap expects a number of words from 0 to {_WIDEST_GAP}", f"gap — это число слов от 0 до {_WIDEST_GAP}"
            )
            self.wrong((*path, "gap"), text)
            gap = GAP
        return value.get("words", []), (*path, "words") if "words" in value else path, gap

    def pattern(self, written: str, place: Place) -> Any:
        """An RE2 pattern for folded texts; None where it is none."""
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = False
        options.max_mem = _PATTERN_MEMORY
        try:
            return re2.compile(written.replace("ё", "е").replace("Ё", "Е"), options=options)
        except re2.error as error:
            detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            self._problem(place, _pattern_problem(detail))
            return None

    def wrong(self, path: Path, text: Told) -> None:
        """Note a mistake at the place of a value."""
        self._problem(self.located.place(path), text)

    def _list(self, name: str, place: Place) -> tuple[str, ...]:
        if name not in self.lists:
            text = Told(f'there is no list "{name}" in lists/', f"в lists/ нет списка «{name}»")
            self._problem(place, text + near_or_all(name, self.lists))
        return self.lists.get(name, ())

    def _problem(self, place: Place, text: Told) -> None:
        self.problems.append(Problem(place, text))


def _expected(known: FactField, item: Any) -> Told | None:
    """What the fact may be, where the value is not that."""
    if item is None:
        absent = f"{known.name}|exists: false"
        return Told(
            f'a value; for "nothing there" write `{absent}`', f"значение; если там ничего нет, напишите {absent}"
        )
    if known.kind in {"text", "list"}:
        return _expected_text(item)
    if known.kind == "choice" and item not in known.choices:
        listed = ", ".join(known.choices)
        return Told(f"one of {listed}", f"одно из {listed}") + nearest(str(item), known.choices)
    return _expected_value(known, item)


def _expected_value(known: FactField, item: Any) -> Told | None:
    if known.kind == "flag" and not isinstance(item, bool):
        return Told("true or false", "true или false")
    if known.kind == "number" and (isinstance(item, bool) or not isinstance(item, int | float)):
        return Told("a number", "число")
    if known.kind == "date" and not (isinstance(item, str) and (found := day(item)) and found.fixed):
        return Told("a day such as 2026-01-31", "день, например 2026-01-31")
    return None


def _expected_text(item: Any) -> Told | None:
    if isinstance(item, bool):
        return Told(
            "text; true and false are yes and no here, put them in quotation marks if they are meant as words",
            "текст; true и false здесь значат «да» и «нет», а если это слова, возьмите их в кавычки",
        )
    if isinstance(item, str | int):
        return None
    return Told("text; put it in quotation marks", "текст; возьмите его в кавычки")


def _plain(known: FactField, item: Any) -> Any:
    if known.kind == "date":
        return date.fromisoformat(item)
    return str(item) if known.kind in {"text", "list"} else item


_DETAILS = {
    "missing )": "не хватает закрывающей скобки )",
    "unexpected )": "лишняя закрывающая скобка )",
    "missing ]": "не хватает закрывающей скобки ]",
    "missing argument to repetition": "перед знаком повтора (* + ? {}) ничего не стоит",
    "no argument for repetition": "перед знаком повтора (* + ? {}) ничего не стоит",
    "bad repetition operator": "два знака повтора подряд",
    "invalid repetition size": "слишком большое число повторов, можно до 1000",
    "trailing \\": "в конце стоит одиночная обратная черта \\",
    "invalid escape sequence": "такого знака с обратной чертой нет",
    "invalid character class": "в квадратных скобках неверный промежуток букв",
    "invalid perl operator": "такой оператор в скобках (?…) не поддерживается",
    "pattern too large": "выражение слишком велико: уменьшите числа повторов в фигурных скобках",
}
"""What RE2 complains of, by the beginning of its complaint."""

_NO_BOUND = Told(
    "; lookaround and back references are not offered, because their time on a hostile message has no bound:"
    " say the exception in `unless`",
    "; просмотр вперёд и назад и обратные ссылки не поддерживаются, потому что на злонамеренном письме их время"
    " не ограничено: исключение напишите в unless",
)


def _pattern_problem(detail: str) -> Told:
    russian = next((words for beginning, words in _DETAILS.items() if beginning in detail), detail)
    if "too large" in detail:
        detail += "; make the counts in {} smaller"
    text = Told(f"not a pattern of RE2: {detail}", f"это не выражение RE2: {russian}")
    return text + _NO_BOUND if "perl operator" in detail or "escape sequence" in detail else text
