"""Receipts and screenshots of one layout, and what becomes of them on their way; drawn, never read from outside."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont
from rendering import CYRILLIC

Pixels = Image.Resampling


def paid(seed: int) -> dict[str, str]:
    """What a payment consists of; other seeds give other sums, times and numbers."""
    draw = random.Random(seed)  # noqa: S311 - any digits will do
    digits = "".join(draw.choice("0123456789") for _ in range(30))
    return {
        "Сумма": f"{draw.randint(10, 99)} {digits[:3]},{digits[3:5]} руб.",
        "Дата": f"{draw.randint(10, 28)}.0{draw.randint(1, 9)}.2026",
        "Время": f"{draw.randint(10, 23)}:{draw.randint(10, 59)}:{draw.randint(10, 59)}",
        "Номер операции": digits[5:15],
        "Счёт": f"4081781{digits[15:28]}",
        "Статус": "Исполнено",
    }


def receipt(seed: int, *, dark: bool = False, field: str = "#1a5fb4", number: str = "") -> Image.Image:
    paper, ink = ("#181a20", "#e8e8e8") if dark else ("white", "black")
    image = Image.new("RGB", (700, 900), paper)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 700, 90), fill=field)
    draw.text((30, 25), "Северный банк", font=_font(34), fill="white")
    told = paid(seed) | ({"Счёт": number} if number else {})
    for place, (name, value) in enumerate(told.items()):
        draw.text((30, 160 + place * 110), name, font=_font(22), fill="gray")
        draw.text((30, 195 + place * 110), value, font=_font(30), fill=ink)
    return image


def screenshot(seed: int) -> Image.Image:
    """Mostly white, as telephones make them."""
    image = Image.new("RGB", (1080, 1920), "white")
    draw, told = ImageDraw.Draw(image), paid(seed)
    lines = ["Платёж не прошёл", told["Сумма"], f"{told['Дата']} {told['Время']}", told["Номер операции"]]
    for place, line in enumerate(lines):
        draw.text((90, 700 + place * 90), line, font=_font(44), fill="black")
    return image


def letter(seed: int) -> Image.Image:
    """A page under a letterhead; the words are the seed's."""
    draw_random = random.Random(seed)  # noqa: S311 - any words will do
    words = ["платёж", "возврат", "кошелёк", "договор", "заявление", "операция", "счёт", "срок", "ответ", "закон"]
    image = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(image)
    draw.text((80, 60), "ООО «Северный банк»", font=_font(36), fill="black")
    draw.line((80, 120, 820, 120), fill="black", width=3)
    for line in range(9):
        draw.text((80, 200 + line * 60), " ".join(draw_random.sample(words, 4)), font=_font(30), fill="black")
    return image


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(CYRILLIC), size)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((int(image.width * factor), int(image.height * factor)), Pixels.LANCZOS)


def _tilted(image: Image.Image, degrees: float, fill: str) -> Image.Image:
    return image.rotate(degrees, Pixels.BICUBIC, expand=True, fillcolor=fill)


def _trimmed(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    return image.crop((int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share))))


FATES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": lambda image: _jpeg(image, 30),
    "turned by 90": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "turned by 270, recompressed": lambda image: _jpeg(image.transpose(Image.Transpose.ROTATE_270), 50),
    "tilted on white": lambda image: _tilted(image, 3, "white"),
    "tilted on black": lambda image: _tilted(image, -2, "black"),
    "a third as large": lambda image: _scaled(image, 0.34),
    "half as large, recompressed": lambda image: _jpeg(_scaled(image, 0.5), 40),
    "twice as large": lambda image: _scaled(image, 2),
    "without its rim": lambda image: _trimmed(image, 0.03),
}
