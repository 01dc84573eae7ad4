"""What mail-parser reads in a message, as one value: each field None where its word is not to be had.

mail-parser is the first reader of the header fields that hold words, and of a text that is the whole message. The trap
is that it never says "I do not know": it drops ambiguous mailboxes, leaves encoded words as they stand, gives a list
where a field is repeated and U+FFFD for octets it cannot decode. All that shows in its result becomes None here; what
shows only in the octets is told by `choice`, which also takes our reading instead.

Texts of multiparts are not asked for: `text_plain` and `text_html` leave out empty parts, hold those of attached
messages (RFC 2046 5.2.1) and do not tell which part they come from.
"""

import email.message
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import mailparser

from mailtriage.mail import headers
from mailtriage.mail.encoded_words import clean, has_encoded_word
from mailtriage.mail.message import Address
from mailtriage.mail.structure import KEPT_LEAF, MAX_LINE, MAX_SKELETON, Part, regular, skeleton

_PROVEN_CHARSETS = frozenset({"", "utf-8", "us-ascii"})
"""Strict decoding proves these right; any octets decode as koi8-r or windows-1251."""
_ENCODINGS = frozenset({"", "7bit", "8bit", "quoted-printable", "base64"})
_ASKED = frozenset({"from", "reply-to", "cc", "subject", "date"})
"""The fields that it is asked about, besides To."""
_OF_THE_BODY = frozenset({"content-type", "content-transfer-encoding", "content-disposition"})
_YEARS = range(1970, 2201)
# mail-parser logs what it cannot read, quoting the mail; its findings are told as defects.
for _logger in ("mailparser", "mailparser.core", "mailparser.utils"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class LibraryReading:
    """mail-parser's word on each field; None where it has none, or doubts it itself."""

    subject: str | None = None
    sender: tuple[Address, ...] | None = None
    reply_to: tuple[Address, ...] | None = None
    to: tuple[Address, ...] | None = None
    cc: tuple[Address, ...] | None = None
    sent_at: datetime | None = None
    text: str | None = None
    """The whole body, of a message that is one text in utf-8 or ASCII."""
    senders_seen: frozenset[str] = frozenset()
    """Every address that it sees in From, the rivals of an ambiguous one included; in lower case."""
    defects: tuple[str, ...] = ()
    """The names of what it finds wrong in the structure and the fields."""


def library_reading(octets: bytes, root: Part) -> LibraryReading:
    """Run mail-parser on a message, or on as little of it as makes no difference.

    Raises:
        Exception: whatever mail-parser raises on hostile mail.
    """
    if _is_plain(octets, root):
        whole = _is_one_text(root) and root.end - root.start <= KEPT_LEAF and _lines_are_short(octets[root.start :])
        told = _told(mailparser.MailParser(_asked_about(octets, root, whole=whole)), root, whole=whole)
        to, defects = _recipients(root.header.all("to"))
        return replace(told, to=to, defects=tuple(sorted({*told.defects, *defects})))
    short = skeleton(octets, root)
    parser: Any = mailparser.parse_from_bytes(short)
    names = [name.lower() for name in parser.message]
    if names != [field.name for field in root.header.fields] or len(short) >= MAX_SKELETON:
        # It sees another header than we do: nothing that it says of the fields can be compared.
        return LibraryReading(senders_seen=_senders_seen(parser), defects=_defects(parser))
    return _told(parser, root, whole=short.endswith(octets[root.header.body_start :]))


def _is_plain(octets: bytes, root: Part) -> bool:
    """Whether it can but see the same fields and parts as we do."""
    head = octets[: root.header.body_start]
    ended = head.endswith((b"\n\r\n", b"\n\n")) and head.count(b"\r") == head.count(b"\r\n")
    return ended and all(len(field.value) <= MAX_LINE for field in root.header.fields) and regular(octets, root)


def _lines_are_short(octets: bytes) -> bool:
    return max(map(len, octets.splitlines()), default=0) <= MAX_LINE


def _asked_about(octets: bytes, root: Part, *, whole: bool) -> email.message.Message:
    """Of a regular message the fields that are asked for, and the body where it is one text.

    The standard library, which mail-parser stands on, takes longer to find the parts than to read the header.
    """
    message = email.message.Message()
    for field in root.header.fields:
        if field.name in _ASKED or (whole and field.name in _OF_THE_BODY):
            message[field.name] = field.value.decode("ascii", "surrogateescape")
    if whole:
        message.set_payload(octets[root.start : root.end].decode("ascii", "surrogateescape"))
    return message


@lru_cache(maxsize=64)
def _recipients(values: tuple[bytes, ...]) -> tuple[tuple[Address, ...] | None, tuple[str, ...]]:
    """The mailboxes of To, and what is wrong with them; nearly all letters are to the same one or two."""
    message = email.message.Message()
    for value in values:
        message["to"] = value.decode("ascii", "surrogateescape")
    parser = mailparser.MailParser(message) if values else None
    return (_addresses(parser, "to"), _defects(parser)) if parser else (None, ())


def _defects(parser: Any) -> tuple[str, ...]:
    return tuple(sorted(str(defect) for defect in parser.defects_categories))


def _told(parser: Any, root: Part, *, whole: bool) -> LibraryReading:
    return LibraryReading(
        subject=_subject(parser),
        sender=_addresses(parser, "from"),
        reply_to=_addresses(parser, "reply-to"),
        to=_addresses(parser, "to"),
        cc=_addresses(parser, "cc"),
        sent_at=_sent_at(parser),
        text=_body(parser, root) if whole else None,
        senders_seen=_senders_seen(parser),
        defects=_defects(parser),
    )


def _subject(parser: Any) -> str | None:
    value = parser.mail.get("subject")
    # A list means that the field is repeated.
    return clean(value) or None if isinstance(value, str) and not has_encoded_word(value) else None


def _addresses(parser: Any, name: str) -> tuple[Address, ...] | None:
    if any(defect["header"] == name for defect in parser.address_header_defects):
        return None
    found = tuple(headers.mailbox(display, address) for display, address in parser.mail.get(name) or ())
    sure = all(one.address and not has_encoded_word(one.name) for one in found)
    return found if found and sure else None


def _senders_seen(parser: Any) -> frozenset[str]:
    rivals = (
        one["address"]
        for defect in parser.address_header_defects
        if defect["header"] == "from"
        for one in defect["candidates"]
    )
    named = (address for _, address in parser.mail.get("from") or ())
    return frozenset(headers.mailbox("", address).address.casefold() for address in (*named, *rivals)) - {""}


def _sent_at(parser: Any) -> datetime | None:
    """Its UTC value with its offset, which it keeps apart, in hours rounded to a tenth."""
    if parser.date is None:
        return None
    hours = float(parser.timezone)
    # 5.8 may have been +05:45; a day or more is no offset.
    if not (hours * 2).is_integer() or abs(hours) >= 24:  # noqa: PLR2004 - the hours of a day
        return None
    found: datetime = parser.date.astimezone(timezone(timedelta(hours=hours)))
    return found if found.year in _YEARS else None


def _is_one_text(root: Part) -> bool:
    """Whether a message is one text in a charset that strict decoding proves."""
    declared = root.content_type.plain("charset").lower()
    return (
        not root.children
        and root.media_type in {"text/plain", "text/html"}
        and declared in _PROVEN_CHARSETS
        # A page may name its charset itself.
        and not (root.media_type == "text/html" and not declared)
        and root.encoding.lower() in _ENCODINGS
    )


def _body(parser: Any, root: Part) -> str | None:
    """The text of a message without parts, where strict decoding proves mail-parser right."""
    texts = parser.text_plain if root.media_type == "text/plain" else parser.text_html
    if (
        not _is_one_text(root)
        or root.media_type != parser.message.get_content_type()
        or "CharsetDecodeDefect" in parser.defects_categories
        or parser.message.defects
        or len(texts) != 1
    ):
        return None
    text = str(texts[0])
    return None if "\x00" in text or "\ufeff" in text else text
