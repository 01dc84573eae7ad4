"""The letters that readers rehearse with are read for what they pretend to be: one that is not loads nothing."""

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, read
from mailtriage.mail.rehearsal import LETTERS


def _read() -> list[Reading]:
    return [read(letter, ReadOptions()) for letter in LETTERS]


def test_all_kinds_of_letters_are_rehearsed() -> None:
    assert [reading.message.automatic.kind for reading in _read()] == [None, None, None, "bounce", "auto_reply"]
    assert {reading.language for reading in _read()} == {"ru", "en"}


def test_a_reply_with_a_file_is_rehearsed() -> None:
    reply = _read()[1]
    (receipt,) = reply.message.attachments
    assert reply.message.body.quoted_text
    assert reply.message.body.signature
    assert reply.message.body.charset == "koi8-r"
    assert reply.requests
    assert reply.rudeness.insults
    assert "1 500.00" in str(receipt.text)
