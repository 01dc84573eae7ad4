"""What is found out about one file: the value that every reader in this room returns.

The trap: "no text" has many meanings (a picture, an empty file, a locked one), so the problem is a word of its own and
a missing text says nothing by itself.
"""

import re
from dataclasses import dataclass
from typing import Literal

Problem = Literal["encrypted", "damaged", "empty", "blank", "blurred", "too_large", "bomb", "unsupported"]
MAX_TEXT = 200_000
"""Characters of extracted text that are kept."""
_SPACES = re.compile(r"[^\S\n](?:(?<! )[^\S\n]*|[^\S\n]+)")
"""Blanks that are not one plain space already, as nearly all are."""
_BREAKS = re.compile(r"\n\s*\n\s*\n+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""With halves of characters, which no JSON can carry."""


@dataclass(frozen=True, slots=True)
class InnerFile:
    """A file that was packed in another: its safe name and its octets."""

    filename: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file says."""

    media_type: str
    """What the octets are, not what was declared."""
    text: str | None = None
    """At most MAX_TEXT characters; None where nothing was read."""
    problem: Problem | None = None
    """Why a person could not read it either; None for a picture that can be looked at."""
    files: tuple[InnerFile, ...] = ()
    """What winmail.dat held: these stand in the message in its place."""
    body: str | None = None
    """The message text that winmail.dat held."""
    likeness: str | None = None
    """What its words are known by when its octets differ."""
    judged: bool = True
    """False where nobody looked at a picture yet, so that `problem` None says nothing."""


def tidy(text: str) -> str:
    """Extracted text without control characters and runs of blanks, at most MAX_TEXT characters."""
    text = _CONTROL.sub("", text[: MAX_TEXT * 2].replace("\r\n", "\n").replace("\r", "\n"))
    return _BREAKS.sub("\n\n", _SPACES.sub(" ", text)).strip()[:MAX_TEXT]


def text_reading(media_type: str, text: str) -> FileReading:
    """A reading of text; "empty" where there is none."""
    text = tidy(text)
    return FileReading(media_type, text, None if text else "empty")
