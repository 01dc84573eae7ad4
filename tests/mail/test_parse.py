"""Whole messages: structure, files, limits, and octets that want to break the reader."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions()
HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


def multipart(*parts: bytes, kind: str = "mixed") -> bytes:
    inside = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n".encode() + inside + b"--b--\r\n"


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nМои слова".encode()
FILE = (
    b"Content-Type: application/pdf; name*=utf-8''%D1%87%D0%B5%D0%BA.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


def test_a_file_is_cut_out_decoded_once_and_named() -> None:
    message = parse(multipart(TEXT, FILE + base64.encodebytes("Оплачено".encode())), OPTIONS)
    (file,) = message.attachments
    assert (file.filename, file.text, file.problem, file.media_type) == ("чек.txt", "Оплачено", None, "text/plain")
    assert message.body.text == "Мои слова"
    assert message.body.charset == "utf-8"


def test_of_alternatives_one_is_shown() -> None:
    html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Мои слова</p>".encode()
    assert parse(multipart(TEXT, html, kind="alternative"), OPTIONS).body.text == "Мои слова"
    blank = b"Content-Type: text/plain\r\n\r\n  "
    assert parse(multipart(blank, html, kind="alternative"), OPTIONS).body.text == "Мои слова"


def test_a_forwarded_message_is_shown_but_not_as_own_words() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: bank@b.example\r\nSubject: отказ\r\n\r\nОтказано".encode()
    message = parse(multipart(TEXT, inner), OPTIONS)
    assert message.body.new_text == "Мои слова"
    assert "Отказано" in message.body.text
    assert "Отказано" in message.body.quoted_text
    assert [file.media_type for file in message.attachments] == ["message/rfc822"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\win.ini", "/abs", "a\x00b.txt", "txt.\u202eexe", "CON", "." * 300]
)
def test_a_file_name_never_leaves_its_folder(name: str) -> None:
    part = f'Content-Type: application/pdf; name="{name}"\r\n\r\nx'.encode()
    (file,) = parse(multipart(part), OPTIONS).attachments
    assert file.filename
    assert not set(file.filename) & set("/\\\x00\u202e")
    assert file.filename.strip(".")


NESTED = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
HOSTILE = {
    "many parts": multipart(*[TEXT] * 10_000),
    "deep multiparts": HEAD + b"".join(NESTED % (i, i) for i in range(300)) + b"\r\nx",
    "deep messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 500 + b"x",
    "long header": HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\nx",
    "encoded words": HEAD + b"X: " + b"=?utf-8?b?" * 100_000 + b"\r\nSubject: " + b"=?utf-8?q?" * 6000 + b"\r\n\r\nx",
    "quotes": b"From: " + b'"(<:' * 20_000 + b"\r\n\r\nx",
    "deep html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"x",
    "nuls": b"\x00" * 10_000,
    "bare returns": b"From: a@b.example\rSubject: s\r\rtext\rtext",
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_a_defect_at_worst_and_ends_soon(name: str) -> None:
    started = time.process_time()
    parse(HOSTILE[name], OPTIONS)
    assert time.process_time() - started < 5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                HEAD,
                TEXT,
                FILE,
                b"--b\r\n",
                b"--b--",
                b"\r\n\r\n",
                b"=?utf-8?q?=",
                b"\x00\xff",
                "ж".encode("koi8-r"),
                b"Content-Type: multipart/alternative; boundary=b\r\n",
            ]
        ),
        max_size=12,
    ),
    st.binary(max_size=200),
)
def test_parse_never_raises(pieces: list[bytes], tail: bytes) -> None:
    message = parse(b"".join(pieces) + tail, OPTIONS)
    assert not [defect for defect in message.defects if "could not be read" in defect and "skeleton" not in defect]
