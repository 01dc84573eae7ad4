"""Whether a person could make anything of a picture: damaged, blank, black, blurred and too small are told apart.

Two traps. A small file may decode into gigabytes (a decompression bomb), so the declared size is judged before any
pixel is touched. And a screenshot is mostly flat, a blurred photo of a paper is not: sharpness is measured where the
picture has edges, not over the whole.
"""

import io
import warnings

import pi_heif
from PIL import Image, ImageFilter, ImageOps, ImageStat

from mailtriage.attachments.file import FileReading, Problem

pi_heif.register_heif_opener()

MAX_PIXELS = 60_000_000
_TOO_SMALL = 24
"""Pixels of the shorter side below which nothing is readable."""
_WORK_SIDE = 1200
_BLANK_SPREAD = 4.0
"""Grey levels between the darkest and the lightest parts of a smoothed picture below which it shows nothing."""
_SHARP = 0.15
"""Print of 20 pixels blurred over four pixels, which nobody can read, has 0.14."""
_DRAWN = 5.0
"""Spread of grey levels in a tile from which on something is drawn there."""
_TILES = 8


def read_image(octets: bytes, media_type: str) -> FileReading:
    """Judge a picture; the text stays None, for reading it is OCR's work. Never raises on hostile octets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return FileReading(media_type, None, _problem(octets))
    except Image.DecompressionBombError:
        return FileReading(media_type, None, "bomb")
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile octets: struct.error, SyntaxError, ValueError
        return FileReading(media_type, None, "damaged")


def _problem(octets: bytes) -> Problem | None:
    if not octets:
        return "empty"
    with Image.open(io.BytesIO(octets)) as image:
        if image.width * image.height > MAX_PIXELS:
            return "bomb"
        if min(image.size) < _TOO_SMALL:
            return "blank"
        if image.format == "JPEG":
            image.draft("L", (_WORK_SIDE, _WORK_SIDE))
        image.load()
        grey = _grey(image)
    return judge(grey)


def _grey(image: Image.Image) -> Image.Image:
    """Upright and grey; what is transparent is white, as a mail client shows it."""
    image = ImageOps.exif_transpose(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        image = Image.alpha_composite(paper, rgba)
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    return image.convert("L")


def judge(grey: Image.Image) -> Problem | None:
    """Blank, blurred, or None for a grey picture that shows something."""
    if max(grey.size) > _WORK_SIDE * 2:
        grey.thumbnail((_WORK_SIDE * 2, _WORK_SIDE * 2))
    smooth = grey.filter(ImageFilter.BoxBlur(2))
    low, high = ImageStat.Stat(smooth).extrema[0]
    if high - low < _BLANK_SPREAD * 4 and ImageStat.Stat(smooth).stddev[0] < _BLANK_SPREAD:
        return "blank"
    return "blurred" if sharpness(grey) < _SHARP else None


def sharpness(grey: Image.Image) -> float:
    """0 (no fine detail) to about 0.7 (crisp print): how much of the contrast of drawn places one pixel carries.

    Large letters may be soft and still read well, so the half-sized picture is asked too, and the better answer counts.
    """
    half = grey.reduce(2)
    return max(_sharpness(grey), _sharpness(half) if min(half.size) > _WORK_SIDE // 5 else 0.0)


def _sharpness(grey: Image.Image) -> float:
    width, height = grey.size
    calm = grey.filter(ImageFilter.GaussianBlur(0.8))
    coarse = grey.filter(ImageFilter.BoxBlur(2))
    step_x, step_y = max(24, width // _TILES), max(24, height // _TILES)
    tiles: list[tuple[float, float]] = []
    for left in range(0, max(1, width - step_x // 2), step_x):
        for top in range(0, max(1, height - step_y // 2), step_y):
            box = (left, top, min(width, left + step_x), min(height, top + step_y))
            # The filter leaves the outermost pixels as they were: they are cut off.
            edges = ImageOps.crop(calm.crop(box).filter(_LAPLACE), 1)
            tiles.append((ImageStat.Stat(edges).stddev[0], ImageStat.Stat(coarse.crop(box)).stddev[0]))
    fine_levels = sorted(fine for fine, _ in tiles)
    # Grain of the camera is everywhere: what the flattest tiles hold is no drawing.
    noise = fine_levels[len(fine_levels) // 8] * 1.15
    drawn = sorted(((spread, fine) for fine, spread in tiles if spread >= _DRAWN), reverse=True)
    # Where the contrast is strongest the writing is; faint tiles are shadows and grain.
    best = [max(0.0, fine**2 - noise**2) ** 0.5 / (spread + 4) for spread, fine in drawn[: max(2, len(drawn) // 3)]]
    return sum(best) / len(best) if best else 1.0


_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
