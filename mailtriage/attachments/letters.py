"""How large the letters of a picture are, so that it is known whether a 3 could be told from an 8.

The trap is the heading: it holds most of the ink, and what matters stands small below it. So strokes that hang together
are counted, each once, and the usual one tells; letters that have melted into words are still as high as letters.
"""

import re

from PIL import Image

_FAINT = 24
"""Of 255; below it nothing is ink."""
_DARKEST = 0.1
"""Share of the inked pixels that shows how dark ink is here."""
_DRAWN = 0.45
"""Of that darkness; what is fainter is the soft rim of a letter."""
_LEAST = 4
"""Pixels of the longer side; what is smaller is a full stop or dust."""
_MOST_RUNS = 60_000
_RUN = re.compile(rb"\xff+")


def letter_size(ink: Image.Image) -> int:
    """Pixels of the shorter side of the usual connected stroke; 0 where there is none, or far too many."""
    sides = sorted(min(box) for box in _boxes(_drawn(ink)) if max(box) >= _LEAST and min(box) > 1)
    return sides[len(sides) // 2] if sides else 0


def _drawn(ink: Image.Image) -> Image.Image:
    levels = ink.histogram()
    inked, dark, level = sum(levels[_FAINT:]), 0, 255
    while level > _FAINT and dark < inked * _DARKEST:
        dark += levels[level]
        level -= 1
    least = max(_FAINT, int(level * _DRAWN))
    return ink.point([0] * least + [255] * (256 - least))


def _boxes(drawn: Image.Image) -> list[tuple[int, int]]:
    """Width and height of everything that hangs together, row by row (Rosenfeld and Pfaltz 1966)."""
    octets, width = drawn.tobytes(), drawn.width
    strokes = _Strokes()
    above: list[tuple[int, int, int]] = []
    for y in range(drawn.height):
        row: list[tuple[int, int, int]] = []
        first = 0
        for run in _RUN.finditer(octets, y * width, (y + 1) * width):
            left, right = run.start() - y * width, run.end() - y * width
            while first < len(above) and above[first][1] < left:
                first += 1
            stroke, at = strokes.begin(left, right, y), first
            while at < len(above) and above[at][0] <= right:
                stroke = strokes.join(above[at][2], stroke)
                at += 1
            row.append((left, right, stroke))
        if len(strokes.boxes) > _MOST_RUNS:
            return []
        above = row
    return strokes.sizes()


class _Strokes:
    """Boxes (left, top, right, bottom) of strokes, joined as it is seen that they hang together."""

    def __init__(self) -> None:
        self.boxes: list[tuple[int, int, int, int]] = []
        self._joined: list[int] = []

    def begin(self, left: int, right: int, y: int) -> int:
        self.boxes.append((left, y, right, y + 1))
        self._joined.append(len(self._joined))
        return len(self._joined) - 1

    def join(self, one: int, other: int) -> int:
        one, other = self._root(one), self._root(other)
        if one != other:
            ours, theirs = self.boxes[one], self.boxes[other]
            self._joined[other] = one
            self.boxes[one] = (
                min(ours[0], theirs[0]), min(ours[1], theirs[1]), max(ours[2], theirs[2]), max(ours[3], theirs[3])
            )  # fmt: skip
        return one

    def sizes(self) -> list[tuple[int, int]]:
        roots = (box for at, box in enumerate(self.boxes) if self._joined[at] == at)
        return [(right - left, bottom - top) for left, top, right, bottom in roots]

    def _root(self, stroke: int) -> int:
        while self._joined[stroke] != stroke:
            self._joined[stroke] = self._joined[self._joined[stroke]]
            stroke = self._joined[stroke]
        return stroke
