"""Header text as a person reads it: RFC 2047 encoded words in all their broken forms, and raw 8-bit octets.

The trap: senders split a word inside a utf-8 character, so neighbouring words of one charset are joined as octets
before they are decoded (RFC 2047 5 forbids the split, 6.2 drops the white space between words).
"""

import binascii
import re

from mailtriage.mail.charset import decode
from mailtriage.mail.transfer import decode_base64

_WORD = re.compile(rb"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,8})\?=", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode_header(value: bytes) -> str:
    """A header value as text: one line, no control characters, no direction overrides."""
    text = "".join(_decoded(*piece) for piece in _pieces(value))
    return clean(text)


def clean(text: str) -> str:
    """Text fit for one line of display."""
    return _SPACES.sub(" ", _CONTROL.sub("", text)).strip()


def _pieces(value: bytes) -> list[tuple[bytes, str | None]]:
    """Runs of octets with their declared charset; None for what stands outside encoded words."""
    pieces: list[tuple[bytes, str | None]] = []
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if (between.strip() or not pieces or pieces[-1][1] is None) and between:
            pieces.append((between, None))
        charset = match[1].decode("ascii", "replace").partition("*")[0].lower()
        octets = _word(match[2], match[3])
        if pieces and pieces[-1][1] == charset:
            pieces[-1] = (pieces[-1][0] + octets, charset)
        else:
            pieces.append((octets, charset))
        end = match.end()
    rest = value[end:]
    if rest.strip() or not pieces:
        pieces.append((rest, None))
    return pieces


def _word(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return decode_base64(text)[0]
    return _HEX.sub(lambda match: binascii.unhexlify(match[1]), text.replace(b"_", b" "))


def _decoded(octets: bytes, charset: str | None) -> str:
    return decode(octets, charset).text
