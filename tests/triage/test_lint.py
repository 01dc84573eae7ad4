"""The linter: what is certainly dead is an error, what is doubtful a warning, and what may live is left in peace."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.configuration import shipped
from mailtriage.reply.templates import SHIPPED, load_templates
from mailtriage.triage.decision import decide, holds
from mailtriage.triage.facts import Facts
from mailtriage.triage.lint import lint
from mailtriage.triage.ruleset import load_ruleset

TODAY = date(2026, 11, 20)
EXAMPLES = "  examples: [match: a, miss: b]\n"
MATCH = "  examples: [match: a]\n"


def rule(when, then="{tag: t}", name="r", more=EXAMPLES):
    return f"- rule: {name}\n  title: t\n  when: {when}\n  then: {then}\n{more}"


def findings(*rules, templates=None, **lists):
    files = {"10.yaml": "".join(rules)} | {f"lists/{name}.yaml": text for name, text in lists.items()}
    return lint(load_ruleset(files, folder="rules/"), templates, TODAY)


def kinds(*rules, **options):
    return [finding.kind for finding in findings(*rules, **options)]


NEVER = [
    "{subject: a, all: [{subject: b}]}",
    "{subject|in: [a, b], all: [{subject: [c, d]}]}",
    "{subject: тема, all: [{subject|contains: письмо}]}",
    "{automatic: bounce, all: [{automatic: list}]}",
    "{automatic|exists: false, all: [{automatic: list}]}",
    "{text|exists: false, all: [{text|words: [деньги]}]}",
    "{payments|exists: false, all: [{payments|any_in: ['1']}]}",
    "{attachments|gt: 2, all: [{attachments|lt: 3}]}",
    "{attachments|lt: 0}",
    "{requests: 2, all: [{requests|gte: 3}]}",
    "{similarity|gt: 0.5, all: [{similarity|lt: 0.5}]}",
    "{legible: true, all: [{legible: false}]}",
    "{legible: true, not: {legible: true}}",
    "{any: [{legible: true, not: {legible: true}}, {attachments|lt: 0}]}",
    "{not: {always: true}}",
    "{not: [{legible: true}, {legible: false}]}",
    "{said|words: [вернуть, снять], not: {said|words: [снять, вернуть, отдать]}}",
    "{said|words: [заблокировать], not: {said|words: ['заблокир*']}}",
    "{received_on|before: -30d, all: [{received_on|after: -10d}]}",
    "{sent_on|before: 2026-01-01, all: [{sent_on: 2026-02-01}]}",
    "{said|words: $some, not: {said|words: [два, $some]}}",
]


@pytest.mark.parametrize("when", NEVER)
def test_a_rule_that_can_never_hold_is_an_error_at_its_condition(when):
    (finding,) = findings(rule(when), some="- раз\n") if "$some" in when else findings(rule(when))
    assert (finding.kind, finding.severity, finding.rule) == ("never", "error", "r")
    assert str(finding.place).startswith("rules/10.yaml:3:")
    assert "не сработает никогда" in finding.text.ru


def test_an_exception_that_takes_everything_away_is_an_error():
    unless = "  unless: {said|words: [деньги, карта]}\n"
    assert kinds(rule("{said|words: [карта]}", more=EXAMPLES + unless)) == ["never"]


MAY_HOLD = [
    "{text: a, all: [{text|contains: a}]}",
    "{sums: '1', all: [{sums: '2'}]}",
    "{authentic|exists: false, not: {authentic: true}}",
    "{not: [{authentic: true}, {authentic: false}]}",
    "{attachments|gt: 2, all: [{attachments|lt: 4}]}",
    "{similarity|gt: 0.5, all: [{similarity|lt: 0.6}]}",
    "{said|words: [идти], not: {said|words: ['идт*']}}",
    "{said|words: [снять, вернуть], not: {said|words: [снять]}}",
    "{said|phrase: [снять деньги], not: {said|words: [снять карта]}}",
    "{text|matches: 'a*', text|exists: false}",
    "{text: a, all: [{subject: b}]}",
    "{received_on|after: -30d, all: [{received_on|before: -10d}]}",
    "{not: {automatic: [bounce, auto_reply, list, receipt, loop, report]}}",
]


@pytest.mark.parametrize("when", MAY_HOLD)
def test_a_rule_that_may_hold_is_left_in_peace(when):
    assert [kind for kind in kinds(rule(when)) if kind != "pattern"] == []


SHADOWED = [
    ("{always: true}", "{text: a}"),
    ("{text|words: [снять, вернуть]}", "{text|words: [вернуть]}"),
    ("{text|words: ['верн*']}", "{text|words: [вернуться], automatic: list}"),
    ("{automatic|exists: true}", "{automatic: list}"),
    ("{attachments|gte: 2}", "{attachments|gt: 4}"),
    ("[{legible: false}, {identified: false}]", "{identified: false}"),
    ("{text|contains: рас}", "{text|starts: рассрочка}"),
    ("{legible: true, not: {repeat: true}}", "{repeat: false, legible: true, decided: true}"),
    ("{received_on|after: 2026-01-01}", "{received_on|after: 2026-06-01}"),
]


@pytest.mark.parametrize(("earlier", "later"), SHADOWED)
def test_a_verdict_behind_a_wider_one_is_shadowed(earlier, later):
    (finding,) = findings(rule(earlier, "{accept: true}", "wide"), rule(later, "{hold: look}", "narrow"))
    assert (finding.kind, finding.severity, finding.rule) == ("shadowed", "error", "narrow")
    assert '"wide" (rules/10.yaml:1:9)' in finding.text.en


def test_two_verdicts_together_may_shadow_a_third():
    whole = rule("{legible: true}", "{accept: true}", "a") + rule("{legible: false}", "{hold: x}", "b")
    assert kinds(whole, rule("[{legible: true, repeat: true}, {legible: false}]", "{hold: y}", "c")) == ["shadowed"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (rule("{text: a}", "{accept: true}", "a"), rule("{text: [a, b]}", "{hold: x}", "b")),
        (rule("{always: true}", "{tag: t}", "a"), rule("{text: a}", "{hold: x}", "b")),
        (rule("{always: true}", "{accept: true}", "a"), rule("{text: a}", "{tag: t}", "b")),
        (rule("{text: a}", "{hold: x}", "a"), rule("{always: true}", "{accept: true}", "b")),
        (rule("{text: a}", "{hold: x}", "a", EXAMPLES + "  from: 2026-12-01\n"), rule("{text: a}", "{hold: y}", "b")),
        (rule("{said|words: [вернуть]}", "{hold: x}", "a"), rule("{text|words: [вернуть]}", "{hold: y}", "b")),
    ],
)
def test_a_verdict_that_some_message_reaches_is_left_in_peace(earlier, later):
    assert kinds(earlier, later) == []


def test_a_rule_that_is_off_shadows_nothing_and_is_told():
    off = rule("{always: true}", "{accept: true}", "off", EXAMPLES + "  enabled: false\n")
    assert kinds(off, rule("{text: a}", "{hold: x}", "on")) == ["disabled"]


def test_a_replaced_rule_shadows_nothing_and_one_that_is_off_leaves_it_in_force():
    hold = "{hold: later}"
    season = rule("{text|words: [два]}", hold, "a", "  replaces: a\n  from: 2026-12-01\n" + EXAMPLES)
    assert kinds(rule("{always: true}", hold, "a", MATCH), season, rule("{text|words: [три]}", hold, "b")) == []
    off = rule("{text|words: [два]}", hold, "a", "  replaces: a\n  enabled: false\n" + EXAMPLES)
    late = rule("{text|words: [три]}", hold, "b")
    shadowed, told = findings(rule("{always: true}", hold, "a", MATCH), off, late)[::-1]
    assert "действует прежнее «a»" in told.text.ru
    assert shadowed.kind == "shadowed"


def test_a_queue_that_looks_like_a_slip_is_doubted_and_a_new_one_is_not():
    (slip,) = findings(rule("{text|words: [раз]}", "{queue: claim}"))
    assert (slip.kind, slip.severity, "«claims»" in slip.text.ru) == ("queue", "warning", True)
    for queue in ("claims", "claims-vip", "claims2", "cards"):
        assert kinds(rule("{text|words: [раз]}", f"{{queue: {queue}}}")) == []


def test_a_rule_whose_time_is_over_is_a_warning_because_time_alone_breaks_nothing():
    over = rule("{text: a}", more=EXAMPLES + "  until: 2026-11-19\n")
    (finding,) = findings(over)
    assert (finding.kind, finding.severity, str(finding.place)) == ("expired", "warning", "rules/10.yaml:6:3")
    assert kinds(rule("{text: a}", more=EXAMPLES + "  until: 2026-11-20\n")) == []


def test_missing_examples_are_told_by_what_is_missing():
    assert "no examples" in findings(rule("{text: a}", more=""))[0].text.en
    assert "`- miss: ...`" in findings(rule("{text: a}", more="  examples: [match: a]\n"))[0].text.en
    assert "`- match: ...`" in findings(rule("{text: a}", more="  examples: [miss: b]\n"))[0].text.en
    assert findings(rule("{always: true}", more="  examples: [match: a]\n")) == ()


def test_a_list_that_nobody_names_is_told_and_one_that_an_exception_names_is_not():
    unless = EXAMPLES + "  unless: {not: {said|phrase: {words: [$other], gap: 4}}}\n"
    (finding,) = findings(rule("{said|words: [a]}", more=unless), other="- раз\n", idle="- два\n")
    assert (finding.kind, finding.place.file) == ("unused", "rules/lists/idle.yaml")


def test_words_that_another_word_of_the_list_finds_anyway_are_told_with_it():
    listed = "- вернуть\n- верните\n- Деньги\n- деньги\n- блокир*\n- блокировка\n- идт*\n- идти\n- моя\n- мой\n"
    found = findings(rule("{said|words: $some}"), some=listed)
    assert [(each.place.line, each.kind) for each in found] == [(2, "doubled"), (4, "doubled"), (6, "doubled")]
    assert "«верните»" in found[0].text.ru
    assert "«вернуть» в строке 1" in found[0].text.ru


def test_a_list_of_plain_values_may_hold_forms_of_one_word():
    found = findings(rule("{said|contains: $some}"), some="- вернуть\n- верните\n- вернуть\n")
    assert [each.place.line for each in found] == [3]


def test_patterns_that_match_everything_or_cost_much_or_drag_a_tail_are_warnings():
    assert kinds(rule("{text|matches: 'а*'}")) == ["pattern"]
    assert kinds(rule("{text|matches: 'деньги.*'}")) == ["pattern"]
    assert kinds(rule("{text|matches: '(деньги|карта){1,500}'}")) == ["pattern"]
    assert kinds(rule("{text|matches: '№ ?[0-9]{6,12}'}")) == []


def test_a_template_that_is_never_sent_or_lacks_a_language_is_told():
    letters = {f"{name}.{language}.j2": "Subject: Тема\n\nТекст\n" for name in SHIPPED for language in ("ru", "en")}
    templates = load_templates(letters | {"gifts.ru.j2": "Subject: Тема\n\nТекст\n", "old.ru.j2": "Subject: a\n\nb\n"})
    own = rule("{text: a}", "{accept: true, reply: gifts}") + rule("{text: b}", "{tag: t, reply: other-centre}", "o")
    found = findings(own, templates=templates)
    assert [(each.kind, str(each.place)) for each in found] == [
        ("unused", "old.ru.j2"),
        ("missing", "rules/10.yaml:4:31"),
    ]
    assert "gifts.en.j2" in found[1].text.en


def test_the_shipped_rules_leave_nothing_to_mend():
    rules = shipped() / "rules"
    files = {str(path.relative_to(rules)): path.read_text(encoding="utf-8") for path in rules.rglob("*.yaml")}
    assert [str(each.problem) for each in lint(load_ruleset(files))] == []


QUESTIONS = [
    "{legible: true}", "{legible: false}", "{automatic: list}", "{automatic: [list, loop]}",
    "{automatic|exists: false}",
    "{attachments|gt: 1}", "{attachments|lte: 1}", "{attachments: 2}", "{attachments|exists: true}", "{subject: раз}",
    "{subject|contains: ра}", "{subject|starts: раз}", "{subject|exists: false}", "{said|words: [снять, вернуть]}",
    "{said|words: ['верн*']}", "{said|words: [вернуть]}", "{sums: ['1', '2']}", "{sums|exists: false}",
    "{always: true}",
    "{authentic: false}", "{authentic|exists: true}",
]  # fmt: skip
conditions = st.recursive(
    st.sampled_from(QUESTIONS),
    lambda inner: st.one_of(
        st.builds("{{not: {}}}".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{all: [{}, {}]}}".format, inner, inner),
    ),
    max_leaves=5,
)
messages = st.builds(
    Facts,
    legible=st.booleans(),
    automatic=st.sampled_from([None, "list", "loop", "bounce"]),
    attachments=st.integers(0, 3),
    subject=st.sampled_from(["", "раз", "разница", "гора"]),
    said=st.sampled_from(["", "верните деньги", "сняли деньги", "верность", "вернул и снял"]),
    sums=st.sampled_from([(), ("1",), ("3",), ("2", "3")]),
    authentic=st.sampled_from([None, True, False]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=4), st.lists(messages, min_size=5, max_size=30))
def test_no_message_ever_proves_an_error_of_the_linter_wrong(whens, letters):
    text = "".join(rule(when, f"{{hold: h{n}}}", f"r{n}") for n, when in enumerate(whens))
    ruleset = load_ruleset({"1.yaml": text})
    dead = {finding.rule: finding.kind for finding in lint(ruleset) if finding.severity == "error"}
    for facts in letters:
        assert decide(facts, ruleset).rule not in dead
        for each in ruleset.rules:
            if dead.get(each.name) == "never":
                assert not holds(each, facts)[0]
