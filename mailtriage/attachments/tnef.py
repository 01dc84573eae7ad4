"""Unpacks winmail.dat, in which Outlook hides the text and the files of a mail.

The trap: tnefparse raises TypeError without an OEM code page and UnicodeDecodeError on Cyrillic names, so the names
are decoded here.
"""

import logging
import re

from tnefparse import TNEF

from mailtriage.attachments.file import FileReading, InnerFile, tidy
from mailtriage.attachments.names import safe_name
from mailtriage.attachments.office import rtf_text
from mailtriage.attachments.plain import decode_text

_MEDIA = "application/ms-tnef"
_MAX_FILES = 100
_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^<>]{0,2000}>", re.DOTALL | re.IGNORECASE)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)


def read_tnef(octets: bytes) -> FileReading:
    """The files and the text inside. Never raises on hostile octets."""
    try:
        tnef = TNEF(octets, do_checksum=False)
        files = tuple(_inner(attachment) for attachment in tnef.attachments[:_MAX_FILES])
        body = _body(tnef)
    except Exception:  # noqa: BLE001 - tnefparse raises many kinds on hostile octets
        return FileReading(_MEDIA, None, "damaged")
    if not files and not body:
        return (
            FileReading(_MEDIA, "", "empty") if getattr(tnef, "objects", ()) else FileReading(_MEDIA, None, "damaged")
        )
    return FileReading(_MEDIA, body or None, None, files, body or None)


def _inner(attachment: object) -> InnerFile:
    names = [getattr(attachment, "_name", b"") or b""]
    for prop in getattr(attachment, "mapi_attrs", ()):
        # PidTagAttachLongFilename, MS-OXCMSG 2.2.2.10
        if getattr(prop, "name", 0) == 0x3707:  # noqa: PLR2004
            names.insert(0, getattr(prop, "raw_data", [b""])[0] or b"")
    raw = next((name for name in names if name), b"")
    name = raw if isinstance(raw, str) else decode_text(bytes(raw).rstrip(b"\x00"))
    data = getattr(attachment, "data", b"")
    return InnerFile(safe_name(name.strip("\x00"), "winmail-attachment"), data if isinstance(data, bytes) else b"")


def _body(tnef: object) -> str:
    for name in ("body", "htmlbody", "rtfbody"):
        try:
            raw = getattr(tnef, name, None)
        except Exception:  # noqa: BLE001, S112 - a property that cannot be decoded is as good as missing
            continue
        if not raw:
            continue
        if isinstance(raw, list):
            raw = raw[0]
        if name == "rtfbody" and isinstance(raw, bytes):
            raw = unpacked_rtf(raw).decode("latin-1")
        text = raw if isinstance(raw, str) else decode_text(bytes(raw))
        if name == "htmlbody":
            text = _TAGS.sub(" ", text)
        if name == "rtfbody":
            text = rtf_text(text)
        text = tidy(text.replace("\x00", ""))
        if text:
            return text
    return ""


_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSym"
    rb"bolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_MAX_RTF = 4_000_000


def unpacked_rtf(octets: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP 2.2) unfolded; what is not compressed is returned as it is."""
    if octets[8:12] != b"LZFu":
        return octets[16:] if octets[8:12] == b"MELA" else octets
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\x00"))
    write, out, position = len(_DICTIONARY), bytearray(), 16
    while position < len(octets) and len(out) < _MAX_RTF:
        control = octets[position]
        position += 1
        for bit in range(8):
            if position >= len(octets):
                break
            if control >> bit & 1:
                token = int.from_bytes(octets[position : position + 2], "big")
                position += 2
                offset, length = token >> 4, (token & 15) + 2
                if offset == write:
                    return bytes(out)
            else:
                offset, length = -1, 1
            for step in range(length):
                value = octets[position] if offset < 0 else window[(offset + step) % _WINDOW]
                out.append(value)
                window[write] = value
                write = (write + 1) % _WINDOW
            position += offset < 0
    return bytes(out)
