"""What is drawn in a picture, apart from the paper and the fields of colour that it stands on.

The trap is the light: of a mostly white screenshot the white decides over everything, and a coloured heading over the
digits below it. So each place is held against the tone around it.
"""

from PIL import Image, ImageChops, ImageFilter

Pixels = Image.Resampling

_EVERY, _COARSELY = 4, 3
"""Every so many pixels the tone around is measured, and of a smaller picture that is looked at coarsely."""
_SAMPLES, _FEW = 9, 5
"""Of each side: letters cover less than half of it, so the middle of all tones is the paper's."""


def ink(grey: Image.Image) -> Image.Image:
    """Of the same size, 0 where nothing stands out, up to 255."""
    return _above_paper(grey, grey.resize(_sides(grey, _EVERY), Pixels.BOX, reducing_gap=2.0), _SAMPLES)


def coarse_ink(grey: Image.Image, longest: int) -> Image.Image:
    """About the ink of the picture of that size: of a few single pixels the middle one is paper as well."""
    small = sized(grey, longest, gap=1.1)
    return _above_paper(small, grey.resize(_sides(small, _COARSELY), Pixels.NEAREST), _FEW)


def _sides(grey: Image.Image, every: int) -> tuple[int, int]:
    return max(1, grey.width // every), max(1, grey.height // every)


def _above_paper(grey: Image.Image, tones: Image.Image, samples: int) -> Image.Image:
    paper = tones.filter(ImageFilter.MedianFilter(samples))
    return ImageChops.difference(grey, paper.resize(grey.size, Pixels.BILINEAR))


def sized(image: Image.Image, longest: int, *, gap: float = 2.0) -> Image.Image:
    """The image with a longer side of at most so many pixels; the smaller the gap, the cheaper and coarser."""
    if max(image.size) <= longest:
        return image
    factor = longest / max(image.size)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Pixels.HAMMING, reducing_gap=gap)
