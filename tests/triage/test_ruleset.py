"""The rule language: what holds, what it shows as evidence, and what every mistake is told as."""

import pytest

from mailtriage.errors import Problems
from mailtriage.triage.decision import decide, trace
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import load_checked, load_ruleset
from mailtriage.triage.then import Known

GOOD = """
- rule: bounce
  title: Отчёт о недоставке
  when: {automatic: bounce}
  then: {skip: bounce}
  examples:
    - match: {automatic: bounce}
    - miss: {automatic: list}
- rule: money
  title: Деньги не дошли
  when:
    - text|phrase: деньги не дойти
    - text|words: ["верн*", $banks]
  unless: {text|contains: спасибо}
  then: {category: claim, weight: 2, topic: refund, documents: [receipt], counterparty: true}
  examples:
    - match: {text: "Деньги так и не дошли", requests: 1}
- rule: accept
  title: Остальное принимаем
  when: {always: true}
  then: {accept: true}
"""
FILES = {"10-a.yaml": GOOD, "lists/banks.yaml": "- Сбербанк\n- Альфа-Банк\n"}


def rules(*texts, **lists):
    files = {f"{at}0.yaml": text for at, text in enumerate(texts, 1)}
    return load_ruleset(files | {f"lists/{name}.yaml": text for name, text in lists.items()})


def rule(when, then="{accept: true}", name="r"):
    return f"- rule: {name}\n  title: t\n  when: {when}\n  then: {then}\n"


def problems_of(files, **options):
    with pytest.raises(Problems) as caught:
        load_ruleset(files, **options)
    return [str(problem) for problem in caught.value.problems]


def holds(when, facts, **lists):
    return bool(decide(facts, rules(rule(when), **lists)).hits)


def test_every_mistake_is_told_at_once_with_its_place_and_the_nearest_word():
    bad = """- rule: bounce
  title: t
  whn: {always: true}
  when: {automatic: bonce, txt: a, text|word: [a], size|gt: x, legible|gt: 1, text|words: $bank}
  then: {reject: spam, category: clame, acept: true, weight: x}
- rule: bounce
  when: {}
"""
    found = problems_of({"10.yaml": bad, "20.yaml": "- rule: [", "lists/banks.yaml": "- a\n- true\n"}, folder="rules/")
    expected = [
        'rules/10.yaml:3:3: a rule has no "whn" (did you mean "when"?)',
        'rules/10.yaml:4:21: "automatic" expects one of bounce',
        'rules/10.yaml:4:28: there is no fact "txt" (did you mean "text"?)',
        'rules/10.yaml:4:36: there is no operator "word" (did you mean "words"?)',
        "rules/10.yaml:4:61: gt expects a number",
        'rules/10.yaml:4:64: "gt" does not fit "legible"',
        'rules/10.yaml:4:91: there is no list "bank" in lists/ (did you mean "banks"?)',
        'rules/10.yaml:5:18: there is no reason "spam"',
        'rules/10.yaml:5:34: there is no category "clame" (did you mean "claim"?)',
        'rules/10.yaml:5:41: there is no consequence "acept" (did you mean "accept"?)',
        "rules/10.yaml:5:62: weight expects a number",
        "rules/10.yaml:6:3: the rule has no title",
        'rules/10.yaml:6:9: the rule "bounce" stands here twice, first at rules/10.yaml:1:9',
        "rules/10.yaml:7:9: a condition is expected",
        "rules/20.yaml:2:1: not valid YAML",
        "rules/lists/banks.yaml:2:3: a word is expected",
    ]
    for beginning in expected:
        assert any(problem.startswith(beginning) for problem in found), (beginning, found)


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", r"(?<!a)b"])
def test_a_pattern_without_a_bound_on_its_time_is_refused_with_the_reason(pattern):
    (problem,) = problems_of({"1.yaml": rule(f"{{text|matches: '{pattern}'}}")})
    assert "1.yaml:3:24" in problem
    assert "lookaround and back references are not offered" in problem


def test_names_of_other_rooms_are_checked_where_they_are_known():
    known = Known(templates={"ack"}, documents={"receipt"}, topics={"refund"})
    then = "{accept: true, reply: akc, documents: [recipt], topic: refnd}"
    found = problems_of({"1.yaml": rule("{always: true}", then)}, known=known)
    assert [problem.partition(": ")[2] for problem in found] == [
        'there is no reply template "akc" (did you mean "ack"?)',
        'there is no document "recipt" (did you mean "receipt"?)',
        (
            'there is no topic "refnd" (did you mean "refund"?); topics cannot be invented, for a mark of your own'
            " there is `tag:`"
        ),
    ]


def test_a_rule_has_one_verdict_and_a_ruleset_without_rules_does_not_load():
    assert (
        "a rule has one verdict at most"
        in problems_of({"1.yaml": rule("{always: true}", "{skip: list, accept: true}")})[0]
    )
    assert "no rules" in problems_of({"lists/a.yaml": "- a\n"})[0]


def test_the_version_changes_with_every_text_and_name():
    versions = {load_ruleset(files).version for files in (FILES, {**FILES, "10-a.yaml": GOOD + "\n"})}
    versions.add(load_ruleset({"11-a.yaml": GOOD, "lists/banks.yaml": FILES["lists/banks.yaml"]}).version)
    assert len(versions) == 3
    assert load_ruleset({**FILES, "README.md": "words"}).version == load_ruleset(FILES).version


def test_a_failing_example_stops_the_ruleset_and_names_its_place():
    wrong = GOOD.replace("miss: {automatic: list}", "miss: {automatic: bounce}").replace("так и не дошли", "дошли")
    with pytest.raises(Problems) as caught:
        load_checked({**FILES, "10-a.yaml": wrong})
    first, second = map(str, caught.value.problems)
    assert first.startswith('10-a.yaml:8:13: the rule "bounce" should miss this example, but holds: bounce')
    assert second.startswith(
        '10-a.yaml:17:14: the rule "money" should match this example, but does not hold: text|phrase'
    )


def test_an_example_with_an_unknown_or_wrong_fact_is_a_problem_and_not_a_crash():
    text = rule("{automatic: bounce}") + "  examples: [match: {automatik: bounce}, match: {size: big}]\n"
    with pytest.raises(Problems) as caught:
        load_checked({"1.yaml": text})
    assert 'did you mean "automatic"?' in str(caught.value)
    assert '"size" in this example' in str(caught.value)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("{text|words: [заблокировать]}", "Вчера вы ЗАБЛОКИРОВАЛИ карту"),
        ("{text|words: ['блокир*']}", "почему блокируете"),
        ("{text|words: [деньги]}", "нет денег"),
        ("{text|words: [кошелек]}", "мой кошелёк"),
        ("{text|words: ['деньги не дойти']}", "деньги ко мне не дошли"),
        ("{text|phrase: вернуть деньги}", "верните, пожалуйста, мои деньги"),
        ("{text|contains: Ё-МОЁ}", "ой, е-мое"),
        ("{text|starts: верните}", "Верните"),
        ("{text|ends: '?'}", "Когда?"),
        ("{text|matches: 'карт[аы] \\d{4}'}", "с карты 4411"),
        ("{text|words: $banks}", "перевёл со Сбербанка"),
        ("[{text: раз}, {text|in: [два, три]}]", "Три"),
        ("{all: [{text|words: [деньги]}, {not: {text|words: [карта]}}]}", "деньги на кошелёк"),
        ("{text|exists: true, repaired|exists: false}", "а"),
    ],
)
def test_a_condition_holds_for_any_case_form_and_yo(when, text):
    assert holds(when, Facts(text=text), banks="- Сбербанк\n")


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("{text|phrase: деньги не дойти}", "деньги дошли, а чек не пришёл"),
        ("{text|phrase: вернуть деньги}", "Верните мне доступ! Деньги там."),
        ("{text|phrase: вернуть деньги}", "верните мне на мою карту деньги"),
        ("{text|words: [карта]}", "картина"),
        ("{text|words: [мат]}", "матрос"),
        ("{any: [{text|words: [карта]}, {text|words: [счет]}]}", "кошелёк"),
    ],
)
def test_a_condition_does_not_hold_for_a_mere_likeness(when, text):
    assert not holds(when, Facts(text=text))


def test_list_number_and_flag_facts_have_their_operators():
    facts = Facts(sums=("640", "990"), size=2000, identified=False, attachment_names=("Чек.PDF",))
    for when in (
        "{sums: 990}",
        "{sums|any_in: [1, 640]}",
        "{size|gte: 2000, size|lt: 2000.5}",
        "{identified: false}",
        "{attachment_names|ends: .pdf}",
        "{attachments|exists: false}",
    ):
        assert holds(when, facts), when
    assert not holds("{sums: 99}", facts)


def test_evidence_is_the_customers_own_words_and_the_exception_is_told():
    ruleset = load_ruleset(FILES)
    money, _ = decide(Facts(text="Где? Деньги ко мне НЕ дошли!"), ruleset).hits
    assert money.evidence == ("Деньги ко мне НЕ дошли",)
    steps = {step.rule: step for step in trace(Facts(text="Деньги не дошли, но спасибо"), ruleset)}
    assert steps["money"].failed == "unless: спасибо"
    assert steps["bounce"].failed == "automatic: bounce"
    assert steps["accept"].decided


def test_the_first_verdict_decides_and_classification_of_later_rules_still_counts():
    ruleset = rules(
        rule("{repeat: true}", "{reject: repeat}", "repeat")
        + rule("{text|words: [вернуть]}", "{category: claim, weight: 1.5, topic: refund}", "claim")
        + rule("{text|words: [кошелек]}", "{category: account_status, queue: vip, tag: wallet}", "status")
        + rule("{always: true}", "{accept: true}", "accept")
    )
    decision = decide(Facts(text="верните на кошелёк", repeat=True), ruleset)
    assert (decision.verdict, decision.reason, decision.rule) == ("reject", "repeat", "repeat")
    assert (decision.category, decision.queue, decision.topics, decision.tags) == (
        "claim",
        "vip",
        ("refund",),
        ("wallet",),
    )
    assert [hit.rule for hit in decision.hits] == ["repeat", "claim", "status", "accept"]


def test_a_tie_goes_to_what_costs_the_customer_most_and_silence_is_held():
    both = rule("{always: true}", "{category: consultation}", "a") + rule("{always: true}", "{category: claim}", "b")
    decision = decide(Facts(requests=2), rules(both))
    assert (decision.category, decision.queue, decision.several_tasks, decision.requests) == (
        "claim",
        "claims",
        True,
        2,
    )
    assert (decision.verdict, decision.reason, decision.rule) == ("hold", "no_rule", None)


def test_a_disabled_rule_does_nothing():
    off = rule("{always: true}", "{skip: list}", "off") + "  enabled: false\n" + rule("{always: true}")
    assert decide(Facts(), rules(off)).verdict == "accept"


@pytest.mark.parametrize(
    ("verdict", "category"),
    [("{skip: list}", None), ("{reject: abusive}", None), ("{reject: repeat}", "claim"), ("{hold: look}", "claim")],
)
def test_only_what_is_answered_on_its_merits_has_a_category_and_words_of_its_own(verdict, category):
    matter = rule("{always: true}", "{category: claim, counterparty: true, reply: other-centre}", name="matter")
    decision = decide(Facts(requests=3), rules(rule("{always: true}", verdict, name="v") + matter))
    assert (decision.category, decision.several_tasks, decision.counterparty) == (
        category,
        bool(category),
        bool(category),
    )
    assert decision.reply is None
