"""Pictures, scans and archives made for the tests of this room; nothing is read from outside."""

import io
import os
import random
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from mailtriage.attachments import trained

CYRILLIC = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
"""Of the package fonts-dejavu-core; Pillow's own font has no Cyrillic letters."""
_WORDS = ["payment", "6650914427", "wallet", "refund", "4350", "roubles", "account", "order", "Smirnov", "status"]


def saved(image: Image.Image, kind: str = "PNG", **options: int | str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def page(letters: int, width: int = 700, height: int = 800, *, dark: bool = False) -> Image.Image:
    """A page of words whose capitals are about 0.7 times `letters` pixels tall."""
    draw_random = random.Random(letters)  # noqa: S311 - any words will do
    paper, ink = ("#141414", "#e6e6e6") if dark else ("white", "black")
    image = Image.new("RGB", (width, height), paper)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(letters)
    for top in range(letters, height - 2 * letters, int(letters * 1.5)):
        left = letters
        while left < width - 5 * letters:
            word = draw_random.choice(_WORDS)
            if left + draw.textlength(word, font=font) < width - letters:
                draw.text((left, top), word, fill=ink, font=font)
            left += int(draw.textlength(word, font=font)) + letters // 2
    return image


def blurred(image: Image.Image, pixels: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(pixels))


def photographed(image: Image.Image, grain: float, blur: float = 0) -> Image.Image:
    """On a table, in a slanting light, with the grain of a camera."""
    width, height = image.size
    table = Image.new("RGB", (width * 5 // 4, height * 5 // 4), "#6a5a48")
    table.paste(image, (width // 8, height // 8))
    corners = (0, 0, table.width * 0.04, table.height, table.width, table.height * 0.97, table.width * 0.96, 0)
    table = table.transform(table.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").resize(table.size).point(lambda level: 150 + level * 105 // 255)
    table = ImageChops.multiply(table, Image.merge("RGB", [light] * 3))
    if blur:
        table = blurred(table, blur)
    noise = Image.effect_noise(table.size, grain)
    return Image.merge("RGB", [ImageChops.add(band, noise, 1, -128) for band in table.split()])


def receipt(lines: list[str], letters: int = 26) -> Image.Image:
    """A receipt in Russian; needs the font."""
    image = Image.new("L", (700, 80 + 60 * len(lines)), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(str(CYRILLIC), letters)
    for number, line in enumerate(lines):
        draw.text((30, 40 + number * 60), line, font=font, fill="black")
    return image


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return out.getvalue()


def need_tesseract() -> None:
    """Skip a test where nothing can recognise words, or they cannot be drawn; in CI that is a failure."""
    if trained.available() and CYRILLIC.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("Tesseract or fonts-dejavu-core is not installed, and in CI nothing may be skipped")
    pytest.skip("Tesseract or fonts-dejavu-core is not installed")
