"""Mail as it must not be: strategies that build headers, charsets, trees and encodings, most of them wrong.

The trap is a fuzzer that only makes noise: octets at random never reach the second line of a parser, so the pieces are
real ones (RFC 2045-2047, 2231, 5322) and what is random is how they are put together.
"""
# ruff: noqa: E501, SIM905 - tables of octets and lists of names read best as they are

import base64
import quopri
from pathlib import Path

from hypothesis import strategies as st

import mailtriage.demo

_RUSSIAN = st.sampled_from(
    [
        "Верните деньги за платёж 6650914427 от 28.08.2026",
        "Почему заблокировали кошелёк +7 900 000-12-34?",
        "Карта 4111 1111 1111 1111, паспорт 4508 123456",
        "С уважением,\nТихон Бурлак",
        '01.09.2026, 10:00, "Поддержка" <support@example.org>:\n> Здравствуйте',
        "ltymub yt ghbikb",
        "dengi ne prishli",
        "-----Исходное сообщение-----\nОт: a@b.ru\nТема: нет",
        "<div>текст<blockquote>цитата</blockquote></div>",
        "İÇ ſ K \u0130\u202e\u200b\u00ad\ufeff",
        "1) раз? 2) два?",
    ]
)  # fmt: skip
TEXTS = st.one_of(_RUSSIAN, st.text(max_size=80), st.lists(_RUSSIAN, max_size=4).map("\n".join))
CHARSETS = st.sampled_from(
    "utf-8 windows-1251 koi8-r cp866 iso-8859-5 mac-cyrillic utf-16 utf-7 iso-2022-jp gbk us-ascii latin1 idna punycode "
    "base64 zlib unicode_escape undefined x-unknown hz big5 shift_jis euc-kr utf-32 cp037 rot13".split()
)
ENCODINGS = st.sampled_from(
    ["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "BASE64 ", "binary", "wrong", ""]
)
NOISE = st.binary(max_size=60)


def _encode(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace")
    except (LookupError, ValueError, TypeError):
        return text.encode()


OCTETS = st.one_of(
    st.builds(_encode, TEXTS, CHARSETS), NOISE, st.builds(bytes.__add__, NOISE, st.builds(_encode, TEXTS, CHARSETS))
)


def _word(octets: bytes, charset: str, how: str, cut: int) -> bytes:
    inner = base64.b64encode(octets) if how in "bB" else quopri.encodestring(octets, header=True).replace(b"\n", b"")
    return f"=?{charset}?{how}?".encode() + inner[: len(inner) - cut] + b"?="


ENCODED_WORDS = st.builds(_word, OCTETS, CHARSETS, st.sampled_from("bBqQx"), st.integers(0, 3))
VALUES = st.one_of(
    ENCODED_WORDS,
    OCTETS,
    st.lists(st.one_of(ENCODED_WORDS, NOISE), max_size=5).map(b" ".join),
    st.lists(ENCODED_WORDS, max_size=4).map(b"\r\n ".join),
)
_ADDRESS = st.sampled_from(
    [b"<ivan@example.com>", b"ivan@example.com", b"<>", b"<@a,@b:c@d.ru>", b"group: a@b.ru, c@d.ru;", b'"a@b" <c@d>',
     "<иван@почта.рф>".encode(), b"<a@[127.0.0.1]>", b"((())", b"<a b@c>", b'"', b"\\", b"a@b@c", b"@", b"<a\x1b[1m@b\0.ru>",
     "a\u2028b@c.ru".encode()]
)  # fmt: skip
ADDRESSES = st.lists(st.builds(lambda name, address: name + b" " + address, VALUES, _ADDRESS), max_size=4).map(
    b", ".join
)
_DATES = st.sampled_from(
    [b"Mon, 31 Aug 2026 10:00:00 +0300", b"31.08.2026 10:00", b"0", b"Mon, 99 Foo 0000 99:99:99 +9999",
     b"9999-99-99T99:99:99", b"1 Jan 99999999999 00:00:00 -0000", "31 августа 2026".encode()]
)  # fmt: skip
_IDS = st.sampled_from(
    [b"<a@b>", b"<a", b"a@b>", b"<<>>", b"<a@b><c@d>", b"<\xff@b>", b"<a@b> (c)", b"<a\0\x1b@b>", b"a\x07@b"]
)
_NAMED = (b"Message-ID", b"In-Reply-To", b"References", b"Auto-Submitted", b"List-Id", b"Precedence", b"Received",
          b"Authentication-Results", b"X-Mailtriage-Loop", b"X-Failed-Recipients", b"Return-Path", b"Sender",
          b"Reply-To", b"To", b"Cc", b"Content-Disposition", b"MIME-Version", b"X\xff", b" folded", b"")  # fmt: skip
FIELDS = st.one_of(
    st.builds(lambda value: b"Subject: " + value, VALUES),
    st.builds(lambda value: b"From: " + value, ADDRESSES),
    st.builds(lambda name, value: name + b": " + value, st.sampled_from(_NAMED), st.one_of(VALUES, ADDRESSES, _IDS)),
    st.builds(lambda value: b"Date: " + value, _DATES),
    NOISE,
)
BREAKS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n"])


def _parameter(name: str, text: str, charset: str, form: str) -> bytes:
    octets = _encode(text, charset)
    percent = "".join(f"%{octet:02X}" for octet in octets)
    return {
        "quoted": f'; {name}="'.encode() + octets + b'"',
        "bare": f"; {name}=".encode() + octets,
        "extended": f"; {name}*={charset}'ru'{percent}".encode(),
        "sections": f"; {name}*1*={percent[9:]}; {name}*0*={charset}''{percent[:9]}; {name}*3=z".encode(),
        "words": f'; {name}="'.encode() + _word(octets, charset, "B", 0) + b'"',
    }[form]


_NAMES = st.one_of(
    st.sampled_from(
        ["../../etc/passwd", "C:\\a\\чек.pdf", "con", ".", "", "a\0b", "\u202efdp.exe", "a/" * 80, "я" * 300]
    ),
    TEXTS,
)
PARAMETERS = st.builds(
    _parameter,
    st.sampled_from(["name", "filename", "charset", "boundary", "format"]),
    _NAMES,
    CHARSETS,
    st.sampled_from(["quoted", "bare", "extended", "sections", "words"]),
)
_MEDIA_TYPES = st.sampled_from(
    "text/plain text/html text/calendar text/csv image/png image/jpeg application/pdf application/zip application/ms-tnef "
    "application/rtf application/octet-stream message/delivery-status message/rfc822 message/disposition-notification "
    "message/feedback-report text/rfc822-headers multipart/mixed text html / */* application/pkcs7-mime".split()
)
_MAGIC = st.sampled_from(
    [b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0\x10JFIF", b"PK\x03\x04", b"\x78\x9f\x3e\x22", b"{\\rtf1 ",
     b"GIF89a", b"II*\0", b"BM", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"\x1f\x8b", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"]
)  # fmt: skip
_REPORTS = st.builds(
    lambda recipient, message_id: (
        b"Final-Recipient: rfc822;" + recipient + b"\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Original-Message-ID: " + message_id + b"\r\n"
    ),
    _ADDRESS,
    _IDS,
)
CONTENTS = st.one_of(OCTETS, st.builds(bytes.__add__, _MAGIC, st.binary(max_size=200)), _REPORTS)


def encoded(octets: bytes, encoding: str) -> bytes:
    """Octets under the transfer encoding that a name means, as a client writes them."""
    if encoding.strip().lower() == "base64":
        return base64.encodebytes(octets)
    return quopri.encodestring(octets) if encoding == "quoted-printable" else octets


@st.composite
def leaves(draw: st.DrawFn) -> bytes:
    """A part without children: header and body."""
    head = b"Content-Type: " + draw(_MEDIA_TYPES).encode() + b"; charset=" + draw(CHARSETS).encode()
    head += b"".join(draw(st.lists(PARAMETERS, max_size=2)))
    if draw(st.booleans()):
        head += b"\r\nContent-Disposition: " + draw(st.sampled_from([b"attachment", b"inline", b"\xff"]))
        head += b"".join(draw(st.lists(PARAMETERS, max_size=2)))
    encoding, really = draw(ENCODINGS), draw(ENCODINGS)
    content = encoded(draw(CONTENTS), encoding if draw(st.booleans()) else really)
    return head + b"\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + content


_BOUNDARIES = st.sampled_from(
    [b"b", b"b", b"b", b"bb", b"", b"-", b"--", b"b" * 300, b"=?utf-8?q?b?=", b"\xff", b"b b"]
)
_CONTAINERS = st.sampled_from(
    [b"multipart/mixed", b"multipart/alternative", b"multipart/related", b"multipart/report; report-type=delivery-status",
     b"multipart/digest", b"multipart/signed", b"multipart/unknown", b"multipart/appledouble"]
)  # fmt: skip


def _tree(children: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    def together(kind: bytes, declared: bytes, used: bytes, parts: list[bytes], end: bytes) -> bytes:
        body = b"".join(b"\r\n--" + used + b"\r\n" + part for part in parts)
        return b"Content-Type: " + kind + b'; boundary="' + declared + b'"\r\n\r\nignored' + body + end

    ends = st.sampled_from([b"\r\n--b--\r\n", b"", b"\r\n--b", b"\r\n--b--epilogue", b"--b--"])
    return st.one_of(
        st.builds(together, _CONTAINERS, _BOUNDARIES, _BOUNDARIES, st.lists(children, max_size=4), ends),
        children.map(b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: a@b.ru\r\n".__add__),
    )


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """A whole message."""
    fields = draw(st.lists(FIELDS, max_size=8))
    body = draw(st.one_of(st.recursive(leaves(), _tree, max_leaves=6), OCTETS))
    message = b"".join(field + b"\r\n" for field in fields) + body
    line_break = draw(BREAKS)
    if line_break != b"\r\n":
        message = message.replace(b"\r\n", line_break)
    return message


SEEDS = tuple(
    path.read_bytes()[:20_000] for path in sorted((Path(mailtriage.demo.__file__).parent / "samples").glob("*.eml"))
)
"""Mail as it should be: the sample letters."""


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A sample letter after some accidents."""
    octets = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(octets)))
        length = draw(st.integers(0, 40))
        match draw(st.sampled_from(["cut", "put", "flip", "again", "end"])):
            case "cut":
                del octets[at : at + length]
            case "put":
                octets[at:at] = draw(st.one_of(NOISE, ENCODED_WORDS, st.just(b"\r\n"), st.just(b"\0")))
            case "flip":
                octets[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "again":
                octets[at:at] = octets[max(0, at - 10 * length) : at]
            case "end":
                del octets[at + 200 :]
    return bytes(octets)
