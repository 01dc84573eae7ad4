"""The same document is known again whatever became of the file, and another of the same layout is not taken for it."""

import itertools
import os
from dataclasses import replace

import pytest
from likenesses import FATES, letter, receipt, screenshot
from PIL import Image
from pydantic_core import to_json
from rendering import CYRILLIC, saved

from mailtriage.attachments.fingerprint import unpacked
from mailtriage.attachments.likeness import Likeness, of_text, same_document, sameness, with_words
from mailtriage.attachments.read import read_file

RECEIPT = (
    "Северный банк\nПеревод исполнен\nСумма 4 350,00 руб.\nДата 12.05.2026 14:33\nНомер операции 6650914427\n"
    "Счёт 40817810099910004312\nОтправитель Смирнова Ольга Павловна"
)


@pytest.fixture(autouse=True)
def font() -> None:
    if CYRILLIC.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("fonts-dejavu-core is not installed, and in CI nothing may be skipped")
    pytest.skip("fonts-dejavu-core is not installed")


def known(image: Image.Image, kind: str = "PNG") -> Likeness | None:
    return read_file("scan", saved(image, kind)).likeness


DOCUMENTS = {"receipt": lambda: receipt(1), "dark": lambda: receipt(2, dark=True), "screen": lambda: screenshot(3)}
TOO_COARSE = {("dark", "tilted on white"), ("dark", "a third as large"), ("screen", "a third as large")}
"""Taken for new: two kilobytes hold letters of seven pixels, whose edges differ more than the limit allows."""


@pytest.mark.parametrize(("name", "fate"), sorted(set(itertools.product(DOCUMENTS, FATES)) - TOO_COARSE))
def test_a_picture_is_known_again(name: str, fate: str) -> None:
    document = DOCUMENTS[name]()
    assert same_document(known(document), known(FATES[fate](document)))


@pytest.mark.parametrize("fate", ["recompressed", "turned by 90", "half as large, recompressed"])
@pytest.mark.parametrize("draw", [receipt, screenshot, letter])
def test_another_of_the_same_layout_is_not_taken_for_it(draw, fate: str) -> None:
    for one, other in itertools.pairwise(range(3)):
        assert not same_document(known(draw(one)), known(FATES[fate](draw(other))))


def test_white_pictures_are_not_all_the_same() -> None:
    assert known(Image.new("RGB", (800, 600), "white")) is None
    assert not same_document(known(screenshot(1)), known(screenshot(2)))


def test_a_picture_in_a_pdf_is_the_picture() -> None:
    assert same_document(known(receipt(1)), known(receipt(1), "PDF"))
    assert not same_document(known(receipt(1)), known(receipt(2), "PDF"))


def test_it_is_told_that_a_picture_was_turned() -> None:
    document = receipt(1)
    turned = FATES["turned by 90"](document)
    assert sameness(known(document), known(turned)).because == "изображение повёрнуто"
    assert sameness(known(document), known(document, "BMP")).because == "то же изображение"


def test_numbers_decide_between_texts() -> None:
    text = of_text(RECEIPT)
    assert same_document(text, of_text(RECEIPT.replace("\n", "  ")))
    assert same_document(text, of_text(RECEIPT.replace("6650914427", "6650914428"))) is False
    assert same_document(text, of_text(RECEIPT + "\nПожалуйста, рассмотрите обращение о возврате денег")) is not True


def test_words_recognised_in_a_picture_are_held_against_the_text() -> None:
    picture = known(receipt(1))
    misread = with_words(picture, RECEIPT.replace("банк", "бапк").replace("Ольга", "Олыа"))
    assert same_document(misread, of_text(RECEIPT))
    assert same_document(with_words(picture, RECEIPT.replace("4 350", "4 850")), of_text(RECEIPT)) is False


def test_numbers_decide_whatever_the_picture_shows() -> None:
    picture = known(receipt(1))
    one, other = (with_words(picture, text) for text in (RECEIPT, RECEIPT.replace("14:33", "14:38")))
    assert same_document(one, other) is False


def test_a_failed_recognition_does_not_hide_the_picture() -> None:
    document = receipt(1)
    turned = with_words(known(FATES["turned by 90"](document)), "жыв рпа 12 щзх лдо 345 юбь тим 67 счя фыв 890 эжд ъхз")
    assert same_document(with_words(known(document), RECEIPT), turned)


def test_too_few_words_tell_nothing() -> None:
    assert same_document(of_text("Отсканировано приложением"), of_text("Отсканировано приложением")) is None


def test_a_text_with_other_pictures_is_in_doubt() -> None:
    assert same_document(of_text(RECEIPT, figures="a"), of_text(RECEIPT, figures="b")) is None


def test_a_likeness_is_small_and_plain() -> None:
    for document in (receipt(1), screenshot(1), letter(1), Image.effect_noise((900, 700), 80).convert("RGB")):
        assert len(to_json(with_words(known(document), RECEIPT * 20))) <= 2048


@pytest.mark.parametrize("picture", ["", "~", "не base85", "0" * 5000, "zzzzz" * 300])
def test_what_is_no_fingerprint_is_no_document(picture: str) -> None:
    assert unpacked(picture) is None
    good = known(receipt(1))
    assert good is not None
    assert not same_document(good, replace(good, picture=picture))
