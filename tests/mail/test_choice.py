"""Which reader is believed about a field: mail-parser, and where it loses something, our own."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import mailparser
import pytest

from mailtriage.mail.choice import DIFFERENT_SENDERS, Fields, why_ours
from mailtriage.mail.library import LibraryReading, library_reading
from mailtriage.mail.message import Address, Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse, parse_header
from mailtriage.mail.structure import walk

OPTIONS = ReadOptions()
PLAIN = (
    "From: =?utf-8?b?0JDQvdC90LA=?= <anna@b.example>\r\nTo: Team: x@d.example, =?utf-8?q?=D0=AF?= <y@d.example>;\r\n"
    "Subject: Re:\r\n =?utf-8?b?0J/Qu9Cw0YLRkdC2?=\r\n 42\r\nDate: Mon, 10 Aug 2026 14:43:41 +0300\r\n"
    "Message-ID: <1@b.example>\r\nReferences: <2@d.example>\r\n\t<3@d.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nГде деньги?\r\n"
).encode()


def read_by_library(octets: bytes) -> LibraryReading:
    return library_reading(octets, walk(octets, OPTIONS)[0])


def read_field(name: str, value: bytes) -> Message:
    return parse(name.encode() + b": " + value + b"\r\n\r\n", OPTIONS)


def test_mail_parser_reads_every_field_that_holds_words_and_the_text_of_a_plain_message() -> None:
    reading = read_by_library(PLAIN)
    assert reading.subject == "Re: Платёж 42"
    assert reading.sender == (Address("Анна", "anna@b.example"),)
    assert reading.to == (Address("", "x@d.example"), Address("Я", "y@d.example"))
    assert reading.sent_at == datetime(2026, 8, 10, 11, 43, 41, tzinfo=UTC)
    assert reading.text is not None
    assert reading.text.strip() == "Где деньги?"


def test_its_word_is_what_the_message_says() -> None:
    header = walk(PLAIN, OPTIONS)[0].header
    fields = Fields(header, LibraryReading(subject="its word", sender=(Address("its", "word@b.example"),)))
    assert fields.subject() == "its word"
    assert fields.senders() == (Address("its", "word@b.example"),)
    assert fields.message_id() == "<1@b.example>"


def test_both_readers_agree_about_a_plain_message() -> None:
    whole, alone = parse(PLAIN, OPTIONS), parse_header(PLAIN, OPTIONS)
    for name in ("sender", "to", "subject", "sent_at"):
        assert getattr(whole, name) == getattr(alone, name)
    assert (whole.message_id, whole.references) == ("<1@b.example>", ("<2@d.example>", "<3@d.example>"))
    assert whole.defects == ()


@pytest.mark.parametrize(
    "value",
    [
        "Привет".encode("koi8-r"),
        "Привет".encode(),
        b"a\x1b$B",
        b"a" * 5000,
        b"=?utf-8?q?half",
        b"=?utf-8?b?0J/RgNC40LLQtdE=?= =?utf-8?b?gg==?=",
        b"=?koi8-r*ru?b?8NLJ18XU?=",
        b"=?x-nothing?q?abc?=",
        b"=?base64?q?YWJj?=",
        b"=?windows-1251?b?" + b64encode("Верните деньги за заказ".encode("koi8-r")) + b"?=",
    ],
)
def test_octets_that_it_would_lose_are_read_by_us(value: bytes) -> None:
    assert why_ours((value,))


@pytest.mark.parametrize("value", [b"plain", b"=?utf-8?q?=D0=AF?= and =?koi8-r?b?8NLJ18XUIM3J0iDEztE=?=", b"tab\there"])
def test_what_it_reads_well_is_left_to_it(value: bytes) -> None:
    assert why_ours((value,)) is None
    assert why_ours((value, value)) == "repeated"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Subject", "Верните деньги за заказ".encode("koi8-r"), "Верните деньги за заказ"),
        ("Subject", b"=?utf-8?b?0J/RgNC40LLQtdE=?= =?utf-8?b?gg==?=", "Привет"),
        ("Subject", b"=?koi8-r*ru?b?8NLJ18XU?=", "Привет"),
        ("Subject", b"first\r\nSubject: second", "first"),
    ],
)
def test_our_reading_takes_over(name: str, value: bytes, expected: str) -> None:
    assert read_field(name, value).subject == expected


def test_a_display_name_that_it_leaves_encoded_is_decoded() -> None:
    assert read_field("From", b'"=?utf-8?q?=D0=AF?=" <a@b.example>').sender == Address("Я", "a@b.example")


@pytest.mark.parametrize(("zone", "minutes"), [("+0545", 345), ("-0330", -210), ("+1400", 840)])
def test_no_offset_is_rounded(zone: str, minutes: int) -> None:
    found = read_field("Date", f"Mon, 10 Aug 2026 14:43:41 {zone}".encode()).sent_at
    assert found is not None
    offset = found.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == minutes * 60


@pytest.mark.parametrize(
    "value",
    [
        b"<bank@a.example> <evil@b.example>",
        b"bank@a.example\r\nFrom: evil@b.example",
        b"bank@a.example;evil@b.example",
    ],
)
def test_a_sender_that_two_readers_see_differently_is_a_defect(value: bytes) -> None:
    assert DIFFERENT_SENDERS in read_field("From", value).defects


@pytest.mark.parametrize(
    "value",
    [
        b"Jane, Doe <a@b.example>",
        b"bank@a.example <a@b.example>",
        b"<a@b.example> (<bank@a.example>)",
        b'"a b"@b.example',
        b"a@B.Example, A@b.example",
        "Банк bank@a.example <a@b.example>".encode("windows-1251"),
        b"MAILER-DAEMON",
    ],
)
def test_odd_senders_that_both_read_alike_are_none(value: bytes) -> None:
    assert DIFFERENT_SENDERS not in read_field("From", value).defects


def test_an_address_in_a_comment_is_not_the_sender() -> None:
    for value in (b"<a@b.example> (<bank@a.example>)", "Я <a@b.example> (<bank@a.example>)".encode()):
        assert read_field("From", value).sender.address == "a@b.example"


def test_fields_behind_another_end_of_the_header_are_not_believed() -> None:
    # RFC 5322 2.2.3: a line of blanks alone ends our header, and folds the library's.
    message = parse(b"Subject: s\r\n \r\nFrom: evil@b.example\r\n\r\nx", OPTIONS)
    assert message.sender.address == ""
    assert DIFFERENT_SENDERS in message.defects


def test_a_text_that_was_cut_for_it_or_lies_is_read_by_us() -> None:
    head = b"Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    assert read_by_library(head + b"short").text == "short"
    assert read_by_library(head + b"a" * 5000).text is None
    assert read_by_library(head + "Привет".encode("koi8-r")).text is None
    assert parse(head + b"a" * 5000, OPTIONS).body.text == "a" * 5000
    assert parse(head + "Верните деньги".encode("koi8-r"), OPTIONS).body.text == "Верните деньги"


def test_a_message_that_breaks_it_is_read_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr(mailparser, "MailParser", broken)
    message = parse(PLAIN, OPTIONS)
    assert (message.subject, message.sender.address, message.body.text) == (
        "Re: Платёж 42",
        "anna@b.example",
        "Где деньги?",
    )
    assert message.defects == ("the skeleton could not be read: RecursionError",)
