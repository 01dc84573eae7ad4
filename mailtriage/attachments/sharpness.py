"""Whether print in a picture is too blurred to be read, however large or small its letters are.

The trap is to measure blur in pixels: three of them ruin small print and leave a headline untouched. What a reader
loses first is the strokes that stand across the line, until of a line of letters only a grey bar is left; so the change
of grey along the lines is set against the change across them (the structure tensor of each place: isotropic where
letters are, one direction where only bars are). The finest scale that rises above the grain of the camera is asked.
"""

import math
from dataclasses import dataclass

from PIL import Image, ImageMath

WORK_SIDE = 1600
"""Pixels of the longer side that are looked at; letters and blur shrink alike."""
_GLANCE_SIDE = 800
"""At this size a page of print is just readable: what has hard edges here is sharp enough, whatever it shows."""
_TILES = 16
_TILE = 16
"""Pixels of the smallest tile: fewer hold no line of print."""
_LEAST_SIDE = 40
_READ = 0.57
"""Change along the lines by change across them: readable print has 0.6 and more, bars of grey have less."""
_STRAIGHT = 0.05
"""The same of a ruled line or the rim of a coloured field, which is no writing."""
_CRISP = 0.66
"""Change from pixel to pixel by that of the half-sized picture: a smooth slope has 0.5, an edge 0.7."""
_CRISP_GRAIN = 2.5
_CLEAR_GRAIN = 2.5
_CLEAR_SHARE = 0.3
"""Of the greatest change at any scale: less is what compression and grain leave between blurred letters."""
_GRAIN = 1.2
_MOST_GRAIN = 20.0
"""Grey levels from pixel to pixel; where print fills the picture there is no empty place to measure the grain in."""
_FAINT = 1.5
"""Grey levels from pixel to pixel below which a scale says nothing."""
_SHADE = 5.0
"""Grey levels that a blot without an edge stays below at every scale; faint print reaches its own at the finest."""
_DRAWN_SHARE = 8
"""The eighth of the tiles that changes most is where the writing is."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """How the grey changes at one size of the picture, in the places where it changes most."""

    change: float
    """Grey levels from pixel to pixel, without the grain."""
    grain: float
    evenness: float
    """0 (all change goes in one direction) to 1 (the same in all)."""


def too_blurred(grey: Image.Image) -> bool:
    """Whether nothing written in a grey picture can be read any more; doubt says no."""
    if _crisp(_sized(grey, _GLANCE_SIDE, 1.0)):
        return False
    picture = _sized(grey, WORK_SIDE, 2.0)
    scales: list[_Scale] = []
    while not scales or min(picture.size) >= _LEAST_SIDE:
        scales.append(_measure(picture, _MOST_GRAIN / 2 ** len(scales)))
        picture = picture.reduce(2)
    most = max(scale.change for scale in scales)
    if most < _SHADE and scales[0].change < most / 2:
        return True
    least = max(_FAINT, _CLEAR_SHARE * most)
    clear = (scale for scale in scales if scale.change >= max(least, _CLEAR_GRAIN * scale.grain))
    asked = next(clear, None) or max(scales, key=lambda scale: scale.change / (scale.grain + 0.5))
    return asked.evenness < _READ


def _sized(grey: Image.Image, side: int, gap: float) -> Image.Image:
    """At most so many pixels long; the smaller the gap, the more is left to putting whole pixels together."""
    if max(grey.size) > side:
        grey = grey.copy()
        grey.thumbnail((side, side), reducing_gap=gap)
    return grey.convert("F")


def _crisp(picture: Image.Image) -> bool:
    """Whether the edges in a picture are hard, and are not the grain of the camera."""
    full = _measure(picture, _MOST_GRAIN)
    if full.change < max(_FAINT, _CRISP_GRAIN * full.grain):
        return False
    return full.change > _CRISP * _measure(picture.reduce(2), _MOST_GRAIN / 2).change


def _measure(picture: Image.Image, most_grain: float) -> _Scale:
    """The eigenvalues of every tile's structure tensor, summed over the tiles with the strongest change."""
    pairs = [_eigenvalues(*tile) for tile in _tensors(picture)]
    grain = min(sorted(weak for _, weak in pairs)[len(pairs) // 10] * _GRAIN, most_grain**2)
    ranked = sorted(((max(0.0, strong - grain), max(0.0, weak - grain)) for strong, weak in pairs), reverse=True)
    most = max(2, len(ranked) // _DRAWN_SHARE)
    change = math.sqrt(sum(across for across, _ in ranked[:most]) / len(ranked[:most]))
    written = [pair for pair in ranked if pair[0] and pair[1] >= _STRAIGHT**2 * pair[0]][:most]
    chosen = written if len(written) > 1 else ranked[:most]
    across, along = sum(pair[0] for pair in chosen), sum(pair[1] for pair in chosen)
    return _Scale(change, math.sqrt(grain), math.sqrt(along / across) if across else 0.0)


def _tensors(picture: Image.Image) -> list[tuple[float, float, float]]:
    """The means of x*x, y*y and x*y of the grey differences, tile by tile."""
    width, height = picture.size[0] - 1, picture.size[1] - 1
    columns, rows = (max(1, min(_TILES, side // _TILE)) for side in (width, height))
    tile = (width // columns, height // rows)
    box = (tile[0] * columns, tile[1] * rows)
    here = picture.crop((0, 0, *box))
    right, below = picture.crop((1, 0, box[0] + 1, box[1])), picture.crop((0, 1, box[0], box[1] + 1))
    x = ImageMath.lambda_eval(lambda of: of["b"] - of["a"], a=here, b=right)
    y = ImageMath.lambda_eval(lambda of: of["b"] - of["a"], a=here, b=below)
    means = []
    for one, other in ((x, x), (y, y), (x, y)):
        product = ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=one, b=other)
        means.append(product.reduce(tile).tobytes("raw", "F"))
    return list(zip(*(memoryview(mean).cast("f").tolist() for mean in means), strict=True))


def _eigenvalues(xx: float, yy: float, xy: float) -> tuple[float, float]:
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return middle + half, max(0.0, middle - half)
