"""The keys of `then`, how each is read, and its sentence for the reference page.

The trap is the second mistake that hides behind the first: every key is read, and all that is wrong is told at once.
What leads read aloud is one plain word each.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mailtriage.errors import Problem, Told
from mailtriage.located import Located, nearest
from mailtriage.reply.documents import Phrase
from mailtriage.triage.decision import CATEGORIES
from mailtriage.triage.mistaken import near_or_all
from mailtriage.triage.then import DECISIONS, MAX_PASSAGE, NAME, OUTGOING, PRIORITIES, REASONS, VERDICTS, Known, Then

_NAME = re.compile(NAME)


@dataclass
class ThenReader:
    """Reads the `then` of a rule; what is wrong is added to `problems`."""

    located: Located
    problems: list[Problem]
    known: Known = field(default_factory=Known)
    outgoing: bool = False
    """Whether the rules are about support's own letters."""

    def read(self, value: Any, path: tuple[str | int, ...]) -> Then:
        """Every key in turn, so that one mistake does not hide another."""
        if not isinstance(value, dict) or not value:
            such = ("`decision: final`",) * 2 if self.outgoing else _SUCH_AS
            self._wrong(
                path,
                f"`then` expects what to do, such as {such[0]}",
                f"в `then` нужно написать, что сделать: {such[1]}",
            )
            return Then()
        found: dict[str, Any] = {}
        for key, written in value.items():
            consequence = CONSEQUENCES.get(key)
            at = (*path, key)
            if consequence is None:
                text = Told(f'there is no consequence "{key}"', f"в `then` нет ключа «{key}»")
                hint = near_or_all(
                    key, OUTGOING if self.outgoing else (name for name in CONSEQUENCES if name not in OUTGOING)
                )
                self._wrong_key(at, text + (_BESIDE if key in _OF_THE_RULE else hint))
            elif (key in OUTGOING) != self.outgoing:
                self._wrong_key(at, _OF_THE_OTHERS[self.outgoing])
            elif key in VERDICTS and "verdict" in found:
                self._wrong_key(at, Told("a rule has one verdict at most", "у правила может быть только одно решение"))
            else:
                found.update(consequence.read(self, written, at, key))
        if "weight" in found and not ({"category", "topics"} & found.keys()):
            self._wrong(
                (*path, "weight"),
                "a weight belongs to a category or a topic",
                "вес бывает только у категории или темы: добавьте `category` или `topic`",
            )
        return Then(**found)

    def verdict(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`accept`, `reject`, `skip`, `hold`."""
        if key == "accept":
            if value is not True:
                self._wrong(
                    path, "accept can only be true", "`accept` бывает только true; чтобы не принимать, уберите ключ"
                )
            return {"verdict": "accept", "reason": None}
        if key in REASONS:
            reason = self._one_of(value, path, REASONS[key], Told("reason", "такой причины"))
            return {"verdict": key, "reason": reason or REASONS[key][0]}
        return {"verdict": "hold", "reason": self._name(value, path) or "no_reason"}

    def category(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """One of the four."""
        return {"category": self._one_of(value, path, CATEGORIES, Told("category", "такой категории"))}

    def decision(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """What a letter of support decides."""
        return {"decision": self._one_of(value, path, DECISIONS, Told("decision", "такого решения"))}

    def weight(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """A number, also negative or fractional."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(path, "weight expects a number", "в `weight` нужно число, например 2 или -0.5")
            return {"weight": 1.0}
        return {"weight": float(value)}

    def passage(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`say`: words in Russian, or in both languages by `ru` and `en`; plain text, for it stands in a letter."""
        written = value if isinstance(value, dict) else {"ru": value}
        if not written or not set(written) <= {"ru", "en"}:
            self._wrong(path, "say expects a text, or `ru:` and `en:`", "в `say` нужен текст или `ru:` и `en:`")
            return {}
        places = {language: (*path, language) if isinstance(value, dict) else path for language in written}
        words = {language: self._sentence(written[language], places[language]) for language in written}
        return {key: Phrase(words.get("ru", ""), words.get("en", ""))}

    def _sentence(self, text: Any, path: tuple[str | int, ...]) -> str:
        plain = " ".join(text.split()) if isinstance(text, str) else ""
        if not plain or len(plain) > MAX_PASSAGE or set(plain) & set("{}<>"):
            self._wrong(
                path,
                f"say expects plain words of at most {MAX_PASSAGE} characters, without braces and angle brackets",
                f"в `say` нужны простые слова, не больше {MAX_PASSAGE} знаков, без фигурных и угловых скобок",
            )
        elif _has_odd_mark(plain):
            self._wrong(
                path,
                "say has a quotation mark at one end only: the whole text stands in a pair of them, or in none",
                "в `say` кавычка стоит только с одного края: возьмите в кавычки весь текст или уберите её",
            )
        return plain

    def flag(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`counterparty`, `several_tasks`."""
        if not isinstance(value, bool):
            self._wrong(path, f"{key} expects true or false", f"в `{key}` нужно true или false")
            return {}
        return {key: value}

    def priority(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """How urgent."""
        return {"priority": self._one_of(value, path, PRIORITIES, Told("priority", "такой срочности"))}

    def name(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`queue`, `reply`."""
        name = self._name(value, path)
        if name and key == "reply":
            self._check(name, path, self.known.templates, Told("reply template", "шаблона ответа"))
        return {key: name}

    def names(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`topic`, `documents`, `tag`, `forward`: a name or a list of names."""
        entries = [((*path, i), item) for i, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
        if not entries:
            self._wrong(path, "an empty list says nothing: leave the key out", "список пуст: уберите ключ совсем")
        known, what = {
            "topic": (self.known.topics, Told("topic", "темы")),
            "documents": (self.known.documents, Told("document", "документа")),
            "forward": (
                self.known.forwards,
                Told("address under `forwards` of the configuration named", "в настройках (`forwards`) адреса"),
            ),
        }.get(key, (None, Told("", "")))
        found: list[str] = []
        for at, item in entries:
            if name := self._name(item, at):
                self._check(name, at, known, what)
                found.append(name)
        return {_PLURAL.get(key, key): tuple(found)}

    def _name(self, value: Any, path: tuple[str | int, ...]) -> str | None:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self._wrong(
            path,
            "a short name of a-z, 0-9, _ and - is expected",
            "нужно короткое имя из строчных латинских букв, цифр, _ и -; первой стоит буква",
        )
        return None

    def _one_of(self, value: Any, path: tuple[str | int, ...], known: tuple[str, ...], what: Told) -> str | None:
        if value in known:
            return str(value)
        text = Told(f'there is no {what.en} "{value}"', f"{what.ru} нет: «{value}»") + nearest(str(value), known)
        among = ", ".join(known)
        self.problems.append(
            Problem(self.located.place(path), text + Told(f"; there are: {among}", f"; есть: {among}"))
        )
        return None

    def _check(self, name: str, path: tuple[str | int, ...], known: Collection[str] | None, what: Told) -> None:
        if known is not None and name not in known:
            text = Told(f'there is no {what.en} "{name}"', f"нет {what.ru} «{name}»") + near_or_all(name, sorted(known))
            text += _NO_NEW_TOPICS if known is self.known.topics else Told("", "")
            self.problems.append(Problem(self.located.place(path), text))

    def _wrong_key(self, path: tuple[str | int, ...], text: Told) -> None:
        self.problems.append(Problem(self.located.key_place(path), text))

    def _wrong(self, path: tuple[str | int, ...], en: str, ru: str) -> None:
        self.problems.append(Problem(self.located.place(path), Told(en, ru)))


def _has_odd_mark(text: str) -> bool:
    """Whether it begins or ends with a quotation mark that has no other."""
    if text[0] == '"' or text[-1] == '"':
        return text.count('"') % 2 == 1
    return (text[0] == "«" or text[-1] == "»") and text.count("«") != text.count("»")


_SUCH_AS: Final = (
    "`accept: true` or `category: claim`",
    "например `accept: true` или `category: claim`",
)
_OF_THE_OTHERS: Final = {
    True: Told(
        "a rule on support's own letters can only say `decision: final`",
        "правило о письмах поддержки (outgoing/) может сказать только `decision: final`",
    ),
    False: Told(
        "`decision` is for support's own letters: such rules stand in outgoing/",
        "`decision` — для писем самой поддержки: такие правила лежат в папке outgoing/",
    ),
}
_OF_THE_RULE: Final = frozenset(
    {"rule", "title", "description", "owner", "enabled", "from", "until", "replaces", "when", "unless", "examples"}
)
_BESIDE: Final = Told("; it stands beside `then`, not inside", "; его пишут рядом с `then`, не внутри")
_NO_NEW_TOPICS: Final = Told(
    "; topics cannot be invented, for a mark of your own there is `tag:`",
    "; новую тему придумать нельзя, для своей пометки есть `tag:`",
)
_PLURAL = {"topic": "topics", "tag": "tags", "forward": "forwards"}


@dataclass(frozen=True)
class Consequence:
    """One key of `then`: how it is read, and its sentence and example for the reference page."""

    read: Callable[[ThenReader, Any, tuple[str | int, ...], str], dict[str, Any]]
    sentence: str
    example: str


CONSEQUENCES: Final[Mapping[str, Consequence]] = {
    "accept": Consequence(
        ThenReader.verdict, "Принять: обращение регистрируется, клиенту уходит подтверждение.", "accept: true"
    ),
    "reject": Consequence(
        ThenReader.verdict,
        "Отклонить по названной причине: письмо хранится, клиенту один раз объясняют почему.",
        "reject: unreadable",
    ),
    "skip": Consequence(
        ThenReader.verdict, "Письмо робота: записать и никогда не отвечать.", "skip: auto_reply"
    ),
    "hold": Consequence(
        ThenReader.verdict,
        "Отложить: пусть посмотрит человек. Имя причины придумайте сами, латиницей.",
        "hold: official_request",
    ),
    "category": Consequence(
        ThenReader.category, "Добавить вес категории; побеждает категория с наибольшей суммой.", "category: claim"
    ),
    "weight": Consequence(
        ThenReader.weight, "Сколько добавить категории и темам; без него 1. Можно дробное и с минусом.", "weight: 2"
    ),
    "topic": Consequence(ThenReader.names, "Тема обращения (или список тем).", "topic: commission"),
    "queue": Consequence(
        ThenReader.name, "В чью очередь; если правил несколько, решает последнее из сработавших.", "queue: security"
    ),
    "documents": Consequence(
        ThenReader.names, "Что попросить прислать в подтверждении.", "documents: [receipt, payment_number]"
    ),
    "counterparty": Consequence(
        ThenReader.flag,
        "true: без банка, букмекера или оператора связи не решить, поэтому срок ответа больше.",
        "counterparty: true",
    ),
    "several_tasks": Consequence(
        ThenReader.flag, "true: в письме несколько просьб, false: одна; без ключа просьбы считает программа.",
        "several_tasks: true",
    ),
    "priority": Consequence(
        ThenReader.priority, "Срочность: low, normal или high.", "priority: high"
    ),
    "tag": Consequence(ThenReader.names, "Пометка для своих (или список пометок).", "tag: gift_card"),
    "reply": Consequence(
        ThenReader.name, "Свой шаблон ответа вместо обычного: имя файла без языка.", "reply: other-centre"
    ),
    "say": Consequence(
        ThenReader.passage, "Свои слова в подтверждении, сразу после приветствия; по-английски — через `ru` и `en`.",
        'say: "Справку пришлём заказным письмом."',
    ),
    "forward": Consequence(
        ThenReader.names, "Переслать копию коллегам: имя адреса из настроек (`forwards`) или список имён.",
        "forward: security",
    ),
    "decision": Consequence(
        ThenReader.decision,
        "Только в outgoing/: такое письмо поддержки — итоговое решение; повторы после него отклоняются как решённые.",
        "decision: final",
    ),
}  # fmt: skip
"""Everything that `then` may say, in the order of the reference page."""
