"""Whether a picture shows what another one shows, be it turned, scaled, saved anew or cropped.

The trap is the receipt of the same bank: it is alike in all but a digit. So being alike only proposes; then one picture
is laid over the other, letter on letter, and every place is compared. Whatever cannot be told is another picture: what
is too small, what shows more than the other, what lies crooked beyond repair.
"""

import io
import math
import warnings
from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from mailtriage.attachments.alignment import Laid, lay, may_lie, settled
from mailtriage.attachments.difference import difference
from mailtriage.attachments.images import MAX_PIXELS, upright_grey
from mailtriage.attachments.ink import coarse_ink, ink, sized
from mailtriage.attachments.letters import letter_size
from mailtriage.attachments.placing import Affine, turned

_LONGEST = 1600
"""Pixels of the longer side at which letters are compared."""
_GLANCE = 384
"""Pixels of the longer side at which pictures are laid over each other."""
_LEGIBLE = 4.5
"""Pixels of a usual letter's shorter side: below it a 3 is an 8."""
_SMALL, _LARGE = (6, 0.1), (14, 0.2)
"""What a changed digit surely differs by in letters of that size; compression and scaling stay below."""
_BEYOND = 0.02
"""Share of written places that may lie outside of the other picture: the rim."""
_SIGHT, _AT_SIGHT = 560, 0.35
"""Pixels of a smaller size, and a difference that copies are far from at it."""
_SCALES = 3.5
"""A picture that is so many times smaller than the other is too small."""


@dataclass(frozen=True)
class Picture:
    """One picture, ready for comparing."""

    upright: Image.Image
    """Grey."""

    @property
    def whole(self) -> bool:
        """Whether it is as it came: none that was made smaller has so few pixels."""
        return self.upright.width * self.upright.height < _LONGEST**2

    @cached_property
    def grey(self) -> Image.Image:
        """Of at most 1600 pixels."""
        return sized(self.upright, _LONGEST)

    @cached_property
    def coarse(self) -> Image.Image:
        """Its ink, small: soon made, and enough to tell most pictures apart."""
        return sized(coarse_ink(self.upright, _GLANCE), _GLANCE // 2)

    @cached_property
    def glance(self) -> Image.Image:
        """Its ink, small, with the paper from between the letters."""
        return sized(ink(sized(self.grey, 2 * _GLANCE)), _GLANCE)

    @cached_property
    def letter(self) -> int:
        """The size of its letters: where they melt together in a smaller picture, the larger one knows."""
        return letter_size(ink(self.grey))


def picture(octets: bytes) -> Picture | None:
    """A picture out of a file; None where there is none, or nothing in it. Never raises on hostile octets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(octets)) as image:
                if image.width * image.height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                    return None
                image.draft("L", (_LONGEST, _LONGEST))
                grey = upright_grey(image)
                return Picture(grey if grey.width * grey.height <= _LONGEST**2 else sized(grey, _LONGEST))
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile octets
        return None


def same_picture(new: Picture, known: Picture) -> str | None:
    """By what everything in `new` is known from the other, in words for people; None for anything else."""
    if new.upright.size == known.upright.size and new.upright.tobytes() == known.upright.tobytes():
        return "то же изображение"
    laid = lay(new.glance, known.glance) if may_lie(new.coarse, known.coarse) else None
    if laid is None or not _nothing_differs(new, known, laid):
        return None
    return "изображение повёрнуто" if laid.turns else "то же изображение"


def _nothing_differs(new: Picture, known: Picture, laid: Laid) -> bool:
    ours, theirs = new.grey, turned(known.grey, laid.turns)
    a, b, _, d, e, _ = laid.affine
    # How many pixels of the other one pixel of ours takes; the area is what a turn leaves alone.
    scale = math.sqrt(abs(a * e - b * d) * theirs.width * theirs.height / (ours.width * ours.height))
    if not 1 / _SCALES < scale < _SCALES:
        return False
    ours, theirs = _scaled(ours, min(1.0, scale)), _scaled(theirs, min(1.0, 1 / scale))
    letter = min(letter_size(ink(ours)), new.letter * min(1.0, scale), known.letter * min(1.0, 1 / scale))
    if letter < _LEGIBLE or _differ_at_sight(ours, theirs, laid.affine):
        return False
    laid, changed = settled(ink(ours), ink(theirs), laid), _changed(letter)
    found = difference(ours, theirs, laid.affine, changed)
    return found.most < changed and found.beyond <= _BEYOND


def _differ_at_sight(ours: Image.Image, theirs: Image.Image, affine: Affine) -> bool:
    """Whether it shows at a smaller size already, as between two payments; that spares the closer look."""
    factor = _SIGHT / max(ours.size)
    if factor > 1:
        return False
    return difference(_scaled(ours, factor), _scaled(theirs, factor), affine, _AT_SIGHT).most >= _AT_SIGHT


def _changed(letter: float) -> float:
    """The difference that a changed digit makes at least; of large letters more of the usual ink."""
    (small, least), (large, most) = _SMALL, _LARGE
    return least + (most - least) * min(1.0, max(0.0, (letter - small) / (large - small)))


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    if factor > 1 / 1.02:
        return image
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.HAMMING)
