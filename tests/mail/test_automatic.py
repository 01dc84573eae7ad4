"""Robots of every kind told from people who only write about them."""

import pytest

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse, parse_header

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))


def mail(
    head: str = "", body: str = "Добрый день", *, sender: str = "Иван <ivan@mail.example>", subject: str = "вопрос"
) -> bytes:
    lines = [f"From: {sender}", "To: help@centre.example", f"Subject: {subject}", *filter(None, [head])]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def report(kind: str, media: str, fields: str) -> bytes:
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary="b"'
    returned = (
        "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@centre.example>\r\nSubject: s\r\n\r\ntext\r\n"
    )
    note = "--b\r\nContent-Type: text/plain\r\n\r\nnote\r\n"
    return mail(
        head,
        f"{note}--b\r\nContent-Type: {media}\r\n\r\n{fields}\r\n{returned}--b--\r\n",
    )


def test_a_delivery_status_is_read_into_its_fields() -> None:
    fields = "Reporting-MTA: dns; a\r\n\r\n"
    fields += "Original-Recipient: rfc822;me@mail.example\r\nFinal-Recipient: rfc822; x@relay.example\r\n"
    fields += "Action: failed\r\nStatus: 5.1.1\r\n"
    found = parse(report("delivery-status", "message/delivery-status", fields), OPTIONS).automatic
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", ("me@mail.example",), True)
    assert found.original_message_id == "<ours@centre.example>"


@pytest.mark.parametrize(
    ("action", "kind", "permanent"),
    [("delayed", "bounce", False), ("delivered", "receipt", None), ("relayed", "receipt", None)],
)
def test_late_is_a_bounce_and_delivered_is_a_receipt(action: str, kind: str, permanent: bool | None) -> None:  # noqa: FBT001 - a table
    fields = f"Reporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; x@mail.example\r\nAction: {action}\r\n"
    found = parse(report("delivery-status", "message/delivery-status", fields), OPTIONS).automatic
    assert (found.kind, found.permanent) == (kind, permanent)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (
            report(
                "disposition-notification",
                "message/disposition-notification",
                "Disposition: manual-action; displayed\r\n",
            ),
            "receipt",
        ),
        (report("feedback-report", "message/feedback-report", "Feedback-Type: abuse\r\n"), "report"),
        (mail("Auto-Submitted: auto-replied"), "auto_reply"),
        (mail("X-Autoreply: yes"), "auto_reply"),
        (mail("List-Id: <news.shop.example>"), "list"),
        (mail("List-Unsubscribe: <mailto:u@shop.example>\r\nPrecedence: bulk"), "list"),
        (mail("X-Mailtriage-Loop: help@centre.example"), "loop"),
        (mail(sender="help@centre.example"), "loop"),
        (
            mail(
                "Return-Path: <>",
                "Ящик x@y.example переполнен",
                sender="postmaster@y.example",
                subject="Недоставленное сообщение",
            ),
            "bounce",
        ),
        (mail("Return-Path: <>", "какой-то текст"), "auto_reply"),
        (
            mail(body="Я в отпуске до 20 августа. По срочным вопросам пишите на коллег.", subject="Re: ваш вопрос"),
            "auto_reply",
        ),
        (
            mail(
                body="I am out of the office until Monday and will reply when I return.",
                subject="Automatic reply: request",
            ),
            "auto_reply",
        ),
        (
            mail(
                body="Ваше обращение зарегистрировано под номером 5512.",
                sender="noreply@desk.example",
                subject="[Ticket#5512] вопрос",
            ),
            "auto_reply",
        ),
        (mail(body="Ваше сообщение было прочитано 10.08.2026 14:00", subject="Прочитано: ответ"), "receipt"),
    ],
)
def test_robots_are_known(octets: bytes, kind: str) -> None:
    found = parse(octets, OPTIONS).automatic
    assert found.kind == kind
    assert found.because


@pytest.mark.parametrize(
    "octets",
    [
        mail("Auto-Submitted: no"),
        mail("Precedence: bulk", "Здравствуйте, где мои деньги?"),
        mail(
            body="Я была в отпуске и не видела ваш запрос. Верните деньги на карту, я вернусь к вопросу позже.",
            subject="Re: вопрос",
        ),
        mail(
            body="Ваше письмо мне не доставлено, пришла ошибка 550. Пришлите ответ на этот адрес.",
            subject="письмо не доставлено",
        ),
        mail(body="Почему не читаете мои письма? Прочитано же!", subject="прочитайте письмо"),
        mail(body="Меня нет в офисе банка, когда вы звоните. Верните перевод на счёт.", subject="звонки"),
        mail("Return-Path: <ivan@mail.example>", "Обращение № 5512 вы так и не рассмотрели, почему?"),
    ],
)
def test_a_person_who_writes_about_such_things_is_a_person(octets: bytes) -> None:
    assert parse(octets, OPTIONS).automatic.kind is None


def test_what_a_relay_sends_is_its_customers() -> None:
    options = ReadOptions(own_addresses=("help@centre.example",), relay_senders=("form@centre.example",))
    message = parse(
        mail("Auto-Submitted: auto-generated\r\nReply-To: Ivan <ivan@mail.example>", sender="form@centre.example"),
        options,
    )
    assert message.automatic.kind is None
    assert message.sender.address == "ivan@mail.example"


def test_the_header_alone_is_enough_for_the_plain_cases() -> None:
    message = parse_header(mail("Auto-Submitted: auto-replied"), OPTIONS)
    assert message.automatic.kind == "auto_reply"
    assert message.subject == "вопрос"
