"""Lists, words and templates that nobody needs, and templates that a rule needs in both languages.

The trap is the edit that changes nothing: a lead adds a word to a list that no rule names, or mends a letter that is
never sent, and waits for an effect.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mailtriage.errors import Place, Told
from mailtriage.located import Located
from mailtriage.reply.templates import LANGUAGES, OUTSIDE_RULES, Templates
from mailtriage.triage.clauses import leaves
from mailtriage.triage.coverage import Covered, covered
from mailtriage.triage.finding import Finding
from mailtriage.triage.rule import Rule
from mailtriage.triage.ruleset import Ruleset

_WORDY = frozenset({"words", "phrase"})


def list_findings(ruleset: Ruleset) -> Iterator[Finding]:
    """Lists that no rule names, and words that stand in one for nothing."""
    uses = _uses(ruleset.all_rules)
    for name, located in ruleset.listed.items():
        operators = uses.get(name)
        if operators is None:
            text = Told(f'no rule uses the list "{name}"', f"списком «{name}» не пользуется ни одно правило")
            yield Finding(Place(located.file), text, "warning", "unused")
        else:
            yield from _doubles(name, located, wordy=operators <= _WORDY)


def template_findings(ruleset: Ruleset, templates: Templates) -> Iterator[Finding]:
    """Templates that are never sent; a template of a rule that one language lacks."""
    demanded: dict[str, Rule] = {}
    for rule in ruleset.rules:
        if rule.then.reply:
            demanded.setdefault(rule.then.reply, rule)
    for (name, _), file in templates.files.items():
        if name not in demanded and name not in OUTSIDE_RULES:
            text = Told(f'no rule answers with the template "{name}"', f"шаблоном «{name}» не отвечает ни одно правило")
            yield Finding(Place(file), text, "warning", "unused")
    for name, rule in demanded.items():
        for language in LANGUAGES:
            if name in templates.names and (name, language) not in templates.files:
                text = Told(
                    f"{name}.{language}.j2 is missing: who writes in this language gets another answer",
                    f"нет файла {name}.{language}.j2: кто пишет на этом языке, получит другой ответ",
                )
                place = rule.written.place("then", "reply") if rule.written else rule.place
                yield Finding(place, text, "warning", "missing", rule.name)


def _uses(rules: tuple[Rule, ...]) -> Mapping[str, frozenset[str]]:
    """The lists that rules name, each with the operators that ask for it."""
    found: dict[str, frozenset[str]] = {}
    for rule in rules:
        written: Mapping[str, Any] = rule.written.value if rule.written else {}
        for key in ("when", "unless"):
            for _, _, operator, value in leaves(written.get(key)):
                for item in value if isinstance(value, list) else [value]:
                    if isinstance(item, str) and item.startswith("$"):
                        found[item[1:]] = found.get(item[1:], frozenset()) | {operator}
    return found


def _doubles(name: str, located: Located, *, wordy: bool) -> Iterator[Finding]:
    for each in covered([str(item) for item in located.value], wordy=wordy):
        yield Finding(located.place((each.index,)), _told(name, located, each), "warning", "doubled")


def _told(name: str, located: Located, each: Covered) -> Told:
    line = located.place((each.by_index,)).line
    return Told(
        f'"{each.word}" is needless in the list "{name}": "{each.by}" on line {line} finds it anyway',
        f"«{each.word}» в списке «{name}» лишнее: его находит и «{each.by}» в строке {line}",
    )
