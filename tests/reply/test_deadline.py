"""The production calendar, registration and the promised date."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from mailtriage.errors import Problems
from mailtriage.reply.deadline import Norms, Promise, WorkCalendar, Workload, expect, load_calendar, registration_day

CALENDAR = WorkCalendar()
MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-11-01", True),  # a Saturday, worked for 3 November
        ("2025-11-03", False),
        ("2026-01-09", False),  # a Friday, moved from Saturday 3 January
        ("2026-01-12", True),
        ("2026-02-23", False),
        ("2026-03-09", False),  # for Sunday 8 March
        ("2026-04-30", True),
        ("2026-05-01", False),
        ("2026-05-11", False),  # for Saturday 9 May
        ("2026-05-12", True),
        ("2026-06-12", False),
        ("2026-11-04", False),
        ("2026-11-05", True),
        ("2026-12-31", False),  # moved from Sunday 4 January
        ("2027-01-08", False),
        ("2027-01-11", True),
        ("2027-02-20", True),  # a Saturday, worked for 22 February
        ("2027-02-22", False),
        ("2027-05-03", False),
        ("2027-05-10", False),
        ("2027-11-05", False),
        ("2027-12-31", False),
    ],
)
def test_the_production_calendar_knows_holidays_and_moved_days(day: str, worked: bool) -> None:  # noqa: FBT001 - a table
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23", 5, "2026-11-30"),  # Monday: the day itself does not count
        ("2026-12-30", 1, "2027-01-11"),  # over New Year
        ("2026-12-25", 5, "2027-01-12"),
        ("2026-04-30", 5, "2026-05-08"),  # over 1 May
        ("2026-05-08", 1, "2026-05-12"),
        ("2027-04-30", 5, "2027-05-11"),  # 3 and 10 May are off
        ("2027-02-19", 1, "2027-02-20"),  # the worked Saturday
        ("2027-02-19", 2, "2027-02-24"),
        ("2026-11-28", 0, "2026-11-30"),  # no days from a Saturday: the Monday
        ("2026-12-14", 15, "2027-01-13"),
    ],
)
def test_working_days_are_added_over_holidays(start: str, days: int, due: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), days) == date.fromisoformat(due)


def test_the_owner_overrides_the_calendar_both_ways() -> None:
    calendar = WorkCalendar(working=frozenset({date(2026, 11, 7)}), off=frozenset({date(2026, 11, 9)}))
    assert calendar.add(date(2026, 11, 6), 1) == date(2026, 11, 7)
    assert calendar.add(date(2026, 11, 7), 1) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("arrived", "registered"),
    [
        (datetime(2026, 11, 27, 17, 59, tzinfo=MOSCOW), date(2026, 11, 27)),
        (datetime(2026, 11, 27, 18, 0, tzinfo=MOSCOW), date(2026, 11, 30)),  # Friday evening: Monday
        (datetime(2026, 11, 28, 12, 0, tzinfo=MOSCOW), date(2026, 11, 30)),  # Saturday
        (datetime(2026, 11, 24, 0, 0, tzinfo=MOSCOW), date(2026, 11, 24)),  # midnight
        (datetime(2026, 12, 30, 20, 0, tzinfo=MOSCOW), date(2027, 1, 11)),
        (datetime(2026, 11, 24, 22, 30, tzinfo=UTC), date(2026, 11, 25)),  # tomorrow already in Moscow
    ],
)
def test_mail_is_registered_on_the_next_working_day_at_the_latest(arrived: datetime, registered: date) -> None:
    assert registration_day(arrived, CALENDAR, "Europe/Moscow") == registered


def test_a_time_is_judged_in_the_zone_of_the_desk() -> None:
    arrived = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    assert registration_day(arrived, CALENDAR, "Europe/Kaliningrad") == date(2026, 11, 27)
    assert registration_day(arrived, CALENDAR, "Asia/Kamchatka") == date(2026, 11, 30)


def test_a_date_at_the_end_of_time_breaks_nothing() -> None:
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert registration_day(end, CALENDAR, "Asia/Kamchatka")
    assert registration_day(datetime(1, 1, 1, tzinfo=UTC), CALENDAR, "America/New_York")
    assert CALENDAR.add(date.max, 15)


def promise(
    *,
    category: str | None = "claim",
    requests: int = 1,
    counterparty: bool = False,
    workload: Workload | None = None,
    norms: Norms | None = None,
    language: str = "ru",
) -> Promise:
    return expect(
        category=category,
        queue="claims",
        requests=requests,
        counterparty=counterparty,
        registered_on=date(2026, 11, 23),
        workload=workload or Workload(),
        norms=norms or Norms(),
        calendar=CALENDAR,
        language=language,
    )


def test_the_norm_of_the_category_is_promised_without_excuses() -> None:
    assert promise() == Promise(date(2026, 12, 2), 7, ())
    assert promise(category="consultation").working_days == 3
    assert promise(category=None).working_days == 5
    assert promise(category="not configured").working_days == 5


def test_each_added_day_is_explained_once() -> None:
    result = promise(category="consultation", requests=3, counterparty=True)
    assert result.working_days == 3 + 2 + 5
    assert len(result.why) == 2
    assert "букмекера, банка или оператора" in result.why[0]
    assert promise(counterparty=True, language="en").why[0].startswith("To look into it")


def test_a_promise_never_passes_the_limit() -> None:
    crowd = Workload(queue_lengths={"claims": 10_000}, answer_days={"claim": 90})
    slow = Norms(daily_capacity={"claims": 10})
    result = promise(requests=200, counterparty=True, workload=crowd, norms=slow)
    assert (result.working_days, result.due) == (15, date(2026, 12, 14))


def test_a_queue_adds_its_full_days_only_where_its_speed_is_known() -> None:
    crowd = Workload(queue_lengths={"claims": 25})
    assert promise(workload=crowd).working_days == 7
    assert promise(workload=crowd, norms=Norms(daily_capacity={"claims": 10})).working_days == 9
    assert promise(workload=crowd, norms=Norms(daily_capacity={"claims": 0})).working_days == 7


def test_the_measured_answer_time_is_a_floor_and_counts_the_queue_once() -> None:
    assert promise(workload=Workload(answer_days={"claim": 2.5})).working_days == 7
    assert promise(workload=Workload(answer_days={"claim": 8.2})).working_days == 9
    both = Workload(queue_lengths={"claims": 25}, answer_days={"claim": 10})
    result = promise(workload=both, norms=Norms(daily_capacity={"claims": 10}))
    assert result.working_days == 10
    assert len(result.why) == 1


def test_the_calendar_file_is_read_with_dates_and_the_end_of_the_day() -> None:
    calendar = load_calendar('working: [2026-11-07]\noff:\n  - 2026-11-05\nday_ends: "17:30"\n', "calendar.yaml")
    assert calendar == WorkCalendar(frozenset({date(2026, 11, 7)}), frozenset({date(2026, 11, 5)}), time(17, 30))
    assert load_calendar("# nothing\n", "calendar.yaml") == WorkCalendar()


def test_every_error_of_the_calendar_file_is_told_at_once_with_its_place() -> None:
    text = "working: [2026-13-01, 2026-11-07]\nof: []\noff: [2026-11-07, 5]\nday_ends: 25\n"
    with pytest.raises(Problems) as caught:
        load_calendar(text, "calendar.yaml")
    places = [str(problem.place) for problem in caught.value.problems]
    assert places == [
        "calendar.yaml:1:11",
        "calendar.yaml:2:1",
        "calendar.yaml:3:7",
        "calendar.yaml:3:19",
        "calendar.yaml:4:11",
    ]
    assert 'did you mean "off"' in str(caught.value)
