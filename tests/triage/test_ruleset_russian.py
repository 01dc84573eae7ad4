"""Leads read mistakes in Russian: every one has its sentence, and the sentence says what to write."""

import re

import pytest

from mailtriage.errors import Problems, Told
from mailtriage.reply.deadline import load_calendar
from mailtriage.reply.templates import load_templates
from mailtriage.triage.ruleset import load_checked
from mailtriage.triage.then import Known

KNOWN = Known(templates={"ack"}, documents={"receipt"}, topics={"refund"}, forwards={"security"})
GOOD = "- rule: {name}\n  title: t\n  when: {when}\n  then: {then}\n"

FILES = (
    {"1.yaml": "- words\n- rule: Имя\n  titel: t\n"},
    {"1.yaml": "rule: a\n"},
    {"1.yaml": "a: 1\na: 2\n"},
    {"1.yaml": "- &a [*a]\n- !x y\n"},
    {"1.yaml": GOOD.format(name="a", when="{}", then="{}") + "  enabled: maybe\n  replaces: 7\n  description: 7\n"},
    {"1.yaml": GOOD.format(name="a", when="{всегда: true}", then="{accept: no, reject: spam}")},
    {"1.yaml": GOOD.format(name="a", when="{always: no}", then="{reject: spam, category: x, weight: y, priority: z}")},
    {"1.yaml": GOOD.format(name="a", when="{txt: a, text|is_: b, size|gt: x}", then="{hold: Да, weight: 2}")},
    {"1.yaml": GOOD.format(name="a", when="{text|words: []}", then="{reply: akc, topic: refnd, documents: [recept]}")},
    {"1.yaml": GOOD.format(name="a", when="{text|words: $no}", then="{forward: nobody, counterparty: 1, tag: []}")},
    {"1.yaml": GOOD.format(name="a", when="{text|matches: '(a'}", then="{tag: t}") + "  examples: text\n"},
    {"1.yaml": GOOD.format(name="a", when="{text: a}", then="{tag: t}") + "  examples: [a, {match: {txt: 1}}]\n"},
    {"1.yaml": GOOD.format(name="a", when="{text: a}", then="{tag: t}") + "  examples: [match: {size: many}]\n"},
    {"1.yaml": GOOD.format(name="a", when="{text: a}", then="{tag: t}") + "  examples: [match: b, miss: a]\n"},
    {"lists/a.yaml": "слово\n", "lists/b.yaml": "- true\n- $a\n", "other/c.yaml": "- x\n"},
    {"1.yaml": "\n"},
    {"1.yaml": "- rule: [\n"},
    {"1.yaml": "- rule: a\x07\n"},
)


def in_russian(problems):
    assert problems
    for problem in problems:
        assert isinstance(problem.text, Told), problem
        assert re.search("[а-яё]{3}", problem.told("ru")), problem
        assert not re.search("[а-яё]", re.sub(r'"[^"]*"|`[^`]*`', "", str(problem.text.en))), problem


@pytest.mark.parametrize("files", FILES)
def test_every_mistake_in_rules_has_a_russian_sentence(files):
    with pytest.raises(Problems) as caught:
        load_checked(files, known=KNOWN)
    in_russian(caught.value.problems)


@pytest.mark.parametrize(
    "text", ["[]", "wrking: []\noff: x\nday_ends: late\n", "off: [x, 2026-05-01]\nworking: [2026-05-01]\n"]
)
def test_every_mistake_in_the_calendar_has_a_russian_sentence(text):
    with pytest.raises(Problems) as caught:
        load_calendar(text, "calendar.yaml")
    in_russian(caught.value.problems)


BODIES = (
    "{% set a = 1 %}", "{{ 1 + 1 }}", "{{ nubmer }}", "{{ number }}", "{{ due | days }}", "{{ due | datte }}",
    "{% for a in b %}{% endfor %}", "{% for a in documents %}{% for b in why_due %}x{% endfor %}{% endfor %}",
    '{% include "_x" %}', "{% include number %}", '{% if number == "1" %}x{% endif %}',
    '{% if "x" in topics %}x{% endif %}',
    "{% if number.x %}x{% endif %}", "{% if number %}", "{{ topics }}", "{% for number in why_due %}x{% endfor %}",
    "{% if number %}{{ number | date(1) }}{% endif %}", "", "x" * 7000, "x" * 21000,
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_every_mistake_in_a_template_has_a_russian_sentence(body):
    with pytest.raises(Problems) as caught:
        load_templates({"ack.ru.j2": f"Subject: Тема\n\n{body}\n", "bad.j2": "x", "ack.en.j2": "no subject\n"})
    in_russian(caught.value.problems)


def test_a_key_in_cyrillic_letters_is_told_to_be_so():
    with pytest.raises(Problems) as caught:
        load_checked(
            {"1.yaml": GOOD.format(name="a", when="{always: true}", then="{tag: t}").replace("title", "titlе")}
        )
    assert "«title» латинскими буквами" in "\n".join(each.told("ru") for each in caught.value.problems)


def test_a_colon_without_its_space_inside_braces_is_told_to_be_so():
    with pytest.raises(Problems) as caught:
        load_checked({"1.yaml": GOOD.format(name="a", when="{automatic:bounce}", then="{accept:true}")})
    told = [each.told("ru") for each in caught.value.problems]
    assert sum("после двоеточия нужен пробел" in line for line in told) == 2
