"""Text files in whatever charset their writer's program used, HTML pages, and calendar entries.

The trap: a text file carries no charset label at all, and a file full of NULs is no text.
"""

import re

import cchardet

from mailtriage.attachments.file import FileReading, text_reading

_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^<>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
_RUSSIAN = re.compile(r"[оеаинтслврк]")
_LOCAL = ("windows-1251", "koi8-r", "cp866")


def read_plain(octets: bytes, media_type: str) -> FileReading:
    """A text file as text; "empty" where nothing is written."""
    text = decode_text(octets[:2_000_000])
    if media_type == "text/html":
        text = _TAGS.sub(" ", text)
        for entity, char in _ENTITIES.items():
            text = text.replace(entity, char)
    return text_reading(media_type, text)


def decode_text(octets: bytes) -> str:
    """Octets as text: marks first, then utf-8, then the most likely of the Russian charsets."""
    for mark, charset in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if octets.startswith(mark):
            return octets.decode(charset, "replace").lstrip("\ufeff")
    if octets[1:200:2].count(0) + octets[1:200:2].count(4) > len(octets[:200]) * 0.4:
        return octets.decode("utf-16-le", "replace")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        pass
    vote = str((cchardet.detect(octets[:20_000]) or {}).get("encoding") or "").lower()
    readings = {name: octets.decode(name, "replace") for name in _LOCAL}
    scores = {
        name: len(_RUSSIAN.findall(text[:20_000])) + (5 if name == vote else 0) for name, text in readings.items()
    }
    return readings[max(scores, key=lambda name: scores[name])]
