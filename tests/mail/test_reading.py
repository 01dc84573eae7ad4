"""A reading crosses a pipe unchanged, and one without a body says why."""

import pytest
from pydantic import ValidationError

from mailtriage.language.tenor import tenor
from mailtriage.mail.reading import ReadOptions, dump, load, read, read_headers

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
HEAD = "From: Ivan <ivan@mail.example>\r\nTo: help@centre.example\r\nSubject: вопрос\r\n"


def test_a_reading_survives_the_round_trip() -> None:
    reading = read((HEAD + "\r\nКогда придут деньги на карту?").encode(), OPTIONS)
    assert load(dump(reading)) == reading
    assert reading.language == "ru"
    assert reading.legible


@pytest.mark.parametrize("text", ["Верните деньги! Карта 4276 1234 5678 9010. Вход уже работает, спасибо.", ""])
def test_a_reading_tells_what_its_words_and_files_say_and_ask(text: str) -> None:
    file = "Прошу закрыть кошелёк. Карта 4276123456789010."
    parts = [
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        f"Content-Type: text/plain; charset=utf-8; name=a.txt\r\nContent-Disposition: attachment\r\n\r\n{file}\r\n",
    ]
    mail = HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + "--b\r\n".join(parts) + "--b--\r\n"
    reading = read(mail.encode(), OPTIONS)
    found = reading.tenor
    assert found == tenor("вопрос", text, file)
    assert found is not None
    assert ("Верните" in found.said) == bool(text)
    assert ("закрыть" in found.asked) == (not text)
    assert "9010" in found.said
    assert "1234" not in found.said


@pytest.mark.parametrize("control", [b"\0", b"\x07", b"\x1b", b"\r", b"\x7f", "\u2028".encode(), "\u2029".encode()])
@pytest.mark.parametrize(
    "field",
    [
        b"Message-ID: <a%b@b.example>", b"Message-ID: a%b@b.example", b"In-Reply-To: <a%b@b.example>",
        b"References: <a@b.example> <c%b@d.example>", b"Return-Path: <a%b@b.example>", b"Return-Path: a%b",
        b"From: Iv%ban <iv%ban@mail.exam%bple>", b"Reply-To: iv%ban@mail.example", b'To: "a%bb"@mail.example',
        b"List-Id: <ne%bws.example>", b"Subject: =?utf-8?q?a=00%b?=", b"X-Mailtriage-Number: 26-%b1",
        b"X-Failed-Recipients: a%b@b.example",
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;a%bb@b.example\r\nAction: failed",
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nOriginal-Message-ID: <a%b@b.example>",
    ],
)  # fmt: skip
def test_a_control_character_in_the_header_leaves_a_reading_that_is_believed(field: bytes, control: bytes) -> None:
    reading = read(field.replace(b"%b", control) + b"\r\n\r\nx\r\n", OPTIONS)
    assert load(dump(reading)) == reading


def test_what_is_no_reading_is_refused() -> None:
    with pytest.raises(ValidationError):
        load(b'{"message": 5}')


def test_english_is_answered_in_english() -> None:
    reading = read((HEAD + "\r\nHello, when will my withdrawal arrive? It has been three days now.").encode(), OPTIONS)
    assert reading.language == "en"


def test_a_footer_alone_cannot_be_read() -> None:
    reading = read((HEAD + "\r\n\r\n--\r\nОтправлено из Яндекс Почты для мобильных").encode(), OPTIONS)
    assert not reading.legible
    assert reading.illegible_because == ("письмо: текста нет",)


def test_headers_alone_carry_the_reason() -> None:
    reading = read_headers(HEAD.encode(), OPTIONS, "over the size limit")
    assert "over the size limit" in reading.message.defects
    assert reading.message.subject == "вопрос"
    assert load(dump(reading)) == reading
