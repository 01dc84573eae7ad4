"""A picture is known again whatever became of it, and one of the same layout is not taken for it, be it for a digit."""

import os

import pytest
from likenesses import FATES, letter, receipt, screenshot
from PIL import Image
from rendering import CYRILLIC, saved

from mailtriage.attachments.same_picture import Picture, picture, same_picture
from mailtriage.attachments.scans import scanned_pages


@pytest.fixture(autouse=True)
def font() -> None:
    if CYRILLIC.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("fonts-dejavu-core is not installed, and in CI nothing may be skipped")
    pytest.skip("fonts-dejavu-core is not installed")


def seen(image: Image.Image, kind: str = "PNG") -> Picture:
    found = picture(saved(image, kind))
    assert found is not None
    return found


DOCUMENTS = {"receipt": lambda: receipt(1), "dark": lambda: receipt(2, dark=True), "screen": lambda: screenshot(3)}
KNOWN = [("receipt", fate) for fate in FATES] + [
    ("dark", "turned by 270, recompressed"),
    ("dark", "without its rim"),
    ("screen", "half as large, recompressed"),
    ("screen", "tilted on white"),
]


@pytest.mark.parametrize(("name", "fate"), KNOWN)
def test_a_picture_is_known_again(name: str, fate: str) -> None:
    document = DOCUMENTS[name]()
    assert same_picture(seen(FATES[fate](document)), seen(document))


@pytest.mark.parametrize("fate", ["recompressed", "turned by 90", "half as large, recompressed"])
@pytest.mark.parametrize("draw", [receipt, screenshot, letter])
def test_another_of_the_same_layout_is_not_taken_for_it(draw, fate: str) -> None:
    assert not same_picture(seen(FATES[fate](draw(2))), seen(draw(1)))


@pytest.mark.parametrize(
    ("was", "became", "fate"),
    [
        ("3", "8", "recompressed"),
        ("8", "0", "turned by 270, recompressed"),
        ("5", "6", "half as large, recompressed"),
        ("1", "7", "tilted on white"),
        ("6", "8", "half as large, recompressed"),
    ],
)
def test_one_digit_makes_another_receipt(was: str, became: str, fate: str) -> None:
    number = "40817810099910004312"
    one, other = (receipt(1, number=f"{number}{digit}") for digit in (was, became))
    assert same_picture(seen(FATES[fate](one)), seen(one))
    assert not same_picture(seen(FATES[fate](other)), seen(one))


def test_letters_too_small_to_be_told_apart_are_in_doubt() -> None:
    one, other = (receipt(1, number=f"4081781009991000431{digit}") for digit in "38")
    for document in (one, other):
        tiny = document.resize((document.width // 5, document.height // 5), Image.Resampling.LANCZOS)
        assert not same_picture(seen(tiny), seen(one))


def test_what_shows_more_than_was_sent_is_new() -> None:
    whole = receipt(1)
    part = whole.crop((0, 0, whole.width, whole.height * 2 // 3))
    assert same_picture(seen(part), seen(whole))
    assert not same_picture(seen(whole), seen(part))


def test_white_pictures_are_not_all_the_same() -> None:
    white = Image.new("RGB", (800, 600), "white")
    assert not same_picture(seen(white), seen(screenshot(1)))
    assert not same_picture(seen(white.resize((700, 500))), seen(white))


def test_a_scan_in_a_pdf_is_the_picture() -> None:
    for document in (receipt(1), receipt(2)):
        pages = scanned_pages(saved(document, "PDF"))
        assert len(pages) == 1
        scan = picture(pages[0])
        assert scan is not None
        assert bool(same_picture(scan, seen(receipt(1)))) is (document == receipt(1))


def test_a_page_that_holds_more_than_a_picture_is_no_scan() -> None:
    scan = saved(receipt(1), "PDF")
    assert b"/image Do" in scan
    drawn = scan.replace(b"/image Do Q", b"/image Do f")
    assert len(drawn) == len(scan)
    assert scanned_pages(drawn) == ()


def test_it_is_told_that_a_picture_was_turned() -> None:
    document = receipt(1)
    assert same_picture(seen(FATES["turned by 90"](document)), seen(document)) == "изображение повёрнуто"
    assert same_picture(seen(document, "BMP"), seen(document)) == "то же изображение"


@pytest.mark.parametrize("octets", [b"", b"GIF89a", b"\xff\xd8\xff", b"%PDF-1.4", saved(Image.new("L", (1, 1)))])
def test_what_is_no_picture_is_no_document(octets: bytes) -> None:
    assert scanned_pages(octets) == ()
    found = picture(octets)
    assert found is None or not same_picture(found, seen(receipt(1)))
