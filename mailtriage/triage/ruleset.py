"""The rules that leads write, loaded from texts: a whole ruleset, or every mistake in it at its place.

Half a ruleset is worse than none: a rule that was left out because of a typing slip would accept what it was written
to hold. So loading is all or nothing, and the version is a digest of every text, so that a decision can name its rules.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mailtriage.errors import Place, Problem, Problems
from mailtriage.located import Located, load, nearest
from mailtriage.triage.condition import Always, Condition
from mailtriage.triage.consequence import Known, Then, ThenReader
from mailtriage.triage.syntax import Syntax

_KEYS = ("rule", "title", "description", "owner", "enabled", "when", "unless", "then", "examples")
_RULE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_LIST_FILE = re.compile(r"lists/([A-Za-z0-9_-]+)\.ya?ml")
_RULE_FILE = re.compile(r"[^/]+\.ya?ml")


@dataclass(frozen=True)
class Example:
    """A message that a rule must match or miss, as its author gave it."""

    kind: Literal["match", "miss"]
    given: str | Mapping[str, Any]
    """A body text, or facts and texts by name."""
    place: Place


@dataclass(frozen=True)
class Rule:
    """One rule, compiled."""

    name: str
    title: str
    when: Condition
    then: Then
    unless: Condition | None = None
    description: str = ""
    owner: str = ""
    enabled: bool = True
    examples: tuple[Example, ...] = ()
    place: Place = field(default_factory=lambda: Place(""))


@dataclass(frozen=True)
class Ruleset:
    """All rules in their order."""

    version: str
    """The first 12 hex digits of the SHA-256 over names and texts."""
    rules: tuple[Rule, ...] = field(repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    """Names and texts that it was loaded from: what must be kept to explain its decisions later."""


def load_ruleset(files: Mapping[str, str], *, known: Known | None = None, folder: str = "") -> Ruleset:
    """Load `{"10-automatic.yaml": text, "lists/banks.yaml": text}`; other than YAML files are left alone.

    `folder` is put before the names in error places, such as "rules/". The examples are not run: see `load_checked`.

    Raises:
        Problems: everything that is wrong, all at once.
    """
    texts = {name: files[name] for name in sorted(files) if name.endswith((".yaml", ".yml"))}
    problems: list[Problem] = []
    lists: dict[str, tuple[str, ...]] = {}
    rule_files: list[Located] = []
    for name, text in texts.items():
        try:
            located = load(text, folder + name)
        except Problems as error:
            problems += error.problems
            continue
        if listed := _LIST_FILE.fullmatch(name):
            lists[listed[1]] = _list(located, problems)
        elif _RULE_FILE.fullmatch(name):
            rule_files.append(located)
        else:
            problems.append(Problem(Place(folder + name), "rules stand in the folder itself, lists in lists/"))
    rules = [rule for located in rule_files for rule in _rules(located, lists, problems, known or Known())]
    problems += _twice(rules)
    if not rules and not problems:
        problems.append(Problem(Place(folder or "rules/"), "there are no rules here"))
    if problems:
        raise Problems(problems)
    return Ruleset(version(texts), tuple(rules), lists, texts)


def load_checked(files: Mapping[str, str], *, known: Known | None = None, folder: str = "") -> Ruleset:
    """Load a ruleset and run the examples written in it.

    Raises:
        Problems: it does not load, or an example does not come out as its author says.
    """
    # Examples need a whole ruleset, and nothing but this function needs them: hence no import at the top.
    from mailtriage.triage.examples import run_examples  # noqa: PLC0415

    ruleset = load_ruleset(files, known=known, folder=folder)
    if problems := run_examples(ruleset):
        raise Problems(problems)
    return ruleset


def version(files: Mapping[str, str]) -> str:
    """The name of a ruleset: 12 hex digits that change with any change of a name or text."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            octets = part.encode()
            digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()[:12]


def _list(located: Located, problems: list[Problem]) -> tuple[str, ...]:
    if not isinstance(located.value, list) or not located.value:
        problems.append(Problem(located.place(()), "a named list is a YAML list of words: `- слово` on each line"))
        return ()
    items: list[str] = []
    for index, item in enumerate(located.value):
        if isinstance(item, bool) or not isinstance(item, str | int) or not str(item).strip():
            problems.append(Problem(located.place((index,)), "a word is expected; put it in quotation marks"))
        elif str(item).startswith("$"):
            problems.append(Problem(located.place((index,)), "a list cannot hold another list: name both in the rule"))
        else:
            items.append(str(item))
    return tuple(items)


def _rules(located: Located, lists: Mapping[str, tuple[str, ...]], problems: list[Problem], known: Known) -> list[Rule]:
    if located.value is None:
        return []
    if not isinstance(located.value, list):
        problems.append(Problem(located.place(()), "a rule file is a YAML list: each rule begins with `- rule: name`"))
        return []
    reader = _RuleReader(located, Syntax(located, lists, problems), ThenReader(located, problems, known), problems)
    return [rule for index, value in enumerate(located.value) if (rule := reader.read(value, index))]


@dataclass
class _RuleReader:
    located: Located
    syntax: Syntax
    then: ThenReader
    problems: list[Problem]

    def read(self, value: Any, index: int) -> Rule | None:
        """One entry of a rule file; None where it is no rule at all."""
        if not isinstance(value, dict):
            self._wrong((index,), "a rule is expected: `rule: name`, `title:`, `when:`, `then:`")
            return None
        for key in value:
            if key not in _KEYS:
                place = self.located.key_place((index, key))
                self.problems.append(Problem(place, f'a rule has no "{key}"{nearest(key, _KEYS)}'))
        enabled = value.get("enabled", True)
        if not isinstance(enabled, bool):
            self._wrong((index, "enabled"), "enabled expects true or false")
        return Rule(
            name=self._name(value, index),
            title=self._text(value, index, "title", required=True),
            when=self._condition(value, index, "when") or Always(),
            unless=self._condition(value, index, "unless"),
            then=self.then.read(value.get("then"), (index, "then")),
            description=self._text(value, index, "description"),
            owner=self._text(value, index, "owner"),
            enabled=enabled is True,
            examples=self._examples(value.get("examples"), index),
            place=self.located.place((index, "rule")),
        )

    def _name(self, value: dict[str, Any], index: int) -> str:
        name = value.get("rule")
        if isinstance(name, str) and _RULE_NAME.fullmatch(name):
            return name
        self._wrong((index, "rule"), "`rule` expects a name of a-z, 0-9 and -")
        return ""

    def _text(self, value: dict[str, Any], index: int, key: str, *, required: bool = False) -> str:
        text = value.get(key)
        if isinstance(text, str) and text.strip():
            return text
        if key in value:
            self._wrong((index, key), f"{key} expects a sentence for people")
        elif required:
            self._wrong((index,), f"the rule has no {key}: a sentence that tells people why it exists")
        return ""

    def _condition(self, value: dict[str, Any], index: int, key: str) -> Condition | None:
        if key in value:
            return self.syntax.condition(value[key], (index, key))
        if key == "when":
            self._wrong((index,), "the rule has no `when`; write `when: {always: true}` for every message")
        return None

    def _examples(self, value: Any, index: int) -> tuple[Example, ...]:
        if value is None:
            return ()
        path = (index, "examples")
        if not isinstance(value, list):
            self._wrong(path, "examples are a list: `- match: текст` and `- miss: текст`")
            return ()
        return tuple(found for i, item in enumerate(value) if (found := self._example(item, (*path, i))))

    def _example(self, item: Any, path: tuple[str | int, ...]) -> Example | None:
        kinds: tuple[Literal["match", "miss"], ...] = ("match", "miss")
        for kind in kinds:
            if isinstance(item, dict) and list(item) == [kind] and isinstance(item[kind], str | dict) and item[kind]:
                return Example(kind, item[kind], self.located.place((*path, kind)))
        self._wrong(path, "an example is `match:` or `miss:` with a text, or with facts by name")
        return None

    def _wrong(self, path: tuple[str | int, ...], text: str) -> None:
        self.problems.append(Problem(self.located.place(path), text))


def _twice(rules: list[Rule]) -> list[Problem]:
    first: dict[str, Rule] = {}
    found: list[Problem] = []
    for rule in rules:
        if rule.name and rule.name in first:
            found.append(
                Problem(rule.place, f'the rule "{rule.name}" stands here twice, first at {first[rule.name].place}')
            )
        first.setdefault(rule.name, rule)
    return found
