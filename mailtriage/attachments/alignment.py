"""Lays one small picture over another: which turn, shift, size and tilt brings the second onto the first.

The trap is text, which looks like itself a line further down: so the search begins where lines have melted into grey
and comes to the letters step by step (Lucas and Kanade 1981, with the six freedoms that a crooked scan needs).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from PIL import Image, ImageFilter

from mailtriage.attachments.ground import Ground
from mailtriage.attachments.placing import Affine, contrast, fitted, places, turned


class _Stage(NamedTuple):
    """One size at which the two are compared, from melted lines to letters."""

    side: int
    """Pixels of the longer side."""
    steps: int
    kept: int
    """Ways followed further."""
    least: float
    """The correlation that they must have."""
    gain: float = 0.0005
    """Of correlation; a step that gains less is the last."""


_FOLLOWED = 8
_COARSE = (_Stage(24, 8, 5, 0.45, 0.01), _Stage(48, 6, 3, 0.58, 0.01), _Stage(96, 6, 1, 0.6, 0.01))
"""Of a coarse look; copies that were ill-treated have 0.64, 0.68 and 0.66."""
_STAGES = (_Stage(24, 8, 5, 0.5), _Stage(48, 6, 3, 0.6), _Stage(96, 6, 2, 0.65), _Stage(192, 6, 1, 0.7),
           _Stage(384, 4, 1, 0.6))  # fmt: skip
"""Copies that were ill-treated have 0.75, 0.81, 0.88, 0.92 and 0.91."""
_FINE = _Stage(768, 5, 1, -1.0)
_HOPE = 2
"""So many times what a step gained do the next ones gain together, at most: what still lies too far off is given up."""


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
    for stage in stages:
        ground = Ground(_ground(one, one, stage))
        grounds = {turns: _ground(one, turned(other, turns), stage) for turns in {turns for _, turns, _ in ways}}
        refined = ((_refined(ground, grounds[turns], affine, stage), turns) for _, turns, affine in ways)
        likely = ((alike, turns, affine) for (alike, affine), turns in refined if alike >= stage.least)
        ways = sorted(likely, reverse=True)[: stage.kept]
        if not ways:
            return None
    alike, turns, affine = ways[0]
    return Laid(turns, affine, alike)


def settled(one: Image.Image, other: Image.Image, laid: Laid) -> Laid:
    """The same, letter on letter; of the same two pictures in a finer size, `other` turned already."""
    alike, affine = _refined(Ground(_ground(one, one, _FINE)), _ground(one, other, _FINE), laid.affine, _FINE)
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


def _ground(one: Image.Image, picture: Image.Image, stage: _Stage) -> Image.Image:
    """A picture as it is compared at this size of the first one."""
    return contrast(picture, fitted(one.size, min(max(one.size), stage.side))).filter(ImageFilter.GaussianBlur(0.7))


def _refined(first: Ground, second: Image.Image, affine: Affine, stage: _Stage) -> tuple[float, Affine]:
    """The correlation reached, and the better affine."""
    best = (-1.0, affine)
    for _ in range(stage.steps):
        measured = first.measured(warped(second, affine, first.size))
        if measured is None:
            break
        alike, step = measured
        gained = alike - best[0]
        if gained > 0:
            best = alike, affine
        if step is None or gained < stage.gain or best[0] + _HOPE * gained < stage.least:
            break
        affine = _composed(affine, step)
    return best


def _composed(affine: Affine, step: Affine) -> Affine:
    """The step first, then the affine."""
    a, b, c, d, e, f = affine
    p, q, r, s, t, u = step
    return (
        a * p + b * s, a * q + b * t, a * r + b * u + c,
        d * p + e * s, d * q + e * t, d * r + e * u + f,
    )  # fmt: skip
