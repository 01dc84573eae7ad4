"""The words in pictures, where Tesseract is installed with its Russian data."""

import os

import pytest
from rendering import CYRILLIC, blurred, receipt, saved

from mailtriage.attachments import middle, ocr, trained

LINES = ["КАССОВЫЙ ЧЕК", "Плательщик: Смирнова Ольга Павловна", "Сумма: 4 350,00 руб.", "Номер операции 6650914427"]
_WAYS = {"_by_library": ocr.importlib.util.find_spec("tesserocr"), "_by_program": ocr.shutil.which("tesseract")}
INSTALLED = [way for way, there in _WAYS.items() if there]


@pytest.fixture(autouse=True)
def tesseract() -> None:
    missing = "Tesseract with rus and eng" if not trained.available() else "fonts-dejavu-core" * (not CYRILLIC.exists())
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{missing} is not installed, and in CI nothing may be skipped")
    if missing:
        pytest.skip(f"{missing} is not installed")


def test_a_russian_receipt_gives_name_sum_and_number() -> None:
    text = ocr.read_picture(saved(receipt(LINES)), "image/png") or ""
    assert "Смирнова Ольга Павловна" in text
    assert "4 350,00" in text
    assert "6650914427" in text


def test_of_a_strip_only_the_middle_is_read() -> None:
    places = ("первая", "вторая", "третья", "четвёртая", "пятая", "шестая", "седьмая", "восьмая", "девятая", "десятая")
    text = ocr.read_part(receipt([f"Строка {place} письма" for place in places]).convert("L"), middle.strip)
    assert "шестая" in text
    assert "первая" not in text
    assert "десятая" not in text


def test_of_lines_two_whole_ones_near_the_middle_are_read() -> None:
    places = ("первая", "вторая", "третья", "четвёртая", "пятая", "шестая", "седьмая", "восьмая", "девятая", "десятая")
    text = ocr.read_part(receipt([f"{place} строка" for place in places]).convert("L"), middle.lines)
    assert text.count("строка") == 2
    assert "вая" not in text
    assert "десятая" not in text


def test_where_no_lines_are_seen_none_are_read() -> None:
    assert ocr.read_part(blurred(receipt(LINES), 12).convert("L"), middle.lines) == ""


def test_a_scanned_pdf_is_read_as_its_viewer_turns_it() -> None:
    scan = receipt(LINES)
    assert "6650914427" in str(ocr.read_picture(saved(scan, "PDF"), "application/pdf"))


def test_the_program_reads_what_the_library_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    if ocr.shutil.which("tesseract") is None:
        pytest.skip("only the library is installed")
    monkeypatch.setattr(ocr, "_by_library", ocr._by_program)  # noqa: SLF001 - which of the two is used depends on the machine
    assert "6650914427" in str(ocr.read_picture(saved(receipt(LINES)), "image/png"))


@pytest.mark.parametrize("by", INSTALLED)
def test_what_is_not_finished_in_time_is_not_taken_for_empty(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setattr(ocr, "_by_library", getattr(ocr, by))
    monkeypatch.setattr(ocr, "_by_program", getattr(ocr, by))
    monkeypatch.setattr(ocr, "_MILLISECONDS", 1)
    assert ocr.read_picture(saved(receipt(LINES)), "image/png") is None


def test_nothing_is_invented_in_a_picture_without_letters() -> None:
    assert ocr.read_picture(saved(blurred(receipt(LINES), 12)), "image/png") == ""


@pytest.mark.parametrize("octets", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"])
def test_broken_files_have_no_words(octets: bytes) -> None:
    assert ocr.read_picture(octets, "application/pdf" if octets[:1] == b"%" else "image/png") == ""
