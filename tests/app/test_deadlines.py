"""A lead sees which promises would have been kept, and by which setting; nothing is looked ahead for or changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app.program import configuration, contents, mailtriage
from app.promised_history import CALENDAR, FIRST, UNTIL, conversations, fill, noon

from mailtriage.commands.deadlines import LIMIT, NOW, TOLD, UNMEASURED, Past, Replayed, replay, today, tried
from mailtriage.commands.deadlines_page import advice, rows, summary
from mailtriage.commands.opening import open_store
from mailtriage.configuration import load_configuration
from mailtriage.errors import Problems
from mailtriage.reply.deadline import Norms, Task
from mailtriage.store.database import Database
from mailtriage.store.waiting import Wait, measure

WAITS = [
    Wait(Task("claim", "claims", counterparty=asked), day, answered if answered < UNTIL else None, None, {})
    for day, answered, asked in conversations(5)
]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deadlines")
    fill(folder)
    return configuration(folder)


@pytest.fixture(scope="module")
def found(config: Path) -> Replayed:
    with open_store(config) as parts:
        return replay(parts, "2026-03-16", noon(UNTIL))


def test_nine_in_ten_promises_are_kept_by_the_settings_of_today_and_the_norms_alone_do_not(found: Replayed) -> None:
    shares = {name: kept.share or 0 for name, kept in found.settings.items()}
    assert shares[NOW] >= 0.9
    assert shares[UNMEASURED] < 0.8
    assert shares[TOLD] == pytest.approx(shares[UNMEASURED]), "customers were told the norms"
    assert shares["kept 0.8"] <= shares[NOW] <= shares["kept 0.95"] <= shares[LIMIT]
    days = found.settings[NOW].mean_days
    assert days is not None
    assert days < 14, "the limit for everybody would be no promise"


def test_only_what_is_surely_kept_or_broken_counts(found: Replayed) -> None:
    registered = [day for day, _, _ in conversations(5) if day >= date(2026, 3, 16)]
    late = [day for day in registered if CALENDAR.add(day, 15) >= UNTIL]
    assert found.settings[NOW].promises == len(registered) - len(late)
    assert found.too_early == len(late)


def test_no_promise_depends_on_what_came_later() -> None:
    turn = date(2026, 4, 20)
    begun = [wait for wait in WAITS if wait.registered_on <= turn]
    blind = [replace(w, answered_on=w.answered_on if w.answered_on and w.answered_on < turn else None) for w in begun]
    seen, unseen = (tried(Past(waits, CALENDAR), Norms(), first=FIRST, until=UNTIL) for waits in (begun, blind))
    assert {name: kept.days for name, kept in seen.settings.items()} == {
        name: kept.days for name, kept in unseen.settings.items()
    }
    assert seen.settings[NOW].kept > unseen.settings[NOW].kept


def test_the_store_measures_the_same_as_the_replay_and_asks_the_queue(config: Path) -> None:
    with open_store(config) as parts:
        first, second = today(parts, noon(UNTIL)), today(parts, noon(FIRST))
        with parts.database.read() as connection:
            load = measure(connection, parts.policy, noon(UNTIL))
    claim = next(each for each in first if each.category == "claim")
    assert claim.norm == 7
    assert claim.measured is not None
    assert 9 <= claim.measured <= 13
    assert all(each.measured is None for each in second), "on the first day nothing is known"
    assert load.daily_answers["claims"] == pytest.approx(5, abs=0.5)
    assert load.usual_lengths == {"claims": 40}


def test_a_lead_reads_a_table_and_what_to_do(found: Replayed) -> None:
    table = list(rows(found))
    assert [row[0] for row in table[:3]] == ["как обещали на деле", "как настроено сейчас", "  претензия"]
    assert table[1][1].endswith(" %")
    assert "90 %" in advice(found)
    assert next(summary(found)).startswith("Обещания с 16.03.2026 по 06.07.2026:")


def test_a_quick_desk_may_promise_less_and_a_slow_one_is_told_that_terms_do_not_help() -> None:
    def answered_after(days: int) -> list[Wait]:
        return [replace(wait, answered_on=CALENDAR.add(wait.registered_on, days)) for wait in WAITS]

    quick, slow = (
        tried(Past(answered_after(days), CALENDAR), Norms(counterparty=0), first=FIRST, until=UNTIL) for days in (2, 20)
    )
    assert "Можно обещать короче" in advice(quick)
    assert "больше ответов в день" in advice(slow)
    little = tried(Past(WAITS[:10], CALENDAR), Norms(), first=FIRST, until=UNTIL)
    assert "данных мало" in advice(little)


def test_the_command_tells_people_and_programs_and_changes_nothing(config: Path) -> None:
    before = contents(config.parent.parent)
    done = mailtriage("deadlines", "--replay", "--since", "2026-05-04", "--json", "--config", config)
    assert done.code == 0, done.err
    (line,) = done.lines
    assert line["since"] == "2026-05-04"
    assert {"name", "promises", "kept", "mean_days"} <= set(line["settings"][0])
    shown = mailtriage("deadlines", "--replay", "--since", "2026-05-04", "--config", config)
    assert "Сдержано" in shown.out
    assert "Обещаем" in mailtriage("deadlines", "--config", config).out
    assert mailtriage("deadlines", "--replay", "--since", "yesterday", "--config", config).code == 2
    assert contents(config.parent.parent) == before


def test_a_store_without_conversations_has_nothing_to_tell(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/store/mailtriage.db")
    empty.upgrade()
    empty.close()
    done = mailtriage("deadlines", "--replay", "--config", configuration(tmp_path))
    assert done.code == 0, done.err
    assert "данных мало" in done.out


@pytest.mark.parametrize(
    ("deadlines", "words"),
    [
        ({"topics": {"refunds": {"days": 3}}}, 'did you mean "refund"'),
        ({"limit": 16}, "15"),
        ({"extended_limit": 10}, "an extension gives more time"),
        ({"categories": {"claim": {"limit": 0}}}, "greater than or equal to 1"),
    ],
)
def test_wrong_terms_are_refused(tmp_path: Path, deadlines: dict[str, object], words: str) -> None:
    with pytest.raises(Problems, match=words):
        load_configuration(configuration(tmp_path, deadlines=deadlines))


def test_own_terms_reach_the_promise(tmp_path: Path) -> None:
    terms = {"topics": {"refund": {"days": 20, "limit": 30}}, "categories": {"other": {"days": 4}}}
    fill(tmp_path, daily=1)
    with open_store(configuration(tmp_path, deadlines=terms)) as parts:
        norms = parts.policy.norms
    assert norms.norm(Task("claim", topics=("refund",))) == 20
    assert norms.limit_of(Task("claim", topics=("refund",))) == 30
    assert norms.norm(Task(None)) == 4
