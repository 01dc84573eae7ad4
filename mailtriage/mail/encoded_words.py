"""Header text as a person reads it: RFC 2047 encoded words in all their broken forms, and raw 8-bit octets.

The trap: senders split a word inside a utf-8 character, so neighbouring words of one charset are joined as octets
before they are decoded (RFC 2047 5 forbids the split, 6.2 drops the white space between words).
"""

import binascii
import re

from mailtriage.mail.charset import decode, known
from mailtriage.mail.transfer import decode_base64

_WORD = re.compile(
    rb"=\?[ \t]?([^?\s=]{1,60})[ \t]?\?[ \t]?([bBqQ])[ \t]?\?"
    # The end may be missing, of the last word of a line or of any: then what cannot stand in the word ends it.
    rb"(?:([^?]*(?:\?(?!=)[^?]*){0,8})\?=|([^?\s]*)\??(?=\s|$))"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")
_BLANK = re.compile(rb"\s+")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode_header(value: bytes) -> str:
    """A header value as text: one line, no control characters, no direction overrides."""
    text = "".join(_decoded(*piece) for piece in _pieces(value))
    if has_encoded_word(text):
        # Encoded twice, by the client and again by a gateway; what is encoded thrice is no mistake any more.
        text = "".join(_decoded(*piece) for piece in _pieces(text.encode("utf-8", "replace")))
    return clean(text)


def clean(text: str) -> str:
    """Text fit for one line of display."""
    return _SPACES.sub(" ", _CONTROL.sub("", text)).strip()


def has_encoded_word(text: str) -> bool:
    """Whether an encoded word is left in decoded text."""
    return "=?" in text and _WORD.search(text.encode("utf-8", "replace")) is not None


def without_words(value: bytes) -> bytes:
    """A header value with its encoded words cut out."""
    return _WORD.sub(b"", value) if b"=?" in value else value


def flaw(value: bytes) -> str | None:
    """What keeps a strict reader from the encoded words of a value; None where it reads them as we do."""
    if b"=?" not in value:
        return None
    words = list(_WORD.finditer(value))
    if b"=?" in without_words(value) or any(match[3] is None for match in words):
        return "a broken encoded word"
    for match in words:
        label = match[1].decode("ascii", "replace")
        if known(label) is None or _strict(_word(match[2], match[3]), label) is None:
            return "an encoded word that its charset does not decode"
    for octets, charset in _pieces(value):
        if charset and decode(octets, charset).text != _strict(octets, charset):
            return "an encoded word whose charset lies"
    return None


def _strict(octets: bytes, charset: str) -> str | None:
    try:
        return octets.decode(charset)
    except (LookupError, ValueError):
        return None


def _pieces(value: bytes) -> list[tuple[bytes, str | None]]:
    """Runs of octets with their declared charset; None for what stands outside encoded words."""
    pieces: list[tuple[bytes, str | None]] = []
    end, open_base64 = 0, b""
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if (between.strip() or not pieces or pieces[-1][1] is None) and between:
            pieces.append((between, None))
            open_base64 = b""
        charset = match[1].decode("ascii", "replace").partition("*")[0].lower()
        joins = bool(pieces) and pieces[-1][1] == charset
        text = match[4] if match[3] is None else match[3]
        if match[2] in b"bB":
            text = (open_base64 if joins else b"") + _BLANK.sub(b"", text)
            # Some senders cut the base64 itself, between any two of its characters.
            cut = len(text) // 4 * 4 if b"=" not in text and _goes_on(value, match.end()) else len(text)
            text, open_base64 = text[:cut], text[cut:]
        else:
            open_base64 = b""
        octets = _word(match[2], text)
        if joins:
            pieces[-1] = (pieces[-1][0] + octets, charset)
        else:
            pieces.append((octets, charset))
        end = match.end()
    rest = value[end:]
    if rest.strip() or not pieces:
        pieces.append((rest, None))
    return pieces


def _goes_on(value: bytes, end: int) -> bool:
    """Whether another encoded word follows at once."""
    return value[end : end + 200].lstrip().startswith(b"=?")


def _word(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return decode_base64(text)[0]
    return _HEX.sub(lambda match: binascii.unhexlify(match[1]), text.replace(b"_", b" "))


def _decoded(octets: bytes, charset: str | None) -> str:
    return decode(octets, charset).text
