"""A rule whose examples do not notice when it is broken is not tested: each shipped rule is broken in every simple way.

The trap is the example that only repeats the rule: it goes on passing when a condition is dropped, because nothing in
it ever needed that condition.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailtriage.triage.examples import run_examples
from mailtriage.triage.ruleset import load_ruleset

RULES = Path(__file__).parents[2] / "rules"
OPPOSITE = {"lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt", "before": "after", "after": "before"}
LIST = re.compile(r"\$([A-Za-z0-9_-]+)")


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Every rule as it is written, by name."""
    files = sorted(RULES.glob("*.yaml"))
    written = [rule for path in files for rule in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return {rule["rule"]: rule for rule in written}


def survivors(rules: dict[str, dict[str, Any]]) -> list[str]:
    """Those whose examples all come out, by what was done to them; loaded at once, for lists take time."""
    written = [{**rule, "rule": f"mutant-{at}"} for at, rule in enumerate(rules.values())]
    text = json.dumps(written, ensure_ascii=False)
    lists = {f"lists/{name}.yaml": RULES / "lists" / f"{name}.yaml" for name in set(LIST.findall(text))}
    files = {name: path.read_text(encoding="utf-8") for name, path in lists.items()}
    ruleset = load_ruleset({"10-mutants.yaml": text, **files})
    alone = (replace(ruleset, rules=(rule,)) for rule in ruleset.rules)
    return [what for what, each in zip(rules, alone, strict=True) if not run_examples(each)]


def changed(condition: Any) -> Iterator[tuple[str, Any]]:
    """What was done to a condition, and the condition after it; None where nothing is left."""
    if isinstance(condition, list):
        yield from _less(condition, "")
        for at, part in enumerate(condition):
            for what, other in changed(part):
                if other is not None:
                    yield what, [*condition[:at], other, *condition[at + 1 :]]
    elif isinstance(condition, dict):
        if len(condition) > 1:
            for key in condition:
                yield f"without {key}", {k: v for k, v in condition.items() if k != key}
        for key, value in condition.items():
            for what, other in _entry(key, value):
                rest = {k: v for k, v in condition.items() if k != key}
                yield what, {**rest, **other}


def _less(parts: list[Any], joined: str) -> Iterator[tuple[str, Any]]:
    for at, part in enumerate(parts):
        if len(parts) > 1:
            rest = parts[:at] + parts[at + 1 :]
            yield f"without {part}", {joined: rest} if joined else rest


def _entry(key: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if key in {"all", "any"}:
        yield f"{key} turned", {"any" if key == "all" else "all": value}
        yield from ((what, other) for what, other in _less(value, key))
        for at, part in enumerate(value):
            for what, other in changed(part):
                yield what, {key: [*value[:at], other, *value[at + 1 :]]}
    elif key == "not":
        yield "not removed", value
        for what, other in changed(value):
            yield what, {"not": other}
    elif key != "always":
        yield from _leaf(key, value)


def _leaf(key: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    fact, _, operator = key.partition("|")
    if isinstance(value, bool):
        yield f"{key} flipped", {key: not value}
    elif operator in OPPOSITE:
        yield f"{key} flipped", {f"{fact}|{OPPOSITE[operator]}": value}
    else:
        yield f"{key} negated", {"all": [{"not": {key: value}}]}


def mutants(rule: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every simple way to break a rule's conditions."""
    for part in ("when", "unless"):
        for what, condition in changed(rule.get(part, {})):
            broken = deepcopy(rule)
            broken[part] = condition
            yield f"{part}: {what}", broken
    if "unless" in rule:
        yield "without unless", {key: value for key, value in rule.items() if key != "unless"}
        yield "unless as when", {**rule, "when": rule["unless"], "unless": rule["when"]}


@pytest.mark.parametrize("name", shipped())
def test_whatever_is_broken_in_a_rule_its_own_examples_notice(name: str) -> None:
    assert survivors({"as shipped": shipped()[name], **dict(mutants(shipped()[name]))}) == ["as shipped"]


def test_breaking_finds_something_to_break_in_every_rule_but_the_last() -> None:
    assert [name for name, rule in shipped().items() if not list(mutants(rule))] == ["accept"]
