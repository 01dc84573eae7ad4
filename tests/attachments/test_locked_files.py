"""What is locked, signed or packed in a way that nobody here opens is called by its name."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from rendering import page, saved

from mailtriage.attachments.read import read_file
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import read

HEAD = "From: Анна <a@desk.example>\r\nSubject: t\r\nMIME-Version: 1.0\r\n"
OPTIONS = ReadOptions()


def locked(user: str, owner: str, algorithm: str) -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(saved(page(20, 300, 300), "PDF")))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_is_locked_only_when_its_viewer_asks_for_a_password(algorithm: str) -> None:
    assert read_file("a.pdf", locked("secret", "owner", algorithm)).problem == "encrypted"
    assert read_file("a.pdf", locked("", "owner", algorithm)).problem is None


def test_an_empty_owner_password_opens_nothing_for_a_reader() -> None:
    assert read_file("a.pdf", locked("secret", "", "AES-256")).problem == "encrypted"


def test_a_photo_of_an_iphone_is_seen() -> None:
    octets = Path(__file__).with_name("page.heic").read_bytes()
    assert (read_file("a.jpg", octets).media_type, read_file("a.jpg", octets).problem) == ("image/heic", None)
    assert read_file("a.heic", octets[: len(octets) // 2]).problem == "damaged"


def test_a_photo_is_judged_upright() -> None:
    picture = page(20, 300, 900)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.rotate(90, expand=True).save(out, "JPEG", exif=exif)
    assert read_file("a.jpg", out.getvalue()).problem is None


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", "application/pkcs7-mime", "encrypted"),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "application/pkcs7-mime", "unsupported"),
        (b"\x30\x80\x06\x09\x2a", "application/pkcs7-signature", "unsupported"),
        (b"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature", "unsupported"),
        (b"Version: 1", "application/pgp-encrypted", "encrypted"),
    ],
)
def test_mail_security_is_named_for_what_it_is(content: bytes, media_type: str, problem: str) -> None:
    reading = read_file("smime.p7m", content, media_type)
    assert (reading.media_type, reading.problem) == (media_type, problem)


def test_a_clear_signed_text_is_read_without_its_frame() -> None:
    signature = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=ab\n-----END PGP SIGNATURE-----\n"
    text = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nПрошу вернуть деньги\n{signature}"
    reading = read(f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n{text}".encode(), OPTIONS)
    assert reading.legible
    assert reading.readable_text == "Прошу вернуть деньги"


def test_a_text_locked_with_pgp_cannot_be_read() -> None:
    text = "-----BEGIN PGP MESSAGE-----\n\nhQEMAwAAAAAAAAAAAQf/\n=abcd\n-----END PGP MESSAGE-----\n"
    reading = read(f"{HEAD}\n{text}".encode(), OPTIONS)
    assert (reading.legible, reading.illegible_because) == (False, ("письмо: текст зашифрован (PGP)",))


def test_a_detached_signature_is_no_part_that_somebody_reads() -> None:
    body = "--x\nContent-Type: text/plain\n\n\n--x\nContent-Type: application/pgp-signature\n\niQEz\n--x--\n"
    signed = 'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=x\n\n'
    reading = read(f"{HEAD}{signed}{body}".encode(), OPTIONS)
    assert (reading.legible, reading.illegible_because) == (False, ("письмо: текста нет",))


def test_one_legible_file_saves_an_empty_message_and_a_mashed_one_does_not() -> None:
    def mail(text: str) -> bytes:
        file = "Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment; filename=a.txt"
        parts = f"--x\nContent-Type: text/plain\n\n\n--x\n{file}\n\n{text}\n--x--\n"
        return f"{HEAD}Content-Type: multipart/mixed; boundary=x\n\n{parts}".encode()

    assert read(mail("Прошу вернуть деньги за отменённый платёж"), OPTIONS).legible
    mashed = read(mail("ывфапр ждлорп фывпавп ждлэжхз щшгнекуц йцфычсм"), OPTIONS)
    assert mashed.illegible_because == ("письмо: текста нет", "a.txt: текст набран случайными клавишами")


def test_of_a_card_in_a_file_the_last_four_digits_are_kept() -> None:
    file = "Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment; filename=a.txt"
    body = f"--x\n{file}\n\nкарта 4276 3800 1234 5674\n--x--\n"
    reading = read(f"{HEAD}Content-Type: multipart/mixed; boundary=x\n\n{body}".encode(), OPTIONS)
    assert reading.message.attachments[0].text == "карта **** **** **** 5674"
    assert reading.identities.accounts == ("*5674",)
