"""The words in pictures and scans, by Tesseract in Russian and English; an extra, asked only where a decision needs it.

The trap: recognition takes seconds, invents letters in a landscape, and its libraries are often missing: each picture
has its own time limit, what the program itself doubts is thrown away, and without the extra nothing here is available.
"""

import importlib.util
import io
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from PIL import Image

from mailtriage.attachments import trained
from mailtriage.attachments.file import tidy
from mailtriage.attachments.images import MAX_PIXELS, upright_grey
from mailtriage.attachments.pdf import page_pictures

Part = Callable[[Image.Image], Image.Image | None]
BOTH, RUSSIAN = "rus+eng", "rus"
"""Languages that may be looked for; each word is read in every one of them."""
_MAX_PICTURES = 3
_MILLISECONDS = 12_000
"""By the clock, for one picture: three of them stay within the limit of a reader process. A busy machine takes its
time, so a picture that was not finished is none without words."""
_SIDE = 2400
_LOW_SIDE = 900
"""Pixels of the longer side below which letters are enlarged: Tesseract wants capitals of 20 pixels."""
_SURE = 45
"""Tesseract's confidence in a text, of 100; shapes that are no letters get less."""


def prepare() -> None:
    """Load what reading pictures takes, where it is read by the library."""
    if trained.available() and importlib.util.find_spec("tesserocr"):
        for languages in (BOTH, RUSSIAN):
            _engine(languages)


def read_picture(octets: bytes, media_type: str) -> str | None:
    """The text in a picture, or on the first scanned pages of a PDF; "" where there is none. Never raises.

    None where it could not be told in time.
    """
    read = [_read(_upright(picture)) for picture in _pictures(octets, media_type, _MAX_PICTURES)]
    return None if None in read and not any(read) else tidy("\n\n".join(filter(None, read)))


def first_picture(octets: bytes, media_type: str) -> Image.Image | None:
    """The first picture of a file, upright and grey; None where there is none. Never raises."""
    return next(map(_upright, _pictures(octets, media_type, 1)), None)


def read_part(upright: Image.Image | None, part: Part, languages: str = BOTH) -> str:
    """The text in this part of a picture, upright and grey; "" where it has none: that part of the work."""
    return tidy(_read(upright, part, languages) or "")


def _pictures(octets: bytes, media_type: str, most: int) -> tuple[bytes, ...]:
    return page_pictures(octets, most) if media_type == "application/pdf" else (octets,)


def _upright(octets: bytes) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(octets)) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.draft("L", (_SIDE, _SIDE))
                return upright_grey(image)
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile octets: then nothing is read
        return None


def _read(upright: Image.Image | None, part: Part = lambda grey: grey, languages: str = BOTH) -> str | None:
    """What stands in this part of one picture; None where time did not suffice."""
    try:
        grey = part(_prepared(upright)) if upright is not None else None
        if grey is None:
            return ""
        by = _by_library if importlib.util.find_spec("tesserocr") else _by_program
        return by(grey, languages)
    except (TimeoutError, subprocess.TimeoutExpired):
        return None
    except Exception:  # noqa: BLE001 - Tesseract raises anything on hostile pictures: then nothing is read
        return ""


def _prepared(grey: Image.Image) -> Image.Image:
    """The picture in the size at which letters are read."""
    if max(grey.size) > _SIDE:
        grey = grey.copy()
        grey.thumbnail((_SIDE, _SIDE))
    return grey.resize((grey.width * 2, grey.height * 2)) if max(grey.size) < _LOW_SIDE else grey


def _by_library(grey: Image.Image, languages: str) -> str:
    engine = _engine(languages)
    engine.SetImage(grey)
    try:
        if not engine.Recognize(_MILLISECONDS):
            raise TimeoutError
        return str(engine.GetUTF8Text()) if engine.MeanTextConf() >= _SURE else ""
    finally:
        engine.Clear()


@cache
def _engine(languages: str) -> Any:
    # One picture at a time is read in a process: threads would only fight for its processor time.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr  # noqa: PLC0415 - 30 MB that most installations and most processes never need

    return tesserocr.PyTessBaseAPI(path=str(trained.data()), lang=languages)


def _by_program(grey: Image.Image, languages: str) -> str:
    packed = io.BytesIO()
    grey.save(packed, "PNG", compress_level=1)
    command = [
        str(shutil.which("tesseract")),
        "stdin",
        "stdout",
        "--tessdata-dir",
        str(trained.data()),
        "-l",
        languages,
    ]
    done = subprocess.run(  # noqa: S603 - our own arguments; the picture goes through a pipe
        [*command, "tsv"],
        input=packed.getvalue(),
        capture_output=True,
        timeout=_MILLISECONDS / 1000,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return _from_table(done.stdout.decode("utf-8", "replace"))


def _from_table(table: str) -> str:
    """The words of Tesseract's table: columns 2 to 4 number block, paragraph and line, 10 is the confidence."""
    lines: dict[tuple[str, ...], list[str]] = {}
    sure: list[float] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) > 11 and cells[11].strip():  # noqa: PLR2004 - the last column is the word
            lines.setdefault(tuple(cells[2:5]), []).append(cells[11])
            sure.append(float(cells[10]))
    if not sure or sum(sure) / len(sure) < _SURE:
        return ""
    return "\n".join(" ".join(words) for words in lines.values())
