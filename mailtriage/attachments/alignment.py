"""Lays one small picture over another: which turn, shift, size and tilt brings the second onto the first.

The trap is text, which looks like itself a line further down: so the search begins where lines have melted into grey
and comes to the letters step by step (Lucas and Kanade 1981, with the six freedoms that a crooked scan needs).
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from operator import mul

from PIL import Image, ImageFilter, ImageMath, ImageStat

from mailtriage.attachments.placing import Affine, contrast, fitted, places, turned

_FOLLOWED = 8
_Stage = tuple[int, int, int, float]
_COARSE: tuple[_Stage, ...] = ((24, 8, 5, 0.45), (48, 6, 3, 0.6), (96, 6, 1, 0.65))
"""As _STAGES, of a coarse look; copies that were ill-treated have 0.52, 0.7 and 0.77."""
_STAGES: tuple[_Stage, ...] = ((24, 8, 5, 0.5), (48, 6, 3, 0.6), (96, 6, 2, 0.65), (192, 6, 1, 0.7), (384, 4, 1, 0.6))
"""Pixels of the longer side, from melted lines to letters; steps taken at it; ways followed further, and the
correlation that they must have: copies that were ill-treated have 0.75, 0.81, 0.88, 0.92 and 0.91."""
_FINE, _FINE_STEPS = 768, 5
_GAIN = 0.0005
"""Of correlation; a step that gains less is the last."""
_TILES = 12
_OVERLAP = 0.5
"""Share of the first picture that the second must cover."""
_FLAT = 0.8
"""Grey levels of spread below which two pictures cannot be compared."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The second picture, brought onto the first."""

    turns: int
    """Quarter turns against the clock."""
    affine: Affine
    alike: float
    """Correlation at the last stage, -1 to 1."""


def may_lie(one: Image.Image, other: Image.Image) -> bool:
    """Whether a coarse look leaves it open that `other` can be laid over `one`; mostly it does not."""
    return _laid(one, other, _COARSE) is not None


def lay(one: Image.Image, other: Image.Image) -> Laid | None:
    """The best way to lay `other` over `one`; None where there is none."""
    return _laid(one, other, _STAGES)


def _laid(one: Image.Image, other: Image.Image, stages: Iterable[_Stage]) -> Laid | None:
    ways = sorted(places(one, other), reverse=True)[:_FOLLOWED]
    for side, steps, kept, least in stages:
        ground = _ground(one, one, side)
        grounds = {turns: _ground(one, turned(other, turns), side) for turns in {turns for _, turns, _ in ways}}
        refined = ((_refined(ground, grounds[turns], affine, steps), turns) for _, turns, affine in ways)
        likely = ((alike, turns, affine) for (alike, affine), turns in refined if alike >= least)
        ways = sorted(likely, reverse=True)[:kept]
        if not ways:
            return None
    alike, turns, affine = ways[0]
    return Laid(turns, affine, alike)


def settled(one: Image.Image, other: Image.Image, laid: Laid) -> Laid:
    """The same, letter on letter; of the same two pictures in a finer size, `other` turned already."""
    alike, affine = _refined(_ground(one, one, _FINE), _ground(one, other, _FINE), laid.affine, _FINE_STEPS)
    return replace(laid, affine=affine, alike=alike)


def warped(
    image: Image.Image, affine: Affine, size: tuple[int, int], box: tuple[int, int, int, int] | None = None
) -> Image.Image:
    """The picture as it lies over another of this size, or over a box of it; what it does not cover is 0."""
    a, b, c, d, e, f = affine
    (w, h), (wide, high) = image.size, size
    left, top, right, bottom = box or (0, 0, wide, high)
    row = (a * w / wide, b * w / high, w * (c + 0.5 - a / 2 - b / 2))
    column = (d * h / wide, e * h / high, h * (f + 0.5 - d / 2 - e / 2))
    at = tuple((x, y, offset + x * left + y * top) for x, y, offset in (row, column))
    over = (right - left, bottom - top)
    return image.transform(over, Image.Transform.AFFINE, (*at[0], *at[1]), Image.Resampling.BILINEAR)


def _ground(one: Image.Image, picture: Image.Image, side: int) -> Image.Image:
    """A picture as it is compared at this size of the first one."""
    return contrast(picture, fitted(one.size, min(max(one.size), side))).filter(ImageFilter.GaussianBlur(0.7))


def _refined(first: Image.Image, second: Image.Image, affine: Affine, steps: int) -> tuple[float, Affine]:
    """The correlation reached, and the better affine."""
    best = (-1.0, affine)
    for _ in range(steps):
        measured = _measured(first, second, affine)
        if measured is None:
            break
        alike, step = measured
        gained = alike - best[0]
        if gained > 0:
            best = alike, affine
        if step is None or gained < _GAIN:
            break
        affine = _composed(affine, step)
    return best


def _measured(first: Image.Image, second: Image.Image, affine: Affine) -> tuple[float, Affine | None] | None:
    """How alike the two lie, and the small affine that would lay them better."""
    laid = warped(second, affine, first.size)
    mask = laid.point([0] + [255] * 255)
    share = ImageStat.Stat(mask).mean[0] / 255
    if share < _OVERLAP:
        return None
    ours, theirs = ImageStat.Stat(first, mask), ImageStat.Stat(laid, mask)
    if min(ours.stddev[0], theirs.stddev[0]) < _FLAT:
        return None
    gain = ours.stddev[0] / theirs.stddev[0]
    levels = {"a": first.convert("F"), "b": laid.convert("F"), "m": mask.convert("F")}
    paper = ImageMath.lambda_eval(lambda of: (of["a"] - ours.mean[0]) * of["m"] / 255, **levels)
    over = ImageMath.lambda_eval(lambda of: (of["b"] - theirs.mean[0]) * of["m"] * (gain / 255), **levels)
    alike = _mean(ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=paper, b=over)) / share / ours.var[0]
    return alike, _step(paper, over, mask)


def _mean(image: Image.Image) -> float:
    return array("f", image.reduce(image.size).tobytes())[0]


def _step(paper: Image.Image, over: Image.Image, mask: Image.Image) -> Affine | None:
    width, height = paper.size
    inner = (1, 1, width - 1, height - 1)
    crop = {
        "t": paper.crop(inner), "w": over.crop(inner),
        "l": over.crop((0, 1, width - 2, height - 1)), "r": over.crop((2, 1, width, height - 1)),
        "u": over.crop((1, 0, width - 1, height - 2)), "o": over.crop((1, 2, width - 1, height)),
    }  # fmt: skip
    inside = mask.filter(ImageFilter.MinFilter(3)).crop(inner).convert("F")
    half = ImageMath.lambda_eval(lambda of: of["m"] / (2 * 255), m=inside)
    x = ImageMath.lambda_eval(lambda of: (of["r"] - of["l"]) * of["m"], **crop, m=half)
    y = ImageMath.lambda_eval(lambda of: (of["o"] - of["u"]) * of["m"], **crop, m=half)
    left = ImageMath.lambda_eval(lambda of: of["t"] - of["w"], **crop)
    tiles = [_tiles(one, other) for one, other in ((x, x), (x, y), (y, y), (x, left), (y, left))]
    columns, rows = tiles[0][1]
    solved = _solved(_equations([values for values, _ in tiles], columns, rows))
    if solved is None:
        return None
    a, b, c, d, e, f = solved
    return 1 + a / width, b / width, c / width, d / height, 1 + e / height, f / height


def _equations(tiles: list[list[float]], columns: int, rows: int) -> list[list[float]]:
    """Least squares for what is left when every place moves by an affine of its own coordinates."""
    place, weights = _weights(columns, rows)
    moment = {(*pair, k): sum(map(mul, tiles[k], weight)) for k in range(3) for pair, weight in weights.items()}
    right = [sum(map(mul, tiles[k], place[i])) for k, i in product((3, 4), range(3))]
    return [
        [moment[min(i % 3, j % 3), max(i % 3, j % 3), i // 3 + j // 3] for j in range(6)] + [right[i]] for i in range(6)
    ]


@lru_cache(maxsize=32)
def _weights(columns: int, rows: int) -> tuple[tuple[list[float], ...], dict[tuple[int, int], list[float]]]:
    """Of each tile x, y and 1, and the products of every two of them: each step asks for the same."""
    across = [(column + 0.5) / columns - 0.5 for column in range(columns)] * rows
    along = [(row + 0.5) / rows - 0.5 for row in range(rows) for _ in range(columns)]
    place = (across, along, [1.0] * (columns * rows))
    pairs = ((i, j) for i, j in product(range(3), range(3)) if i <= j)
    return place, {(i, j): list(map(mul, place[i], place[j])) for i, j in pairs}


def _tiles(one: Image.Image, other: Image.Image) -> tuple[list[float], tuple[int, int]]:
    cell = (-(-one.width // _TILES), -(-one.height // _TILES))
    multiplied: Image.Image = ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=one, b=other)
    reduced = multiplied.reduce(cell)
    return list(array("f", reduced.tobytes())), reduced.size


def _solved(matrix: list[list[float]]) -> list[float] | None:
    """Gauss with pivots; a little is added to the diagonal, for a picture of one line says nothing of its height."""
    size = len(matrix)
    most = max(matrix[i][i] for i in range(size))
    for i in range(size):
        matrix[i][i] += most * 1e-4
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        if abs(matrix[pivot][i]) < 1e-9:  # noqa: PLR2004 - nothing there at all
            return None
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        for row in range(size):
            if row != i:
                factor = matrix[row][i] / matrix[i][i]
                matrix[row] = [one - factor * other for one, other in zip(matrix[row], matrix[i], strict=True)]
    return [matrix[i][size] / matrix[i][i] for i in range(size)]


def _composed(affine: Affine, step: Affine) -> Affine:
    """The step first, then the affine."""
    a, b, c, d, e, f = affine
    p, q, r, s, t, u = step
    return (
        a * p + b * s, a * q + b * t, a * r + b * u + c,
        d * p + e * s, d * q + e * t, d * r + e * u + f,
    )  # fmt: skip
