"""What a rule does when it holds: at most one verdict, and what it adds to the classification.

The `then` of a rule is read aloud by leads, so each key is one plain word. A reason that exists nowhere else (a reject
for "spam") would reach folders and templates that nobody made: the reasons are fixed here.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from mailtriage.errors import Problem
from mailtriage.located import Located, nearest
from mailtriage.triage.decision import CATEGORIES, Category, Verdict

REASONS: dict[str, tuple[str, ...]] = {
    "reject": ("unreadable", "anonymous", "abusive", "repeat", "decided"),
    "skip": ("bounce", "auto_reply", "list", "receipt", "loop", "report", "duplicate"),
}
"""Of the verdicts that have fixed ones; accept has none, hold any short name."""

PRIORITIES = ("low", "normal", "high")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Known:
    """Names that other rooms define; None leaves them unchecked."""

    templates: Collection[str] | None = None
    documents: Collection[str] | None = None
    topics: Collection[str] | None = None


@dataclass(frozen=True)
class Then:
    """The consequences of one rule."""

    verdict: Verdict | None = None
    reason: str | None = None
    category: Category | None = None
    weight: float = 1.0
    """What this rule adds to its category and topics."""
    topics: tuple[str, ...] = ()
    queue: str | None = None
    documents: tuple[str, ...] = ()
    counterparty: bool | None = None
    several_tasks: bool | None = None
    priority: Literal["low", "normal", "high"] | None = None
    tags: tuple[str, ...] = ()
    reply: str | None = None


@dataclass
class ThenReader:
    """Reads the `then` of a rule; what is wrong is added to `problems`."""

    located: Located
    problems: list[Problem]
    known: Known = field(default_factory=Known)

    def read(self, value: Any, path: tuple[str | int, ...]) -> Then:
        """Every key in turn, so that one mistake does not hide another."""
        if not isinstance(value, dict) or not value:
            self._wrong(path, "`then` expects what to do, such as `accept: true` or `category: claim`")
            return Then()
        found: dict[str, Any] = {}
        for key, written in value.items():
            read = _READERS.get(key)
            at = (*path, key)
            if read is None:
                self.problems.append(
                    Problem(self.located.key_place(at), f'there is no consequence "{key}"{nearest(key, _READERS)}')
                )
                continue
            if key in _VERDICTS and "verdict" in found:
                self.problems.append(Problem(self.located.key_place(at), "a rule has one verdict at most"))
                continue
            found.update(read(self, written, at, key))
        if "weight" in found and not ({"category", "topics"} & found.keys()):
            self._wrong((*path, "weight"), "a weight belongs to a category or a topic")
        return Then(**found)

    def verdict(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`accept`, `reject`, `skip`, `hold`."""
        if key == "accept":
            if value is not True:
                self._wrong(path, "accept can only be true")
            return {"verdict": "accept", "reason": None}
        if key in REASONS:
            reason = self._one_of(value, path, REASONS[key], "reason")
            return {"verdict": key, "reason": reason or REASONS[key][0]}
        return {"verdict": "hold", "reason": self._name(value, path) or "no_reason"}

    def category(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """One of the four."""
        return {"category": self._one_of(value, path, CATEGORIES, "category")}

    def weight(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """A number, also negative or fractional."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(path, "weight expects a number")
            return {"weight": 1.0}
        return {"weight": float(value)}

    def flag(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`counterparty`, `several_tasks`."""
        if not isinstance(value, bool):
            self._wrong(path, f"{key} expects true or false")
            return {}
        return {key: value}

    def priority(self, value: Any, path: tuple[str | int, ...], _: str) -> dict[str, Any]:
        """How urgent."""
        return {"priority": self._one_of(value, path, PRIORITIES, "priority")}

    def name(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`queue`, `reply`."""
        name = self._name(value, path)
        if name and key == "reply":
            self._check(name, path, self.known.templates, "reply template")
        return {key: name}

    def names(self, value: Any, path: tuple[str | int, ...], key: str) -> dict[str, Any]:
        """`topic`, `documents`, `tag`: a name or a list of names."""
        entries = [((*path, i), item) for i, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
        known = {"topic": self.known.topics, "documents": self.known.documents}.get(key)
        found: list[str] = []
        for at, item in entries:
            if name := self._name(item, at):
                self._check(name, at, known, "document" if key == "documents" else key)
                found.append(name)
        return {{"topic": "topics", "tag": "tags"}.get(key, key): tuple(found)}

    def _name(self, value: Any, path: tuple[str | int, ...]) -> str | None:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self._wrong(path, "a short name of a-z, 0-9, _ and - is expected")
        return None

    def _one_of(self, value: Any, path: tuple[str | int, ...], known: tuple[str, ...], what: str) -> str | None:
        if value in known:
            return str(value)
        self._wrong(path, f'there is no {what} "{value}"{nearest(str(value), known)}; there are: {", ".join(known)}')
        return None

    def _check(self, name: str, path: tuple[str | int, ...], known: Collection[str] | None, what: str) -> None:
        if known is not None and name not in known:
            self._wrong(path, f'there is no {what} "{name}"{nearest(name, known)}')

    def _wrong(self, path: tuple[str | int, ...], text: str) -> None:
        self.problems.append(Problem(self.located.place(path), text))


_VERDICTS = frozenset({"accept", "reject", "skip", "hold"})
_READERS = {
    **dict.fromkeys(("accept", "reject", "skip", "hold"), ThenReader.verdict),
    "category": ThenReader.category,
    "weight": ThenReader.weight,
    **dict.fromkeys(("counterparty", "several_tasks"), ThenReader.flag),
    "priority": ThenReader.priority,
    **dict.fromkeys(("queue", "reply"), ThenReader.name),
    **dict.fromkeys(("topic", "documents", "tag"), ThenReader.names),
}
