"""File names that cannot leave their folder, whatever the sender wrote (`../../etc/passwd`, NUL, direction overrides).

The trap: a name is shown to people and used for saving; an override character makes "exe.txt" out of "txt.exe".
"""

import re
import unicodedata

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:\"|?*]")
_RESERVED = re.compile(r"(?i)^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_SPACES = re.compile(r"\s+")
_MAX_NAME = 120
_MAX_EXTENSION = 12


def safe_name(filename: str | None, fallback: str = "attachment") -> str:
    """The last component of a name without anything dangerous; never empty, at most 120 characters."""
    name = unicodedata.normalize("NFC", filename or "")
    name = _SPACES.sub(" ", _UNSAFE.sub("", name.replace("\t", " ").replace("\n", " ")))
    name = name.replace("\\", "/").rstrip("/ ").rpartition("/")[2].strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > _MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        keep = dot and len(extension) <= _MAX_EXTENSION
        name = f"{stem[: _MAX_NAME - len(extension) - 1]}.{extension}" if keep else name[:_MAX_NAME]
    return name or fallback
