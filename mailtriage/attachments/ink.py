"""What is drawn in a picture, apart from the paper and the fields of colour that it stands on.

The trap is the light: of a mostly white screenshot the white decides over everything, and a coloured heading over the
digits below it. So each place is held against the tone around it.
"""

from PIL import Image, ImageChops, ImageFilter

Pixels = Image.Resampling

_EVERY = 4
"""Every so many pixels the tone around is measured."""
_SAMPLES = 9
"""Of each side: letters cover less than half of it, so the middle of all tones is the paper's."""


def ink(grey: Image.Image, every: int = _EVERY, samples: int = _SAMPLES) -> Image.Image:
    """Of the same size, 0 where nothing stands out, up to 255."""
    small = grey.resize((max(1, grey.width // every), max(1, grey.height // every)), Pixels.BOX, reducing_gap=2.0)
    paper = small.filter(ImageFilter.MedianFilter(samples))
    return ImageChops.difference(grey, paper.resize(grey.size, Pixels.BILINEAR))


def sized(image: Image.Image, longest: int, *, gap: float = 2.0) -> Image.Image:
    """The image with a longer side of at most so many pixels; the smaller the gap, the cheaper and coarser."""
    if max(image.size) <= longest:
        return image
    factor = longest / max(image.size)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Pixels.HAMMING, reducing_gap=gap)
