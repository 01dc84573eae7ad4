"""The words of a PDF as a viewer shows them, and all of them, whichever of two readers has to tell them."""

import io

import pytest
from pdf_objects import pdf, stream
from pypdf import PdfReader

from mailtriage.attachments import pdf_text
from mailtriage.attachments.read import read_file

LATIN = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[1/fi]>>>>"


def written(*lines: bytes, count: int | None = None) -> bytes:
    """A page for each of these lines; `count` is what the tree claims."""
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(lines)))
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(lines) if count is None else count)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", tree, LATIN]
    for number, line in enumerate(lines):
        drawing = b"BT /F 12 Tf 14 TL 50 700 Td %b ET" % line
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>" % (
            first + 2 * number + 1
        )
        objects += [page, stream(drawing, b"")]
    return pdf(*objects)


def told(octets: bytes) -> str | None:
    return read_file("a.pdf", octets).text


def test_a_ligature_is_the_letters_that_a_reader_sees() -> None:
    assert told(written(rb"(\001nal \001gures) Tj")) == "final figures"


def test_a_hyphen_at_the_end_of_a_line_stays_a_hyphen() -> None:
    text = told(written(b"(pay-) Tj T* (ment 4350) Tj"))

    assert text is not None
    assert "-" in text
    assert "\ufffe" not in text


@pytest.mark.parametrize("count", [1, 7])
def test_every_page_is_told_once_though_the_tree_lies_about_their_number(count: int) -> None:
    lies = written(b"(first payment) Tj", b"(second payment) Tj", count=count)

    assert told(lies) == "first payment\n\nsecond payment"


def test_what_the_fast_reader_does_not_open_the_other_one_tells() -> None:
    octets = written(b"(first payment) Tj", b"(second payment) Tj")

    with pdf_text.PageTexts(b"%PDF-1.7\nnothing", PdfReader(io.BytesIO(octets))) as words:
        assert [words.of(number).strip() for number in range(2)] == ["first payment", "second payment"]
