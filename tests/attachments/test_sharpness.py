"""Blur is judged by what it does to the letters, and never by its pixels alone."""

import pytest
from PIL import Image, ImageDraw
from rendering import blurred, page, photographed, saved

from mailtriage.attachments.read import read_file
from mailtriage.attachments.sharpness import too_blurred


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("letters", [14, 20, 32, 60])
def test_print_is_legible_until_its_letters_run_together(letters: int, *, dark: bool) -> None:
    picture = page(letters, dark=dark)
    for share, unreadable in ((0, False), (0.03, False), (0.07, False), (0.21, True), (0.4, True)):
        assert too_blurred(blurred(picture, letters * share).convert("L")) is unreadable, share


def test_three_pixels_ruin_small_print_and_four_leave_a_headline() -> None:
    assert read_file("a.png", saved(blurred(page(14), 3))).problem == "blurred"
    assert read_file("a.png", saved(blurred(page(60), 4))).problem is None


@pytest.mark.parametrize("quality", [30, 60, 95])
@pytest.mark.parametrize("grain", [3, 12])
def test_a_photo_of_a_paper_is_judged_through_grain_shadow_and_compression(quality: int, grain: int) -> None:
    sharp, soft = photographed(page(24), grain), photographed(page(24), grain, blur=7)
    assert read_file("a.jpg", saved(sharp, "JPEG", quality=quality)).problem is None
    assert read_file("a.jpg", saved(soft, "JPEG", quality=quality)).problem == "blurred"


def test_a_page_on_its_side_is_judged_alike() -> None:
    assert not too_blurred(page(20).convert("L").rotate(90, expand=True))
    assert too_blurred(blurred(page(20), 5).convert("L").rotate(90, expand=True))


def test_a_screen_with_two_words_and_much_colour_is_legible() -> None:
    screen = Image.new("RGB", (480, 900), "white")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 480, 90), fill="#2040a0")
    draw.rectangle((40, 700, 440, 780), fill="#20a040")
    draw.text((180, 725), "Back", fill="white", font_size=28)
    draw.text((40, 300), "Error 403", fill="black", font_size=28)
    assert not too_blurred(screen.convert("L"))


def test_a_faint_blot_shows_nothing() -> None:
    faint = Image.eval(blurred(page(24, 640, 300), 24), lambda level: 200 + level * 55 // 255)
    assert read_file("a.png", saved(faint)).problem in {"blurred", "blank"}


@pytest.mark.parametrize("size", [(24, 24), (2000, 30), (30, 2000), (41, 39)])
def test_any_shape_is_judged(size: tuple[int, int]) -> None:
    assert read_file("a.png", saved(Image.effect_noise(size, 60))).problem in {None, "blurred"}
