"""Days that rules compare with, and rules that are in force for a time."""

from datetime import UTC, date, datetime

import pytest
from condition_rules import holds, ruleset
from triage_letters import POLICY, letter

from mailtriage.reply.deadline import Workload
from mailtriage.triage.decision import decide, trace
from mailtriage.triage.facts import FACTS_JSON, Facts
from mailtriage.triage.history import History
from mailtriage.triage.outcome import triage

DAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{received_on|before: 2026-03-12}", True),
        ("{received_on|before: 2026-03-11}", False),
        ("{received_on|after: 2026-03-10}", True),
        ("{received_on: 2026-03-11}", True),
        ("{received_on|in: [2026-03-10, 2026-03-11]}", True),
        ("{dates|before: -90d}", True),
        ("{dates|before: -91d}", False),
        ("{dates|after: +0d}", False),
        ("{sent_on|exists: false}", True),
        ("{sent_on|before: +1d}", False),
    ],
)
def test_days_are_compared_with_the_calendar_and_with_the_day_of_reception(when, expected):
    facts = {"received_on": DAY, "dates": ("2026-02-01", "2025-12-10", "завтра")}
    assert holds(when, **facts) is expected


@pytest.mark.parametrize(
    ("written", "received", "when", "expected"),
    [
        ("--12-15", date(2026, 1, 20), "{dates|before: -30d}", True),
        ("--12-15", date(2026, 1, 20), "{dates|before: -90d}", False),
        ("--01-10", date(2025, 12, 20), "{dates|after: +0d}", True),
        ("--02-29", date(2026, 3, 1), "{dates|exists: true, dates|before: +9999d}", False),
        ("--12-15", None, "{dates|before: 2999-01-01}", False),
    ],
)
def test_a_date_without_a_year_is_the_nearest_one(written, received, when, expected):
    assert holds(when, dates=(written,), received_on=received) is expected


def test_a_rule_is_asked_from_its_first_day_to_its_last():
    rules = ruleset("{always: true}", **{"from": "2026-03-01", "until": "2026-03-31"})
    held = {
        day: bool(decide(Facts(received_on=day), rules).hits)
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), None)
    }
    assert list(held.values()) == [False, True, True, False, True]
    (before,) = trace(Facts(received_on=date(2026, 2, 28)), rules)
    (after,) = trace(Facts(received_on=date(2026, 4, 1)), rules)
    assert (before.failed, after.condition) == ("from: 2026-03-01", "until: 2026-03-31")


def test_the_day_of_reception_is_told_in_the_zone_of_support():
    late = datetime(2026, 3, 11, 22, 30, tzinfo=UTC)
    facts = triage(letter("Где деньги?"), History(), Workload(), ruleset("{always: true}"), POLICY, late).facts
    assert (facts.received_on, facts.sent_on) == (date(2026, 3, 12), date(2026, 3, 11))
    stored = FACTS_JSON.dump_python(facts, mode="json")
    assert FACTS_JSON.validate_python(stored) == facts
    del stored["received_on"], stored["sent_on"]
    assert FACTS_JSON.validate_python(stored).received_on is None
