"""What is packed in a ZIP: names repaired, each file read, one more ZIP inside opened, nothing written anywhere.

The trap: a few kilobytes unfold into gigabytes, so sizes, ratio and count are judged before a member is opened, and
what a member really yields is counted again while it is read, for the directory may lie.
"""

import io
import re
import zipfile
from collections.abc import Callable

from mailtriage.attachments.file import FileReading, tidy
from mailtriage.attachments.names import safe_name

_MEDIA = "application/zip"
MAX_FILES = 200
_MAX_READ = 12
_MAX_MEMBER = 30_000_000
_MAX_TOTAL = 100_000_000
_MAX_RATIO = 150
_UTF8_FLAG = 0x800

Reader = Callable[[str, bytes, str, int], FileReading]
"""The room's own door: filename, octets, declared type, depth."""


def read_zip(octets: bytes, depth: int, reader: Reader) -> FileReading:
    """Names and texts of the files inside; a problem where no file in it can be read. Never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return _read(archive, len(octets), depth, reader)
    except Exception:  # noqa: BLE001 - zipfile raises many kinds on hostile octets
        return FileReading(_MEDIA, None, "damaged")


def _read(archive: zipfile.ZipFile, packed: int, depth: int, reader: Reader) -> FileReading:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if not members:
        return FileReading(_MEDIA, "", "empty")
    total = sum(info.file_size for info in members)
    if (
        len(members) > MAX_FILES * 10
        or total > _MAX_TOTAL
        or (total > _MAX_MEMBER // 10 and total > _MAX_RATIO * packed)
    ):
        return FileReading(_MEDIA, None, "bomb")
    names = [repaired_name(info) for info in members]
    if all(info.flag_bits & 1 for info in members):
        return FileReading(_MEDIA, "\n".join(names[:MAX_FILES]), "encrypted")
    readings = [
        _member(archive, info, name, depth, reader) for info, name in list(zip(members, names, strict=True))[:_MAX_READ]
    ]
    text = "\n\n".join(f"{name}\n{reading.text or ''}".strip() for name, reading in zip(names, readings, strict=False))
    text += "".join(f"\n{name}" for name in names[_MAX_READ:MAX_FILES])
    legible = any(reading.problem is None for reading in readings)
    return FileReading(_MEDIA, tidy(text), None if legible else readings[0].problem)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int, reader: Reader) -> FileReading:
    if info.flag_bits & 1:
        return FileReading(_MEDIA, None, "encrypted")
    if info.file_size > _MAX_MEMBER:
        return FileReading(_MEDIA, None, "too_large")
    try:
        with archive.open(info) as member:
            octets = member.read(_MAX_MEMBER + 1)
    except Exception:  # noqa: BLE001 - one bad member is not a bad archive
        return FileReading(_MEDIA, None, "damaged")
    if len(octets) > _MAX_MEMBER:
        return FileReading(_MEDIA, None, "bomb")
    return reader(name, octets, "", depth + 1)


def repaired_name(info: zipfile.ZipInfo) -> str:
    """A member's safe name: what Russian Windows packed as cp866 was read as cp437."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG and not name.isascii():
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return safe_name(name)
        try:
            unmarked = raw.decode("utf-8")
        except UnicodeDecodeError:
            unmarked = ""
        # A short cp866 name may be valid utf-8 by chance, but then it is not Cyrillic.
        return safe_name(unmarked if re.search("[а-яё]", unmarked, re.IGNORECASE) else raw.decode("cp866"))
    return safe_name(name)
