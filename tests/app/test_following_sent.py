"""The folder of sent mail: support's answers are known before the customer's next letter is judged."""

from datetime import UTC, datetime, timedelta

import pytest
from app.desk import Desk, until
from app.following_desk import Mailroom, answer, nameless, question

NOW = datetime.now(UTC)
FINAL = "Деньги вернуть нельзя. Это решение окончательное."


@pytest.fixture
def room(desk: Desk) -> Mailroom:
    return Mailroom(desk)


@pytest.fixture
def quick_room(quick_desk: Desk) -> Mailroom:
    return Mailroom(quick_desk)


def test_an_answer_joins_its_conversation_and_stops_the_clock_and_stays_where_it_is(room: Mailroom) -> None:
    asked = question()
    room.desk.put(asked)
    room.once()
    assert room.standing() == [("open", 1, 0)]
    room.sent(answer(asked))
    room.once(2)
    assert room.standing() == [("open", 0, 1)]
    assert room.lies("Sent") == 1
    assert room.desk.rows("select count(*), count(conversation_id) from message") == [(2, 2)]


def test_what_this_program_sent_is_no_answer_of_a_person(room: Mailroom) -> None:
    room.desk.put(question())
    room.once()
    room.sent(room.desk.smtp.received[0].octets)
    bare = b"\r\n".join(
        line for line in room.desk.smtp.received[0].octets.split(b"\r\n") if not line.startswith(b"X-Mailtriage")
    )
    room.sent(bare)
    room.once(2)
    assert room.standing() == [("open", 1, 0)]
    assert room.desk.rows("select count(*) from message") == [(1,)]


def test_an_outage_is_caught_up_in_the_order_of_arrival(room: Mailroom) -> None:
    asked, nudge = question(), question("Как мне пополнить кошелёк через терминал? Жду.", subject="Ещё раз")
    hours = [NOW - timedelta(hours=ago) for ago in (5, 3, 1)]
    with room.client() as client:
        client.append("INBOX", asked, msg_time=hours[0])
        client.append("INBOX", nudge, msg_time=hours[2])
    room.sent(answer(asked, FINAL), hours[1])
    room.once()
    query = "select direction, verdict, reason from message order by id"
    assert room.desk.rows(query)[:2] == [("incoming", "accept", None), ("outgoing", None, None)]
    assert room.desk.rows(query)[2][:2] != ("outgoing", None)
    assert room.desk.rows("select final from message order by id")[1] == (1,)


def test_years_of_old_mail_are_not_fetched(room: Mailroom) -> None:
    for days in (900, 400, 31 + 2):
        room.sent(answer(question(), f"{days} дней назад"), NOW - timedelta(days=days))
    room.sent(answer(question(), "Вчера"), NOW - timedelta(days=1))
    room.once(2)
    assert room.desk.rows("select count(*) from message") == [(1,)]


def test_the_first_day_can_be_configured(quick_room: Mailroom) -> None:
    room = quick_room
    room.write(mailbox={"sent_since": (NOW - timedelta(days=500)).date().isoformat()})
    for days in (900, 400, 40):
        room.sent(answer(question(), f"{days} дней назад"), NOW - timedelta(days=days))
    room.once(2)
    assert room.desk.rows("select count(*) from message") == [(2,)]


def test_a_keyword_marks_a_final_decision_also_when_it_is_set_later(room: Mailroom) -> None:
    asked = question()
    room.desk.put(asked)
    room.once()
    room.sent(answer(asked))
    room.once()
    with room.client() as client:
        client.select_folder("Sent")
        client.add_flags(client.search(), ["Final"])
    room.once(2)
    assert room.standing() == [("decided", 0, 1)]
    assert room.desk.actions().count("decisions_marked") == 1


def test_what_lies_there_is_believed_whatever_stands_in_its_header(quick_room: Mailroom) -> None:
    room = quick_room
    room.write(authserv_id="mx.1cupis.ru")
    asked = question()
    room.desk.put(asked)
    room.once()
    room.sent(answer(asked, "Это письмо создано автоматически.", sender="Анна <anna@other.example>"))
    room.once()
    assert room.standing() == [("open", 0, 1)]


def test_an_absence_note_of_supports_own_client_answers_nobody(quick_room: Mailroom) -> None:
    room = quick_room
    asked = question()
    room.desk.put(asked)
    room.once()
    room.sent(answer(asked, "Я в отпуске.", Auto_Submitted="auto-replied"))
    room.once(2)
    assert room.standing() == [("open", 1, 0)]
    assert room.lies("Sent") == 1


def test_a_missing_folder_is_told_once_and_found_when_it_is_made(quick_room: Mailroom) -> None:
    room, asked = quick_room, question()
    with room.desk.serving():
        room.desk.put(asked)
        until(lambda: room.told() == ["ack"])
        room.sent(answer(asked))
        until(lambda: room.standing() == [("open", 0, 1)])
    assert room.desk.actions().count("sent_folder_missing") == 1


def test_the_running_daemon_follows_what_people_move(room: Mailroom) -> None:
    with room.desk.serving():
        room.desk.put(nameless())
        until(lambda: room.told() == ["reject:anonymous"] and room.lies("Triage/Rejected/anonymous"))
        room.drag("Triage/Rejected/anonymous", "Triage/claim")
        until(lambda: room.told() == ["reject:anonymous", "restored"])
    assert room.rulings() == [("mailbox", "accept", None, "claim")]
