"""From one entry of a rule file to a rule, with every mistake in it at its place.

The trap is the key that is silently ignored: a rule whose `unless` is misspelt rejects the very people it was to spare.
So an unknown key is a mistake, and each key is read even where another is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from mailtriage.errors import Problem, Told
from mailtriage.located import Located
from mailtriage.triage.condition import Always, Condition
from mailtriage.triage.consequence import CONSEQUENCES, ThenReader
from mailtriage.triage.mistaken import near_or_all
from mailtriage.triage.rule import Example, Rule, Written
from mailtriage.triage.syntax import Syntax

RULE_KEYS: Final[dict[str, str]] = {
    "rule": "Имя правила: латинские буквы, цифры и дефис. Имена не повторяются.",
    "title": "Зачем правило, одной фразой: её видно в объяснении решения.",
    "description": "Подробности для коллег: почему правило такое.",
    "owner": "Кого спросить о правиле.",
    "enabled": "false выключает правило, не стирая его.",
    "from": "С какого дня правило действует: год-месяц-день, например 2026-12-01.",
    "until": "По какой день действует, включительно: год-месяц-день, например 2026-12-31.",
    "replaces": "Имя более раннего правила, на место которого встаёт это.",
    "when": "Когда правило срабатывает.",
    "unless": "Исключение: когда, несмотря на when, не срабатывает.",
    "then": "Что сделать, когда правило сработало.",
    "examples": "Письма, по которым правило проверяется при каждой загрузке.",
}
"""Each key of a rule with its sentence."""

RULE_NAME: Final = r"[a-z0-9][a-z0-9-]*"
_NAME: Final = re.compile(RULE_NAME)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class RuleReader:
    """Reads the entries of one file; what is wrong is added to `problems`."""

    located: Located
    syntax: Syntax
    then: ThenReader
    problems: list[Problem]

    def read(self, value: Any, index: int) -> Rule | None:
        """One entry of a rule file; None where it is no rule at all."""
        if not isinstance(value, dict):
            self._wrong(
                (index,),
                "a rule is expected: `rule: name`, `title:`, `when:`, `then:`",
                "здесь должно быть правило: `rule: имя`, `title:`, `when:`, `then:`",
            )
            return None
        self._known_keys(value, index)
        starts, ends = self._dates(value, index)
        return Rule(
            name=self._name(value, index),
            title=self._text(value, index, "title", required=True),
            when=self._condition(value, index, "when") or Always(),
            unless=self._condition(value, index, "unless"),
            then=self.then.read(value.get("then"), (index, "then")),
            description=self._text(value, index, "description"),
            owner=self._text(value, index, "owner"),
            enabled=self._enabled(value, index),
            starts=starts,
            ends=ends,
            replaces=self._replaces(value, index),
            examples=self._examples(value.get("examples"), index),
            place=self.located.place((index, "rule")),
            written=Written(self.located, index),
        )

    def _known_keys(self, value: dict[str, Any], index: int) -> None:
        for key in value:
            if key not in RULE_KEYS:
                text = Told(f'a rule has no "{key}"', f"у правила нет ключа «{key}»")
                inside = Told(f'; "{key}" stands inside of `then`', f"; «{key}» пишут внутри `then`")
                text += inside if key in CONSEQUENCES else near_or_all(key, RULE_KEYS)
                self.problems.append(Problem(self.located.key_place((index, key)), text))

    def _name(self, value: dict[str, Any], index: int) -> str:
        name = value.get("rule")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
        self._wrong(
            (index, "rule"),
            "`rule` expects a name of a-z, 0-9 and -",
            "в `rule` нужно имя из строчных латинских букв, цифр и дефиса",
        )
        return ""

    def _replaces(self, value: dict[str, Any], index: int) -> str | None:
        name = value.get("replaces")
        if "replaces" not in value or (isinstance(name, str) and _NAME.fullmatch(name)):
            return name
        self._wrong(
            (index, "replaces"),
            "`replaces` expects the name of an earlier rule",
            "в `replaces` нужно имя более раннего правила",
        )
        return None

    def _enabled(self, value: dict[str, Any], index: int) -> bool:
        enabled = value.get("enabled", True)
        if not isinstance(enabled, bool):
            self._wrong((index, "enabled"), "enabled expects true or false", "в `enabled` нужно true или false")
        return enabled is True

    def _dates(self, value: dict[str, Any], index: int) -> tuple[date | None, date | None]:
        starts, ends = self._day(value, index, "from"), self._day(value, index, "until")
        if starts and ends and ends < starts:
            self._wrong(
                (index, "until"),
                f"until {ends} is before from {starts}: the rule would never hold",
                f"`until` {ends} раньше, чем `from` {starts}: правило не сработает никогда",
            )
        return starts, ends

    def _day(self, value: dict[str, Any], index: int, key: str) -> date | None:
        if key not in value:
            return None
        day = value[key]
        try:
            if isinstance(day, str) and _DAY.fullmatch(day):
                return date.fromisoformat(day)
        except ValueError:
            self._wrong((index, key), f"{key}: there is no such day as {day}", f"`{key}`: такого дня нет: {day}")
            return None
        self._wrong(
            (index, key),
            f"{key} expects a date: year-month-day, such as 2026-12-31",
            f"в `{key}` нужна дата: год-месяц-день, например 2026-12-31",
        )
        return None

    def _text(self, value: dict[str, Any], index: int, key: str, *, required: bool = False) -> str:
        text = value.get(key)
        if isinstance(text, str) and text.strip():
            return text
        if key in value:
            self._wrong(
                (index, key),
                f"{key} expects a sentence for people",
                f"в `{key}` нужна фраза для людей; если в ней есть двоеточие, возьмите её в кавычки",
            )
        elif required:
            self._wrong(
                (index,),
                f"the rule has no {key}: a sentence that tells people why it exists",
                f"у правила нет `{key}` — одной фразы о том, зачем оно",
            )
        return ""

    def _condition(self, value: dict[str, Any], index: int, key: str) -> Condition | None:
        if key in value:
            return self.syntax.condition(value[key], (index, key))
        if key == "when":
            self._wrong(
                (index,),
                "the rule has no `when`; write `when: {always: true}` for every message",
                "у правила нет `when`; если оно для любого письма, напишите `when: {always: true}`",
            )
        return None

    def _examples(self, value: Any, index: int) -> tuple[Example, ...]:
        if value is None:
            return ()
        path = (index, "examples")
        if not isinstance(value, list):
            self._wrong(
                path,
                "examples are a list: `- match: текст` and `- miss: текст`",
                "примеры пишут списком: `- match: текст` и `- miss: текст`",
            )
            return ()
        return tuple(found for i, item in enumerate(value) if (found := self._example(item, (*path, i))))

    def _example(self, item: Any, path: tuple[str | int, ...]) -> Example | None:
        kinds: tuple[Literal["match", "miss"], ...] = ("match", "miss")
        for kind in kinds:
            if isinstance(item, dict) and list(item) == [kind] and isinstance(item[kind], str | dict) and item[kind]:
                return Example(kind, item[kind], self.located.place((*path, kind)))
        self._wrong(
            path,
            "an example is `match:` or `miss:` with a text, or with facts by name",
            "пример — это `match:` или `miss:` и текст письма (в кавычках) либо факты в фигурных скобках",
        )
        return None

    def _wrong(self, path: tuple[str | int, ...], en: str, ru: str) -> None:
        self.problems.append(Problem(self.located.place(path), Told(en, ru)))
