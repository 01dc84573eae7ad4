"""The promised date: what it is made of, what it says, and what it never exceeds."""

from datetime import date

import pytest

from mailtriage.reply.deadline import Norms, Promise, Task, Terms, WorkCalendar, Workload, expect, reckon

CALENDAR = WorkCalendar()


def promise(
    task: Task | None = None, workload: Workload | None = None, norms: Norms | None = None, language: str = "ru"
) -> Promise:
    return expect(
        task or Task("claim", "claims"),
        registered_on=date(2026, 11, 23),
        workload=workload or Workload(),
        norms=norms or Norms(),
        calendar=CALENDAR,
        language=language,
    )


def test_the_norm_of_the_category_is_promised_without_excuses() -> None:
    assert (promise().due, promise().working_days, promise().why) == (date(2026, 12, 2), 7, ())
    assert promise(Task("consultation")).working_days == 3
    assert promise(Task(None)).working_days == 5
    assert promise(Task("not configured")).working_days == 5


def test_each_added_day_is_explained_once() -> None:
    task = Task("consultation", requests=3, counterparty=True, missing_documents=True)
    result = promise(task, norms=Norms(missing_documents=2))
    assert result.working_days == 3 + 5 + 2 + 2
    assert [part.cause for part in result.parts] == ["norm", "counterparty", "documents", "requests"]
    assert len(result.why) == 3
    assert "букмекера, банка или оператора" in result.why[0]
    assert "чем раньше" in result.why[1]
    assert promise(task, language="en").why[0].startswith("To look into it")


def test_a_promise_never_passes_the_limit() -> None:
    crowd = Workload(queue_lengths={"claims": 10_000}, answer_days={"claim": 90})
    slow = Norms(daily_capacity={"claims": 10})
    result = promise(Task("claim", "claims", requests=200, counterparty=True), crowd, slow)
    assert (result.working_days, result.due) == (15, date(2026, 12, 14))
    assert sum(part.days for part in result.parts) == 15


def test_own_terms_go_from_the_topic_over_the_queue_to_the_category() -> None:
    norms = Norms(
        topics={"refund": Terms(days=10, limit=30), "fraud": Terms(days=2, limit=20)},
        queues={"fast": Terms(days=1)},
        categories={"claim": Terms(limit=12)},
    )
    assert norms.norm(Task("claim", "fast", ("refund",))) == 10
    assert norms.norm(Task("claim", "fast", ("unknown",))) == 1
    assert norms.norm(Task("claim", "claims", ("fraud", "refund"))) == 10, "the longest norm of several topics"
    assert norms.limit_of(Task("claim", "claims", ("fraud", "refund"))) == 20, "and the tightest limit"
    assert norms.limit_of(Task("claim", "fast")) == 12
    assert norms.limit_of(Task("proposal")) == 15
    assert norms.extended_limit_of(Task("proposal")) == 25
    assert norms.extended_limit_of(Task("claim", topics=("refund",))) == 30, "an extension never shortens"
    dispute = Task("claim", topics=("refund",), requests=12, counterparty=True)
    assert promise(dispute, norms=norms).working_days == 26


def test_a_queue_adds_its_full_days_where_its_speed_is_configured() -> None:
    crowd = Workload(queue_lengths={"claims": 25})
    assert promise(workload=crowd).working_days == 7
    assert promise(workload=crowd, norms=Norms(daily_capacity={"claims": 10})).working_days == 9
    assert promise(workload=crowd, norms=Norms(daily_capacity={"claims": 0})).working_days == 7


def test_the_measured_answer_time_is_a_floor_and_counts_a_configured_queue_once() -> None:
    assert promise(workload=Workload(answer_days={"claim": 2.5})).working_days == 7
    assert promise(workload=Workload(answer_days={"claim": 8.2})).working_days == 9
    both = Workload(queue_lengths={"claims": 25}, answer_days={"claim": 10})
    result = promise(workload=both, norms=Norms(daily_capacity={"claims": 10}))
    assert result.working_days == 10
    assert len(result.why) == 1


@pytest.mark.parametrize(("waiting", "days"), [(30, 7), (60, 7), (100, 9), (61, 7)])
def test_a_queue_longer_than_usual_adds_the_days_that_it_takes_longer(waiting: int, days: int) -> None:
    load = Workload({"claims": waiting}, usual_lengths={"claims": 60.0}, daily_answers={"claims": 20.0})
    result = promise(workload=load)
    assert result.working_days == days
    assert bool(result.why) == (days > 7)


def test_what_was_measured_is_promised_for_the_whole_category_and_what_is_added_comes_on_top() -> None:
    parts = reckon(Task("claim", counterparty=True), Workload(answer_days={"claim": 9}), Norms(limit=60))
    assert {part.cause: part.days for part in parts} == {"norm": 7, "measured": 2, "counterparty": 5}


def test_evenings_and_public_holidays_are_told() -> None:
    result = expect(
        Task("consultation"),
        registered_on=date(2026, 12, 30),
        arrived_on=date(2026, 12, 29),
        workload=Workload(),
        norms=Norms(),
        calendar=CALENDAR,
        language="ru",
    )
    assert result.due == date(2027, 1, 13)
    assert result.why == (
        "Письмо пришло в нерабочее время, и срок считается от ближайшего рабочего дня.",
        "В этот срок попадают праздники.",
    )


def test_a_day_off_of_the_desk_alone_is_no_public_holiday() -> None:
    closed = WorkCalendar(off=frozenset({date(2026, 11, 24)}))
    assert not closed.holiday_between(date(2026, 11, 23), date(2026, 11, 30))
    assert closed.holiday_between(date(2026, 10, 30), date(2026, 11, 5))
    worked = WorkCalendar(working=frozenset({date(2026, 11, 4)}))
    assert not worked.holiday_between(date(2026, 10, 30), date(2026, 11, 5))
