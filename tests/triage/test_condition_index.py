"""The index answers as a plain walk over all rules does, and patterns have a bound on their work."""

import json
from datetime import date
from time import process_time

import pytest
from condition_rules import problem, ruleset
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.triage.decision import decide, trace
from mailtriage.triage.facts import Facts
from mailtriage.triage.patterns import patterns, texts
from mailtriage.triage.ruleset import load_ruleset

WORDS = ("деньги", "заблокировали", "карта", "карты", "не", "дошли", "верните", "длинный", "банк", "спасибо", "код")
TYPED = (
    *WORDS,
    "деееньги",
    "заблакировали",
    "карртта",
    "дошлии",
    "врените",
    "Ёлка",
    "\ue000",
    "\ud800",
    "12",
    "?",
    "İ",
)
PARTS = (*WORDS, "кар", "ошл", "?", "12", "ё", "\ue000")
PATTERNS = ("карт[аы]", r"\d+", "деньги.{0,9}дошли", "^верн", "код$", "[а-я]{9,}", "(?:не|за)", "Ё")

some = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)
worded = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4)
field = st.sampled_from(("text", "said", "names"))


@st.composite
def leaf(draw):
    name = draw(field)
    choice = draw(st.integers(0, 9))
    questions = {
        0: lambda: {f"{name}|words": [*draw(worded), draw(st.sampled_from(WORDS))[:3] + "*"]},
        1: lambda: {f"{name}|phrase": {"words": draw(worded), "gap": draw(st.integers(0, 3))}},
        2: lambda: {f"{name}|similar": draw(worded)},
        3: lambda: {f"{name}|contains": draw(some)},
        4: lambda: {f"{name}|{draw(st.sampled_from(('starts', 'ends')))}": draw(some)},
        5: lambda: {f"{name}|matches": draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2))},
        6: lambda: {draw(st.sampled_from(("legible", "repeat"))): draw(st.booleans())},
        7: lambda: {f"{name}|exists": draw(st.booleans())},
        8: lambda: {"requests|gt": draw(st.integers(0, 2)), "names": draw(st.sampled_from(WORDS))},
        9: lambda: {"dates|before": draw(st.sampled_from(("-1d", "2026-01-01")))},
    }
    return questions[choice]()


condition = st.recursive(
    leaf(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)
typed = st.lists(st.sampled_from(TYPED), max_size=12).map(" ".join)
facts = st.builds(
    Facts,
    text=typed,
    said=typed,
    names=st.lists(typed, max_size=3).map(tuple),
    dates=st.lists(st.sampled_from(("2025-01-01", "--12-31", "x")), max_size=2).map(tuple),
    legible=st.booleans(),
    repeat=st.booleans(),
    requests=st.integers(0, 3),
    received_on=st.sampled_from((None, date(2026, 3, 1))),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(condition, st.none() | condition), min_size=1, max_size=6), st.lists(facts, max_size=3))
def test_the_index_changes_no_answer(rules, messages):
    written = [{"when": when} | ({"unless": unless} if unless else {}) for when, unless in rules]
    made = ruleset_of(written)
    for message in messages:
        plain = [(step.rule, step.evidence) for step in trace(message, made) if step.held]
        assert [(hit.rule, hit.evidence) for hit in decide(message, made).hits] == plain


def ruleset_of(rules):
    full = [{"rule": f"r{at}", "title": "t", "then": {"tag": "t"}} | rule for at, rule in enumerate(rules)]
    return load_ruleset({"10.yaml": json.dumps(full, ensure_ascii=False)})


def test_every_pattern_is_possible_where_the_automaton_cannot_tell():
    many = patterns([*(f"слово{at}" for at in range(600)), r"\d"])
    assert set(many.possible("есть слово599 тут")) >= {599}
    assert len(set(many.possible("ничего"))) <= 2
    assert list(texts(["а", "бв"]).possible("xбвx")) == [1]


@pytest.mark.parametrize("pattern", [r"(а+)+$", r"(а|аа)*б", r"((а?){60}){4}б", r"(.{0,60}а){3}б", r"а.*а.*а.*а.*б"])
def test_a_hostile_text_costs_a_pattern_linear_work(pattern):
    rules = ruleset(f"{{text|matches: '{pattern}'}}")
    costs = []
    for length in (5_000, 10_000, 1_000_000):
        message = Facts(text=("а" * 30 + " ") * (length // 31))
        decide(Facts(), rules)
        began = process_time()
        assert not decide(message, rules).hits or pattern.endswith("$")
        costs.append(process_time() - began)
    # What is not examined costs nothing: a million characters are twice ten thousand, and a little for folding them.
    assert costs[2] < 8 * costs[1] + 0.5
    assert costs[2] < 5


def test_a_pattern_that_needs_too_much_memory_is_refused():
    told = problem(r"{text|matches: '(\pL{1,50}\s){20}б'}")
    assert "too large" in told.told("en")
    assert "слишком велико" in told.told("ru")


def test_invented_words_keep_slips_cheap():
    rules = ruleset("{text|similar: [заблокировать, перевести, кошелек, идентификация]}")
    text = " ".join(f"заблок{chr(1072 + at % 32)}р{chr(1072 + at // 32 % 32)}в" for at in range(1_500))
    began = process_time()
    decide(Facts(text=text), rules)
    assert process_time() - began < 5
