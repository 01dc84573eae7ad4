"""Rules that take the place of others, rules for a season, and copies to colleagues."""

from datetime import date

import pytest

from mailtriage.errors import Problems, Told
from mailtriage.triage.decision import decide, trace
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import load_ruleset
from mailtriage.triage.then import Known


def rule(name, more="", then="{tag: t}"):
    return f"- rule: {name}\n  title: t\n  when: {{always: true}}\n  then: {then}\n" + more


def problems_of(*texts, **options):
    with pytest.raises(Problems) as caught:
        load_ruleset({f"{at}0.yaml": text for at, text in enumerate(texts, 1)}, **options)
    assert all(isinstance(problem.text, Told) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def names(*texts):
    return [each.name for each in load_ruleset({f"{at}0.yaml": text for at, text in enumerate(texts, 1)}).rules]


def test_a_rule_takes_the_place_of_an_earlier_one_under_the_same_name_or_a_new_one():
    shipped = rule("first") + rule("second") + rule("third")
    assert names(shipped, rule("second", "  replaces: second\n")) == ["first", "second", "third"]
    assert names(shipped, rule("mine", "  replaces: first\n")) == ["mine", "second", "third"]
    assert names(shipped + rule("mine", "  replaces: first\n")) == ["mine", "second", "third"]


def test_what_replaces_keeps_its_own_text_and_place():
    ruleset = load_ruleset({"10.yaml": rule("a"), "80.yaml": rule("a", "  replaces: a\n", "{tag: own}")})
    (own,) = ruleset.rules
    assert (own.then.tags, str(own.place), own.replaces) == (("own",), "80.yaml:1:9", "a")


def asked_on(day, *texts):
    """Which rules are asked on a day, and why the others are not."""
    ruleset = load_ruleset({f"{at}0.yaml": text for at, text in enumerate(texts, 1)})
    facts = Facts(received_on=date.fromisoformat(day))
    steps = [(f"{each.rule} {each.place.file}", each) for each in trace(facts, ruleset)]
    held = [name for name, step in steps if step.held]
    assert held == [f"{hit.rule} {place_of(ruleset, hit)}" for hit in decide(facts, ruleset).hits]
    return held, {name: step.failed for name, step in steps if not step.held}


def place_of(ruleset, hit):
    return next(each.place.file for each in ruleset.rules if each.title == hit.reason)


def titled(name, title, more="", then="{tag: t}"):
    return rule(name, more, then).replace("title: t", f"title: {title}")


def test_outside_of_the_dates_of_its_replacement_a_rule_applies_as_before():
    texts = titled("a", "old"), titled("a", "new", "  replaces: a\n  from: 2026-12-01\n  until: 2026-12-31\n")
    assert asked_on("2026-11-30", *texts) == (["a 10.yaml"], {"a 20.yaml": "from: 2026-12-01"})
    assert asked_on("2026-12-01", *texts) == (["a 20.yaml"], {"a 10.yaml": "replaced by: a (20.yaml:1:9)"})
    assert asked_on("2026-12-31", *texts)[0] == ["a 20.yaml"]
    assert asked_on("2027-01-01", *texts) == (["a 10.yaml"], {"a 20.yaml": "until: 2026-12-31"})


def test_a_replacement_that_is_switched_off_replaces_nothing():
    texts = titled("a", "old"), titled("own", "new", "  replaces: a\n  enabled: false\n")
    assert asked_on("2026-12-01", *texts) == (["a 10.yaml"], {"own 20.yaml": "enabled: false"})


def test_of_several_replacements_the_last_that_is_in_force_applies():
    season = titled("b", "season", "  replaces: a\n  from: 2026-12-01\n")
    week = titled("c", "week", "  replaces: b\n  from: 2026-12-24\n  until: 2026-12-31\n")
    texts = titled("a", "old"), season + week + titled("z", "after")
    days = {day: asked_on(f"2026-{day}", *texts)[0] for day in ("11-30", "12-01", "12-24")}
    assert days == {
        "11-30": ["a 10.yaml", "z 20.yaml"],
        "12-01": ["b 20.yaml", "z 20.yaml"],
        "12-24": ["c 20.yaml", "z 20.yaml"],
    }
    assert names(texts[0], season + titled("c", "for good", "  replaces: b\n")) == ["c"]


def test_a_replacement_can_itself_be_replaced_by_its_new_name():
    again = rule("b", "  replaces: a\n") + rule("c", "  replaces: b\n")
    assert names(rule("a") + rule("z"), again) == ["c", "z"]


def test_without_replaces_a_name_that_stands_twice_is_a_problem_that_tells_the_way_out():
    (problem,) = problems_of(rule("a"), rule("a"))
    assert problem.startswith('20.yaml:1:9: the rule "a" stands here twice, first at 10.yaml:1:9')
    assert "`replaces: a`" in problem


def test_replacing_nothing_or_twice_is_a_problem_with_the_nearest_name():
    (nothing,) = problems_of(rule("blocking"), rule("x", "  replaces: bloking\n"))
    assert '20.yaml:5:13: there is no earlier rule "bloking"' in nothing
    assert 'did you mean "blocking"?' in nothing
    (twice,) = problems_of(rule("a"), rule("b", "  replaces: a\n") + rule("c", "  replaces: a\n"))
    assert '20.yaml:10:13: the rule "a" is replaced already, at 20.yaml:1:9' in twice


def test_what_comes_later_cannot_be_replaced():
    assert "no earlier rule" in problems_of(rule("a", "  replaces: b\n"), rule("b"))[0]


def test_a_new_name_must_be_free_also_where_it_replaces():
    assert "stands here twice" in problems_of(rule("a") + rule("b"), rule("b", "  replaces: a\n"))[0]


def test_from_and_until_are_days_and_both_count():
    (found,) = load_ruleset({"1.yaml": rule("a", "  from: 2026-12-01\n  until: 2026-12-31\n")}).rules
    assert (found.starts, found.ends) == (date(2026, 12, 1), date(2026, 12, 31))
    (one_day,) = load_ruleset({"1.yaml": rule("a", "  from: 2026-12-01\n  until: 2026-12-01\n")}).rules
    assert one_day.starts == one_day.ends


@pytest.mark.parametrize("day", ["01.12.2026", "2026-13-01", "2026-2-3", "20261201", "7", "[2026-12-01]", ""])
def test_what_is_no_day_is_told_with_an_example(day):
    (problem,) = problems_of(rule("a", f"  from: {day}\n"))
    assert problem.startswith("10.yaml:5:")
    assert ("no such day" if day == "2026-13-01" else "2026-12-31") in problem


def test_an_end_before_the_beginning_is_a_problem():
    (problem,) = problems_of(rule("a", "  from: 2026-12-31\n  until: 2026-12-01\n"))
    assert "10.yaml:6:10: until 2026-12-01 is before from 2026-12-31" in problem


def test_a_copy_goes_to_colleagues_whom_the_configuration_names():
    known = Known(forwards={"security": "security@mail.example", "legal": "legal@mail.example"})
    ruleset = load_ruleset({"1.yaml": rule("a", then="{forward: [security, legal]}")}, known=known)
    assert ruleset.rules[0].then.forwards == ("security", "legal")
    (problem,) = problems_of(rule("a", then="{forward: securty}"), known=known)
    assert 'did you mean "security"?' in problem
    assert load_ruleset({"1.yaml": rule("a", then="{forward: anybody}")}).rules[0].then.forwards == ("anybody",)
