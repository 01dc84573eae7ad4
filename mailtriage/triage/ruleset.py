"""The rules that leads write, loaded from texts: a whole ruleset, or every mistake in it at its place.

Half a ruleset is worse than none: a rule that was left out because of a typing slip would accept what it was written
to hold. So loading is all or nothing, and the version is a digest of every text, so that a decision can name its rules.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.located import Located, load
from mailtriage.triage.consequence import ThenReader
from mailtriage.triage.index import Index, make_index
from mailtriage.triage.replacing import in_place
from mailtriage.triage.rule import Example, Rule
from mailtriage.triage.rule_reader import RuleReader
from mailtriage.triage.syntax import Syntax
from mailtriage.triage.then import Known

__all__ = ["Example", "Rule", "Ruleset", "load_checked", "load_ruleset", "version"]

_LIST_FILE = re.compile(r"lists/([A-Za-z0-9_-]+)\.ya?ml")
_RULE_FILE = re.compile(r"[^/]+\.ya?ml")
_OUTGOING_FILE = re.compile(r"outgoing/[^/]+\.ya?ml")
_ELSEWHERE = Told(
    "rules stand in the folder itself, those on support's own letters in outgoing/, lists in lists/",
    "правила кладут в саму папку, правила о письмах поддержки — в outgoing/, списки слов — в lists/; "
    "в других папках их не ищут",
)


@dataclass(frozen=True)
class Ruleset:
    """All rules in their order."""

    version: str
    """The first 12 hex digits of the SHA-256 over names and texts."""
    rules: tuple[Rule, ...] = field(repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    """Names and texts that it was loaded from: what must be kept to explain its decisions later."""
    listed: Mapping[str, Located] = field(repr=False, compare=False, default_factory=dict)
    """Each named list as it stands in its file."""
    outgoing: tuple[Rule, ...] = field(repr=False, default=())
    """What support's own letters are asked, in order; the first that holds decides."""

    @cached_property
    def index(self) -> Index:
        """Which rules could hold for a message; made when it is first asked for."""
        return make_index(self.rules)

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Those on customers' mail, then those on support's."""
        return (*self.rules, *self.outgoing)


def load_ruleset(files: Mapping[str, str], *, known: Known | None = None, folder: str = "") -> Ruleset:
    """Load `{"10-automatic.yaml": text, "lists/banks.yaml": text}`; other than YAML files are left alone.

    `folder` is put before the names in error places, such as "rules/". The examples are not run: see `load_checked`.

    Raises:
        Problems: everything that is wrong, all at once.
    """
    texts = {name: files[name] for name in sorted(files) if name.endswith((".yaml", ".yml"))}
    problems: list[Problem] = []
    listed: dict[str, Located] = {}
    rule_files: list[Located] = []
    outgoing_files: list[Located] = []
    for name, text in texts.items():
        try:
            located = load(text, folder + name)
        except Problems as error:
            problems += error.problems
            continue
        if found := _LIST_FILE.fullmatch(name):
            listed[found[1]] = located
        elif _RULE_FILE.fullmatch(name):
            rule_files.append(located)
        elif _OUTGOING_FILE.fullmatch(name):
            outgoing_files.append(located)
        else:
            problems.append(Problem(Place(folder + name), _ELSEWHERE))
    lists = {name: _list(located, problems) for name, located in listed.items()}
    loader = _Loader(lists, problems, known or Known())
    rules = in_place(loader.read(rule_files), problems)
    outgoing = in_place(loader.read(outgoing_files, outgoing=True), problems)
    if not rules and not problems:
        problems.append(
            Problem(Place(folder or "rules/"), Told("there are no rules here", "здесь нет ни одного правила"))
        )
    if problems:
        raise Problems(problems)
    return Ruleset(version(texts), rules, lists, texts, listed, outgoing)


def load_checked(
    files: Mapping[str, str], *, known: Known | None = None, folder: str = "", proven: bool = False
) -> Ruleset:
    """Load a ruleset and run the examples written in it, unless they are `proven` to hold.

    Raises:
        Problems: it does not load, or an example does not come out as its author says.
    """
    # Examples need a whole ruleset, and nothing but this function needs them: hence no import at the top.
    from mailtriage.triage.examples import run_examples  # noqa: PLC0415

    ruleset = load_ruleset(files, known=known, folder=folder)
    if not proven and (problems := run_examples(ruleset)):
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
        text = Told(
            "a named list is a YAML list of words: `- слово` on each line",
            "в файле списка слова пишут по одному на строке: `- слово`",
        )
        problems.append(Problem(located.place(()), text))
        return ()
    items: list[str] = []
    for index, item in enumerate(located.value):
        if isinstance(item, bool) or not isinstance(item, str | int) or not str(item).strip():
            text = Told("a word is expected; put it in quotation marks", "здесь нужно слово; возьмите его в кавычки")
            problems.append(Problem(located.place((index,)), text))
        elif str(item).startswith("$"):
            text = Told(
                "a list cannot hold another list: name both in the rule",
                "список не может включать другой список: назовите в правиле оба",
            )
            problems.append(Problem(located.place((index,)), text))
        else:
            items.append(str(item))
    return tuple(items)


@dataclass(frozen=True)
class _Loader:
    """What rules are read with."""

    lists: Mapping[str, tuple[str, ...]]
    problems: list[Problem]
    known: Known

    def read(self, files: Iterable[Located], *, outgoing: bool = False) -> list[Rule]:
        """All rules of these files, in order."""
        return [rule for located in files for rule in self._rules(located, outgoing=outgoing)]

    def _rules(self, located: Located, *, outgoing: bool) -> list[Rule]:
        if located.value is None:
            return []
        if not isinstance(located.value, list):
            text = Told(
                "a rule file is a YAML list: each rule begins with `- rule: name`",
                "файл правил — это список: каждое правило начинается с `- rule: имя`",
            )
            self.problems.append(Problem(located.place(()), text))
            return []
        syntax = Syntax(located, self.lists, self.problems)
        then = ThenReader(located, self.problems, self.known, outgoing)
        reader = RuleReader(located, syntax, then, self.problems)
        return [rule for index, value in enumerate(located.value) if (rule := reader.read(value, index))]
