"""Where one coarse picture may lie on another: every shift of every turn and size, at once.

The trap is the cost: to try each of ten thousand places takes a second. One product of two long integers holds the
correlation at every shift (Kronecker substitution), and takes a quarter of a millisecond.
"""

import math
import struct
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageFilter

Affine = tuple[float, float, float, float, float, float]
"""u' = a u + b v + c, v' = d u + e v + f, in shares of the sides from the middle (-0.5 to 0.5): (a, b, c, d, e, f)."""
GREY = 128
"""The level that says nothing."""
TURNS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
_GLANCE = 16
"""Pixels of the longer side at which lines of text have melted into grey."""
_SIZES = tuple(1.15**power for power in range(-4, 5))
_PEAKS = 2
_COVERED = [max(1, level) for level in range(256)]
_POWERS = [(level - GREY) ** 2 for level in range(256)]
_OCTETS = 4
"""Of one sum: 16 x 16 products of up to 127 x 127 stay below 2**23, and four are unpacked at once."""
_ZERO = 1 << (8 * _OCTETS - 1)


def contrast(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at this size about GREY, without the slope of the light; 0 is kept for "not covered"."""
    small = image.resize(size, Image.Resampling.HAMMING if size[0] <= image.width else Image.Resampling.BILINEAR)
    wide = small.filter(ImageFilter.BoxBlur(max(2, max(size) // 8)))
    return ImageChops.subtract(small, wide, 2, GREY).point(_COVERED)


def fitted(size: tuple[float, float], side: float) -> tuple[int, int]:
    """The size with this longer side, not less than 4 pixels wide or high."""
    longest = max(size)
    return max(4, round(size[0] * side / longest)), max(4, round(size[1] * side / longest))


def turned(image: Image.Image, turns: int) -> Image.Image:
    """The picture after so many quarter turns against the clock."""
    turn = TURNS[turns]
    return image if turn is None else image.transpose(turn)


def places(one: Image.Image, other: Image.Image) -> Iterator[tuple[float, int, Affine]]:
    """Correlation (-1 to 1), quarter turns, how the other then lies on `one`: the best few of each turn and size."""
    first = contrast(one, fitted(one.size, _GLANCE))
    for scale in _SIZES:
        side = _GLANCE * scale * max(other.size) / max(one.size)
        if not _GLANCE / 3 < side < _GLANCE * 2:
            continue
        upright = contrast(other, fitted(other.size, side))
        power = math.sqrt(_power(first) * _power(upright))
        for turns in range(len(TURNS)) if power else ():
            second = turned(upright, turns)
            for most, right, down in _shifts(first, second):
                yield most / power, turns, _affine(first.size, second.size, right, down)


def _affine(first: tuple[int, int], second: tuple[int, int], right: int, down: int) -> Affine:
    across, along = first[0] / second[0], first[1] / second[1]
    return across, 0.0, across / 2 - right / second[0] - 0.5, 0.0, along, along / 2 - down / second[1] - 0.5


def _shifts(first: Image.Image, second: Image.Image) -> Iterator[tuple[int, int, int]]:
    """The best shifts of `second` to the right and down, after the sum of the products there."""
    wide, high = first.width + second.width - 1, first.height + second.height - 1
    product = _packed(first.tobytes(), first.width, wide) * _packed(second.tobytes()[::-1], second.width, wide)
    sums = _unpacked(product, wide * high)
    for _ in range(_PEAKS):
        most = max(sums)
        at = sums.index(most)
        yield most - _ZERO, at % wide - second.width + 1, at // wide - second.height + 1
        sums[at] = 0


def _power(picture: Image.Image) -> int:
    return sum(map(_POWERS.__getitem__, picture.tobytes()))


def _packed(levels: bytes, width: int, wide: int) -> int:
    """Rows of levels about GREY as the digits of one integer, rows `wide` digits apart."""
    gap = bytes([GREY]) * (wide - width)
    digits = b"".join(levels[start : start + width] + gap for start in range(0, len(levels), width))
    octets = bytearray(_OCTETS * len(digits))
    octets[::_OCTETS] = digits
    return int.from_bytes(octets, "little") - _repeated(GREY, len(digits))


def _unpacked(product: int, count: int) -> list[int]:
    """The digits, each greater by _ZERO."""
    octets = (product + _repeated(_ZERO, count)).to_bytes(_OCTETS * count + 8, "little", signed=True)
    return list(struct.unpack_from(f"<{count}I", octets))


def _repeated(digit: int, count: int) -> int:
    return int.from_bytes(digit.to_bytes(_OCTETS, "little") * count, "little")
