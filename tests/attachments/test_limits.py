"""Files that unfold into more than a reader has: a problem, soon, and never an exception."""

import io
import time
import zlib

import pytest
from pdf_objects import pages, pdf, stream
from PIL import Image
from rendering import saved, zipped

from mailtriage.attachments.read import read_file

SECONDS = 6


def unfolding(megabytes: int, what: bytes = b"\x00") -> bytes:
    packer = zlib.compressobj(9)
    million = what * (1_000_000 // len(what))
    return b"".join([*(packer.compress(million) for _ in range(megabytes)), packer.flush()])


PICTURE = (
    b"/Type/XObject/Subtype/Image/Width 9000/Height 9000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
)
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter/FlateDecode"


def read(octets: bytes) -> tuple[str | None, float]:
    before = time.process_time()
    problem = read_file("file", octets).problem
    return problem, time.process_time() - before


@pytest.mark.parametrize(
    ("octets", "problems"),
    [
        (pages(1, stream(unfolding(90))), {"bomb"}),
        (pages(30, stream(unfolding(3, b"(abc) Tj "))), {"bomb", None}),
        (pages(1, stream(b"/I Do " * 900, b""), stream(unfolding(1, b"(abc) Tj "), FORM)), {"bomb"}),
        (pages(2, stream(b"/I Do", b""), stream(unfolding(81), PICTURE)), {"bomb", "blank", None}),
        (pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), {"damaged", "empty"}),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>", {"damaged"}),
    ],
    ids=["one stream", "one stream on every page", "a form drawn 900 times", "a picture", "a loop", "brackets"],
)
def test_a_pdf_that_unfolds_is_given_up_soon(octets: bytes, problems: set[str | None]) -> None:
    problem, seconds = read(octets)
    assert problem in problems
    assert seconds < SECONDS


@pytest.mark.parametrize(
    ("octets", "problems"),
    [
        (zipped({"word/document.xml": b"<a>" * 300_000 + b"</a>" * 300_000}), {"bomb"}),
        (
            zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"<a>" + b"<row/>" * 300_000 + b"</a>"}),
            {"empty"},
        ),
        (zipped({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}), {"bomb"}),
        (zipped({"word/document.xml": b" " * 21_000_000}), {"bomb"}),
        (zipped({f"{number}.txt": b"" for number in range(5_000)}), {"bomb"}),
        (zipped({"1.zip": zipped({"2.zip": zipped({"3.txt": b"a"})})}), {"unsupported"}),
        (rb"{\rtf1 " + rb"{\b" * 50_000 + b"}" * 50_000 + b"}", {"damaged", "empty"}),
        (b"\x78\x9f\x3e\x22" + bytes(range(256)) * 4000, {"damaged", "empty"}),
    ],
    ids=["depth", "rows", "entities", "a large member", "many members", "nesting", "groups", "noise"],
)
def test_a_document_that_unfolds_is_given_up_soon(octets: bytes, problems: set[str | None]) -> None:
    problem, seconds = read(octets)
    assert problem in problems
    assert seconds < SECONDS


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "1"), ("TIFF", "L"), ("JPEG", "L"), ("GIF", "L")])
def test_a_picture_of_more_pixels_than_are_looked_at_is_a_bomb(kind: str, mode: str) -> None:
    packing = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    assert read(saved(Image.new(mode, (8000, 8000)), kind, **packing))[0] == "bomb"


def test_of_a_thousand_frames_one_is_looked_at() -> None:
    frames = [Image.effect_noise((120, 120), 40 + number) for number in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:] * 100)
    assert read(out.getvalue())[1] < SECONDS
