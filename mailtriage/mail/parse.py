"""Octets become a Message: the one place where every reading of the header, the parts and the files comes together.

The trap: mail is hostile and this must never raise, so each step stands alone, and one that fails leaves a defect and
an empty value; the octets themselves are kept by the store and can be read again by a better release.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import mailparser

from mailtriage.attachments.read import FileReading, read_file, safe_name
from mailtriage.mail import headers
from mailtriage.mail.authentication import authentication
from mailtriage.mail.automatic import Evidence, judge
from mailtriage.mail.body import Contents, body, contents
from mailtriage.mail.charset import decode
from mailtriage.mail.encoded_words import clean, decode_header
from mailtriage.mail.fields import Header, parameters, split_header
from mailtriage.mail.message import Address, Attachment, Authentication, Automatic, Body, Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.structure import Part, skeleton, walk
from mailtriage.mail.transfer import decode_transfer

_T = TypeVar("_T")
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/html": "html",
    "message/rfc822": "eml",
    "image/gif": "gif",
    "image/heic": "heic",
    "text/calendar": "ics",
    "application/zip": "zip",
}
_MAX_FILES = 150
# mail-parser logs what it cannot read, quoting the mail; its findings are told as defects.
for _logger in ("mailparser", "mailparser.core", "mailparser.utils"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


@dataclass(slots=True)
class _Attempts:
    """Runs the steps of a reading; a step that breaks becomes a defect."""

    defects: list[str]

    def __call__(self, what: str, step: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - hostile mail breaks readers in any way; the defect says which
            self.defects.append(f"{what} could not be read: {type(error).__name__}")
            return otherwise


def parse(octets: bytes, options: ReadOptions) -> Message:
    """Read a whole message. Never raises; what had to be forgiven stands in `defects`."""
    attempt = _Attempts([])
    no_defects: tuple[str, ...] = ()
    no_files: tuple[Attachment, ...] = ()
    nothing = Part(Header((), 0), parameters(b""), "text/plain", 0, 0)
    root, defects = attempt("the structure", lambda: walk(octets, options), (nothing, no_defects))
    attempt.defects += defects
    attempt.defects += attempt("the skeleton", lambda: _library_defects(skeleton(octets, root)), no_defects)
    found = attempt("the parts", lambda: contents(root, octets, options), Contents())
    attempt.defects += found.defects
    files, extra = attempt("the files", lambda: _files(found, octets, options, attempt), (no_files, ""))
    header = root.header
    sender = attempt("From", lambda: _sender(header, options), Address("", ""))
    shown = attempt("the body", lambda: body(found, sender.address, extra), Body())
    message = _from_header(header, sender, options, attempt)
    evidence = Evidence(
        header=header,
        media_type=root.media_type,
        sender=sender,
        recipients=message.to,
        return_path=message.return_path,
        subject=message.subject,
        text=shown.text,
        new_text=shown.new_text,
        reports=tuple(found.reports),
        returned=found.returned,
        calendar=found.calendar,
        relayed=attempt("From", lambda: _relayed(header, options), otherwise=False),
        after_header=octets[header.body_start : header.body_start + 65_536],
    )
    automatic = attempt("the signs of robots", lambda: judge(evidence, options), Automatic())
    return replace(
        message, body=shown, attachments=files, automatic=automatic, defects=tuple(dict.fromkeys(attempt.defects))
    )


def parse_header(octets: bytes, options: ReadOptions) -> Message:
    """Read the header alone: for a message that is too large, or that broke its reader. Never raises."""
    attempt = _Attempts([])
    header = attempt("the header", lambda: split_header(octets), Header((), 0))
    sender = attempt("From", lambda: _sender(header, options), Address("", ""))
    message = _from_header(header, sender, options, attempt)
    media_type = parameters(header.first("content-type") or b"").token
    evidence = Evidence(
        header,
        media_type,
        sender,
        message.to,
        message.return_path,
        message.subject,
        "",
        "",
        relayed=_relayed(header, options),
    )
    automatic = attempt("the signs of robots", lambda: judge(evidence, options), Automatic())
    return replace(message, automatic=automatic, defects=tuple(dict.fromkeys((*header.defects, *attempt.defects))))


def _library_defects(octets: bytes) -> tuple[str, ...]:
    """What mail-parser finds wrong in the structure."""
    return tuple(sorted(str(defect) for defect in mailparser.parse_from_bytes(octets).defects_categories))


def _from_header(header: Header, sender: Address, options: ReadOptions, attempt: _Attempts) -> Message:
    return Message(
        message_id=attempt(
            "Message-ID", lambda: next(iter(headers.message_ids(header.first("message-id"))), None), None
        ),
        in_reply_to=attempt("In-Reply-To", lambda: headers.message_ids(header.first("in-reply-to")), ()),
        references=attempt("References", lambda: headers.message_ids(header.first("references")), ()),
        sender=sender,
        return_path=attempt("Return-Path", lambda: headers.return_path(header), None),
        reply_to=attempt("Reply-To", lambda: headers.addresses(header.first("reply-to")), ()),
        to=attempt(
            "To",
            lambda: tuple(
                one for name in ("to", "cc") for value in header.all(name) for one in headers.addresses(value)
            ),
            (),
        ),
        subject=attempt("Subject", lambda: decode_header(header.first("subject") or b"")[:2000], ""),
        sent_at=attempt("Date", lambda: headers.sent_at(header.first("date")), None),
        list_id=attempt("List-Id", lambda: decode_header(header.first("list-id") or b"")[:300] or None, None),
        authentication=attempt(
            "Authentication-Results",
            lambda: authentication(header, options.authserv_id, sender.domain),
            Authentication(),
        ),
        own_headers=attempt("X-Mailtriage", lambda: headers.own_headers(header), {}),
    )


def _sender(header: Header, options: ReadOptions) -> Address:
    """From; of several the first with an address. A relay's customer stands in Reply-To; Sender is second best."""
    found = [one for value in header.all("from") for one in headers.addresses(value)]
    sender = next((one for one in found if one.address), found[0] if found else Address("", ""))
    if not sender.address:
        fallback = headers.addresses(header.first("sender")) or headers.addresses(header.first("x-sender"))
        path = headers.return_path(header)
        if fallback:
            sender = Address(sender.name or fallback[0].name, fallback[0].address)
        elif path and not found:
            sender = Address("", path if "@" in path else "")
    if options.is_relay(sender.address):
        customer = next((one for one in headers.addresses(header.first("reply-to")) if one.address), None)
        return Address(customer.name or sender.name, customer.address) if customer else sender
    return sender


def _relayed(header: Header, options: ReadOptions) -> bool:
    """Whether From is a form or relay that writes for customers."""
    return any(options.is_relay(one.address) for one in headers.addresses(header.first("from")))


def _files(
    found: Contents, octets: bytes, options: ReadOptions, attempt: _Attempts
) -> tuple[tuple[Attachment, ...], str]:
    """Every file read once, those of winmail.dat in its place, and the text that winmail.dat held."""
    files: list[Attachment] = []
    extra = ""
    for part in found.files[:_MAX_FILES]:
        raw, defect = decode_transfer(octets[part.start : part.end], part.encoding)
        if defect:
            attempt.defects.append(defect)
        name, inline = (
            _name(part, len(files) + 1),
            part.disposition.token == "inline" or "content-id" in {one.name for one in part.header.fields},  # noqa: S105 - no secret, a media token
        )
        reading = read_file(name, raw, part.media_type, max_size=options.max_attachment)
        if reading.files or reading.body:
            extra = extra or reading.body or ""
            files += [
                _attachment(inner.filename, inner.octets, read_file(inner.filename, inner.octets))
                for inner in reading.files[:_MAX_FILES]
            ]
        else:
            files.append(_attachment(_with_extension(name, reading.media_type), raw, reading, inline=inline))
    for part in found.messages[:_MAX_FILES]:
        raw = octets[part.start : part.end]
        text = next((piece.text for piece in found.pieces if piece.forwarded), "")
        files.append(
            _attachment(
                _with_extension(_name(part, len(files) + 1), "message/rfc822"),
                raw,
                FileReading("message/rfc822", text or None),
            )
        )
    if len(found.files) > _MAX_FILES:
        attempt.defects.append(f"only the first {_MAX_FILES} files were read")
    return tuple(files), extra


def _attachment(filename: str, octets: bytes, reading: FileReading, *, inline: bool = False) -> Attachment:
    return Attachment(
        filename=filename,
        media_type=reading.media_type,
        size=len(octets),
        digest=hashlib.sha256(octets).hexdigest(),
        inline=inline,
        text=reading.text,
        problem=reading.problem,
    )


def _name(part: Part, number: int) -> str:
    """The declared name, decoded and safe, or a number."""
    for values, key in ((part.disposition.values, "filename"), (part.content_type.values, "name")):
        if key in values:
            raw, charset = values[key]
            # RFC 2231 forbids encoded words in parameters, and most clients write them.
            text = clean(decode(raw, charset).text) if charset else decode_header(raw)
            if text:
                return safe_name(text, f"attachment-{number}")
    return f"attachment-{number}"


def _with_extension(name: str, media_type: str) -> str:
    if name.startswith("attachment-") and "." not in name and media_type in _EXTENSIONS:
        return f"{name}.{_EXTENSIONS[media_type]}"
    return name
