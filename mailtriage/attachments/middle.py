"""What is read of a picture first, for it tells mostly that the rest need not be: a few words out of its middle.

The trap is the cut line: Tesseract takes the upper half of its letters for other letters, and the time for them twice.
So where lines are seen, whole ones are cut out.
"""

import re

from PIL import Image, ImageChops

_LEFT, _RIGHT = 0.1, 0.4
"""Shares of the width; a line takes as long to read as it is wide."""
_LINES = 2
_AMONG, _STRIPS = 5, 8
"""Of so many strips the middle one is searched for lines, or read whole."""
_STROKE = 2
"""Pixels between which a letter's stroke begins or ends."""
_USUAL, _WRITTEN = 0.9, 4
"""Of all rows; one with a fourth of what such a row has is written."""
_FAINTEST = 4
"""Grey levels; where no row has more, nothing is written."""
_LEAST = 6
"""Pixels of the height of a line."""
_ROWS = re.compile(rb"\x01+")


def strip(grey: Image.Image) -> Image.Image:
    """The middle one of eight strips."""
    return _strip(grey, _STRIPS)


def lines(grey: Image.Image) -> Image.Image | None:
    """The left of two whole lines near the middle; None where they cannot be told."""
    band = _strip(grey.crop((int(grey.width * _LEFT), 0, int(grey.width * _RIGHT), grey.height)), _AMONG)
    found = [row for row in _lines(band) if row[0] > 0 and row[1] < band.height]
    first = max(0, (len(found) - _LINES) // 2)
    chosen = found[first : first + _LINES]
    if len(chosen) < _LINES:
        return None
    # Between two lines is half of the gap above the first and below the second.
    rim = (chosen[1][0] - chosen[0][1]) // 2
    return band.crop((0, max(0, chosen[0][0] - rim), band.width, min(band.height, chosen[-1][1] + rim)))


def _strip(grey: Image.Image, strips: int) -> Image.Image:
    margin = grey.height * (strips - 1) // (2 * strips)
    return grey.crop((0, margin, grey.width, grey.height - margin))


def _lines(band: Image.Image) -> list[tuple[int, int]]:
    """The first row of each line, and the first below it."""
    strokes = ImageChops.difference(band, ImageChops.offset(band, _STROKE, 0)).crop((_STROKE, 0, *band.size))
    rows = strokes.resize((1, band.height), Image.Resampling.BOX).tobytes()
    usual = sorted(rows)[int(len(rows) * _USUAL)]
    if usual < _FAINTEST:
        return []
    written = bytes(row * _WRITTEN > usual for row in rows)
    return [found.span() for found in _ROWS.finditer(written) if found.end() - found.start() >= _LEAST]
