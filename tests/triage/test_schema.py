"""The schema that editors read agrees with the language: it takes what loads, and refuses what does not."""

import json

import pytest
from jsonschema import Draft202012Validator

from mailtriage.configuration import shipped
from mailtriage.errors import Problems
from mailtriage.located import load
from mailtriage.triage.consequence import CONSEQUENCES
from mailtriage.triage.facts import FIELDS
from mailtriage.triage.operators import OPERATORS, fits
from mailtriage.triage.reference import EXAMPLES
from mailtriage.triage.ruleset import load_checked, load_ruleset
from mailtriage.triage.schema import as_text, list_schema, rules_schema

RULES = shipped() / "rules"
OF_RULES = Draft202012Validator(rules_schema())
OF_LISTS = Draft202012Validator(list_schema())


def rule(more="", when="{text: a}", then="{tag: t}"):
    return f"- rule: r\n  title: t\n  when: {when}\n  then: {then}\n{more}"


def takes(text):
    return OF_RULES.is_valid(load(text, "f.yaml").value)


def test_the_shipped_schemas_are_those_of_the_language():
    again = "run `mailtriage rules schema [--lists]` into this file"
    assert (RULES / "ruleset.schema.json").read_text(encoding="utf-8") == as_text(rules_schema()), again
    assert (RULES / "lists" / "list.schema.json").read_text(encoding="utf-8") == as_text(list_schema()), again


def test_both_are_schemas():
    Draft202012Validator.check_schema(rules_schema())
    Draft202012Validator.check_schema(list_schema())


def test_every_shipped_file_names_its_schema_and_agrees_with_it():
    for path in RULES.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        name, validator = ("list", OF_LISTS) if path.parent.name == "lists" else ("ruleset", OF_RULES)
        name = f"../{name}" if path.parent.name == "outgoing" else name
        assert text.startswith(f"# yaml-language-server: $schema={name}.schema.json\n"), path
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(load(text, path.name).value)]
        assert errors == [], path


BROKEN = [
    "- rule: Имя\n  title: t\n  when: {text: a}\n  then: {tag: t}\n",
    "- rule: r\n  when: {text: a}\n  then: {tag: t}\n",
    "- rule: r\n  title: t\n  then: {tag: t}\n",
    "- rule: r\n  title: t\n  when: {text: a}\n",
    "rule: r\ntitle: t\n",
    "- r\n",
    rule("  titel: t\n"),
    rule("  enabled: maybe\n"),
    rule("  from: 01.12.2026\n"),
    rule("  until: 7\n"),
    rule("  replaces: [a]\n"),
    rule("  owner: ''\n"),
    rule("  examples: text\n"),
    rule("  examples: [text]\n"),
    rule("  examples: [{match: a, miss: b}]\n"),
    rule("  examples: [match: {txt: a}]\n"),
    rule("  examples: [match: {size: many}]\n"),
    rule("  examples: [match: {automatic: bonce}]\n"),
    rule("  unless: {}\n"),
    rule(when="{}"),
    rule(when="[]"),
    rule(when="word"),
    rule(when="{txt: a}"),
    rule(when="{text|word: a}"),
    rule(when="{always: false}"),
    rule(when="{all: {text: a}}"),
    rule(when="{text|gt: 1}"),
    rule(when="{size|gt: many}"),
    rule(when="{size|gte: true}"),
    rule(when="{legible: nein}"),
    rule(when="{automatic: bonce}"),
    rule(when="{automatic|in: list}"),
    rule(when="{text|words: []}"),
    rule(when="{text|words: [true]}"),
    rule(when="{text|phrase: {word: a}}"),
    rule(when="{text|phrase: {words: a, gap: 99}}"),
    rule(when="{text|similar: 'иден*'}"),
    rule(when="{payments|exists: many}"),
    rule(when="{received_on|after: вчера}"),
    rule(when="{not: {text|begins: a}}"),
    rule(then="{}"),
    rule(then="{acept: true}"),
    rule(then="{accept: false}"),
    rule(then="{accept: true, skip: list}"),
    rule(then="{reject: spam}"),
    rule(then="{hold: Ждать}"),
    rule(then="{category: claims}"),
    rule(then="{weight: 2}"),
    rule(then="{category: claim, weight: heavy}"),
    rule(then="{tag: []}"),
    rule(then="{priority: urgent}"),
    rule(then="{counterparty: 1}"),
    rule(then="{queue: [a, b]}"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_does_not_load_does_not_agree_with_the_schema(text):
    assert not takes(text)
    with pytest.raises(Problems):
        load_checked({"1.yaml": text})


@pytest.mark.parametrize(
    "text",
    [
        rule("  description: d\n  owner: o\n  enabled: false\n  from: 2026-12-01\n  until: 2026-12-31\n"),
        rule(when="[{text: [a, 7]}, {any: [{legible: true}, {not: {always: true}}]}]"),
        rule(when="{text|words: $some, automatic|in: $some, sums|any_in: [1, 2]}"),
        rule(when="{text|phrase: {words: [деньги не дойти, $some], gap: 5}}"),
        rule(when="{received_on|after: 2026-12-01, dates|before: -90d, sent_on: 2026-12-01}"),
        rule(then="{accept: true, category: claim, weight: -0.5, topic: [refund], queue: own, forward: [security]}"),
        rule("  examples:\n    - match: {text: a, automatic: null, received_on: 2026-12-01}\n    - miss: b\n"),
    ],
)
def test_what_loads_agrees_with_the_schema(text):
    load_ruleset({"1.yaml": text, "lists/some.yaml": "- раз\n"})
    assert takes(text)


def test_every_fact_with_each_operator_that_fits_it_is_offered_with_words():
    offered = rules_schema()["$defs"]["condition"]["anyOf"][0]["properties"]
    for fact in FIELDS.values():
        for operator in OPERATORS:
            assert (f"{fact.name}|{operator}" in offered) is fits(fact, operator)
        assert fact.sentence in offered[fact.name]["description"]
    consequences = rules_schema()["$defs"]["then"]["properties"]
    assert {name: each["description"] for name, each in consequences.items()} == {
        name: each.sentence for name, each in CONSEQUENCES.items()
    }


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_example_of_each_operator_agrees(operator):
    assert takes(rule(when="{" + EXAMPLES[operator] + "}"))


def test_a_list_holds_words_and_no_other_list():
    for text, right in (
        ("- a\n- 7\n- блокир*\n", True),
        ("- $a\n", False),
        ("[]", False),
        ("- true\n", False),
        ("a", False),
    ):
        assert OF_LISTS.is_valid(load(text, "l.yaml").value) is right
        assert json.loads(as_text(list_schema()))["type"] == "array"
