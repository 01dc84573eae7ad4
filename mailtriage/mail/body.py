"""What a person would read: the ladder over the parts of a message, from plain text over HTML to whatever else is text.

The trap: in multipart/alternative one child is shown, in mixed all of them, and a message inside a message is somebody
else's words (RFC 2046 5.1.3, 5.1.4, 5.2.1): it is shown as forwarded, below a heading, never merged.
"""

import re
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from mailtriage.language.sparse import sparse
from mailtriage.mail.charset import Decoded, known, mended
from mailtriage.mail.encoded_words import decode_header
from mailtriage.mail.headers import addresses
from mailtriage.mail.html import html_to_text
from mailtriage.mail.message import Body
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.pieces import HTML, NOTHING, Desk, Piece, Shown, as_shown, is_html, read_part
from mailtriage.mail.plain_text import tidy
from mailtriage.mail.quotes import cut
from mailtriage.mail.structure import UNREAD, Part
from mailtriage.mail.transfer import decode_transfer

_PLACEHOLDER = sparse(
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
class Contents:
    """What the walk over the parts found: pieces of text, leaves that are files, and machine-readable reports."""

    desk: Desk = field(default_factory=Desk)
    pieces: list[Piece] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    """Attached messages, outermost first."""
    reports: list[tuple[str, bytes]] = field(default_factory=list)
    returned: bytes = b""
    calendar: bool = False


def contents(root: Part, octets: bytes, options: ReadOptions, text: str | None = None) -> Contents:
    """Sort the parts of a message into text, files and reports; the texts are read when they are asked for.

    Args:
        root: the tree of parts.
        octets: the whole message that it was taken from.
        options: the limits.
        text: the body of a message that is one text in utf-8 or ASCII, where another reader has decoded it already.
    """
    found = Contents(Desk(octets, options))
    if text is not None and _is_text(root) and len(text) <= options.max_text:
        unicode = "us-ascii" if text.isascii() else "utf-8"
        decoded = Decoded(text, known(root.content_type.plain("charset")) or unicode)
        found.pieces.append(Piece(lambda: as_shown(root, mended(decoded))))
        return found
    _visit(root, found, forwarded=False)
    return found


def _visit(part: Part, found: Contents, *, forwarded: bool) -> None:
    if part.media_type == UNREAD:
        return
    if part.media_type == "multipart/alternative" and part.children:
        _alternative(part, found, forwarded=forwarded)
    elif part.children and not part.media_type.startswith("multipart/"):
        _message(part, found)
    elif part.children:
        for child in part.children:
            _visit(child, found, forwarded=forwarded)
    else:
        _leaf(part, found, forwarded=forwarded)


def _leaf(part: Part, found: Contents, *, forwarded: bool) -> None:
    octets = found.desk.octets
    if part.media_type in _REPORT_PARTS:
        found.reports.append((part.media_type, decode_transfer(octets[part.start : part.end], part.encoding)[0]))
        if part.media_type == "text/rfc822-headers":
            found.returned = found.returned or octets[part.start : part.end]
    elif _is_text(part):
        if len(found.pieces) >= _MAX_PIECES:
            found.desk.say(f"only the first {_MAX_PIECES} texts were read")
            return
        found.pieces.append(Piece(partial(read_part, part, found.desk), forwarded=forwarded))
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


def _alternative(part: Part, found: Contents, *, forwarded: bool) -> None:
    """One of the children is shown: plain text if it says anything, else the richest that does."""
    choices: list[tuple[str, list[Piece]]] = []
    for child in part.children:
        inner = Contents(found.desk)
        _visit(child, inner, forwarded=forwarded)
        choices.append((child.media_type, inner.pieces))
        found.files += inner.files
        found.messages += inner.messages
        found.reports += inner.reports
        found.returned = found.returned or inner.returned
        found.calendar = found.calendar or inner.calendar
    plain = _saying([pieces for kind, pieces in choices if kind == "text/plain"])
    if plain and not _may_stand_in("".join(one.text for one in plain)):
        found.pieces += plain
        return
    # Pages for watches and the AMP variant say less than the HTML beside them.
    others = sorted(choices, key=lambda one: one[0] in HTML - {"text/html"})
    rich = _saying([pieces for kind, pieces in others if kind != "text/plain"])
    if plain and rich and _is_placeholder("".join(one.text for one in plain), "".join(one.text for one in rich)):
        plain = None
    found.pieces += plain or rich or [piece for _, pieces in choices for piece in pieces][:1]


def _saying(choices: list[list[Piece]]) -> list[Piece] | None:
    """The first that says anything; what stands behind it is not even decoded."""
    return next((pieces for pieces in choices if any(piece.text.strip() for piece in pieces)), None)


def _may_stand_in(plain: str) -> bool:
    """Whether a plain text may be a mere note about its HTML, so that it must be held against that."""
    if _PLACEHOLDER.search(plain[:_STUB]) or _fewer_letters(plain, plain.count("?") + plain.count("\ufffd")):
        return True
    views = cut(plain)
    return not views.new_text and not views.quoted_text


def _fewer_letters(text: str, number: int) -> bool:
    """Whether there are fewer letters than so many; a text is not gone through for a few question marks."""
    return sum(1 for _ in islice(filter(str.isalpha, text), number)) < number


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


def _message(part: Part, found: Contents) -> None:
    """A message inside: in a report it is what came back, elsewhere it is forwarded."""
    inner = part.children[0]
    if part.parent == "multipart/report" or found.reports:
        found.returned = found.returned or found.desk.octets[part.start : min(part.end, part.start + 65_536)]
        return
    found.messages.append(part)
    nested = Contents(found.desk)
    _visit(inner, nested, forwarded=True)
    found.pieces.append(Piece(partial(_forwarded, inner, nested.pieces), forwarded=True))
    found.files += nested.files
    found.messages += nested.messages


def _forwarded(inner: Part, pieces: list[Piece]) -> Shown:
    """An attached message as text, below a heading that says whose it is."""
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
    text = "\n\n".join(piece.text for piece in pieces)
    first = pieces[0].shown if pieces else NOTHING
    return Shown("\n".join(heading) + "\n\n" + text, first.charset, first.repaired)


def body(found: Contents, sender: str, extra: str = "") -> Body:
    """The body with its three views; `extra` is text that a file held in its stead (winmail.dat)."""
    own = [piece for piece in found.pieces if not piece.forwarded and piece.text.strip()]
    forwarded = [piece for piece in found.pieces if piece.forwarded and piece.text.strip()]
    own_text = "\n\n".join(piece.text for piece in own)
    if not own_text.strip():
        own_text = tidy(html_to_text(extra) if is_html(extra) else extra)
    passed_on = "\n\n".join(piece.text for piece in forwarded)
    text = "\n\n".join(filter(None, (own_text, passed_on))).strip()
    # Forwarded messages stand last and are quoted whole, whatever is written in them.
    views = cut(own_text, sender)
    new_text = views.new_text or (cut(passed_on, sender).new_text if not own_text.strip() else "")
    quoted = "\n\n".join(filter(None, (views.quoted_text, passed_on)))
    shown = next((piece.shown for piece in (*own, *forwarded, *found.pieces)), NOTHING)
    return Body(
        text,
        new_text,
        quoted,
        views.signature,
        shown.charset,
        next((piece.shown.repaired for piece in (*own, *forwarded) if piece.shown.repaired), None),
    )
