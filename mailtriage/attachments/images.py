"""Whether a person could make anything of a picture: damaged, blank, black, blurred and too small are told apart.

The trap: a small file may decode into gigabytes (a decompression bomb), so the declared size is judged before any
pixel is touched. Blur is judged by `sharpness`.
"""

import io
import warnings

import pi_heif
from PIL import Image, ImageFilter, ImageOps, ImageStat

from mailtriage.attachments.file import FileReading, Problem
from mailtriage.attachments.sharpness import WORK_SIDE, too_blurred

pi_heif.register_heif_opener()

MAX_PIXELS = 60_000_000
_REDUCIBLE = frozenset({"L", "RGB", "RGBA", "LA", "CMYK", "YCbCr"})
_TOO_SMALL = 24
"""Pixels of the shorter side below which nothing is readable."""
_BLANK_SPREAD, _BLANK_EXTREMES = 4.0, 16.0
"""Grey levels of usual and of greatest difference in a smoothed picture below which it shows nothing."""
_SMOOTHED = 5
"""Pixels of the side of what is taken together for that."""


def read_image(octets: bytes, media_type: str) -> FileReading:
    """Judge a picture; the text stays None, for reading it is OCR's work. Never raises on hostile octets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return FileReading(media_type, None, _looked_at(octets))
    except MemoryError:
        return FileReading(media_type, None, "too_large")
    except Image.DecompressionBombError:
        return FileReading(media_type, None, "bomb")
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile octets: struct.error, SyntaxError, ValueError
        return FileReading(media_type, None, "damaged")


def _looked_at(octets: bytes) -> Problem | None:
    if not octets:
        return "empty"
    with Image.open(io.BytesIO(octets)) as image:
        if image.width * image.height > MAX_PIXELS:
            return "bomb"
        if min(image.size) < _TOO_SMALL:
            return "blank"
        if image.format == "JPEG":
            image.draft("L", (WORK_SIDE, WORK_SIDE))
        image.load()
        grey = upright_grey(image)
    return judge(grey)


def upright_grey(image: Image.Image) -> Image.Image:
    """Upright and grey; what is transparent is white, as a mail client shows it."""
    if image.mode in _REDUCIBLE and max(image.size) > WORK_SIDE * 4:
        # Four copies of fifty million pixels would not fit into a reader process.
        image = image.reduce(max(image.size) // (WORK_SIDE * 2))
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        image = Image.alpha_composite(paper, rgba)
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    return image.convert("L")


def judge(grey: Image.Image) -> Problem | None:
    """Blank, blurred, or None for a grey picture that shows something."""
    # A coarse look mostly finds dark places beside light ones already, and nothing need be smoothed.
    coarse = grey.reduce(max(1, max(grey.size) * _SMOOTHED // WORK_SIDE))
    if _spread(ImageStat.Stat(coarse)) < 2 * _BLANK_EXTREMES and _is_blank(grey):
        return "blank"
    return "blurred" if too_blurred(grey) else None


def _is_blank(grey: Image.Image) -> bool:
    if max(grey.size) > WORK_SIDE:
        grey = grey.copy()
        grey.thumbnail((WORK_SIDE, WORK_SIDE))
    smooth = ImageStat.Stat(grey.filter(ImageFilter.BoxBlur(_SMOOTHED // 2)))
    return _spread(smooth) < _BLANK_EXTREMES and smooth.stddev[0] < _BLANK_SPREAD


def _spread(levels: ImageStat.Stat) -> float:
    low, high = levels.extrema[0]
    return high - low
