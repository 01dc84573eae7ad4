"""What a file really is: libmagic on its first octets, never the name and never the declared type alone.

The trap: libmagic calls every office document a zip, and its system package is often missing; pylibmagic brings the
library along, but only if it is imported before magic.
"""

import io
import re
import zipfile
from functools import cache

import pylibmagic  # noqa: F401 - must stand before magic, it sets the library's place

import magic  # isort: skip

_HEAD = 4096
_TNEF = b"\x78\x9f\x3e\x22"
_CERTAINLY = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (_TNEF, "application/ms-tnef"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_ODF = re.compile(r"application/vnd\.oasis\.opendocument\.[a-z]+")
_SIGNED = frozenset(
    {
        "application/pgp-encrypted",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "message/rfc822",
        "text/calendar",
    }
)
_GUESSES = frozenset(
    {"application/octet-stream", "text/plain", "application/x-empty", "text/x-algol68", "inode/x-empty"}
)
_DISGUISED = frozenset({"text/csv", "text/html", "text/calendar", "text/vcard", "text/xml", "application/json"})


@cache
def _magic() -> magic.Magic:
    return magic.Magic(mime=True)


def sniff(octets: bytes, declared: str = "", filename: str = "") -> str:  # noqa: PLR0911 - one return a sure sign
    """The media type of a file.

    The declared type is believed only where octets cannot tell (signatures) or say no more than "text".
    """
    head = octets[:_HEAD]
    declared = declared.partition(";")[0].strip().lower()
    found = next((media for mark, media in _CERTAINLY if head.startswith(mark)), None)
    if found:
        return found
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/avif" if head[8:12] == b"avif" else "image/heic"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(octets)
    if not octets.strip(b"\x00 \r\n\t"):
        return "application/x-empty"
    if declared in _SIGNED:
        return declared
    guess = str(_magic().from_buffer(head)).lower()
    if guess.startswith("text/") or guess in _GUESSES:
        return _text_kind(guess, declared, filename)
    return guess


def _text_kind(guess: str, declared: str, filename: str) -> str:
    if guess == "application/octet-stream":
        return declared if declared.startswith("text/") else guess
    if guess in {"text/html", "text/rtf"}:
        return "application/rtf" if guess == "text/rtf" else guess
    if declared in _DISGUISED:
        return declared
    return "text/csv" if filename.lower().endswith(".csv") else "text/plain"


def _zipped(octets: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            names = set(archive.namelist()[:2000])
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:  # noqa: PLR2004 - a media type
                kind = archive.read("mimetype").decode("ascii", "replace").strip()
                if _ODF.fullmatch(kind):
                    return kind
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError, KeyError):
        return "application/zip"
    return next((media for name, media in _OFFICE.items() if name in names), "application/zip")
