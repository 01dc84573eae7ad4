"""Header fields in the forms that RFC 2047, 2231, 5322 and 6531 do not allow, and clients write all the same."""

import base64
import time
from datetime import UTC, datetime

import pytest

from mailtriage.mail.authentication import authentication
from mailtriage.mail.dates import sent_at
from mailtriage.mail.encoded_words import decode_header
from mailtriage.mail.fields import parameters, split_header
from mailtriage.mail.headers import addresses, message_ids
from mailtriage.mail.message import Address
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

WORDS = "Проверка связи"
B = base64.b64encode(WORDS.encode()).decode()
TWICE = base64.b64encode(f"=?utf-8?B?{B}?=".encode()).decode()


@pytest.mark.parametrize(
    "value",
    [
        f"=?utf-8?B?{B}?=",
        f"=?utf-8?B?{B}",
        f"=?utf-8?B?{B}?",
        f"=?utf-8?B?{B} ?=",
        f"=? utf-8?B?{B}?=",
        f"=?utf-8 ?B?{B}?=",
        f"=?utf-8?B?{B[:8]}?= =?utf-8?B?{B[8:]}?=",
        f"=?utf-8?B?{B[:7]}?=\r\n\t=?utf-8?B?{B[7:]}?=",
        f"=?utf-8?B?{B[:10]}\r\n {B[10:]}?=",
        f"=?utf-8?B?{TWICE}?=",
        f"=?no-such-charset?B?{B}?=",
        f"=?utf-8*ru?B?{B}?=",
        f"=?koi8-r?B?{B}?=",
        "=?windows-1251?Q?" + "".join(f"={octet:02x}" for octet in WORDS.encode("windows-1251")) + "?=",
        "=?utf-8?Q?" + "".join(f"={octet:02X}" for octet in WORDS.encode()).replace("=20", " ") + "?=",
        "=?utf-8?Q?" + "".join(f"={octet:02X}" for octet in WORDS.encode()).replace("=20", "_") + "?=",
        "=?koi8-r?B?" + base64.b64encode(WORDS.encode("windows-1251")).decode() + "?=",
    ],
)
def test_a_broken_encoded_word_is_read(value: str) -> None:
    assert decode_header(value.encode()) == WORDS


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
def test_raw_octets_are_read_in_subjects_names_and_file_names(charset: str) -> None:
    message = parse(
        "From: Анна Смирнова <a@b.example>\r\nSubject: Проверка связи\r\nContent-Type: application/octet-stream;"
        ' name="Справка из банка.bin"\r\n\r\nx'.encode(charset),
        ReadOptions(),
    )
    assert message.sender == Address("Анна Смирнова", "a@b.example")
    assert message.subject == WORDS
    assert [file.filename for file in message.attachments] == ["Справка из банка.bin"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a/b; filename*0*=utf-8''%D1%87; filename*1*=%D0%B5; filename*2=\"k.txt\"", ("чеk.txt", "utf-8")),
        ("a/b; filename*1*=b; filename*0*=utf-8''a", ("ab", "utf-8")),
        ("a/b; filename=x; filename*=utf-8'ru'%D1%87.txt", ("ч.txt", "utf-8")),
        ("a/b; filename*=%D1%87.txt", ("ч.txt", None)),
        ("a/b; filename*=\"utf-8''%D1%87.txt\"", ("ч.txt", "utf-8")),
        ("a/b filename=x.txt", ("x.txt", None)),
        ("a/b;; filename=x.txt;", ("x.txt", None)),
        ('a/b; filename="unterminated', ("unterminated", None)),
        ("a/b; filename='x.txt'", ("x.txt", None)),
        (r'a/b; filename="C:\new\t.txt"', (r"C:\new\t.txt", None)),
        (r'a/b (c); filename="a\"b"', ('a"b', None)),
    ],
)
def test_parameters_are_read_however_they_are_cut(value: str, expected: tuple[str, str | None]) -> None:
    found = parameters(value.encode())
    octets, charset = found.values["filename"]
    assert (octets.decode(), charset) == expected
    assert found.token == "a/b"  # noqa: S105 - a media type


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("приход@ПРИМЕР.рф", [("", "приход@xn--e1afmkfd.xn--p1ai")]),
        ("почта@ПРИМЕР.рф", [("", "почта@xn--e1afmkfd.xn--p1ai")]),
        ("a@xn--e1afmkfd.xn--p1ai", [("", "a@xn--e1afmkfd.xn--p1ai")]),
        ("a @ b . example", [("", "a@b.example")]),
        ("joe(comment)@c.example", [("", "joe@c.example")]),
        ("i@m.example>", [("", "i@m.example")]),
        ("Ivan<<a@b.example>>", [("Ivan", "a@b.example")]),
        ("<@a,@b:joe@c.example>", [("", "joe@c.example")]),
        ('A: "x, y" <a@b.example>, B <b@b.example>;', [("x, y", "a@b.example"), ("B", "b@b.example")]),
        ("[mailto:i@m.example]", [("", "i@m.example")]),
        ('"joe blow"@c.example', [("", '"joe blow"@c.example')]),
    ],
)
def test_addresses_are_read_in_one_spelling(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address.rstrip("]")) for one in addresses(value.encode())] == expected


def test_the_customer_of_a_relay_stands_in_reply_to() -> None:
    octets = b"From: Form <form@site.example>\r\nReply-To: Anna <anna@a.example>\r\n\r\nx"
    assert parse(octets, ReadOptions(relay_senders=("FORM@site.example",))).sender.address == "anna@a.example"
    assert parse(octets, ReadOptions()).sender.address == "form@site.example"


def test_of_several_froms_the_first_with_an_address_counts() -> None:
    octets = b"From: Nobody\r\nFrom: Anna <anna@a.example>, Petr <p@a.example>\r\n\r\nx"
    assert parse(octets, ReadOptions()).sender.address == "anna@a.example"
    assert parse(b"From:\r\nSubject: s\r\n\r\nx", ReadOptions()).sender == Address("", "")
    assert parse(b"Subject: s\r\n\r\nx", ReadOptions()).sender == Address("", "")


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 10 Aug 2026 14:43:41 MSK",
        "Mon Aug 10 14:43:41 MSK 2026",
        "Mon, 10 Aug 26 14:43:41 +0300",
        "Пн, 10 авг 2026 14:43:41 +0300",
        "понедельник, 10 августа 2026 г., 14:43:41 (UTC+3)",
        "Mon, 10 Aug 2026 14:43:41 GMT+03:00",
        "Mon, (a) 10 (b) Aug 2026 14:43:41 +0300 (c (d))",
        "Mon, 10 Aug 2026 02:43:41 PM +0300",
        "10.08.26 14:43:41 +0300",
        "10/08/2026 14:43:41 +0300",
        "Mon,10 Aug 2026 14:43:41+0300",
        "Mon, 10 Aug 2026 11:43:41",
        "2026-08-10T14:43:41.123+03:00",
    ],
)
def test_dates_are_read_in_any_state(value: str) -> None:
    expected = datetime(2026, 8, 10, 11, 43, 41, tzinfo=UTC)
    assert sent_at(value.encode()) == expected
    assert parse(f"Date: {value}\r\n\r\nx".encode(), ReadOptions()).sent_at == expected


def test_midnight_may_be_the_end_of_a_day() -> None:
    assert sent_at(b"10 Aug 2026 24:00:00 +0000") == datetime(2026, 8, 11, tzinfo=UTC)
    assert sent_at(b"10 Aug 2026 00:00:00 +0000") == datetime(2026, 8, 10, tzinfo=UTC)


def test_references_are_read_as_clients_write_them_and_bounded() -> None:
    assert message_ids(b'"<a@b>",\r\n\t<c@d>;<e@f> <a@b>') == ("<a@b>", "<c@d>", "<e@f>")
    many = message_ids(b" ".join(b"<%d@x>" % number for number in range(5000)))
    assert len(many) <= 200
    assert many[-1] == "<4999@x>"


def test_a_result_in_the_senders_own_words_is_none() -> None:
    header = split_header(
        b'Authentication-Results: mx.ours.example;\r\n spf=fail smtp.mailfrom="x; dmarc=pass"@evil.example;\r\n'
        b" dkim=none (a (b; dmarc=pass) ; dmarc=pass)\r\n\r\n"
    )
    found = authentication(header, "MX.ours.example", "bank.example")
    assert (found.dkim, found.spf, found.dmarc, found.aligned) == ("none", "fail", None, False)


def test_blank_folds_go_on_and_blank_lines_end_the_header() -> None:
    assert split_header(b"Subject: one\r\n  \r\n two\r\nFrom: a\r\n\r\nx").first("subject") is not None
    assert (
        decode_header(split_header(b"Subject: one\r\n  \r\n two\r\nFrom: a\r\n\r\nx").first("subject") or b"")
        == "one two"
    )
    assert [field.name for field in split_header(b"Subject: one\r\n \r\nTo: text\r\n").fields] == ["subject"]


@pytest.mark.parametrize(
    "value",
    [b"=?utf-8?b?" * 6_000, b"=?utf-8?q?" + b"a" * 60_000, b"=?a?b?" + b"?" * 60_000, b"(" * 60_000, b'"' * 60_001,
     b"<" * 60_000, b"a@" * 30_000, b"a " * 30_000 + b"@", b"=?utf-8?q?a?=" * 5_000],
)  # fmt: skip
def test_hostile_fields_end_soon(value: bytes) -> None:
    started = time.process_time()
    decode_header(value)
    addresses(value)
    sent_at(value)
    parameters(b"a/b; " + value)
    message_ids(value)
    authentication(split_header(b"Authentication-Results: " + value + b"\r\n\r\n"), "x", "y")
    assert time.process_time() - started < 3
