"""The table of days: holidays and moved days of 2026 and 2027, hours, time zones, and the limits of the law."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from mailtriage.errors import Problems
from mailtriage.reply.deadline import (
    Norms,
    Task,
    WorkCalendar,
    Workload,
    counts_from,
    expect,
    extended_due,
    last_safe_day,
    last_safe_morning,
    load_calendar,
    registration_day,
    registration_time,
)
from mailtriage.reply.production_calendar import last_decreed_year

CALENDAR = WorkCalendar()
DESK = WorkCalendar(day_begins=time(9), short_day_ends=time(17))
MOSCOW = timezone(timedelta(hours=3))
KALININGRAD, KAMCHATKA = timezone(timedelta(hours=2)), timezone(timedelta(hours=12))


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
        ("2027-06-14", False),
        ("2027-11-05", False),
        ("2027-12-31", False),
        ("2028-11-06", False),  # without a decree: for Saturday 4 November (labour code, art. 112)
    ],
)
def test_the_production_calendar_knows_holidays_and_moved_days(day: str, worked: bool) -> None:  # noqa: FBT001 - a table
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(("year", "days"), [(2024, 248), (2025, 247), (2026, 247), (2027, 247)])
def test_a_year_has_as_many_working_days_as_were_decreed(year: int, days: int) -> None:
    assert CALENDAR.numbered(date(year, 1, 1), date(year, 12, 31))[date(year, 12, 31)] == days


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


@pytest.mark.parametrize(
    ("arrived", "registered", "due", "limit", "extended"),
    [
        # ordinary days
        ("2026-11-23T10:00+03:00", "2026-11-23", "2026-12-02", "2026-12-14", "2026-12-28"),
        ("2026-11-23T08:59+03:00", "2026-11-23", "2026-12-02", "2026-12-14", "2026-12-28"),
        # midnight, to the minute before and after
        ("2026-11-23T23:59+03:00", "2026-11-24", "2026-12-03", "2026-12-15", "2026-12-29"),
        ("2026-11-24T00:00+03:00", "2026-11-24", "2026-12-03", "2026-12-15", "2026-12-29"),
        # Friday evening and the weekend
        ("2026-11-27T17:59+03:00", "2026-11-27", "2026-12-08", "2026-12-18", "2027-01-12"),
        ("2026-11-27T23:50+03:00", "2026-11-30", "2026-12-09", "2026-12-21", "2027-01-13"),
        ("2026-11-29T12:00+03:00", "2026-11-30", "2026-12-09", "2026-12-21", "2027-01-13"),
        # the eve of New Year, which ends an hour earlier only where it is the eve of a holiday
        ("2026-12-30T17:30+03:00", "2026-12-30", "2027-01-19", "2027-01-29", "2027-02-12"),
        ("2026-12-31T12:00+03:00", "2027-01-11", "2027-01-20", "2027-02-01", "2027-02-15"),
        ("2027-01-10T23:59+03:00", "2027-01-11", "2027-01-20", "2027-02-01", "2027-02-15"),
        ("2025-12-30T12:00+03:00", "2025-12-30", "2026-01-20", "2026-01-30", "2026-02-13"),
        # May holidays, with short days before them
        ("2026-04-30T16:59+03:00", "2026-04-30", "2026-05-13", "2026-05-25", "2026-06-08"),
        ("2026-04-30T17:00+03:00", "2026-05-04", "2026-05-14", "2026-05-26", "2026-06-09"),
        ("2026-05-09T10:00+03:00", "2026-05-12", "2026-05-21", "2026-06-02", "2026-06-17"),
        ("2027-04-30T17:30+03:00", "2027-05-04", "2027-05-14", "2027-05-26", "2027-06-09"),
        ("2027-05-07T17:30+03:00", "2027-05-07", "2027-05-19", "2027-05-31", "2027-06-15"),
        # a worked Saturday, as short as the Monday for which it is worked
        ("2027-02-20T16:00+03:00", "2027-02-20", "2027-03-04", "2027-03-17", "2027-03-31"),
        ("2027-02-20T17:10+03:00", "2027-02-24", "2027-03-05", "2027-03-18", "2027-04-01"),
        # the zone of the sender's Date changes nothing
        ("2026-11-27T19:30+12:00", "2026-11-27", "2026-12-08", "2026-12-18", "2027-01-12"),
        ("2026-11-28T02:59+12:00", "2026-11-27", "2026-12-08", "2026-12-18", "2027-01-12"),
        ("2026-11-28T03:00+12:00", "2026-11-30", "2026-12-09", "2026-12-21", "2027-01-13"),
        ("2026-11-27T16:59+02:00", "2026-11-27", "2026-12-08", "2026-12-18", "2027-01-12"),
        ("2026-11-27T17:00+02:00", "2026-11-30", "2026-12-09", "2026-12-21", "2027-01-13"),
    ],
)
def test_the_table_of_arrivals_at_a_desk_in_moscow(
    arrived: str, registered: str, due: str, limit: str, extended: str
) -> None:
    day = registration_day(datetime.fromisoformat(arrived), DESK, "Europe/Moscow")
    claim = expect(Task("claim"), registered_on=day, workload=Workload(), norms=Norms(), calendar=DESK, language="ru")
    endless = Workload(answer_days={"claim": 99})
    longest = expect(Task("claim"), registered_on=day, workload=endless, norms=Norms(), calendar=DESK, language="ru")
    found = (day, claim.due, longest.due, extended_due(day, DESK))
    assert [each.isoformat() for each in found] == [registered, due, limit, extended]


@pytest.mark.parametrize(
    ("zone", "registered"),
    [
        ("Europe/Kaliningrad", "2026-11-27"),  # 17:30 there
        ("Europe/Moscow", "2026-11-30"),  # 18:30
        ("Europe/Samara", "2026-11-30"),
        ("Asia/Yekaterinburg", "2026-11-30"),
        ("Asia/Omsk", "2026-11-30"),
        ("Asia/Krasnoyarsk", "2026-11-30"),
        ("Asia/Irkutsk", "2026-11-30"),  # 23:30
        ("Asia/Yakutsk", "2026-11-30"),  # 00:30 on Saturday
        ("Asia/Vladivostok", "2026-11-30"),
        ("Asia/Magadan", "2026-11-30"),
        ("Asia/Kamchatka", "2026-11-30"),
    ],
)
def test_an_instant_is_judged_in_the_zone_of_the_desk(zone: str, registered: str) -> None:
    arrived = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    assert registration_day(arrived, CALENDAR, zone).isoformat() == registered
    for sender in (KALININGRAD, MOSCOW, KAMCHATKA):
        assert registration_day(arrived.astimezone(sender), CALENDAR, zone).isoformat() == registered


@pytest.mark.parametrize(
    ("arrived", "seen", "counts"),
    [
        ("2026-11-27T12:00", "2026-11-27T12:00", "2026-11-27T12:00"),
        ("2026-11-27T12:00", "2026-11-28T02:00", "2026-11-27T12:00"),  # seen at night, arrived by day
        ("2026-11-27T12:00", "2026-11-30T17:59", "2026-11-27T12:00"),  # seen on the next working day
        ("2026-11-27T12:00", "2026-11-30T18:00", "2026-11-30T18:00"),  # after it: registered too late for that
        ("2026-11-27T19:00", "2026-12-01T10:00", "2026-11-27T19:00"),  # of Monday, seen on Tuesday
        ("2026-12-30T12:00", "2027-01-11T10:00", "2026-12-30T12:00"),  # over New Year
        ("2026-04-29T12:00", "2026-05-04T10:00", "2026-05-04T10:00"),
        ("2020-01-09T12:00", "2026-11-27T12:00", "2026-11-27T12:00"),  # old mail that a person put there
        ("2030-01-09T12:00", "2026-11-27T12:00", "2026-11-27T12:00"),  # a server's clock that is ahead
    ],
)
def test_time_counts_from_the_arrival_as_long_as_the_law_lets_a_registration_wait(
    arrived: str, seen: str, counts: str
) -> None:
    first, second, expected = (datetime.fromisoformat(f"{each}+03:00") for each in (arrived, seen, counts))
    assert counts_from(first, second, DESK, "Europe/Moscow") == expected


def test_what_comes_outside_the_hours_is_registered_when_the_day_begins() -> None:
    nine = datetime(2026, 11, 24, 9, tzinfo=MOSCOW)
    for arrived in (nine - timedelta(hours=14), nine - timedelta(hours=6), nine):
        assert registration_time(arrived, DESK, "Europe/Moscow") == nine
    noon = nine + timedelta(hours=3)
    assert registration_time(noon, DESK, "Europe/Moscow") == noon


def test_an_extension_is_told_on_the_morning_of_the_last_working_day_before_the_promise() -> None:
    assert last_safe_day(date(2026, 12, 2), CALENDAR) == date(2026, 12, 1)
    assert last_safe_day(date(2027, 1, 11), CALENDAR) == date(2026, 12, 30)
    assert last_safe_day(date(2027, 2, 24), CALENDAR) == date(2027, 2, 20)
    assert last_safe_morning(date(2026, 11, 30), DESK, "Asia/Kamchatka") == datetime(2026, 11, 27, 9, tzinfo=KAMCHATKA)
    assert extended_due(date(2026, 11, 23), CALENDAR, 30) == date(2027, 1, 13)


def test_a_date_at_the_end_of_time_breaks_nothing() -> None:
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert registration_day(end, DESK, "Asia/Kamchatka")
    assert registration_day(datetime(1, 1, 1, tzinfo=UTC), DESK, "America/New_York")
    assert CALENDAR.add(date.max, 15)
    assert CALENDAR.before(date.min)
    assert CALENDAR.doubt(date.max)


def test_the_owner_overrides_the_calendar_both_ways() -> None:
    calendar = WorkCalendar(working=frozenset({date(2026, 11, 7)}), off=frozenset({date(2026, 11, 9)}))
    assert calendar.add(date(2026, 11, 6), 1) == date(2026, 11, 7)
    assert calendar.add(date(2026, 11, 7), 1) == date(2026, 11, 10)


def test_a_year_without_a_decree_is_doubted_in_time_until_the_owner_writes_it_down() -> None:
    year = last_decreed_year() + 1
    assert CALENDAR.doubt(date(year - 1, 10, 1)) is None
    doubt = CALENDAR.doubt(date(year - 1, 11, 15))
    assert doubt is not None
    assert str(year) in doubt.ru
    assert WorkCalendar(off=frozenset({date(year, 12, 29)})).doubt(date(year - 1, 11, 15)) is None


def test_the_calendar_file_is_read_with_dates_and_hours() -> None:
    text = (
        'working: [2026-11-07]\noff:\n  - 2026-11-05\nday_begins: "08:30"\nday_ends: "17:30"\nshort_day_ends: "16:30"\n'
    )
    calendar = load_calendar(text, "calendar.yaml")
    days = frozenset({date(2026, 11, 7)}), frozenset({date(2026, 11, 5)})
    assert calendar == WorkCalendar(*days, time(17, 30), time(8, 30), time(16, 30))
    assert load_calendar("# nothing\n", "calendar.yaml") == WorkCalendar()


def test_every_error_of_the_calendar_file_is_told_at_once_with_its_place() -> None:
    text = "working: [2026-13-01, 2026-11-07]\nof: []\noff: [2026-11-07, 5]\nday_ends: 25\n"
    with pytest.raises(Problems) as caught:
        load_calendar(text + 'day_begins: "10:00"\nshort_day_ends: "09:00"\n', "calendar.yaml")
    places = [str(problem.place) for problem in caught.value.problems]
    assert places == [
        "calendar.yaml:1:11",
        "calendar.yaml:2:1",
        "calendar.yaml:3:7",
        "calendar.yaml:3:19",
        "calendar.yaml:4:11",
        "calendar.yaml:6:17",
    ]
    assert 'did you mean "off"' in str(caught.value)
