"""What files say, and why they cannot be read; every file is made here."""

import io
import zipfile
import zlib

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypdf import PdfWriter

from mailtriage.attachments.images import upright_grey
from mailtriage.attachments.read import read_file
from mailtriage.attachments.tnef import unpacked_rtf


def picture(blur: float = 0, kind: str = "PNG") -> bytes:
    image = Image.new("RGB", (640, 800), "white")
    draw = ImageDraw.Draw(image)
    for line in range(8):
        draw.text(
            (30, 40 + line * 34), "Payment 6650914427 of 640 roubles", fill="black", font=ImageFont.load_default(22)
        )
    return saved(image.filter(ImageFilter.GaussianBlur(blur)) if blur else image, kind)


def saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return out.getvalue()


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_a_sharp_picture_is_legible_and_a_blurred_one_is_not(kind: str) -> None:
    assert read_file("a", picture(0, kind)).problem is None
    assert read_file("a", picture(10, kind)).problem == "blurred"


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_a_plain_area_is_blank(colour: str) -> None:
    assert read_file("a.jpg", saved(Image.new("RGB", (400, 400), colour), "JPEG")).problem == "blank"


def test_a_truncated_picture_is_damaged() -> None:
    octets = picture(0, "PNG")
    assert read_file("a.png", octets[: len(octets) // 3]).problem == "damaged"


def test_a_picture_of_a_billion_pixels_is_a_bomb() -> None:
    octets = bytearray(saved(Image.new("1", (8, 8)), "PNG"))
    octets[16:24] = (40_000).to_bytes(4, "big") * 2
    octets[29:33] = zlib.crc32(octets[12:29]).to_bytes(4, "big")
    assert read_file("a.png", bytes(octets)).problem == "bomb"


def test_a_locked_pdf_a_broken_one_and_an_empty_one_are_told_apart() -> None:
    assert read_file("a.pdf", pdf("secret")).problem == "encrypted"
    assert read_file("a.pdf", b"%PDF-1.7\ngarbage").problem == "damaged"
    assert read_file("a.pdf", pdf()).problem == "empty"


def test_the_octets_decide_and_not_the_name() -> None:
    assert read_file("a.pdf", picture()).media_type == "image/png"
    assert read_file("a.txt", pdf()).media_type == "application/pdf"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r", "cp866", "utf-16"])
def test_a_text_file_is_read_in_any_charset(charset: str) -> None:
    text = "Выписка по кошельку за август: пополнение 640 рублей"
    assert read_file("a.txt", text.encode(charset)).text == text


def test_office_documents_give_their_words() -> None:
    word = (
        '<w:document xmlns:w="w"><w:body><w:p><w:t>Прошу вернуть</w:t></w:p>'
        "<w:p><w:t>640</w:t></w:p></w:body></w:document>"
    )
    reading = read_file("a.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": word.encode()}))
    assert (reading.text, reading.problem) == ("Прошу вернуть\n640", None)
    sheet = '<worksheet xmlns="x"><sheetData><row><c t="s"><v>0</v></c><c><v>640</v></c></row></sheetData></worksheet>'
    strings = '<sst xmlns="x"><si><t>Сумма</t></si></sst>'
    reading = read_file(
        "a.xlsx",
        zipped(
            {
                "xl/workbook.xml": b"",
                "xl/sharedStrings.xml": strings.encode(),
                "xl/worksheets/sheet1.xml": sheet.encode(),
            }
        ),
    )
    assert reading.text == "Сумма 640"
    assert read_file("a.rtf", rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'ee\'f8\'f3}").text == "Прошу"


def test_a_smile_in_rtf_is_one_character_and_half_of_one_is_none() -> None:
    assert read_file("a.rtf", rb"{\rtf1\ansi \u-10179?\u-8704? ok \u-10179? end}").text == "\U0001f600 ok \ufffd end"


@pytest.mark.parametrize(("kind", "element"), [("text", "text:p"), ("spreadsheet", "table:table-cell")])
def test_open_documents_give_their_words(kind: str, element: str) -> None:
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b">'
        f"<{element}>Прошу вернуть</{element}><{element}>640 рублей</{element}></office:document-content>"
    )
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    reading = read_file("a", zipped({"mimetype": media_type.encode(), "content.xml": content.encode()}))
    assert (reading.media_type, reading.problem) == (media_type, None)
    assert (reading.text or "").split() == ["Прошу", "вернуть", "640", "рублей"]


def test_a_picture_is_turned_as_its_camera_held_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right
    out = io.BytesIO()
    Image.new("RGB", (60, 30), "white").save(out, "JPEG", exif=exif)
    assert upright_grey(Image.open(out)).size == (30, 60)


def test_an_entity_bomb_in_a_document_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert read_file("a.docx", zipped({"word/document.xml": bomb})).problem == "bomb"


def test_a_zip_is_opened_once_more_inside_and_bombs_are_not() -> None:
    inner = zipped({"b.txt": "внутри".encode()})
    reading = read_file("a.zip", zipped({"inner.zip": inner}))
    assert "внутри" in (reading.text or "")
    assert read_file("a.zip", zipped({"zeros": b"\x00" * 20_000_000})).problem == "bomb"
    assert read_file("a.zip", zipped({})).problem == "empty"
    assert read_file("a.zip", inner[:40]).problem == "damaged"


def test_a_cyrillic_name_packed_by_windows_is_repaired() -> None:
    octets = zipped({"xxx.txt": b"text"}).replace(b"xxx.txt", "чек.txt".encode("cp866"))
    assert "чек.txt" in (read_file("a.zip", octets).text or "")


@pytest.mark.parametrize(
    ("octets", "declared", "problem"),
    [
        (b"", "", "empty"),
        (b" \r\n", "text/plain", "empty"),
        (b"Rar!\x1a\x07\x00abc", "", "unsupported"),
        (b"7z\xbc\xaf\x27\x1cabc", "", "unsupported"),
        (b"-----BEGIN PGP MESSAGE-----\nabc", "text/plain", "encrypted"),
        (b"\x30\x82abc", "application/pkcs7-mime", "encrypted"),
        (b"\x78\x9f\x3e\x22garbage", "", "damaged"),
    ],
)
def test_what_nobody_can_read_is_named(octets: bytes, declared: str, problem: str) -> None:
    assert read_file("a", octets, declared).problem == problem


def test_a_file_over_the_limit_is_not_read() -> None:
    assert read_file("a.txt", b"a" * 100, max_size=10).problem == "too_large"


def test_compressed_rtf_is_unfolded() -> None:
    # The example of MS-OXRTFCP 3.1.1.
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af8 62".replace(" ", ""))
    assert unpacked_rtf(packed).startswith(b"{\\rtf1\\ansi\\ansicpg125")
