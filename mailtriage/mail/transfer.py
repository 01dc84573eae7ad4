"""Undoes the Content-Transfer-Encoding of a part (RFC 2045 6), however broken it is.

The trap: the standard library stops at the first bad base64 character or returns the encoded text itself; a cut-off
attachment is worth its first half, and a part labelled base64 that is plain text is plain text.
"""

import binascii
import quopri
import re

import pybase64

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_LOOKS_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]{4,}")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})[\r\n]+", re.MULTILINE)


def decode_transfer(octets: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The octets behind a transfer encoding, and a defect or None. Unknown encodings are taken as they are."""
    encoding = encoding.strip().lower().strip("\"'")
    if encoding == "base64":
        return decode_base64(octets)
    if encoding == "quoted-printable":
        return quopri.decodestring(octets), None
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return decode_uu(octets)
    if encoding in {"", "7bit", "8bit", "binary"} or not encoding.isascii():
        return octets, None
    return octets, f"unknown transfer encoding {encoding[:30]}"


def decode_base64(octets: bytes) -> tuple[bytes, str | None]:
    """Everything that can be had from base64: junk between the lines is skipped, a lost tail is left off."""
    encoded = octets.strip()
    if not encoded:
        return b"", None
    try:
        padding = encoded.find(b"=")
        if padding >= 0 and encoded[padding:].strip(b"="):
            # Two encoded pieces may follow one another, each with its own padding: the first is read.
            return binascii.a2b_base64(encoded), "padding inside base64"
        return pybase64.b64decode(encoded), None
    except binascii.Error:
        pass
    if not _LOOKS_BASE64.match(encoded[:400]) or b" " in encoded[:60]:
        return octets, "labelled base64, but it is not"
    clean = _NOT_BASE64.sub(b"", octets)
    clean = clean[: len(clean) // 4 * 4] if len(clean) % 4 == 1 else clean + b"=" * (-len(clean) % 4)
    try:
        return binascii.a2b_base64(clean), "damaged base64"
    except binascii.Error:
        return octets, "damaged base64"


def decode_uu(octets: bytes) -> tuple[bytes, str | None]:
    """The first file of a uuencoded text."""
    match = _UU_BEGIN.search(octets)
    if not match:
        return octets, "labelled uuencode, but it is not"
    out = bytearray()
    for line in octets[match.end() :].splitlines():
        if line.strip() in {b"end", b"`"} or not line:
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            # Old encoders pad the last characters away.
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:wanted])
            except binascii.Error:
                return bytes(out), "damaged uuencode"
    return bytes(out), None
