"""Who names what is not there is told what he meant, or what there is."""

import pytest

from mailtriage.errors import Problems
from mailtriage.triage.facts import FIELDS
from mailtriage.triage.mistaken import _IN_RUSSIAN
from mailtriage.triage.ruleset import load_ruleset
from mailtriage.triage.then import Known


def told(when="{always: true}", then="{tag: t}", more=""):
    text = f"- rule: r\n  title: t\n  when: {when}\n  then: {then}\n{more}"
    with pytest.raises(Problems) as caught:
        load_ruleset(
            {"10.yaml": text, "lists/banks.yaml": "- банк\n"}, known=Known(topics={"refund"}, templates={"ack"})
        )
    (problem,) = caught.value.problems
    return problem.told("ru").partition(": ")[2]


@pytest.mark.parametrize(
    "key", ["said/phrase", "said phrase", "saidphrase", "said | phrase", "said|/phrase", "said_phrase"]
)
def test_an_operator_that_is_joined_to_its_field_otherwise_is_told_how(key):
    assert told(f"{{{key}: [а б]}}") == "между полем и оператором ставят | без пробелов: «said|phrase»"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{тема: а}", "нет такого поля: «тема»; оно называется «subject»"),
        ("{Отправитель|contains: а}", "нет такого поля: «Отправитель»; оно называется «sender_address»"),
        ("{zzz: а}", "нет такого поля: «zzz»; все поля: `mailtriage rules reference`"),
        ("{said|zzz: а}", "нет такого оператора: «zzz»; есть: is, in, contains, starts,"),
        ("{said|words: $zzz}", "в lists/ нет списка «zzz»; есть: banks"),
    ],
)
def test_where_no_name_is_near_the_author_is_told_what_there_is(when, expected):
    assert told(when).startswith(expected)


def test_the_russian_names_lead_to_fields_that_are_there():
    assert set(_IN_RUSSIAN.values()) <= FIELDS.keys()


def test_a_new_topic_cannot_be_invented_and_a_template_can_only_be_one_that_is_there():
    topic = told(then="{topic: zzz}")
    assert topic == "нет темы «zzz»; есть: refund; новую тему придумать нельзя, для своей пометки есть `tag:`"
    assert told(then="{reply: zzz}") == "нет шаблона ответа «zzz»; есть: ack"


@pytest.mark.parametrize("key", ["from", "until", "when", "examples", "enabled"])
def test_what_belongs_beside_then_and_what_belongs_inside_are_told_apart(key):
    assert told(then=f"{{tag: t, {key}: x}}").endswith(f"«{key}»; его пишут рядом с `then`, не внутри")
    assert told(more="  queue: cards\n").endswith("«queue»; «queue» пишут внутри `then`")


def test_a_day_that_no_calendar_has_is_told_so():
    assert told(more="  until: 2026-02-30\n") == "`until`: такого дня нет: 2026-02-30"


@pytest.mark.parametrize("say", ['Пришлём завтра."', "Пришлём завтра»", "«Пришлём завтра"])
def test_a_quotation_mark_at_one_end_of_a_rule_s_words_never_reaches_a_customer(say):
    assert "кавычка" in told(then=f"\n    say: {say}")


@pytest.mark.parametrize("say", ["Карта «Мир»", "'\"Мир\" и «Мир»'", "Пришлём «завтра»."])
def test_quotation_marks_in_pairs_may_stand_in_a_rule_s_words(say):
    assert load_ruleset({"1.yaml": f"- rule: r\n  title: t\n  when: {{always: true}}\n  then:\n    say: {say}\n"})
