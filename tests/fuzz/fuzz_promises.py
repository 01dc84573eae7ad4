"""What reading promises for any octets at all, checked in one place for every fuzzer.

The trap is the promise that only holds for mail: a lone surrogate that no JSON can carry, a file name with a folder in
it, new words that nobody wrote (RFC 2047, RFC 2231 and the charsets of the East each make such things possible).
"""

import re
import time
from functools import cache

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, dump, load, read, read_headers

OPTIONS = ReadOptions(own_addresses=("support@example.org",), authserv_id="mx.example.org")
MOST_CPU = 5.0
"""Seconds of processor time for a message of some kilobytes; it needs some hundredths."""
_NOT_ONE_LINE = re.compile("[\x00-\x08\x0a-\x1f\x7f\u2028\u2029\u202a-\u202e]")
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\u202a-\u202e]')


def check(octets: bytes) -> Reading:
    """Read a message and fail if any promise is broken."""
    _load_dictionaries()
    started = time.process_time()
    reading = read(octets, OPTIONS)
    assert time.process_time() - started < MOST_CPU
    plain = dump(reading)
    assert load(plain) == reading
    assert dump(read(octets, OPTIONS)) == plain, "the same octets are the same reading"
    message = reading.message
    for line in (message.subject, message.sender.name, message.sender.address, message.list_id or ""):
        assert not _NOT_ONE_LINE.search(line)
    for name in (file.filename for file in message.attachments):
        assert not _NOT_IN_A_NAME.search(name)
        assert 0 < len(name) <= 120
        assert name.strip(". ")
    _new_words_stand_in_the_text(message.body.new_text, message.body.text)
    dump(read_headers(octets, OPTIONS, "too_large"))
    return reading


@cache
def _load_dictionaries() -> None:
    """Once a process, and no part of what a message costs."""
    read("Subject: Вопрос\r\n\r\nRjulf dthytnt ltymub? Gde dengi? Верните деньги, Иван Петров".encode(), OPTIONS)


def _new_words_stand_in_the_text(new_text: str, text: str) -> None:
    """Every new line is in the text, and in the same order: cutting is a view."""
    whole, at = "".join(text.split()), 0
    for line in new_text.split("\n"):
        squeezed = "".join(line.split())
        found = whole.find(squeezed, at)
        assert found >= 0, f"{line!r} is not in the text"
        at = found + len(squeezed)
