"""Octets become a Message: the one place where every reading of the header, the parts and the files comes together.

The trap: mail is hostile and this must never raise, so each step stands alone, and one that fails leaves a defect and
an empty value; the octets themselves are kept by the store and can be read again by a better release. mail-parser
reads first (`library`); where it loses something, our own reading of the octets takes over (`choice`).
"""

import hashlib
from dataclasses import replace
from functools import partial

from mailtriage.attachments.read import FileReading, read_file, safe_name
from mailtriage.attachments.read_once import ReadOnce
from mailtriage.mail import headers
from mailtriage.mail.attempts import Attempts
from mailtriage.mail.authentication import authentication
from mailtriage.mail.automatic import judge
from mailtriage.mail.body import Contents, body, contents
from mailtriage.mail.charset import decode
from mailtriage.mail.choice import Fields
from mailtriage.mail.encoded_words import clean, decode_header
from mailtriage.mail.evidence import Evidence
from mailtriage.mail.fields import Header, parameters, split_header
from mailtriage.mail.library import LibraryReading, library_reading
from mailtriage.mail.message import Address, Attachment, Authentication, Automatic, Body, Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.pieces import Desk
from mailtriage.mail.structure import Part, walk
from mailtriage.mail.transfer import decode_transfer

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
_READ_ONCE = ReadOnce()


def parse(octets: bytes, options: ReadOptions, *, pictures: bool = True) -> Message:
    """Read a whole message. Never raises; what had to be forgiven stands in `defects`.

    Without `pictures` it is left open whether pictures and scans are legible (`Attachment.judged`).
    """
    attempt = Attempts([])
    root = _structure(octets, options, attempt)
    library = attempt("the skeleton", lambda: library_reading(octets, root), LibraryReading())
    attempt.defects += library.defects
    nothing = Contents(Desk(octets, options))
    found = attempt("the parts", lambda: contents(root, octets, options, library.text), nothing)
    no_files: tuple[Attachment, ...] = ()
    files, extra = attempt(
        "the files", partial(_files, found, octets, options, attempt, pictures=pictures), (no_files, "")
    )
    fields = Fields(root.header, library)
    message = _from_header(fields, options, attempt)
    text = attempt("the body", lambda: body(found, message.sender.address, extra), Body())
    attempt.defects += found.desk.defects
    evidence = _evidence(message, text, fields, options, attempt, media_type=root.media_type, found=found)
    automatic = _judged(evidence, options, attempt)
    return replace(message, body=text, attachments=files, automatic=automatic, defects=_once(attempt.defects))


def parse_header(octets: bytes, options: ReadOptions) -> Message:
    """Read the header alone: for a message that is too large, or that broke its reader. Never raises.

    All readings are ours: what broke the reader may have been mail-parser, and it is not asked again.
    """
    attempt = Attempts([])
    header = attempt("the header", lambda: split_header(octets), Header((), 0))
    attempt.defects += header.defects
    fields = Fields(header, LibraryReading())
    message = _from_header(fields, options, attempt)
    media_type = header.content_type.token
    evidence = _evidence(message, Body(), fields, options, attempt, media_type=media_type, found=Contents())
    return replace(message, automatic=_judged(evidence, options, attempt), defects=_once(attempt.defects))


def _structure(octets: bytes, options: ReadOptions, attempt: Attempts) -> Part:
    no_defects: tuple[str, ...] = ()
    nothing = Part(Header((), 0), parameters(b""), "text/plain", 0, 0)
    root, defects = attempt("the structure", lambda: walk(octets, options), (nothing, no_defects))
    attempt.defects += defects
    return root


def _evidence(
    message: Message,
    text: Body,
    fields: Fields,
    options: ReadOptions,
    attempt: Attempts,
    *,
    media_type: str,
    found: Contents,
) -> Evidence:
    """What the header and the contents give to the judgement."""
    start = fields.header.body_start
    return Evidence(
        header=fields.header,
        media_type=media_type,
        sender=message.sender,
        recipients=message.to,
        return_path=message.return_path,
        subject=message.subject,
        text=text.text,
        new_text=text.new_text,
        reports=tuple(found.reports),
        returned=found.returned,
        calendar=found.calendar,
        after_header=found.desk.octets[start : start + 65_536],
        relayed=attempt("From", lambda: _relayed(fields, options), otherwise=False),
    )


def _judged(evidence: Evidence, options: ReadOptions, attempt: Attempts) -> Automatic:
    return attempt("the signs of robots", lambda: judge(evidence, options), Automatic())


def _once(defects: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(defects))


def _from_header(fields: Fields, options: ReadOptions, attempt: Attempts) -> Message:
    """The message as far as its header tells."""
    header = fields.header
    sender = attempt("From", lambda: _sender(fields, options), Address("", ""))
    attempt.defects += attempt("From", fields.disagreement, ())
    return Message(
        message_id=attempt("Message-ID", fields.message_id, None),
        in_reply_to=attempt("In-Reply-To", fields.in_reply_to, ()),
        references=attempt("References", fields.references, ()),
        sender=sender,
        return_path=attempt("Return-Path", lambda: headers.return_path(header), None),
        reply_to=attempt("Reply-To", fields.reply_to, ()),
        to=attempt("To", fields.recipients, ()),
        subject=attempt("Subject", fields.subject, ""),
        sent_at=attempt("Date", fields.sent_at, None),
        list_id=attempt("List-Id", lambda: decode_header(header.first("list-id") or b"")[:300] or None, None),
        authentication=attempt(
            "Authentication-Results",
            lambda: authentication(header, options.authserv_id, sender.domain),
            Authentication(),
        ),
        own_headers=attempt("X-Mailtriage", lambda: headers.own_headers(header), {}),
    )


def _sender(fields: Fields, options: ReadOptions) -> Address:
    """From; of several the first with an address. A relay's customer stands in Reply-To; Sender is second best."""
    header, found = fields.header, fields.senders()
    sender = next((one for one in found if one.address), found[0] if found else Address("", ""))
    if not sender.address:
        fallback = headers.addresses(header.first("sender")) or headers.addresses(header.first("x-sender"))
        path = headers.return_path(header)
        if fallback:
            sender = Address(sender.name or fallback[0].name, fallback[0].address)
        elif path and not found:
            sender = Address("", path if "@" in path else "")
    if options.is_relay(sender.address):
        customer = next((one for one in fields.reply_to() if one.address), None)
        return Address(customer.name or sender.name, customer.address) if customer else sender
    return sender


def _relayed(fields: Fields, options: ReadOptions) -> bool:
    """Whether From is a form or relay that writes for customers."""
    return bool(options.relay_senders) and any(options.is_relay(one.address) for one in fields.senders())


def _files(
    found: Contents, octets: bytes, options: ReadOptions, attempt: Attempts, *, pictures: bool
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
            part.disposition.token == "inline" or "content-id" in part.header.values,  # noqa: S105 - no secret, a media token
        )
        digest = hashlib.sha256(raw).hexdigest()
        reading = _READ_ONCE.read(
            name, raw, part.media_type, digest=digest, max_size=options.max_attachment, pictures=pictures
        )
        if reading.files or reading.body:
            extra = extra or reading.body or ""
            files += [
                _attachment(inner.filename, inner.octets, read_file(inner.filename, inner.octets))
                for inner in reading.files[:_MAX_FILES]
            ]
        else:
            files.append(_attachment(_with_extension(name, reading.media_type), raw, reading, digest, inline=inline))
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


def _attachment(
    filename: str, octets: bytes, reading: FileReading, digest: str | None = None, *, inline: bool = False
) -> Attachment:
    return Attachment(
        filename=filename,
        media_type=reading.media_type,
        size=len(octets),
        digest=digest or hashlib.sha256(octets).hexdigest(),
        inline=inline,
        text=reading.text,
        problem=reading.problem,
        likeness=reading.likeness,
        judged=reading.judged,
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
