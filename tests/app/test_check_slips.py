"""What people do to YAML, told as what they did and where, not as what the parser thought."""

import pytest

from mailtriage.errors import Problems
from mailtriage.located import load

SLIPS = {
    "- rule: a\n  title:Foo\n  when: x\n": ("2:8", "после двоеточия нужен пробел: «title: …»"),
    "- rule:a\n  title: t\n": ("1:7", "после двоеточия нужен пробел: «rule: …»"),
    "- rule: a\n  when: {said|words:[a, b]}\n": ("2:20", "после двоеточия нужен пробел: «said|words: …»"),
    "- rule: a\n\ttitle: t\n": ("2:1", "табуляция"),
    "- rule: a\n  when:\n\t  said: x\n": ("3:1", "табуляция"),
    "- rule: a\n\u00a0\u00a0title: t\n": ("2:1", "неразрывный"),
    '- rule: a\n  title: "Foo\n  when: x\n  then: y\n': ("2:10", "эта кавычка не закрыта"),
    '- rule: a\n  examples:\n    - match: "Foo\n    - miss: "Bar"\n    - miss: "Baz"\n': ("3:14", "не закрыта"),
    '- rule: a\n  title: "ЦУПИС" молчит\n  when: x\n': ("2:18", "возьмите в кавычки всю фразу"),
    "- rule: a\n  title: Комиссия: сколько?\n": ("2:18", "внутри фразы двоеточие"),
    "- rule: a\n  title: t\n   when: x\n": ("3:4", "отступ"),
    "- rule: a\n  title: t\n when: x\n": ("3:2", "отступ"),
    "- rule: a\n  examples:\n    - match: a\n   - miss: b\n": ("4:4", "отступ"),
    "- rule: a\n  title: t\n-rule: b\n  title: t\n": ("3:1", "после дефиса нужен пробел"),
    "— rule: a\n  title: t\n": ("1:1", "длинное тире"),
    "- rule a\n  title: t\n": ("1:3", "не хватает двоеточия: «rule: …»"),
    "- rule: a\n  when\n    said: x\n": ("2:3", "не хватает двоеточия: «when: …»"),
    "- rule: a\n  when: {said|words: [a, b}\n": ("2:27", "скобка «[» (2:22) не закрыта"),
    "- rule: a\n  when: {said: a}}\n": ("2:18", "лишняя закрывающая скобка"),
    "- rule: a\n  then: {category: claim weight: 2}\n": ("2:32", "не хватает запятой"),
    "- *блок\n- b\n": ("1:3", "блокир*"),
    "- rule: a\n  title: %скидка\n": ("2:10", "возьмите его в кавычки"),
    "- rule: a\n  title: |слово\n": ("2:10", "возьмите его в кавычки"),
    '- rule: a\n  when: {said|matches: "\\d+"}\n': ("2:25", "одинарные кавычки"),
    "- rule: a\n---\n- rule: b\n": ("2:1", "---"),
    "- rule: a\n  title: t\u0007x\n": ("2:11", "невидимый символ"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_at_its_place_as_what_a_person_did(text):
    place, words = SLIPS[text]
    with pytest.raises(Problems) as caught:
        load(text, "f.yaml")
    (problem,) = caught.value.problems
    assert problem.told("ru").startswith(f"f.yaml:{place}: файл не читается: "), problem.told("ru")
    assert words in problem.told("ru")
    assert problem.told("en").startswith(f"f.yaml:{place}: not valid YAML: ")


def test_a_slip_far_down_a_long_file_is_told_at_its_line():
    many = "".join(f'- rule: r{n}\n  title: "Тема: {n}"\n  when: {{always: true}}\n' for n in range(400))
    with pytest.raises(Problems) as caught:
        load(many + "- rule: last\n  title:Foo\n  when: x\n" + many.replace("r", "q"), "f.yaml")
    assert str(caught.value).startswith("f.yaml:1202:8: ")
