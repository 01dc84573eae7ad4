"""What stands behind a transfer encoding, however it was broken on the way."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.transfer import decode_base64, decode_transfer

PICTURE = bytes(range(256)) * 3
ENCODED = base64.encodebytes(PICTURE)
JUNK = st.tuples(st.integers(0, 400), st.sampled_from((b"=", b"==", b"A", b"\x00", b"\xff", b" ", b"-", b"\r\n", b"")))


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (ENCODED, (PICTURE, None)),
        (b"\r\n" + ENCODED.replace(b"\n", b"\r\n") + b"\r\n", (PICTURE, None)),
        (ENCODED.replace(b"\n", b"!\n"), (PICTURE, None)),
        (ENCODED.rstrip() + b"====\n", (PICTURE, None)),
        (base64.encodebytes(b"first") + base64.encodebytes(b"second"), (b"first", "padding inside base64")),
        (ENCODED[:41], (PICTURE[:30], "damaged base64")),
        (b"A letter that is no base64.", (b"A letter that is no base64.", "labelled base64, but it is not")),
        (b" \r\n", (b"", None)),
    ],
)
def test_base64_gives_all_that_can_be_had(encoded: bytes, expected: tuple[bytes, str | None]) -> None:
    assert decode_base64(encoded) == expected


@given(st.binary(max_size=300), st.lists(JUNK, max_size=4))
def test_base64_is_read_as_the_standard_library_reads_it(octets: bytes, junk: list[tuple[int, bytes]]) -> None:
    encoded = base64.encodebytes(octets)
    for place, piece in junk:
        encoded = encoded[:place] + piece + encoded[place + 1 :]
    try:
        expected = binascii.a2b_base64(encoded)
    except binascii.Error:
        assert decode_base64(encoded)[1] in {"damaged base64", "labelled base64, but it is not"}
    else:
        assert decode_base64(encoded)[0] == expected


@pytest.mark.parametrize("name", ["BASE64", ' "base64" ', "Base64 "])
def test_the_name_of_an_encoding_may_be_written_anyhow(name: str) -> None:
    assert decode_transfer(ENCODED, name) == (PICTURE, None)
