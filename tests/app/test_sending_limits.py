"""What never leaves: too much, too late, in circles; and what becomes of a letter of which nobody knows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app.desk import Desk, letter
from app.office import Office
from app.program import mailtriage

from mailtriage.demo.imap import EmbeddedImap
from mailtriage.demo.smtp import EmbeddedSmtp, Script

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(quick_desk: Desk) -> Iterator[Office]:
    with quick_desk.parts() as parts:
        yield Office(quick_desk, parts)


def states(office: Office, kind: str = "reply") -> list[tuple[str, str | None]]:
    return office.desk.rows(f"select status, last_error from outbox where kind = '{kind}' order by id")  # noqa: S608 - ours


def soon() -> datetime:
    return datetime.now(UTC) + MINUTE


def test_too_many_in_an_hour_stop_all_replies_for_an_hour_and_they_resume_by_themselves(quick_desk: Desk) -> None:
    quick_desk.write(limits={"replies_per_hour": 2})
    with quick_desk.parts() as parts:
        office = Office(quick_desk, parts)
        quick_desk.smtp.script["anna@mail.example"] = Script(rcpt="451 4.7.1 greylisted")
        for name in ("anna", "boris", "vera", "gleb"):
            office.receive(name)
        now = soon()
        office.deliver(now)
        assert [status for status, _ in states(office)] == ["due", "done", "done", "due"], "what is put off counts not"
        office.deliver(now + HOUR - MINUTE)
        assert [status for status, _ in states(office)].count("done") == 2, "a restart does not shorten the hour"
        assert quick_desk.actions().count("replies_stopped") == 1
        assert parts.restraint.stopped_until(now + MINUTE) == now + HOUR
        office.receive("dina")
        quick_desk.smtp.script.clear()
        office.deliver(now + HOUR + MINUTE)
        assert [status for status, _ in states(office)].count("done") == 4
        assert quick_desk.actions().count("message_recorded") == 5


def test_the_outbox_tells_that_replies_stand_still(quick_desk: Desk) -> None:
    with quick_desk.parts() as parts:
        parts.take_store()
        now = datetime.now(UTC)
        parts.restraint.stop(now, now + 30 * MINUTE)
    assert "replies stand still until" in mailtriage("outbox", "list", "--config", quick_desk.config).err


def test_one_address_gets_its_share_of_a_day_whenever_its_replies_were_written(quick_desk: Desk) -> None:
    quick_desk.write(limits={"replies_per_day": 2})
    with quick_desk.parts() as parts:
        office = Office(quick_desk, parts)
        for text in ("Перевёл 990 рублей, деньги не зачислены.", "Как закрыть кошелёк?"):
            office.receive("anna", text)
        quick_desk.rows("update outbox set created_at = datetime(created_at, '-2 days') where kind = 'reply'")
        office.receive("anna", "Почему не работает приложение на телефоне?")
        office.deliver(soon())
    assert states(office) == [("done", states(office)[0][1]), ("done", states(office)[1][1]), ("suppressed", "rate")]


def test_who_bounced_while_a_reply_waited_gets_none(office: Office) -> None:
    office.receive("anna")
    now = soon()
    office.desk.rows(f"insert into bounce (address, at, permanent) values ('anna@mail.example', '{now:%F %T}', 1)")  # noqa: S608 - ours
    office.deliver(now + MINUTE)
    assert states(office) == [("suppressed", "bounced")]
    assert office.desk.smtp.received == []


def test_an_acknowledgement_that_would_promise_the_past_is_shown_and_a_person_may_send_it(office: Office) -> None:
    office.receive("anna")
    office.deliver(datetime.now(UTC) + 30 * DAY)
    assert states(office) == [("buried", "not sent: the day that it promises has passed")]
    office.parts.outbox.retry(office.parts.outbox.entries()[-1].id, datetime.now(UTC))
    office.deliver(datetime.now(UTC) + 30 * DAY)
    assert [status for status, _ in states(office)] == ["done"]


def test_a_letter_in_doubt_is_settled_by_its_copy_in_sent(office: Office) -> None:
    message_id = in_doubt(office)
    copy = f"From: support@1cupis.ru\r\nTo: anna@mail.example\r\nMessage-ID: {message_id}\r\n\r\nx\r\n".encode()
    with office.desk.mailbox() as mailbox:
        mailbox.ensure_folders(["Sent"])
    office.desk.put(copy, folder="Sent")
    office.receive("boris")
    assert states(office)[0] == ("done", "it left: a copy lies in the folder of sent mail")


def test_a_letter_in_doubt_is_settled_by_its_bounce(office: Office) -> None:
    message_id = in_doubt(office)
    office.desk.put(BOUNCE.replace("THE-LETTER", message_id).replace("\n", "\r\n").encode())
    office.receive("boris")
    assert states(office)[0] == ("done", "it left: a bounce of it came back")


def in_doubt(office: Office) -> str:
    """Let the connection die after the final dot; gives the Message-ID of the letter."""
    office.receive("anna")
    office.desk.smtp.script["anna@mail.example"] = Script(drop="data")
    office.deliver(soon())
    assert [status for status, _ in states(office)] == ["unconfirmed"]
    office.desk.smtp.script.clear()
    return str(office.parts.outbox.entries("unconfirmed")[0].reply_message_id)


def test_a_copy_of_what_left_lies_seen_in_sent_and_is_no_answer_of_support(quick_desk: Desk) -> None:
    imap = quick_desk.imap
    mailbox = {"name": "support", "host": imap.host, "port": imap.port, "tls": "none", "user": imap.user}
    quick_desk.write(mailboxes=[mailbox | {"password": f"file:{quick_desk.folder}/password", "copy_to_sent": True}])
    with quick_desk.parts() as parts:
        office = Office(quick_desk, parts)
        office.receive("anna")
        office.deliver(soon())
        assert len(quick_desk.uids("Sent")) == 1
        office.receive("boris")
        assert quick_desk.rows("select count(*) from message where verdict is null") == [(0,)]
        assert quick_desk.rows("select count(*) from conversation where answered_at is not null") == [(0,)]


ROBOTS = {
    "Автоответ: Деньги": "Здравствуйте! Я получил ваше письмо и отвечу позже.",
    "Out of office": "I am out of the office until Monday with limited access to email.",
    "Автоматический ответ: Деньги": "Меня не будет на рабочем месте до 5 числа. По срочным вопросам пишите коллегам.",
    "Я в отпуске": "Сейчас я в отпуске и не читаю почту. Отвечу, когда вернусь.",
    "Automatic reply: Re: Деньги": "Thank you for your message. This is an automated response.",
}


@pytest.mark.parametrize("subject", ROBOTS)
def test_a_robot_that_answers_our_reply_without_any_mark_is_not_answered_again(office: Office, subject: str) -> None:
    office.receive("anna")
    for _ in range(3):
        office.deliver(soon())
        office.desk.put(letter(ROBOTS[subject], sender="anna@mail.example", subject=subject))
        office.receive_all()
    office.deliver(soon())
    assert len(office.desk.smtp.received) == 1


def test_lists_and_our_own_address_are_never_answered(office: Office) -> None:
    listed = letter("Перевёл 990 рублей, деньги не зачислены. Пётр Ложкин", sender="list@mail.example")
    own = letter("Перевёл 990 рублей, деньги не зачислены. Пётр Ложкин", sender="support@1cupis.ru")
    office.desk.put(b"List-Id: <talk.mail.example>\r\nPrecedence: list\r\n" + listed, own)
    office.receive_all()
    office.deliver(soon())
    assert office.desk.smtp.received == []


def test_two_desks_that_face_each_other_end_after_one_reply(
    quick_desk: Desk, smtp_server: EmbeddedSmtp, tmp_path: Path
) -> None:
    other = "help@other-desk.ru"
    with EmbeddedImap() as imap:
        (tmp_path / "other").mkdir()
        second = Desk(tmp_path / "other", imap, smtp_server)
        sender = {"host": smtp_server.host, "port": smtp_server.port, "tls": "none", "from": f"Другая служба <{other}>"}
        second.write(own_addresses=[other], smtp=sender)
        quick_desk.put(letter("Перевёл 990 рублей, деньги не зачислены. Пётр Ложкин", sender=other))
        carried = 0
        for _ in range(3):
            for sending, receiving in ((quick_desk, second), (second, quick_desk)):
                sending.once()
                news = [each.octets for each in smtp_server.received[carried:]]
                carried += len(news)
                receiving.put(*news)
    assert carried == 1


BOUNCE = """From: Mail Delivery System <mailer-daemon@relay.example>
To: support@1cupis.ru
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@relay.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; anna@mail.example
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

From: support@1cupis.ru
To: anna@mail.example
Subject: Re
Message-ID: THE-LETTER
--b--
"""
