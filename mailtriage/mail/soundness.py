"""Whether what a reader process handed back can be believed to be a reading at all; no reader can make it a weapon.

The trap is validation itself: a few megabytes of `0,0,0` where words should stand become gigabytes of complaints. So
the structure is measured before anything is made of it; and afterwards each field that stands in a header, a log or a
folder must be what the parser promises, or a line end in it would be another's command (RFC 5322 2.2, RFC 9051 9).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.mail.reading import Reading

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_MOST_STRUCTURE = 256 * 1024
"""Octets of JSON outside of strings; the largest message that is read to its limits has a quarter of it."""
_NOT_ONE_LINE = re.compile("[\x00-\x08\x0a-\x1f\x7f\u2028\u2029]")
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\u202a-\u202e]')
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_LINE = 70_000
_LONGEST_NAME = 120


def measured(octets: bytes) -> bytes:
    """The same JSON, when there is no more structure in it than a message can have.

    Raises:
        ValueError: there is.
    """
    if len(octets) > _MOST_STRUCTURE and len(_STRING.sub(b"", octets)) > _MOST_STRUCTURE:
        raise ValueError("more structure than any message has")
    return octets


def sound(reading: "Reading") -> "Reading":
    """The same reading, when every field keeps the parser's promise.

    Raises:
        ValueError: one does not; the text names no value.
    """
    if any(len(line) > _LONGEST_LINE or _NOT_ONE_LINE.search(line) for line in _lines(reading)):
        raise ValueError("a field of the header is no single line")
    for file in reading.message.attachments:
        name = file.filename
        if not 0 < len(name) <= _LONGEST_NAME or _NOT_IN_A_NAME.search(name) or not name.strip(". "):
            raise ValueError("a file name is none")
        if file.size < 0 or not _DIGEST.fullmatch(file.digest):
            raise ValueError("a file is none")
    return reading


def _lines(reading: "Reading") -> Iterator[str]:
    message = reading.message
    yield from (message.message_id or "", message.subject, message.list_id or "", message.return_path or "")
    yield from (*message.in_reply_to, *message.references)
    for address in (message.sender, *message.reply_to, *message.to):
        yield from (address.name, address.address)
    for name, value in message.own_headers.items():
        yield from (name, value)
    yield from (message.automatic.original_message_id or "", *message.automatic.failed_recipients)
