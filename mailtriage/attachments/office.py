"""The words of office documents: DOCX, XLSX, PPTX, ODF and RTF, by the standard library where it suffices.

The trap: these are zips with XML inside, so both kinds of bombs fit in them: member sizes are judged before reading,
and the XML is read as a stream (`office_xml`).
"""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from striprtf.striprtf import rtf_to_text

from mailtriage.attachments.file import FileReading, text_reading
from mailtriage.attachments.likeness import likeness
from mailtriage.attachments.office_xml import Bomb, running_text, shared_strings, sheet_text

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_MEMBER = 20_000_000
_MAX_TOTAL = 40_000_000
_PARTS = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes)\.xml|xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml"
    r"|ppt/slides/slide\d+\.xml|content\.xml"
)
_FIGURE = re.compile(r"/media/|^Pictures/")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_office(octets: bytes, media_type: str) -> FileReading:
    """The text of a zipped office document. Never raises on hostile octets."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return _read(archive, media_type)
    except Bomb:
        return FileReading(media_type, None, "bomb")
    except Exception:  # noqa: BLE001 - zipfile and the XML parser raise many kinds on hostile octets
        return FileReading(media_type, None, "damaged")


def _read(archive: zipfile.ZipFile, media_type: str) -> FileReading:
    wanted = [info for info in archive.infolist()[:5000] if _PARTS.fullmatch(info.filename)][:60]
    if any(info.flag_bits & 1 for info in wanted) or "EncryptedPackage" in archive.namelist():
        return FileReading(media_type, None, "encrypted")
    if any(info.file_size > _MAX_MEMBER for info in wanted) or sum(info.file_size for info in wanted) > _MAX_TOTAL:
        raise Bomb
    strings: list[str] = []
    texts: list[str] = []
    for info in sorted(
        wanted, key=lambda info: (not info.filename.startswith(("xl/shared", "word/document")), info.filename)
    ):
        xml = _xml(archive, info)
        if info.filename == "xl/sharedStrings.xml":
            strings = shared_strings(xml)
        elif info.filename.startswith("xl/"):
            texts.append(sheet_text(xml, strings))
        else:
            texts.append(running_text(xml))
    pictures = any("/media/" in name or name.startswith("Pictures/") for name in archive.namelist())
    reading = text_reading(media_type, "\n".join(texts))
    drawn = sorted(f"{info.CRC:08x}" for info in archive.infolist()[:5000] if _FIGURE.search(info.filename))
    figures = hashlib.sha256(" ".join(drawn).encode()).hexdigest()[:16] if drawn else ""
    reading = replace(reading, likeness=likeness(reading.text or "", figures))
    # A document that is one pasted photo is legible to a person.
    return FileReading(media_type, None) if reading.problem == "empty" and pictures else reading


def _xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        xml = member.read(_MAX_MEMBER + 1)
    if len(xml) > _MAX_MEMBER:
        raise Bomb
    return xml


def read_rtf(octets: bytes) -> FileReading:
    """The text of an RTF document, whose own code page is honoured."""
    source = octets[:4_000_000].decode("latin-1")
    if not source.rstrip("\x00 \r\n").endswith("}"):
        source += "}"
    try:
        text = rtf_text(source)
    except Exception:  # noqa: BLE001 - striprtf raises many kinds on hostile octets
        return FileReading("application/rtf", None, "damaged")
    return text_reading("application/rtf", text)


def rtf_text(source: str) -> str:
    """The text of RTF source. Raises what striprtf raises, which is anything."""
    convert: Callable[..., str] = rtf_to_text
    text = convert(source, encoding=_rtf_code_page(source), errors="replace")
    # RTF tells a smile in two halves, and striprtf leaves them so.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _rtf_code_page(source: str) -> str:
    match = re.search(r"\\ansicpg(\d{3,5})", source[:2000])
    return f"cp{match[1]}" if match else "cp1251"


def read_ole(octets: bytes) -> FileReading:
    """Old binary office files: not read here, but an encrypted package of a new one is named as such."""
    encrypted = (
        "EncryptedPackage".encode("utf-16-le") in octets[:65_536]
        or "EncryptedPackage".encode("utf-16-le") in octets[-65_536:]
    )
    if encrypted:
        return FileReading("application/encrypted", None, "encrypted")
    text = _ole_text(octets)
    # A person with an office program can read it; only what is no OLE file at all is damaged.
    return FileReading("application/msword", text or None, None if octets.startswith(_OLE) else "damaged")


def _ole_text(octets: bytes) -> str:
    """Runs of UTF-16 Cyrillic or Latin, which is how Word 97 and later keep their text."""
    runs = re.findall(
        rb"(?:[\x20-\x7e\r\n\t]\x00|[\x10-\x4f]\x04|[\xa0-\xbb]\x00|[\x13\x14\x1e\x1c\x1d\x26]\x20|\x16\x21){12,}",
        octets[:4_000_000],
    )
    return (
        text_reading("application/msword", "\n".join(run.decode("utf-16-le", "replace") for run in runs[:2000])).text
        or ""
    )
