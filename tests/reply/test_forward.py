"""A forwarded copy: the original octet by octet, and nothing of the customer's in our own headers or words."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from mailtriage.reply.forward import LARGEST, compose_forward

ODD = b"Subject: x\r\nFrom: a@mail.example\r\n\r\nFrom here\r\n" + b"\xe4\xe5\xed\xfc\xe3\xe8 " * 300 + b"\r\n.\r\n"


def _forward(octets: bytes = ODD, subject: str = "Взломали", number: str | None = "26-000001"):
    return compose_forward(
        octets,
        to="security@1cupis.example",
        sender="Первый ЦУПИС <support@1cupis.example>",
        name="security",
        subject=subject,
        number=number,
        digest="d" * 64,
        now=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


def test_the_original_arrives_octet_by_octet() -> None:
    letter = _forward()
    assert letter.octets.isascii()
    [file] = message_from_bytes(letter.octets, policy=default).iter_attachments()
    assert file.get_content() == ODD
    assert file.get_filename() == "message.eml"


def test_a_subject_cannot_add_a_header_or_a_foreign_number() -> None:
    letter = _forward(subject="Взлом\r\nBcc: all@mail.example [№ 26-999999] https://evil.example/")
    read = message_from_bytes(letter.octets, policy=default)
    assert read["Bcc"] is None
    assert read["Subject"] == "Fwd: Взлом Bcc [№ 26-000001]"


def test_it_is_marked_as_automatic_and_the_same_every_time() -> None:
    read = message_from_bytes(_forward().octets, policy=default)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Mailtriage-Loop"] == "support@1cupis.example"
    assert _forward().message_id == _forward().message_id


def test_an_original_too_large_for_relays_stays_where_it_is_and_the_letter_says_so() -> None:
    letter = _forward(octets=b"x" * (LARGEST + 1))
    assert not list(message_from_bytes(letter.octets, policy=default).iter_attachments())
    assert "слишком велико" in letter.text


def test_an_address_that_cannot_be_written_safely_is_refused() -> None:
    with pytest.raises(ValueError, match="safely"):
        compose_forward(
            b"",
            to="a b@c",
            sender="s@1cupis.example",
            name="x",
            subject="",
            number=None,
            digest="",
            now=datetime.now(UTC),
        )
