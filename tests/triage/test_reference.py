"""The reference page holds the whole language, and nothing is in the language without its sentence."""

import re
from dataclasses import fields

import pytest

from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.triage.consequence import CONSEQUENCES, ThenReader
from mailtriage.triage.facts import FIELDS, Facts
from mailtriage.triage.operators import KINDS_IN_RUSSIAN, OPERATORS
from mailtriage.triage.reference import EXAMPLES, GROUPS, reference
from mailtriage.triage.rule_reader import RULE_KEYS
from mailtriage.triage.ruleset import load_ruleset
from mailtriage.triage.then import OUTGOING, Then

RUSSIAN = re.compile("[а-яё]{3}")


def test_every_fact_stands_in_one_group_and_has_a_sentence():
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(FIELDS) == sorted(field.name for field in fields(Facts))
    for fact in FIELDS.values():
        assert RUSSIAN.search(fact.sentence), fact.name
        assert fact.sentence.endswith("."), fact.name


def test_every_operator_has_a_sentence_and_an_example_that_uses_it():
    assert EXAMPLES.keys() == OPERATORS.keys()
    for name, (kinds, sentence) in OPERATORS.items():
        assert kinds <= KINDS_IN_RUSSIAN.keys()
        assert RUSSIAN.search(sentence), name
        assert f"|{name}: " in EXAMPLES[name] or name == "is"


@pytest.mark.parametrize("example", EXAMPLES.values())
def test_the_example_of_each_operator_loads(example):
    text = f"- rule: r\n  title: t\n  when: {{{example}}}\n  then: {{tag: t}}\n"
    load_ruleset({"1.yaml": text, "lists/banks.yaml": "- банк\n"})


def test_every_consequence_has_a_sentence_and_an_example_that_loads():
    assert {each.read.__name__ for each in CONSEQUENCES.values()} <= vars(ThenReader).keys()
    for name, each in CONSEQUENCES.items():
        assert RUSSIAN.search(each.sentence), name
        beside = ", category: claim" if name == "weight" else ""
        text = f"- rule: r\n  title: t\n  when: {{always: true}}\n  then: {{{each.example}{beside}}}\n"
        other = text.replace(each.example, "tag: t")
        files = {"1.yaml": other, "outgoing/1.yaml": text} if name in OUTGOING else {"1.yaml": text}
        assert load_ruleset(files).all_rules[-1].then != Then(), name


def test_the_page_holds_every_word_of_the_language():
    page = reference()
    for name in (*FIELDS, *OPERATORS, *CONSEQUENCES, *RULE_KEYS, *TOPICS, *DOCUMENTS, "all:", "any:", "not:"):
        assert f"`{name}`" in page or f"`{name}" in page, name
    for sentence in (*(fact.sentence for fact in FIELDS.values()), *RULE_KEYS.values()):
        assert sentence in page


def test_every_row_of_a_table_has_as_many_cells_as_its_headings():
    width = 0
    for line in reference().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in {0, width} or width == 0, line
        width = cells
