"""After a clock that was years ahead: nobody is taken for a repeat, answered with a wrong date or forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from app.desk import Desk
from app.office import Office

from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading

CLAIM = "Перевёл 990 рублей, деньги не зачислены. Верните их, пожалуйста, на кошелёк."
AHEAD = datetime(2038, 1, 19, 9, tzinfo=UTC)


class Clock:
    """What the desk's clock shows, until it jumps."""

    now = AHEAD

    def __call__(self, _raw: RawMessage, _reading: Reading) -> datetime:
        """Of any message."""
        return self.now


@pytest.fixture
def office(quick_desk: Desk) -> Iterator[Office]:
    with quick_desk.parts() as parts:
        parts.clock = Clock()
        yield Office(quick_desk, parts)


def at(office: Office, now: datetime) -> None:
    """From now on it is then."""
    assert isinstance(office.parts.clock, Clock)
    office.parts.clock.now = now


def lines(office: Office) -> list[tuple[str, str | None, str]]:
    columns = "select m.verdict, m.reason, c.number from message m join conversation c on c.id = m.conversation_id"
    return office.desk.rows(f"{columns} where m.verdict is not null order by m.id")


def test_what_it_stamped_is_near_to_nothing_and_numbers_go_on(office: Office) -> None:
    now = datetime.now(UTC)
    year = f"{now:%y}"
    at(office, AHEAD)
    office.receive("anna", CLAIM)
    at(office, now)
    office.receive("anna", CLAIM)
    office.receive("anna", "Напоминаю. " + CLAIM)
    at(office, AHEAD + timedelta(days=1))
    office.receive("boris", CLAIM)
    at(office, now + timedelta(minutes=1))
    office.receive("boris", CLAIM)
    assert lines(office) == [
        ("accept", None, "38-000001"),
        ("accept", None, f"{year}-000001"),
        ("reject", "repeat", f"{year}-000001"),
        ("accept", None, "38-000002"),
        ("accept", None, f"{year}-000002"),
    ]


def test_its_letters_wait_for_a_person_and_its_messages_for_nobody(office: Office) -> None:
    now = datetime.now(UTC)
    at(office, AHEAD)
    office.receive("anna", CLAIM)
    at(office, now)
    office.receive("anna", CLAIM)
    office.deliver(now + timedelta(minutes=1))
    states = office.desk.rows("select kind, status, last_error from outbox order by kind, id")
    assert states == [
        ("move", "done", None),
        ("move", "done", None),
        ("reply", "buried", "not sent: the clock was ahead when it was written"),
        ("reply", "done", states[3][2]),
    ]
    [acknowledged] = office.sent("anna@mail.example")
    assert f"{now:%y}-000001" in str(acknowledged["Subject"])


def test_what_left_while_it_was_ahead_does_not_use_up_a_customers_share(quick_desk: Desk) -> None:
    quick_desk.write(limits={"replies_per_day": 3})
    with quick_desk.parts() as parts:
        parts.clock = Clock()
        _write_four_times(Office(quick_desk, parts))


def _write_four_times(office: Office) -> None:
    for text in ("Перевёл 990 рублей, деньги не зачислены.", "Как закрыть кошелёк?", "Почему не работает приложение?"):
        office.receive("anna", text)
        office.deliver(AHEAD + timedelta(minutes=1))
    assert len(office.sent("anna@mail.example")) == 3
    now = datetime.now(UTC)
    at(office, now)
    office.receive("anna", "Хочу сменить номер телефона в личном кабинете. Что для этого нужно?")
    office.deliver(now + timedelta(minutes=1))
    assert len(office.sent("anna@mail.example")) == 4


def test_a_conversation_that_it_stamped_is_continued_by_name_and_is_near_again(office: Office) -> None:
    now = datetime.now(UTC)
    at(office, AHEAD)
    office.receive("anna", CLAIM)
    at(office, now)
    office.receive("anna", f"По обращению № 38-000001: оператор ответил, что {CLAIM} Номер операции 8812006655.")
    office.receive("anna", CLAIM)
    assert lines(office)[1:] == [("accept", None, "38-000001"), ("reject", "repeat", "38-000001")]
