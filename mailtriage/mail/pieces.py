"""The texts of a message as pieces, each decoded and made readable when it is first asked for, and once.

The trap: of two alternatives only one is shown, and the other, which is mostly half a megabyte of HTML, must cost
nothing; yet sixty long texts would cost sixty times the limit, so what all pieces have cost is counted in one place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from mailtriage.mail.charset import Decoded, decode
from mailtriage.mail.html import html_to_text, meta_charset
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.plain_text import enriched_to_html, tidy, unflowed
from mailtriage.mail.structure import Part
from mailtriage.mail.transfer import decode_transfer

_IS_HTML = re.compile(
    r"\s*(?:<!doctype html|<html|<head|<body|<(?:div|table|p|span|font|center|style)\b[^<>]{0,2000}>"
    r".{0,2000}?<(?:/|br))",
    re.IGNORECASE | re.DOTALL,
)
_HTML = frozenset({"text/html", "text/x-amp-html", "text/watch-html"})
HTML = frozenset({"text/html", "text/x-amp-html", "text/watch-html"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as a person would see it, what its charset really was, and what was done to make it readable."""

    text: str
    charset: str
    repaired: str | None = None


NOTHING = Shown("", "us-ascii")


@dataclass(slots=True)
class Desk:
    """What the pieces of one message are read from, and what their reading has cost and found so far."""

    octets: bytes = b""
    options: ReadOptions = field(default_factory=ReadOptions)
    defects: list[str] = field(default_factory=list)
    looked_at: int = 0
    """Characters of text that were decoded."""

    def say(self, defect: str) -> None:
        """Note what had to be forgiven."""
        self.defects.append(defect)


class Piece:
    """One text of a message."""

    def __init__(self, read: Callable[[], Shown], *, forwarded: bool = False) -> None:
        self._read = read
        self.forwarded = forwarded

    @cached_property
    def shown(self) -> Shown:
        """The text with its charset; read when it is first asked for."""
        return self._read()

    @property
    def text(self) -> str:
        """The text alone."""
        return self.shown.text


def is_html(text: str) -> bool:
    """Whether a text is HTML, whatever it was called."""
    return bool(_IS_HTML.match(text))


def read_part(part: Part, desk: Desk) -> Shown:
    """Decode a text part; what is beyond the limits is left out and told."""
    options = desk.options
    if desk.looked_at > 4 * options.max_text:
        desk.say("only the first of many long texts were read")
        return NOTHING
    raw, defect = decode_transfer(desk.octets[part.start : part.end], part.encoding)
    if defect:
        desk.say(defect)
    declared = part.content_type.plain("charset") or None
    decoded = decode(
        raw[: options.max_text * 4], declared or (meta_charset(raw) if part.media_type == "text/html" else None)
    )
    desk.looked_at += len(decoded.text)
    shown = as_shown(part, decoded)
    if len(raw) > options.max_text * 4 or len(shown.text) > options.max_text:
        desk.say(f"only the first {options.max_text} characters of the text were read")
    # Word writes half a megabyte of styles above three lines, so HTML is measured only when it is text.
    return Shown(shown.text[: options.max_text], shown.charset, shown.repaired)


def as_shown(part: Part, decoded: Decoded) -> Shown:
    """Decoded text as a person would see it."""
    text = decoded.text
    if part.media_type in {"text/enriched", "text/richtext"}:
        text = html_to_text(enriched_to_html(text))
    elif part.media_type in HTML or is_html(text):
        text = html_to_text(text)
    elif part.content_type.plain("format").lower() == "flowed":
        text = unflowed(text, delete_space=part.content_type.plain("delsp").lower() == "yes")
    return Shown(tidy(text), decoded.charset, decoded.repaired)
