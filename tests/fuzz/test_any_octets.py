"""Whatever octets arrive, reading keeps its promises; a bounded run, `run_atheris.py` is the long one."""

import hashlib

import pytest
from fuzz_promises import check
from fuzz_strategies import ENCODED_WORDS, encoded, mails, mutants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtriage.mail.encoded_words import decode_header

# The bound of a test is its number of messages; a shared machine knows no deadlines.
_fuzz = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@_fuzz
@given(mails())
def test_built_mail_is_read_as_promised(octets: bytes) -> None:
    check(octets)


@_fuzz
@given(mutants())
def test_damaged_mail_is_read_as_promised(octets: bytes) -> None:
    check(octets)


@_fuzz
@given(st.binary(max_size=400))
def test_noise_is_read_as_promised(octets: bytes) -> None:
    check(octets)


@_fuzz
@given(st.lists(ENCODED_WORDS, max_size=6).map(b"\r\n ".join))
def test_a_header_is_always_one_line_of_text(value: bytes) -> None:
    text = decode_header(value)
    assert text.splitlines() in ([], [text])
    text.encode()


@_fuzz
@given(
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4),
    st.sampled_from(["base64", "quoted-printable", "binary"]),
)
def test_every_file_keeps_its_digest(files: list[bytes], encoding: str) -> None:
    head = b"Subject: files\r\nContent-Type: multipart/mixed; boundary=a-rare-boundary\r\n\r\n"
    parts = b"".join(
        b"--a-rare-boundary\r\nContent-Type: application/octet-stream; name=f%d\r\nContent-Transfer-Encoding: %b\r\n"
        b"Content-Disposition: attachment\r\n\r\n%b\r\n" % (number, encoding.encode(), encoded(octets, encoding))
        for number, octets in enumerate(files)
    )
    # A winmail.dat is unpacked, and what it holds stands in its place.
    wanted = [hashlib.sha256(octets).hexdigest() for octets in files if not octets.startswith(b"\x78\x9f\x3e\x22")]
    found = [file.digest for file in check(head + parts + b"--a-rare-boundary--\r\n").message.attachments]
    assert found == wanted


@pytest.mark.parametrize("octets", [b"", b"\0", b"\r", b"\n", b":", b"--", b"From", b"From:", b"\xff\xfe", b"\x1b$B"])
def test_hardly_anything_is_a_message_too(octets: bytes) -> None:
    check(octets)
