"""Headers and bodies as octets that every client and relay takes: 7-bit, CRLF, short lines, the same every time.

It is written out here for three reasons. Python's policies fold badly: a long Message-ID in References becomes an
encoded word, which no client recognises, and a space in a subject gets lost between two of them (RFC 5322 3.6.4, RFC
2047 5). A boundary of theirs is random, and the same letter must be the same octets. And an EmailMessage costs four
times what all the rest of a letter does. The trap is the line break that makes a header of a value: whatever is not
printable ASCII, folded by ourselves, is refused here, at the one door.
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from email.header import Header
from functools import lru_cache
from typing import Final, NamedTuple

_FOLD: Final = "\r\n "
_VALUE: Final = re.compile(rf"[!-~][ -~]*(?:{_FOLD}[ -~]*[!-~][ -~]*)*")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z-]*")
_MAX_LINE: Final = 998
"""RFC 5322 2.1.1, without the line's end."""
_COLUMNS: Final = 76
_IN_A_WORD: Final = 39
"""Octets in an encoded word (RFC 2047 2 allows it 75 characters)."""
_FOREIGN: Final = 0.1
"""The share of other letters up to which a text is taken for a Latin one."""
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class Part(NamedTuple):
    """One form of the same letter."""

    media_type: str
    """With its parameters but the charset: "text/plain; format=flowed"."""
    text: str
    """Lines end with a line feed."""


def words(text: str, header: str) -> str:
    """Unstructured text for the header of that name, spaces and all; what is not ASCII as encoded words."""
    if text.isascii():
        return Header(text, "us-ascii", header_name=header, maxlinelen=_COLUMNS).encode(linesep="\r\n")
    return _FOLD.join(_encoded(text))


def _encoded(text: str) -> Iterator[str]:
    """Encoded words of at most 66 characters, so that a header's name fits before; no character is cut in two."""
    for piece in _pieces(text):
        yield f"=?utf-8?b?{binascii.b2a_base64(piece, newline=False).decode('ascii')}?="


def _pieces(text: str) -> Iterator[bytes]:
    rest = text.encode("utf-8", "replace")
    while len(rest) > _IN_A_WORD:
        end = _IN_A_WORD
        while rest[end] & 0xC0 == 0x80:  # noqa: PLR2004 - RFC 3629 3: in the middle of a character
            end -= 1
        yield rest[:end]
        rest = rest[end:]
    yield rest


@lru_cache(maxsize=16)
def mailbox(name: str, address: str) -> str:
    """A display name with its address (RFC 5322 3.4); the address is known to be safe."""
    if not name:
        return address
    if _ATOMS.fullmatch(name) and len(name) + len(address) < _COLUMNS:
        return f"{name} <{address}>"
    # Anything else is encoded: quoted strings are where clients disagree.
    return f"{_FOLD.join(_encoded(name))}{_FOLD}<{address}>"


def ids(message_ids: Sequence[str]) -> str:
    """Message ids, each whole on a line of its own."""
    return _FOLD.join(message_ids)


def octets(headers: Iterable[tuple[str, str]], parts: Sequence[Part], boundary: str) -> bytes:
    """The whole message; several parts are alternatives, the plainest first (RFC 2046 5.1.4).

    Raises:
        ValueError: a header holds what would not arrive as it is.
    """
    head = "".join(f"{_field(name, value)}\r\n" for name, value in headers) + "MIME-Version: 1.0\r\n"
    if len(parts) == 1:
        return (head + _part(parts[0])).encode("ascii")
    inside = "".join(f"--{boundary}\r\n{_part(part)}\r\n" for part in parts)
    kind = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    return f"{head}{kind}{inside}--{boundary}--\r\n".encode("ascii")


def _field(name: str, value: str) -> str:
    field = f"{name}: {value}"
    too_long = len(field) > _MAX_LINE and max(map(len, field.split("\r\n"))) > _MAX_LINE
    if too_long or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError(f"{name} holds what no header may")
    return field


def _part(part: Part) -> str:
    """Base64 for Cyrillic, else quoted-printable, which keeps spaces at the end of a line and looks less like spam."""
    written = part.text.encode()
    latin = len(written) - len(part.text) < len(part.text) * _FOREIGN
    media_type, *parameters = part.media_type.split("; ")
    fields = "; ".join([media_type, 'charset="utf-8"', *parameters])
    encoding = "quoted-printable" if latin else "base64"
    body = _quoted(written) if latin else _base64(written)
    return f"Content-Type: {fields}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"


def _base64(written: bytes) -> str:
    encoded = binascii.b2a_base64(written.replace(b"\n", b"\r\n"), newline=False).decode("ascii")
    return "".join([f"{encoded[start : start + _COLUMNS]}\r\n" for start in range(0, len(encoded), _COLUMNS)])


def _quoted(written: bytes) -> str:
    return binascii.b2a_qp(written, istext=True).decode("ascii").replace("\n", "\r\n")
