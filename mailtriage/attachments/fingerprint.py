"""What a picture is recognised by when its octets differ: a small black and white copy of what is drawn in it.

The trap is the usual perceptual hash: of a mostly white screenshot it keeps the white, and all of them are the same.
What tells two receipts apart is a few digits, so ink is kept and not light, as a fax does, and the copy has no fixed
size: the emptier the picture, the finer. Decoding is bounded, for what a reader process hands back is not trusted.
"""

import base64
import zlib
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

MOST_CHARACTERS = 1_600
"""Of one fingerprint."""
_FINEST, _USUAL, _COARSEST = 512, 360, 96
"""Pixels of the longer side: at most, tried first, at least."""
_TRIES = 4
_GROWTH = 0.72
"""Exponent: twice the side takes 2.6 times the room."""
_AIM, _FULL = 0.93, 0.85
"""Shares of the room: aimed at, and enough."""
_GLANCE = 256
"""Pixels of the longer side at which the margins are looked for."""
_MARGIN = 20
"""Grey levels from the margin's own; compression and grain stay below."""
_FAINT = 14
"""Grey levels from the paper's below which nothing is ink."""
_LEAST_INK = 0.002
"""Share of the picture; with less there is nothing to recognise."""
_LOST = 0.85
"""Share of the ink that lies elsewhere at twice the size: beyond it letters have melted together."""
_CRUMB = 64
"""Of 255, over five pixels: less ink is no writing."""
_RIM = 3
"""Pixels left around the writing."""
_SAMPLED = 4
_AROUND = 9
"""Pixels of every fourth pixel's picture around a place."""
_TWICE = [min(255, max(_FAINT, level * 2)) for level in range(256)]
_STEEP = [0] * _MARGIN + [255] * (256 - _MARGIN)
_ANY = [0] + [255] * 255


@dataclass(frozen=True, slots=True)
class Print:
    """A fingerprint, unpacked."""

    ink: Image.Image
    """255 where something is drawn, 0 where nothing is."""
    edges: Image.Image
    """255 where a coloured field begins: what counts as ink there wanders with the light. Of the same size."""
    clear: bool
    """Whether single letters can be told apart at this size."""


def fingerprint(grey: Image.Image, most: int = MOST_CHARACTERS) -> str | None:
    """The fingerprint of an upright grey picture in at most `most` ASCII characters; None where it shows too little."""
    content = _written(grey.crop(_content(grey)))
    finest = min(_FINEST, max(content.size))
    rough = content.resize(_fitted(content.size, _FINEST * 3 // 2), Image.Resampling.BICUBIC, reducing_gap=2.0)
    side = min(finest, _USUAL)
    for _ in range(_TRIES):
        sized = rough.resize(_fitted(content.size, side), Image.Resampling.BICUBIC)
        ink, edges = _drawn(sized, _SAMPLED)
        packed = zlib.compress(b"".join(_bits(image) for image in (ink, edges)), 9)
        used = (len(packed) + 5) * 5 / 4 / most
        if used <= 1 and (used > _FULL or side == finest):
            break
        side = max(1, min(finest, int(side * (_AIM / used) ** _GROWTH)))
    if used > 1 or side < _COARSEST or ImageStat.Stat(ink).mean[0] < 255 * _LEAST_INK:
        return None
    head = bytes((ink.width >> 8, ink.width & 255, ink.height >> 8, ink.height & 255, _clear(rough, ink)))
    return base64.b85encode(head + packed).decode()


def unpacked(fingerprint: str) -> Print | None:
    """What `fingerprint` made; None for anything else."""
    try:
        packed = base64.b85decode(fingerprint[: 2 * MOST_CHARACTERS])
        size = packed[0] << 8 | packed[1], packed[2] << 8 | packed[3]
        if not 0 < min(size) <= max(size) <= _FINEST:
            return None
        coarse = _sampled(size, _SAMPLED)
        whole = (size[0] + 7) // 8 * size[1]
        bits = zlib.decompressobj().decompress(packed[5:], whole + (coarse[0] + 7) // 8 * coarse[1])
        ink = Image.frombytes("1", size, bits[:whole]).convert("L")
        edges = Image.frombytes("1", coarse, bits[whole:]).convert("L").resize(size, Image.Resampling.NEAREST)
    except (ValueError, IndexError, zlib.error):
        return None
    return Print(ink, edges, bool(packed[4]))


def _written(content: Image.Image) -> Image.Image:
    """The part with ink: black corners beside a crooked scan, and fields of colour, are none of it."""
    sized = content.resize(_fitted(content.size, _USUAL), Image.Resampling.BICUBIC, reducing_gap=2.0)
    ink, _ = _drawn(sized, _SAMPLED)
    box = ink.filter(ImageFilter.BoxBlur(2)).point([0] * _CRUMB + [255] * (256 - _CRUMB)).getbbox()
    if box is None:
        return content
    across, along = content.width / sized.width, content.height / sized.height
    left, top, right, bottom = box[0] - _RIM, box[1] - _RIM, box[2] + _RIM, box[3] + _RIM
    return content.crop(
        (
            max(0, int(left * across)),
            max(0, int(top * along)),
            min(content.width, int(right * across)),
            min(content.height, int(bottom * along)),
        )
    )


def _drawn(grey: Image.Image, sampled: int) -> tuple[Image.Image, Image.Image]:
    """Ink, whatever the colour of the field that it stands on; and, `sampled` times smaller, the edges of fields."""
    # The middle of all tones around is the paper's: letters cover less than half of it. Fields keep their edges.
    small = grey.resize(_sampled(grey.size, sampled), Image.Resampling.NEAREST)
    ground = small.filter(ImageFilter.MedianFilter(_AROUND))
    stands_out = ImageChops.difference(grey, ground.resize(grey.size, Image.Resampling.BILINEAR))
    usual = stands_out.filter(ImageFilter.BoxBlur(_AROUND * sampled // 4)).point(_TWICE)
    steps = ImageChops.difference(ground.filter(ImageFilter.MaxFilter(3)), ground.filter(ImageFilter.MinFilter(3)))
    edges = steps.point(_STEEP)
    ink = ImageChops.subtract(stands_out, usual).point(_ANY)
    return ImageChops.subtract(ink, edges.resize(grey.size, Image.Resampling.NEAREST)), edges


def _sampled(size: tuple[int, int], sampled: int) -> tuple[int, int]:
    return max(1, size[0] // sampled), max(1, size[1] // sampled)


def _bits(image: Image.Image) -> bytes:
    return image.convert("1", dither=Image.Dither.NONE).tobytes()


def _clear(rough: Image.Image, ink: Image.Image) -> bool:
    """Whether one and a half times the size would show the same ink."""
    if max(ink.size) >= max(rough.size):
        return True
    finer, _ = _drawn(rough, _SAMPLED * max(rough.size) // max(ink.size))
    moved = ImageChops.difference(finer, ink.resize(finer.size, Image.Resampling.NEAREST))
    return ImageStat.Stat(moved).sum[0] < _LOST * ImageStat.Stat(finer).sum[0]


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    longest = max(size)
    if longest <= side:
        return size
    return max(1, size[0] * side // longest), max(1, size[1] * side // longest)


def _content(grey: Image.Image) -> tuple[int, int, int, int]:
    """The box of what differs from the margin; the whole where there is no even margin."""
    factor = max(1, max(grey.size) // _GLANCE)
    small = grey.reduce(factor)
    rim = sorted(
        small.crop((0, 0, small.width, 1)).tobytes()
        + small.crop((0, small.height - 1, *small.size)).tobytes()
        + small.crop((0, 0, 1, small.height)).tobytes()
        + small.crop((small.width - 1, 0, *small.size)).tobytes()
    )
    margin = rim[len(rim) // 2]
    box = small.point([255 if abs(level - margin) > _MARGIN else 0 for level in range(256)]).getbbox()
    if box is None:
        return (0, 0, *grey.size)
    left, top, right, bottom = box
    return (
        max(0, (left - 1) * factor),
        max(0, (top - 1) * factor),
        min(grey.width, (right + 1) * factor),
        min(grey.height, (bottom + 1) * factor),
    )
