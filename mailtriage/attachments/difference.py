"""How much two pictures differ that lie over each other, in the place where they differ most.

The trap is the mean: two receipts of one bank are the same but for a digit, a ten-thousandth of the picture. So every
place of a letter is judged for itself, against what usually stands in a place; and it may lie a little off, for scans
are crooked and paper bends.
"""

from dataclasses import dataclass
from itertools import product

from PIL import Image, ImageChops, ImageFilter, ImageStat

from mailtriage.attachments.alignment import warped
from mailtriage.attachments.ink import ink
from mailtriage.attachments.placing import GREY, Affine

_PLACE = 6
"""Pixels of the side of a place; places overlap by half."""
_OFF = (-0.7, 0.0, 0.7)
"""Pixels by which a place may lie off."""
_AROUND = 21
"""Pixels to each side of a place that are looked at when it is shifted."""
_SHIFTED = 400
"""Places that are shifted at most; where more differ, everything does."""
_SOFT = ImageFilter.GaussianBlur(0.7)
"""Takes away what compression and scaling leave around letters."""
_LIGHT = ImageFilter.BoxBlur(12)
"""Over so many pixels to each side the light may differ."""
_SQUARES = [min(255, level * level // 64) for level in range(256)]
_SQUARES_AROUND_GREY = [min(255, (level - GREY) ** 2 // 64) for level in range(256)]
_INKED = 4
"""Of 255: with less there is nothing in a place."""
_FAINTEST = 0.5
"""Of the usual ink: fainter print is judged as if it had so much."""
_WITHIN = 250
_RIM = ImageFilter.MaxFilter(5)
"""Places around the second picture in which its edge shows on the first, and nothing is written."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of the second picture from the first."""

    most: float
    """Of the ink of a usual place, in the place that differs most: 0 to 1 and more."""
    beyond: float
    """Share of the first picture's written places that the second does not cover."""


def difference(one: Image.Image, other: Image.Image, affine: Affine, least: float) -> Difference:
    """Compare place by place two grey pictures of about one scale, `other` laid over `one` by `affine`.

    Args:
        one: the first.
        other: the second.
        affine: how it lies.
        least: the smallest difference that matters; when a place has it, no other is looked at more closely.
    """
    covered = warped(Image.new("L", other.size, 255), affine, one.size).point([0] * 255 + [255])
    ours = _places(ink(one).filter(_SOFT).point(_SQUARES))
    theirs = _places(warped(ink(other), affine, one.size).filter(_SOFT).point(_SQUARES))
    power = ImageChops.lighter(ours, theirs).tobytes()
    cover = _places(covered)
    within, around = cover.filter(ImageFilter.MinFilter(3)).tobytes(), cover.filter(_RIM).tobytes()
    judged = [at for at, there in enumerate(power) if there >= _INKED and within[at] >= _WITHIN]
    written = [near for there, near in zip(ours.tobytes(), around, strict=True) if there >= _INKED]
    if not judged or not written:
        return Difference(1.0, 1.0)
    usual = sorted(power[at] for at in judged)[len(judged) // 2]
    inked = {at: max(power[at], usual * _FAINTEST) for at in judged}
    left = _places(_left(one.filter(_SOFT), warped(other, affine, one.size), covered)).tobytes()
    worst = sorted(((left[at] / inked[at], at) for at in judged), reverse=True)
    beyond = sum(not near for near in written) / len(written)
    differing = [at for share, at in worst if share >= least]
    if not differing or len(differing) > _SHIFTED:
        return Difference(worst[0][0], beyond)
    most = worst[len(differing)][0] if len(differing) < len(worst) else 0.0
    for at in differing:
        centre = _centre(at, ours.width, one.size, ours.size)
        most = max(most, _least_left(one, other, affine, covered, centre) / inked[at])
        if most >= least:
            break
    return Difference(most, beyond)


def _left(ours: Image.Image, theirs: Image.Image, covered: Image.Image) -> Image.Image:
    """The squares of what differs, a difference of the light apart; `ours` is softened already."""
    left = ImageChops.subtract(ours, theirs.filter(_SOFT), 1, GREY)
    left.paste(GREY, mask=ImageChops.invert(covered))
    return ImageChops.subtract(left, left.filter(_LIGHT), 1, GREY).point(_SQUARES_AROUND_GREY)


def _least_left(
    one: Image.Image, other: Image.Image, affine: Affine, covered: Image.Image, centre: tuple[int, int]
) -> float:
    """What is left in one place when it is shifted to where it fits best."""
    x, y = centre
    box = max(0, x - _AROUND), max(0, y - _AROUND), min(one.width, x + _AROUND), min(one.height, y + _AROUND)
    within = (
        x - box[0] - _PLACE // 2 - 1,
        y - box[1] - _PLACE // 2 - 1,
        x - box[0] + _PLACE // 2 + 1,
        y - box[1] + _PLACE // 2 + 1,
    )
    ours, inside = one.crop(box).filter(_SOFT), covered.crop(box)
    a, b, c, d, e, f = affine
    shares = []
    for right, down in product(_OFF, _OFF):
        shifted = (a, b, c + right / other.width, d, e, f + down / other.height)
        left = _left(ours, warped(other, shifted, one.size, box), inside)
        shares.append(ImageStat.Stat(left.crop(within)).mean[0])
    return min(shares)


def _centre(at: int, columns: int, size: tuple[int, int], places: tuple[int, int]) -> tuple[int, int]:
    """The pixel in the middle of a place."""
    return (2 * (at % columns) + 1) * size[0] // (2 * places[0]), (2 * (at // columns) + 1) * size[1] // (2 * places[1])


def _places(image: Image.Image) -> Image.Image:
    """The mean of each place."""
    size = max(1, image.width * 2 // _PLACE), max(1, image.height * 2 // _PLACE)
    return image.resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(0.5))
