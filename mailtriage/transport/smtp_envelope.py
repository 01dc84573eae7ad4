"""What stands around a mail on the wire: the addresses, MAIL's parameters, CRLF and dots.

The trap is an address that says more to the server than to us: only plain atoms pass, so that neither a second command
nor a source route can hide in one.
"""

import re
from collections.abc import Mapping
from email.parser import BytesHeaderParser
from email.utils import parseaddr

# Atoms alone (RFC 5321 4.1.2, RFC 6531 3.3): quotes and comments are where two programs read two different addresses.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\U0010ffff]+@[A-Za-z0-9.\-\u00a1-\U0010ffff]+")
_LONGEST_ADDRESS = 254


def wire_address(address: str) -> str | None:
    """The address with its domain as A-labels (RFC 5890), or None where it is none."""
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return None
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def author(octets: bytes) -> str | None:
    """The address in From of a mail of ours."""
    return wire_address(parseaddr(str(BytesHeaderParser().parsebytes(octets).get("From", "")))[1])


def mail_command(sender: str, to: str, octets: bytes, offers: Mapping[str, str]) -> bytes:
    """MAIL with the parameters that this mail needs and the server offers."""
    words = [f"MAIL FROM:<{sender}>"]
    if "size" in offers:
        words.append(f"SIZE={len(octets)}")
    if not octets.isascii() and "8bitmime" in offers:
        words.append("BODY=8BITMIME")
    if not (sender.isascii() and to.isascii()):
        words.append("SMTPUTF8")
    return " ".join(words).encode()


def size_limit(offers: Mapping[str, str]) -> int | None:
    """The most octets that the server takes; RFC 1870 section 3: zero, or no number, is no fixed limit."""
    told = offers.get("size", "").strip()
    return int(told) or None if told.isdecimal() else None


def transparent(octets: bytes) -> bytes:
    """CRLF line ends, leading dots doubled (RFC 5321 4.5.2); the final dot is still to come."""
    lines = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # As if a line had ended before the first, which may begin with a dot, too.
    text = (b"\n" + lines).replace(b"\n.", b"\n..").removeprefix(b"\n").replace(b"\n", b"\r\n")
    return text if text.endswith(b"\r\n") else text + b"\r\n"
