"""The one door of this room: a file's octets in, what it says or why it cannot be read out.

The trap: what the sender calls a file decides nothing; the octets do (`sniff`). Nothing raises here: a file that
breaks its reader is damaged, and the message goes on.
"""

from dataclasses import replace

from mailtriage.attachments.archives import read_zip
from mailtriage.attachments.file import FileReading, InnerFile
from mailtriage.attachments.images import read_image
from mailtriage.attachments.likeness import likeness
from mailtriage.attachments.names import safe_name
from mailtriage.attachments.office import read_office, read_ole, read_rtf
from mailtriage.attachments.pdf import read_pdf
from mailtriage.attachments.plain import read_plain
from mailtriage.attachments.sniff import sniff
from mailtriage.attachments.tnef import read_tnef

__all__ = ["FileReading", "InnerFile", "read_file", "safe_name"]

MAX_DEPTH = 2
"""An archive inside an archive is opened; one more is not."""
_ENCRYPTED = frozenset({"application/pgp-encrypted"})
_OTHERWISE = frozenset({"application/zip", "application/ms-tnef", "application/pdf"})
"""The text of these is a list of names, or not all of it was read."""
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
"""The object identifier of CMS SignedData (RFC 5652 5.1)."""
_PICTURES = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/tiff",
        "image/bmp",
        "image/x-ms-bmp",
        "image/heic",
        "image/avif",
        "image/heif",
        "image/x-tga",
        "image/jp2",
    }
)
_ARCHIVES = frozenset(
    {
        "application/vnd.rar",
        "application/x-rar",
        "application/x-7z-compressed",
        "application/x-tar",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/zstd",
    }
)


def read_file(
    filename: str,
    octets: bytes,
    declared_type: str = "",
    *,
    max_size: int = 30_000_000,
    depth: int = 0,
    pictures: bool = True,
) -> FileReading:
    """Read one file.

    Args:
        filename: as sent; it is only a hint for text files.
        octets: decoded.
        declared_type: the Content-Type of the part, believed only for signatures and calendars.
        max_size: octets beyond which nothing is read.
        depth: how many archives it was packed in.
        pictures: whether pictures and scans are judged; where not, nothing of them is decoded.
    """
    if not octets:
        return FileReading("application/x-empty", "", "empty")
    try:
        media_type = sniff(octets, declared_type, filename)
        if len(octets) > max_size:
            return FileReading(media_type, None, "too_large")
        return _recognisable(_read(media_type, octets, depth, pictures=pictures))
    except Exception:  # noqa: BLE001 - last resort: a reader that breaks makes the file damaged, not the message
        return FileReading("application/octet-stream", None, "damaged")


def _recognisable(reading: FileReading) -> FileReading:
    """With a likeness wherever there are words; what has pictures beside them brings its own."""
    known = reading.likeness is not None or not reading.text or reading.media_type in _OTHERWISE
    return reading if known else replace(reading, likeness=likeness(reading.text or ""))


def _read(media_type: str, octets: bytes, depth: int, *, pictures: bool) -> FileReading:  # noqa: PLR0911 - one return a kind of file reads best
    if media_type == "application/pdf":
        return read_pdf(octets, pictures=pictures)
    if media_type in _PICTURES:
        return read_image(octets, media_type) if pictures else FileReading(media_type, judged=False)
    if media_type == "application/zip":
        return read_zip(octets, depth, _inside) if depth < MAX_DEPTH else FileReading(media_type, None, "unsupported")
    if media_type.startswith(("application/vnd.openxmlformats", "application/vnd.oasis.opendocument")):
        return read_office(octets, media_type)
    if media_type == "application/rtf":
        return read_rtf(octets)
    if media_type == "application/ms-tnef":
        return read_tnef(octets)
    if media_type in {
        "application/x-ole-storage",
        "application/msword",
        "application/vnd.ms-excel",
        "application/cdfv2",
        "application/encrypted",
    }:
        return read_ole(octets)
    return _rest(media_type, octets)


def _rest(media_type: str, octets: bytes) -> FileReading:  # noqa: PLR0911 - the same
    if media_type == "application/x-empty":
        return FileReading(media_type, "", "empty")
    if media_type in _ENCRYPTED or b"-----BEGIN PGP MESSAGE-----" in octets[:200]:
        return FileReading("application/pgp-encrypted", None, "encrypted")
    if media_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        # An opaque signature is no secret, but its text is packed where no mail client of ours looks (RFC 8551 3.5.2).
        return FileReading(media_type, None, "unsupported" if _SIGNED_DATA in octets[:64] else "encrypted")
    if media_type in _SIGNATURES or media_type in _ARCHIVES:
        return FileReading(media_type, None, "unsupported")
    if media_type.startswith("text/") or media_type in {"application/json", "application/xml", "message/rfc822"}:
        return read_plain(octets, media_type)
    if media_type.startswith(("audio/", "video/")):
        return FileReading(media_type, None, None)
    return FileReading(media_type, None, "unsupported")


def _inside(filename: str, octets: bytes, declared_type: str, depth: int) -> FileReading:
    return read_file(filename, octets, declared_type, depth=depth)
