"""One picture as another is laid over it: how alike the two lie, and which small step lays the upper one better.

The trap is to work out anew at each of a thousand steps what depends on the lower picture alone, or on what the upper
one leaves uncovered, where it covers everything.
"""

from array import array
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import product
from operator import mul

from PIL import Image, ImageFilter, ImageMath

from mailtriage.attachments.placing import Affine

_TILES = 12
_OVERLAP = 0.5
"""Share of the lower picture that the upper must cover."""
_FLAT = 0.8
"""Grey levels of spread below which two pictures cannot be compared."""
_LEVELS = range(256)
_SQUARES = [level * level for level in _LEVELS]
_COVERED = [0] + [255] * 255
_Tiles = Sequence[float]


class Ground:
    """The lower picture: grey, at least 4 pixels wide and high."""

    def __init__(self, levels: Image.Image) -> None:
        self.size = levels.size
        self._levels, self._exact = levels, levels.convert("F")

    def measured(self, laid: Image.Image) -> tuple[float, Affine | None] | None:
        """How alike the two lie (-1 to 1), and the small affine that would lay them better; None: that cannot be told.

        Args:
            laid: the upper picture, of the same size; 0 is kept for what it does not cover.
        """
        levels = laid.histogram()
        uncovered, levels[0] = levels[0], 0
        share = 1 - uncovered / (self.size[0] * self.size[1])
        if share < _OVERLAP:
            return None
        mask = laid.point(_COVERED) if uncovered else None
        ours, theirs = _spread(self._levels.histogram(mask)) if mask else self._all, _spread(levels)
        if min(ours[1], theirs[1]) < _FLAT:
            return None
        lower = _about(self._exact, ours[0], 1.0, mask) if mask else self._about_all
        upper = _about(laid.convert("F"), theirs[0], ours[1] / theirs[1], mask)
        alike = array("f", _product(lower, upper).reduce(self.size).tobytes())[0] / share / ours[1] ** 2
        return alike, _step(lower, upper, mask)

    @cached_property
    def _all(self) -> tuple[float, float]:
        return _spread(self._levels.histogram())

    @cached_property
    def _about_all(self) -> Image.Image:
        return _about(self._exact, self._all[0], 1.0, None)


def _spread(histogram: list[int]) -> tuple[float, float]:
    """Mean and standard deviation."""
    count = sum(histogram)
    mean = sum(map(mul, histogram, _LEVELS)) / count
    return mean, max(0.0, sum(map(mul, histogram, _SQUARES)) / count - mean * mean) ** 0.5


def _about(levels: Image.Image, mean: float, gain: float, mask: Image.Image | None) -> Image.Image:
    """What differs from the mean, so many times; 0 outside of the mask."""
    centred: Image.Image = (
        ImageMath.lambda_eval(lambda of: (of["l"] - mean) * gain, l=levels)
        if mask is None
        else ImageMath.lambda_eval(lambda of: (of["l"] - mean) * of["m"] * (gain / 255), l=levels, m=mask.convert("F"))
    )
    return centred


def _product(one: Image.Image, other: Image.Image) -> Image.Image:
    multiplied: Image.Image = ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=one, b=other)
    return multiplied


def _step(lower: Image.Image, upper: Image.Image, mask: Image.Image | None) -> Affine | None:
    width, height = lower.size
    inner = (1, 1, width - 1, height - 1)
    left, right = upper.crop((0, 1, width - 2, height - 1)), upper.crop((2, 1, width, height - 1))
    above, below = upper.crop((1, 0, width - 1, height - 2)), upper.crop((1, 2, width - 1, height))
    half = mask.filter(ImageFilter.MinFilter(3)).crop(inner).convert("F") if mask else None
    x, y = _slope(left, right, half), _slope(above, below, half)
    rest: Image.Image = ImageMath.lambda_eval(lambda of: of["l"] - of["u"], l=lower.crop(inner), u=upper.crop(inner))
    tiles = [_tiles(_product(one, other)) for one, other in ((x, x), (x, y), (y, y), (x, rest), (y, rest))]
    solved = _solved(_equations([values for values, _ in tiles], *tiles[0][1]))
    if solved is None:
        return None
    a, b, c, d, e, f = solved
    return 1 + a / width, b / width, c / width, d / height, 1 + e / height, f / height


def _slope(before: Image.Image, after: Image.Image, mask: Image.Image | None) -> Image.Image:
    slope: Image.Image = (
        ImageMath.lambda_eval(lambda of: (of["a"] - of["b"]) * 0.5, a=after, b=before)
        if mask is None
        else ImageMath.lambda_eval(lambda of: (of["a"] - of["b"]) * of["m"] * (0.5 / 255), a=after, b=before, m=mask)
    )
    return slope


def _tiles(image: Image.Image) -> tuple[_Tiles, tuple[int, int]]:
    """The mean of each tile, and how many there are in a row and in a column."""
    reduced = image.reduce((-(-image.width // _TILES), -(-image.height // _TILES)))
    return array("f", reduced.tobytes()).tolist(), reduced.size


def _equations(tiles: list[_Tiles], columns: int, rows: int) -> list[list[float]]:
    """Least squares for what is left when every place moves by an affine of its own coordinates: the lower triangle.

    Of each row the right side stands last.
    """
    place, weights = _weights(columns, rows)
    xx, xy, yy = ([sum(map(mul, values, weight)) for weight in weights] for values in tiles[:3])
    right = [sum(map(mul, values, weight)) for values, weight in product(tiles[3:], place)]
    return [
        [xx[0], right[0]],
        [xx[1], xx[3], right[1]],
        [xx[2], xx[4], xx[5], right[2]],
        [xy[0], xy[1], xy[2], yy[0], right[3]],
        [xy[1], xy[3], xy[4], yy[1], yy[3], right[4]],
        [xy[2], xy[4], xy[5], yy[2], yy[4], yy[5], right[5]],
    ]


@lru_cache(maxsize=32)
def _weights(columns: int, rows: int) -> tuple[tuple[list[float], ...], tuple[list[float], ...]]:
    """Of each tile x, y and 1, and the products of every two of them: each step asks for the same."""
    across = [(column + 0.5) / columns - 0.5 for column in range(columns)] * rows
    along = [(row + 0.5) / rows - 0.5 for row in range(rows) for _ in range(columns)]
    place = (across, along, [1.0] * (columns * rows))
    pairs = ((i, j) for i, j in product(range(3), range(3)) if i <= j)
    return place, tuple(list(map(mul, place[i], place[j])) for i, j in pairs)


def _solved(rows: list[list[float]]) -> list[float] | None:
    """Cholesky; a little is added to the diagonal, for a picture of one line says nothing of its height."""
    ridge = max(row[-2] for row in rows) * 1e-4
    factor: list[list[float]] = []
    for row in rows:
        here: list[float] = []
        for above in factor:
            here.append((row[len(here)] - sum(map(mul, here, above))) / above[-1])
        rest = row[-2] + ridge - sum(map(mul, here, here))
        if rest < 1e-9:  # noqa: PLR2004 - nothing there at all
            return None
        factor.append([*here, rest**0.5])
    found: list[float] = []
    for row, here in zip(rows, factor, strict=True):
        found.append((row[-1] - sum(map(mul, found, here))) / here[-1])
    for at in reversed(range(len(found))):
        found[at] = (found[at] - sum(factor[k][at] * found[k] for k in range(at + 1, len(found)))) / factor[at][at]
    return found
