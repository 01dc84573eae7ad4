"""A trial of changed rules tells what changes and for whom, the same however the messages are divided."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from triage_letters import NOON

from mailtriage.triage.backtest import Case, compare
from mailtriage.triage.comparison import LISTED, SAMPLES, Comparison, Outline, RuleChange, outline
from mailtriage.triage.decision import decide
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import load_ruleset

RULES = """
- rule: rude
  title: Брань
  when: {obscenities|exists: true}
  then: {reject: abusive}
- rule: money
  title: Деньги
  when: {text|words: [деньги]}
  then: {category: claim}
- rule: accept
  title: Всё остальное
  when: {always: true}
  then: {accept: true}
"""
BROAD = """
- rule: broad
  title: Слишком широко
  when: {text|words: [верните]}
  then: {reject: repeat}
"""
TODAY = load_ruleset({"50.yaml": RULES})
PLANTED = load_ruleset({"10.yaml": BROAD, "50.yaml": RULES})


def case(number, text, **facts):
    """A message that today's rules decided."""
    found = Facts(subject=f"Письмо {number}", text=text, said=text, **facts)
    return Case(
        id=number,
        digest=hashlib.sha256(str(number).encode()).hexdigest(),
        number=f"26-{number:06}",
        recorded_at=NOON + timedelta(hours=number),
        sender=f"customer-{number}@mail.example",
        recorded=outline(decide(found, TODAY)),
        facts=found,
    )


CASES = [
    case(1, "Как пополнить счёт?"),
    case(2, "Верните деньги"),
    case(3, "Верните деньги, сколько можно", obscenities=("бранное слово",)),
    case(4, "Когда вернёте комиссию?"),
]


def test_a_planted_rule_that_is_too_broad_is_named_with_its_customers_and_their_words():
    found = compare(CASES, TODAY, PLANTED)
    assert (found.messages, found.changed, found.new_rejects, found.drifted) == (4, 3, 2, 0)
    assert [(change.number, change.sender, change.subject) for change in found.rejected] == [
        ("26-000002", "customer-2@mail.example", "Письмо 2"),
        ("26-000004", "customer-4@mail.example", "Письмо 4"),
    ]
    assert {(change.after.rule, change.after.evidence) for change in found.rejected} == {
        ("broad", ("Верните",)),
        ("broad", ("вернёте",)),
    }
    assert found.verdicts == {
        ("accept", "accept"): 1,
        ("accept", "reject:repeat"): 2,
        ("reject:abusive", "reject:repeat"): 1,
    }
    assert found.rules == (
        RuleChange("accept", decisions_lost=2),
        RuleChange("broad", gained=3, decisions_gained=3),
        RuleChange("rude", decisions_lost=1),
    )


def test_queues_of_people_lose_what_is_rejected():
    found = compare(CASES, TODAY, PLANTED)
    assert found.queues == {("general", "before"): 2, ("claims", "before"): 1, ("general", "after"): 1}


def test_words_for_people_change_no_decision():
    reworded = load_ruleset({"50.yaml": RULES.replace("title: Деньги", "title: Про деньги")})
    found = compare(CASES, TODAY, reworded)
    assert reworded.version != TODAY.version
    assert (found.messages, found.changed, found.rules, found.samples) == (4, 0, (), {})


def test_each_change_is_shown_under_the_gravest_of_what_changes():
    other = load_ruleset({"50.yaml": RULES.replace("category: claim", "category: claim, weight: 2, tag: money")})
    (change,) = compare(CASES[1:2], TODAY, other).samples["tags", "", ""]
    assert change.consequences == (("tags", (), ("money",)),)
    renamed = load_ruleset({"50.yaml": RULES.replace("category: claim", "category: proposal, tag: money")})
    assert list(compare(CASES, TODAY, renamed).samples) == [("category", "claim", "proposal")]


@pytest.mark.parametrize("cuts", [(0, 60), (0, 1, 2, 60), (0, 31, 59, 60)])
def test_the_sum_of_shares_is_the_same_however_the_messages_are_divided(cuts):
    cases = [case(number, ("Верните", "Когда?", "Верните деньги")[number % 3]) for number in range(1, 61)]
    shares = [compare(cases[first:last], TODAY, PLANTED) for first, last in pairwise(cuts)]
    whole = compare(cases, TODAY, PLANTED)
    assert sum(shares, Comparison()) == whole
    assert whole.new_rejects == len(whole.rejected) == 40
    assert len(whole.samples["verdict", "accept", "reject:repeat"]) == SAMPLES


def test_what_is_listed_stays_bounded_and_is_counted_whole():
    rejected = compare([case(2, "Верните")], TODAY, PLANTED)
    many = replace(rejected, rejected=rejected.rejected * LISTED, new_rejects=LISTED)
    assert (len((many + rejected).rejected), (many + rejected).new_rejects) == (LISTED, LISTED + 1)


def test_what_was_decided_without_rules_stays_and_what_cannot_be_read_any_more_is_told():
    own = replace(case(1, "Верните"), facts=None, recorded=Outline(None, None))
    held = replace(own, id=2, recorded=Outline("hold", "too_large"))
    lost = replace(own, id=3, recorded=Outline("accept", None, rule="accept"))
    found = compare([own, held, lost], TODAY, PLANTED)
    assert (found.messages, found.without_rules, found.skipped, found.changed) == (3, 2, 1, 0)
    assert found.verdicts == {
        ("outgoing", "outgoing"): 1,
        ("hold:too_large", "hold:too_large"): 1,
        ("accept", "accept"): 1,
    }


def test_a_rejection_that_a_person_took_back_is_told_even_where_today_s_rules_repeat_it():
    restored = replace(CASES[2], restored=True)
    found = compare([restored, CASES[2]], TODAY, TODAY)
    assert (found.changed, found.new_rejects, found.restored_rejects) == (0, 0, 1)
    (change,) = found.rejected_again
    assert change.kind == ("verdict", "reject:abusive", "reject:abusive")


def test_what_older_rules_recorded_is_told_apart_from_what_the_candidate_changes():
    older = replace(CASES[0], recorded=Outline("hold", "no_rule", queue="general"))
    found = compare([older], TODAY, PLANTED)
    assert (found.changed, found.drifted) == (0, 1)
    assert found.recorded == {("hold:no_rule", "accept"): 1}
