"""Eight Russian texts in seven charsets, labelled, unlabelled and mislabelled, in every transfer encoding."""

import base64
from collections.abc import Iterator
from itertools import product

import pytest

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

TEXTS = (
    (
        "Здравствуйте! Перевод от пятницы до сих пор не зачислен, хотя банк деньги списал. Прошу проверить и ответить"
        " письмом, по телефону меня застать трудно.\nСпасибо."
    ),
    "Не прошёл платёж 14.02.2026 на 2350 рублей, операция 7741902",
    "Вход через Safari не работает, пишет ERROR 502, на Android то же самое",
    "Магазин «Ёлочки» закрыт, верните предоплату",
    "Заявление № 17-Б — прошу закрыть кошелёк",
    "КОГДА ВЕРНЁТЕ МОИ ДЕНЬГИ",
    "Где перевод?",
    "Добрый день, я Щукина Эльвира Юрьевна, паспорт заменила, как обновить данные?",
)
CHARSETS = ("utf-8", "windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic", "utf-16")
LIES = (*CHARSETS, "us-ascii", "iso-8859-1", "windows-1252")
TRANSFERS = ("8bit", "quoted-printable", "base64")
OPTIONS = ReadOptions()


def quoted(octets: bytes) -> bytes:
    """Every octet as its sign, in lines that stay below 76."""
    signs = [b"=%02X" % octet for octet in octets]
    return b"=\r\n".join(b"".join(signs[at : at + 24]) for at in range(0, len(signs), 24))


def body_message(octets: bytes, label: str | None, transfer: str) -> bytes:
    charset = f"; charset={label}" if label else ""
    head = f"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{charset}\r\n"
    encoded = {"8bit": octets, "quoted-printable": quoted(octets), "base64": base64.encodebytes(octets)}[transfer]
    return f"{head}Content-Transfer-Encoding: {transfer}\r\n\r\n".encode() + encoded


def header_message(octets: bytes, label: str | None, transfer: str) -> bytes:
    """Raw octets, or an encoded word; an unlabelled one carries the name that RFC 1428 gives to unknown octets."""
    charset = (label or "unknown-8bit").encode()
    subject = {
        "8bit": octets,
        "quoted-printable": b"=?" + charset + b"?Q?" + b"".join(b"=%02X" % octet for octet in octets) + b"?=",
        "base64": b"=?" + charset + b"?B?" + base64.b64encode(octets) + b"?=",
    }[transfer]
    label_of_body = f"; charset={label}" if label else ""
    tail = f"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{label_of_body}\r\n\r\nx"
    return b"From: a@b.example\r\nSubject: " + subject + tail.encode()


def cells(kind: str) -> Iterator[tuple[str, str, str | None, str]]:
    for text, charset, transfer in product(TEXTS, CHARSETS, TRANSFERS):
        if charset == "utf-16" and transfer == "8bit":
            continue  # NULs and line breaks inside characters: no server carries it
        lies = tuple(label for label in LIES if label != charset)
        labels: tuple[str | None, ...] = {"labelled": (charset,), "unlabelled": (None,), "mislabelled": lies}[kind]
        for label in labels:
            yield text, charset, label, transfer


@pytest.mark.parametrize("kind", ["labelled", "unlabelled", "mislabelled"])
@pytest.mark.parametrize("place", ["body", "header"])
def test_russian_is_read_in_every_charset_label_and_encoding(kind: str, place: str) -> None:
    misses, count = [], 0
    for text, charset, label, transfer in cells(kind):
        octets = (text if place == "body" else text.replace("\n", " ")).encode(charset, "replace")
        expected = octets.decode(charset)
        message = (body_message if place == "body" else header_message)(octets, label, transfer)
        read = parse(message, OPTIONS)
        found = read.body.text if place == "body" else read.subject
        count += 1
        if found != expected:
            misses.append(f"{charset} as {label} in {transfer}: {expected[:30]!r} became {found[:30]!r}")
    print("\n".join(misses))  # noqa: T201 - the misses are what one wants to see of a failing matrix
    assert len(misses) * 100 <= count, f"{len(misses)} of {count}"
