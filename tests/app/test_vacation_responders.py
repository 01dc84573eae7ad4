"""Vacation programs that answer each letter of ours, however plainly it says that a robot wrote it: one reply each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple

import pytest
from app.desk import OWN, Desk
from app.office import PEOPLE, Office


class Responder(NamedTuple):
    """How one kind of program answers."""

    marks: dict[str, str]
    """The headers by which it makes itself known."""
    subject: str
    """With {} for the subject of our letter."""
    text: str


RESPONDERS = dict(
    zip(
        PEOPLE,
        (
            # RFC 5230, as Sieve of Dovecot writes it.
            Responder({"Auto-Submitted": "auto-replied (vacation)"}, "Auto: {}", "Меня нет на месте до 5 числа."),
            # Exchange and Outlook.
            Responder(
                {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
                "Автоматический ответ: {}",
                "Я в отпуске, по срочным вопросам пишите коллегам.",
            ),
            # Gmail.
            Responder(
                {"Auto-Submitted": "auto-replied", "X-Autoreply": "yes", "Precedence": "bulk"},
                "Out of office Re: {}",
                "I am away until Monday and will answer when I am back.",
            ),
            # vacation(1) of the BSDs and its descendants.
            Responder({"Precedence": "junk"}, "away from my mail", "I read my mail again in May."),
            # A script that sets no mark at all, and quotes.
            Responder(
                {},
                "Re: {}",
                "Здравствуйте! Это автоматический ответ. Я получил ваше письмо и отвечу, когда вернусь из отпуска.\n\n"
                "> Мы получили ваше письмо.",
            ),
        ),
        strict=True,
    )
)  # fmt: skip


@pytest.fixture
def office(quick_desk: Desk) -> Iterator[Office]:
    with quick_desk.parts() as parts:
        yield Office(quick_desk, parts)


def answered(ours: EmailMessage, responder: Responder) -> bytes:
    """What the program writes to a letter of ours, threaded as programs do."""
    answer = EmailMessage()
    answer["From"], answer["To"] = str(ours["To"]), OWN
    answer["Subject"] = responder.subject.format(ours["Subject"])
    answer["Date"], answer["Message-ID"] = datetime.now(UTC), f"<answer-to-{ours['Message-ID'][1:]}"
    answer["In-Reply-To"] = answer["References"] = str(ours["Message-ID"])
    for name, value in responder.marks.items():
        answer[name] = value
    answer.set_content(responder.text)
    return answer.as_bytes()


def test_five_kinds_of_vacation_responders_get_one_reply_each(office: Office) -> None:
    for name in RESPONDERS:
        office.receive(name)
    carried: dict[str, int] = dict.fromkeys(RESPONDERS, 0)
    now = datetime.now(UTC) + timedelta(minutes=1)
    for _ in range(3):
        office.deliver(now)
        for name, responder in RESPONDERS.items():
            news = office.sent(f"{name}@mail.example")[carried[name] :]
            carried[name] += len(news)
            office.desk.put(*(answered(ours, responder) for ours in news))
        office.receive_all()
    office.deliver(now)
    assert carried == dict.fromkeys(RESPONDERS, 1)
    assert len(office.desk.smtp.received) == len(RESPONDERS)
    robots = office.desk.rows("select verdict, count(*) from message where message_id like '<answer-to-%' group by 1")
    assert robots == [("skip", len(RESPONDERS))]
