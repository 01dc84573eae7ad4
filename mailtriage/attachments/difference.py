"""Where two pictures differ that lie over each other, in the places where they differ most.

The trap is the mean: two receipts of one bank are the same but for a few digits, a thousandth of the picture. So every
place of a few letters is judged for itself, against what stands there; and it may lie a little off, for paper bends.
"""

from dataclasses import dataclass
from itertools import product

from PIL import Image, ImageChops, ImageFilter

from mailtriage.attachments.alignment import warped
from mailtriage.attachments.fingerprint import Print
from mailtriage.attachments.placing import Affine

_PLACE = 5
"""Pixels of the side of a place: a letter."""
_OFF = (-0.9, 0.0, 0.9)
"""Pixels by which a place may lie off."""
_SOFT = 0.5
_SQUARES = [level * level // 255 for level in range(256)]
_INKED = 6
"""Of 255: with less there is nothing in a place."""
_WITHIN = 250
_AT_EDGE = 12


@dataclass(frozen=True, slots=True)
class Difference:
    """How much differs in the places that could be judged."""

    most: float
    """Of the ink of a usual place, in the place that differs most; 0 to 1 and more."""
    judged: float
    """Share of all places with ink that could be judged."""


def difference(one: Print, other: Print, affine: Affine) -> Difference:
    """Compare place by place what `other`, laid by `affine`, shows over `one`."""
    size, soft = one.ink.size, ImageFilter.GaussianBlur(_SOFT)
    ours, theirs = one.ink.filter(soft), warped(other.ink, affine, size).filter(soft)
    power = ImageChops.lighter(_places(ours.point(_SQUARES)), _places(theirs.point(_SQUARES))).tobytes()
    missed = _least_missed(ours, other.ink, affine, soft)
    within = _places(warped(Image.new("L", other.ink.size, 255), affine, size)).filter(ImageFilter.MinFilter(3))
    near = ImageFilter.MaxFilter(3)
    edges = _places(ImageChops.lighter(one.edges, warped(other.edges, affine, size))).filter(near)
    places = list(zip(missed, power, within.tobytes(), edges.tobytes(), strict=True))
    inked = [place for place in places if place[1] >= _INKED]
    judged = [place for place in inked if place[2] >= _WITHIN and place[3] <= _AT_EDGE]
    if not judged:
        return Difference(1.0, 0.0)
    usual = sorted(there for _, there, _, _ in judged)[len(judged) // 2]
    return Difference(max(miss / max(there, usual) for miss, there, _, _ in judged), len(judged) / len(inked))


def _least_missed(ours: Image.Image, ink: Image.Image, affine: Affine, soft: ImageFilter.GaussianBlur) -> bytes:
    """For each place, what differs when it is shifted to where it fits best."""
    a, b, c, d, e, f = affine
    least: Image.Image | None = None
    for right, down in product(_OFF, _OFF):
        shifted = (a, b, c + right / ours.width, d, e, f + down / ours.height)
        theirs = warped(ink, shifted, ours.size).filter(soft)
        missed = _places(ImageChops.difference(ours, theirs).point(_SQUARES))
        least = ImageChops.darker(least, missed) if least else missed
    return least.tobytes() if least else b""


def _places(image: Image.Image) -> Image.Image:
    """The mean of each place; places overlap by half."""
    size = max(1, image.width * 2 // _PLACE), max(1, image.height * 2 // _PLACE)
    return image.resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(0.5))
