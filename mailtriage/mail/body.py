"""What a person would read: the ladder over the parts of a message, from plain text over HTML to whatever else is text.

The trap: in multipart/alternative one child is shown, in mixed all of them, and a message inside a message is somebody
else's words (RFC 2046 5.1.3, 5.1.4, 5.2.1): it is shown as forwarded, below a heading, never merged.
"""

import re
from dataclasses import dataclass, field

from mailtriage.mail.charset import Decoded, decode, known, mended
from mailtriage.mail.encoded_words import decode_header
from mailtriage.mail.headers import addresses
from mailtriage.mail.html import html_to_text, meta_charset
from mailtriage.mail.message import Body
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.plain_text import enriched_to_html, tidy, unflowed
from mailtriage.mail.quotes import cut
from mailtriage.mail.structure import UNREAD, Part
from mailtriage.mail.transfer import decode_transfer

_IS_HTML = re.compile(
    r"\s*(?:<!doctype html|<html|<head|<body|<(?:div|table|p|span|font|center|style)\b[^<>]{0,2000}>"
    r".{0,2000}?<(?:/|br))",
    re.IGNORECASE | re.DOTALL,
)
_HTML = frozenset({"text/html", "text/x-amp-html", "text/watch-html"})
_PLACEHOLDER = re.compile(
    r"(?:does ?n[o']t support|requires?|enable|не поддерживает|поддерж\w+|view this|просмотр\w*|включите).{0,80}html"
    r"|html.{0,80}(?:client|capable|format|only|version|формат|клиент|верси)|(?:формат\w*|format|is(?: an)?|это) html"
    r"|multi-?part message in mime format",
    re.IGNORECASE | re.DOTALL,
)
_REPORT_PARTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-disposition-notification",
        "text/rfc822-headers",
    }
)
_FORWARD_HEADING = "-------- Пересылаемое сообщение --------"
_STUB = 400
"""Characters beyond which a text is more than a note about its HTML."""
_MAX_PIECES = 60


@dataclass(slots=True)
class _Piece:
    text: str
    charset: str
    repaired: str | None
    forwarded: bool = False


@dataclass(slots=True)
class Contents:
    """What the walk over the parts found: pieces of text, leaves that are files, and machine-readable reports."""

    pieces: list[_Piece] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    """Attached messages, outermost first."""
    reports: list[tuple[str, bytes]] = field(default_factory=list)
    returned: bytes = b""
    calendar: bool = False
    defects: list[str] = field(default_factory=list)
    looked_at: int = 0
    """Characters of text that were decoded so far: sixty long texts would cost sixty times the limit."""


def contents(root: Part, octets: bytes, options: ReadOptions, text: str | None = None) -> Contents:
    """Sort the parts of a message into text, files and reports.

    Args:
        root: the tree of parts.
        octets: the whole message that it was taken from.
        options: the limits.
        text: the body of a message that is one text in utf-8 or ASCII, where another reader has decoded it already.
    """
    found = Contents()
    if text is not None and _is_text(root) and len(text) <= options.max_text:
        unicode = "us-ascii" if text.isascii() else "utf-8"
        charset = known(root.content_type.plain("charset")) or unicode
        found.pieces.append(_piece(root, mended(Decoded(text, charset))))
        return found
    _visit(root, octets, options, found, forwarded=False)
    return found


def _visit(part: Part, octets: bytes, options: ReadOptions, found: Contents, *, forwarded: bool) -> None:  # noqa: C901 - one branch a kind of part
    if part.media_type == UNREAD:
        return
    if part.media_type == "multipart/alternative" and part.children:
        _alternative(part, octets, options, found, forwarded=forwarded)
    elif part.children and not part.media_type.startswith("multipart/"):
        _message(part, octets, options, found)
    elif part.children:
        for child in part.children:
            _visit(child, octets, options, found, forwarded=forwarded)
    elif part.media_type in _REPORT_PARTS:
        found.reports.append((part.media_type, decode_transfer(octets[part.start : part.end], part.encoding)[0]))
        if part.media_type == "text/rfc822-headers":
            found.returned = found.returned or octets[part.start : part.end]
    elif _is_text(part):
        if len(found.pieces) >= _MAX_PIECES:
            found.defects.append(f"only the first {_MAX_PIECES} texts were read")
            return
        if found.looked_at > 4 * options.max_text:
            found.defects.append("only the first of many long texts were read")
            return
        piece = _text(part, octets, options, found)
        piece.forwarded = forwarded
        found.pieces.append(piece)
    elif part.end > part.start or not part.media_type.startswith(("multipart/", "text/")):
        found.calendar = found.calendar or (
            part.media_type == "text/calendar" and bool(part.content_type.values.get("method"))
        )
        found.files.append(part)


def _is_text(part: Part) -> bool:
    """Whether a leaf is shown in the message rather than offered as a file."""
    if not part.media_type.startswith("text/") or part.media_type in {
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "text/csv",
        "text/rtf",
        "text/directory",
    }:
        return False
    if part.disposition.token == "attachment":  # noqa: S105 - no secret, a media token
        return False
    named = "filename" in part.disposition.values or "name" in part.content_type.values
    return not named or not part.parent or part.parent == "multipart/alternative"


def _text(part: Part, octets: bytes, options: ReadOptions, found: Contents) -> _Piece:
    raw, defect = decode_transfer(octets[part.start : part.end], part.encoding)
    if defect:
        found.defects.append(defect)
    declared = part.content_type.plain("charset") or None
    decoded = decode(
        raw[: options.max_text * 4], declared or (meta_charset(raw) if part.media_type == "text/html" else None)
    )
    found.looked_at += len(decoded.text)
    piece = _piece(part, decoded)
    if len(raw) > options.max_text * 4 or len(piece.text) > options.max_text:
        found.defects.append(f"only the first {options.max_text} characters of the text were read")
    # Word writes half a megabyte of styles above three lines, so HTML is measured only when it is text.
    piece.text = piece.text[: options.max_text]
    return piece


def _piece(part: Part, decoded: Decoded) -> _Piece:
    """Decoded text as a person would see it."""
    text = decoded.text
    if part.media_type in {"text/enriched", "text/richtext"}:
        text = html_to_text(enriched_to_html(text))
    elif part.media_type in _HTML or _IS_HTML.match(text):
        text = html_to_text(text)
    elif part.content_type.plain("format").lower() == "flowed":
        text = unflowed(text, delete_space=part.content_type.plain("delsp").lower() == "yes")
    return _Piece(tidy(text), decoded.charset, decoded.repaired)


def _alternative(part: Part, octets: bytes, options: ReadOptions, found: Contents, *, forwarded: bool) -> None:
    """One of the children is shown: plain text if it says anything, else the richest that does."""
    choices: list[tuple[Part, Contents]] = []
    for child in part.children:
        inner = Contents(looked_at=found.looked_at)
        _visit(child, octets, options, inner, forwarded=forwarded)
        found.looked_at = inner.looked_at
        choices.append((child, inner))
        found.files += inner.files
        found.messages += inner.messages
        found.reports += inner.reports
        found.defects += inner.defects
        found.returned = found.returned or inner.returned
        found.calendar = found.calendar or inner.calendar
    said = [(child, inner.pieces) for child, inner in choices if any(piece.text.strip() for piece in inner.pieces)]
    plain = next((pieces for child, pieces in said if child.media_type == "text/plain"), None)
    # Pages for watches and the AMP variant say less than the HTML beside them.
    rich = next(
        (
            pieces
            for child, pieces in sorted(said, key=lambda one: one[0].media_type in _HTML - {"text/html"})
            if child.media_type != "text/plain"
        ),
        None,
    )
    if plain and rich and _is_placeholder("".join(one.text for one in plain), "".join(one.text for one in rich)):
        plain = None
    found.pieces += plain or rich or [piece for _, inner in choices for piece in inner.pieces][:1]


def _is_placeholder(plain: str, rich: str) -> bool:
    """Whether the plain text only says that there is HTML, or lost its letters on the way."""
    if (len(rich) > len(plain) or len(plain) < _STUB) and _PLACEHOLDER.search(plain[:_STUB]):
        return True
    views = cut(plain)
    if not views.new_text and not views.quoted_text and cut(rich).new_text:
        # Nothing but the footer of a telephone was put into the plain text.
        return True
    marks, letters = plain.count("?") + plain.count("\ufffd"), sum(map(str.isalpha, plain))
    return marks > letters and sum(map(str.isalpha, rich)) > 3 * letters


def _message(part: Part, octets: bytes, options: ReadOptions, found: Contents) -> None:
    """A message inside: in a report it is what came back, elsewhere it is forwarded."""
    inner = part.children[0]
    if part.parent == "multipart/report" or found.reports:
        found.returned = found.returned or octets[part.start : min(part.end, part.start + 65_536)]
        return
    found.messages.append(part)
    nested = Contents(looked_at=found.looked_at)
    _visit(inner, octets, options, nested, forwarded=True)
    found.looked_at = nested.looked_at
    heading = [_FORWARD_HEADING]
    for label, name in (("От", "from"), ("Кому", "to"), ("Дата", "date"), ("Тема", "subject")):
        value = inner.header.first(name)
        if value:
            shown = (
                ", ".join(f"{one.name} <{one.address}>".strip() for one in addresses(value))
                if name in {"from", "to"}
                else decode_header(value)
            )
            heading.append(f"{label}: {shown[:500]}")
    text = "\n\n".join(piece.text for piece in nested.pieces)
    first = nested.pieces[0] if nested.pieces else _Piece("", "us-ascii", None)
    found.pieces.append(_Piece("\n".join(heading) + "\n\n" + text, first.charset, first.repaired, forwarded=True))
    found.files += nested.files
    found.messages += nested.messages
    found.defects += nested.defects


def body(found: Contents, sender: str, extra: str = "") -> Body:
    """The body with its three views; `extra` is text that a file held in its stead (winmail.dat)."""
    own = [piece for piece in found.pieces if not piece.forwarded and piece.text.strip()]
    forwarded = [piece for piece in found.pieces if piece.forwarded and piece.text.strip()]
    own_text = "\n\n".join(piece.text for piece in own)
    if not own_text.strip():
        own_text = tidy(html_to_text(extra) if _IS_HTML.match(extra) else extra)
    passed_on = "\n\n".join(piece.text for piece in forwarded)
    text = "\n\n".join(filter(None, (own_text, passed_on))).strip()
    # Forwarded messages stand last and are quoted whole, whatever is written in them.
    views = cut(own_text, sender)
    new_text = views.new_text or (cut(passed_on, sender).new_text if not own_text.strip() else "")
    quoted = "\n\n".join(filter(None, (views.quoted_text, passed_on)))
    shown = next(iter((*own, *forwarded, *found.pieces)), _Piece("", "us-ascii", None))
    return Body(
        text,
        new_text,
        quoted,
        views.signature,
        shown.charset,
        next((piece.repaired for piece in (*own, *forwarded) if piece.repaired), None),
    )
