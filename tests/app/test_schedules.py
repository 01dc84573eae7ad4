"""What runs each morning, on a real store and a real SMTP server, with a clock that is an argument."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from app.desk import Desk
from app.office import CALENDAR, LEAD, ZONE, Office

from mailtriage.commands.conversation_lines import lines
from mailtriage.reply.deadline import last_safe_day


@pytest.fixture
def office(quick_desk: Desk) -> Iterator[Office]:
    quick_desk.write(leads=[f"Старший смены <{LEAD}>"])
    with quick_desk.parts() as parts:
        yield acknowledged(Office(quick_desk, parts))


def acknowledged(office: Office) -> Office:
    """The office with one claim of Anna's, whose acknowledgement has left."""
    office.receive("anna")
    office.deliver(datetime.now(UTC) + timedelta(minutes=1))
    return office


def extensions(office: Office) -> list[EmailMessage]:
    return [m for m in office.sent("anna@mail.example") if "больше времени" in text(m) or "дольше" in text(m)]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_the_customer_is_told_once_on_the_last_safe_morning_that_it_takes_longer(office: Office) -> None:
    before = office.due
    safe = last_safe_day(before, CALENDAR)
    office.morning(safe - timedelta(days=1))
    office.morning(safe, hour=8)
    assert office.due == before, "the morning has not come yet"
    office.morning(safe)
    assert office.due == CALENDAR.add(before, 10)
    [notice] = extensions(office)
    assert notice["Auto-Submitted"] == "auto-generated"
    assert "26-0000" in text(notice)
    assert str(office.due.day) in text(notice)
    shown = "\n".join(lines(office.parts.views.conversation("26-000001"), "Europe/Moscow"))
    assert f"Срок продлён {safe:%d.%m.%Y}, сначала обещали {before:%d.%m.%Y}" in shown
    for day in range(20):
        office.morning(safe + timedelta(days=day + 1))
    assert office.due == CALENDAR.add(before, 10), "once"
    assert len(extensions(office)) == 1


def test_a_day_that_was_missed_is_made_up_for_once_and_a_restart_repeats_nothing(office: Office) -> None:
    before, safe = office.due, last_safe_day(office.due, CALENDAR)
    now = office.morning(safe, hour=15)
    with office.desk.parts() as again:
        assert again.mornings.look(now + timedelta(minutes=1)) == ()
    assert office.due > before
    office.parts.mornings.look(now + timedelta(days=5))
    digests = office.desk.rows("select count(*) from outbox where kind = 'report' and event = 'digest'")
    assert digests == [(2,)], "one for the day, one for five days together"


def test_nobody_is_told_who_was_answered_or_cannot_be_written_to(office: Office) -> None:
    before, safe = office.due, last_safe_day(office.due, CALENDAR)
    office.desk.rows(
        f"insert into bounce (address, at, permanent) values ('anna@mail.example', '{safe} 00:00:00', 1)"  # noqa: S608 - ours
    )
    office.morning(safe)
    assert office.due == before, "a day that nobody was told is not put off"
    assert office.desk.rows("select status, last_error from outbox where event = 'extension'") == [
        ("suppressed", "bounced")
    ]
    office.morning(before)
    assert extensions(office) == []


def test_an_answered_conversation_is_not_extended(office: Office) -> None:
    before = office.due
    office.desk.rows("update conversation set waiting_since = null, answered_at = registered_at")
    office.morning(last_safe_day(before, CALENDAR))
    assert (office.due, extensions(office)) == (before, [])


def test_a_notice_that_could_not_leave_in_time_is_shown_and_the_day_holds_again(office: Office) -> None:
    before, safe = office.due, last_safe_day(office.due, CALENDAR)
    office.parts.mornings.look(datetime.combine(safe, time(9, 1), ZONE).astimezone(UTC))
    late = datetime.combine(before + timedelta(days=1), time(0, 30), ZONE).astimezone(UTC)
    office.deliver(late)
    [entry] = [each for each in office.parts.outbox.entries() if each.event == "extension"]
    assert (entry.status, entry.last_error) == ("buried", "not sent: the day that it promises has passed")
    office.morning(before + timedelta(days=1))
    assert office.due == before
    assert extensions(office) == []


def test_the_leads_read_what_is_overdue_and_how_things_stand(office: Office) -> None:
    before = office.due
    office.desk.rows("update conversation set extended_at = registered_at")
    office.morning(CALENDAR.add(before, 1))
    [overdue] = office.sent(LEAD, "просрочено")
    assert str(overdue["Subject"]) == "Поддержка: просрочено 1"
    assert "1 обращение без ответа после обещанного дня" in text(overdue)
    assert "№ 26-000001 срок" in text(overdue)
    [digest] = office.sent(LEAD, "сводка")
    told = text(digest)
    assert "просрочены 1" in told
    assert "принято 1" in told
    assert office.parts.rulebook.current.version in told
    assert "mail.example" not in str(digest), "nothing of a customer's"
    assert digest["X-Mailtriage-Loop"]


def test_without_leads_no_report_is_written(quick_desk: Desk) -> None:
    with quick_desk.parts() as parts:
        office = acknowledged(Office(quick_desk, parts))
        office.morning(office.due + timedelta(days=30))
        assert quick_desk.rows("select count(*) from outbox where kind = 'report'") == [(0,)]
        assert "conversations_overdue" in quick_desk.actions()


def test_a_step_that_fails_is_said_once_and_tried_again_while_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = True

    def calendar_is_gone(*_: object) -> None:
        if broken:
            raise OSError("gone")

    monkeypatch.setattr(office.parts.duty, "extend", lambda *_: calendar_is_gone() or [])
    now = datetime.now(UTC) + timedelta(days=1)
    assert office.parts.mornings.look(now) == ("overdue", "digest")
    assert office.parts.mornings.look(now + timedelta(minutes=1)) == ()
    broken = False
    assert office.parts.mornings.look(now + timedelta(minutes=2)) == ("extensions",)
    assert office.desk.actions().count("schedule_failed") == 1
