"""Whether Tesseract is here with Russian and English; an extra, asked only where a decision needs it.

The trap is the price of the question: the daemon asks whether pictures can be read, reads none itself, and must not
load what decodes them.
"""

import importlib.util
import os
import shutil
from functools import cache
from pathlib import Path

READER_VERSION = "tesseract-1"
"""Kept beside every text that is remembered: raised when the same picture would be read otherwise."""
_NEEDED = ("rus.traineddata", "eng.traineddata")
_PLACES = (
    "/usr/share/tesseract-ocr",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)


@cache
def available() -> bool:
    """Whether pictures can be read here: the library or the program, with both languages."""
    folder = data()
    return folder is not None and bool(importlib.util.find_spec("tesserocr") or shutil.which("tesseract"))


@cache
def data() -> Path | None:
    """The folder with the trained data of both languages."""
    given = os.environ.get("TESSDATA_PREFIX")
    roots = [Path(place) for place in ((given,) if given else ()) + _PLACES]
    candidates = [folder for root in roots for folder in (root, root / "tessdata", *sorted(root.glob("*/tessdata")))]
    return next((folder for folder in candidates if all((folder / name).exists() for name in _NEEDED)), None)
