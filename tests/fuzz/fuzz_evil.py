"""Messages made to break a reader, each small to write and large to read.

The trap is what each of them once cost somebody: time that grows with the square of a line, a stack that grows with the
nesting, memory that grows with what a few octets unpack to (RFC 2046 5.1, RFC 5322 2.1.1, 3.6.4). They are built here
and not kept, for mail scanners take such files away.
"""
# ruff: noqa: E501 - a table of messages is read by its rows

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

TOP = b"From: =?utf-8?B?0JjQstCw0L0=?= <ivan@example.com>\r\nTo: support@example.org\r\nSubject: evil\r\n"
MIME = TOP + b"MIME-Version: 1.0\r\n"
PLAIN = MIME + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = MIME + b"Content-Type: text/html; charset=utf-8\r\n\r\n"


def _multipart(boundary: bytes, parts: list[bytes]) -> bytes:
    head = MIME + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + b"--" + boundary + b"--\r\n"


def _file(octets: bytes, name: str, media_type: str) -> bytes:
    head = f'Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="{name}"'
    return _multipart(
        b"b", [b"Content-Type: text/plain\r\n\r\nsee it", head.encode() + b"\r\n\r\n" + base64.encodebytes(octets)]
    )


def _nested(depth: int, inner: bytes) -> bytes:
    """Multiparts in one another, each with a boundary of its own."""
    out = bytearray(MIME)
    for level in range(depth):
        out += b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (level, level)
    return bytes(out) + b"Content-Type: text/plain\r\n\r\n" + inner


def _messages_in_messages(depth: int) -> bytes:
    return b"".join(TOP + b"Content-Type: message/rfc822\r\n\r\n" for _ in range(depth)) + PLAIN + b"deep"


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return buffer.getvalue()


def _zip_bomb() -> bytes:
    inner = _zip({"zeros.txt": bytes(50_000_000)})
    return _zip({f"{number}.zip": inner for number in range(20)})


def _zip_of_names() -> bytes:
    return _zip({f"{number:06}.txt": b"" for number in range(20_000)})


def _docx_bomb() -> bytes:
    document = b"<w:document><w:body>" + b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 1_500_000 + b"</w:body></w:document>"
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


def _laughing_docx() -> bytes:
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    document = f'<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><w:document><w:t>&e11;</w:t></w:document>'
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def _pdf(stream: bytes, dictionary: bytes = b"") -> bytes:
    """A PDF of one page with that content stream, and a table of objects that says the truth."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(stream), dictionary, stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table)


def _pdf_bomb() -> bytes:
    return _pdf(zlib.compress(zlib.compress(bytes(150_000_000), 9), 9), b"/Filter[/FlateDecode/FlateDecode]")


def _pdf_of_operators() -> bytes:
    return _pdf(zlib.compress(b"BT /F 12 Tf (a) Tj ET\n" * 400_000, 9), b"/Filter/FlateDecode")


def _pdf_of_brackets() -> bytes:
    return _pdf(b"[" * 200_000)


def _pdf_with_a_loop() -> bytes:
    return _pdf(b"BT ET").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png_bomb(side: int = 30_000) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packer, rows = zlib.compressobj(9), bytes(1 + 3 * side)
    lines = b"".join(packer.compress(rows) for _ in range(2_000)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _png_of_text() -> bytes:
    header = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    text = _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000), 9))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + text * 5 + _chunk(b"IEND", b"")


def _gif_of_frames() -> bytes:
    frame = b"\x2c\0\0\0\0\x10\x27\x10\x27\0\x02\x02\x44\x01\0"
    return b"GIF89a\x10\x27\x10\x27\x80\0\0\0\0\0\xff\xff\xff" + frame * 20_000 + b";"


def _words(count: int) -> bytes:
    return "Верните деньги за платёж номер 1234567, пожалуйста. ".encode() * count


EVIL: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "only blank lines": lambda: b"\r\n" * 500_000,
    "ten thousand parts": lambda: _multipart(b"b", [b"Content-Type: text/plain\r\n\r\npart"] * 10_000),
    "ten thousand files": lambda: _multipart(
        b"b", [b'Content-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo='] * 10_000
    ),
    "nested two hundred deep": lambda: _nested(200, b"deep"),
    "nested twenty thousand deep": lambda: _nested(20_000, b"deep"),
    "messages in messages": lambda: _messages_in_messages(5_000),
    "one boundary at every level": lambda: MIME
    + b"".join(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" for _ in range(20_000)),
    "a header line of a megabyte": lambda: TOP + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nbody",
    "a subject of a megabyte": lambda: b"Subject: " + b"=?utf-8?B?0JjQstCw0L0=?= " * 40_000 + b"\r\n" + TOP + b"\r\nbody",
    "a subject of broken words": lambda: b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\r\n" + TOP + b"\r\nbody",
    "a subject folded a hundred thousand times": lambda: b"Subject: a" + b"\r\n a" * 100_000 + b"\r\n\r\nbody",
    "fifty megabytes of headers": lambda: b"X-Many: value value value value value value\r\n" * 1_160_000 + b"\r\nbody",
    "fifty megabytes in one field": lambda: TOP + b"X-Long: a" + b"\r\n " * 17_000_000 + b"\r\n\r\nbody",
    "nothing but NUL": lambda: bytes(1_000_000),
    "NUL everywhere": lambda: b"\0".join([TOP, b"\r\n", *[b"word "] * 100_000]),
    "bare CR": lambda: PLAIN.replace(b"\r\n", b"\r") + b"line\r" * 100_000,
    "bare LF": lambda: PLAIN.replace(b"\r\n", b"\n") + b"line\n" * 100_000,
    "bare CR in parts": lambda: _multipart(b"b", [b"\r\ntext"] * 1_000).replace(b"\r\n", b"\r"),
    "an empty boundary": lambda: MIME + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + b"--\r\n\r\ntext\r\n" * 10_000,
    "a boundary of a megabyte": lambda: _multipart(b"b" * 1_000_000, [b"\r\ntext"] * 5),
    "a boundary that is everywhere": lambda: MIME + b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + b"---" * 1_000_000,
    "boundaries that end in more": lambda: MIME
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--bb\r\n--b" * 300_000,
    "a hundred thousand addresses": lambda: TOP + b"To: " + b", ".join(b"u%d@example.com" % n for n in range(100_000)) + b"\r\n\r\nbody",
    "a hundred thousand To fields": lambda: b"To: u@example.com\r\n" * 100_000 + TOP + b"\r\nbody",
    "addresses of brackets": lambda: b"From: " + b"(" * 60_000 + b"<" * 60_000 + b'"' * 60_000 + b"\r\n\r\nbody",
    "addresses of opened brackets": lambda: b"To: " + b"<(" * 16_000 + b")>\r\n" + TOP + b"\r\nbody",
    "addresses of at signs": lambda: b"From: " + b"@" * 60_000 + b"\r\nTo: " + b"a@b," * 30_000 + b"\r\n\r\nbody",
    "addresses of commas": lambda: b"From: " + b"a," * 30_000 + b"\r\n\r\nbody",
    "a hundred thousand references": lambda: TOP + b"References: " + b"\r\n ".join(b"<%d@example.com>" % n for n in range(100_000)) + b"\r\n\r\nbody",
    "references of brackets": lambda: TOP + b"References: " + b"<" * 60_000 + b"\r\n\r\nbody",
    "thousands of parameters": lambda: TOP + b"Content-Type: text/plain; " + b"a*0*=utf-8''%41; " * 4_000 + b"\r\n\r\nbody",
    "a parameter of quotes": lambda: TOP + b'Content-Type: text/plain; name="' + b'\\"' * 30_000 + b"\r\n\r\nbody",
    "sections of a name without end": lambda: TOP
    + b"Content-Type: text/plain"
    + b"".join(b"; name*%d=a" % n for n in range(6_000))
    + b"\r\n\r\nbody",
    "a word of a million letters": lambda: PLAIN + "я".encode() * 1_000_000,
    "a number of a million digits": lambda: PLAIN + b"1" * 1_000_000,
    "a million digits apart": lambda: PLAIN + b"1 " * 500_000,
    "a million at signs": lambda: PLAIN + b"a@" * 500_000,
    "a million dots": lambda: PLAIN + b"." * 1_000_000,
    "a million spaces": lambda: PLAIN + b"a" + b" " * 1_000_000 + b"b",
    "a million blank lines": lambda: PLAIN + b"a" + b"\n" * 1_000_000 + b"b",
    "a million quote marks": lambda: PLAIN + b">" * 1_000_000,
    "quoted lines": lambda: PLAIN + b"> quoted\r\n" * 100_000,
    "headings without quotes": lambda: PLAIN + "01.09.2026 10:00, Иван пишет:\r\n".encode() * 20_000,
    "Outlook headings": lambda: PLAIN + "От: a\r\nОтправлено: b\r\nКому: c\r\nТема: d\r\n".encode() * 10_000,
    "dashes": lambda: PLAIN + b"-- \r\n" * 100_000,
    "underscores": lambda: PLAIN + b"_" * 1_000_000,
    "combining marks": lambda: PLAIN + "е\u0301".encode() * 300_000,
    "zero-width marks": lambda: PLAIN + "а\u200b".encode() * 200_000,
    "masked words": lambda: PLAIN + "б*л*я ".encode() * 100_000,
    "spaced words": lambda: PLAIN + "с п а с и б о ".encode() * 50_000,
    "words with hyphens": lambda: PLAIN + "кое-".encode() * 200_000,
    "a long letter": lambda: PLAIN + _words(20_000),
    "a long letter of names": lambda: PLAIN + "Иван Петров, ".encode() * 40_000,
    "a long letter of numbered items": lambda: PLAIN + "1) верните деньги? ".encode() * 30_000,
    "quotation marks": lambda: PLAIN + "«сказал „он: ".encode() * 40_000,
    "opened quotation marks": lambda: PLAIN + "«".encode() * 300_000,
    "deep HTML": lambda: HTML + b"<div>" * 200_000 + b"deep",
    "deep blockquotes": lambda: HTML + b"<blockquote>" * 50_000 + b"deep",
    "deep tables": lambda: HTML + b"<table><tr><td>" * 30_000 + b"deep",
    "bold without end": lambda: HTML + b"<b><i><a><font>" * 20_000 + b"deep",
    "bold over paragraphs": lambda: HTML + b"<b><p>" * 3_000 + b"deep",
    "attributes without end": lambda: HTML + b"<a " + b"a=b " * 300_000 + b">text",
    "styles without end": lambda: HTML + b"<style>" + b"a{color:red}" * 100_000 + b"</style>" + b"<p style='display:none'>x" * 30_000,
    "sixty long texts": lambda: _multipart(b"b", [b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _words(4_000)] * 60),
    "sixty long pages": lambda: _multipart(b"b", [b"Content-Type: text/html; charset=utf-8\r\n\r\n" + "<p>слово<b>а</b>".encode() * 8_000] * 60),
    "sixty long choices": lambda: _multipart(b"b", [b"Content-Type: text/html; charset=utf-8\r\n\r\n" + "<p>слово<b>а</b>".encode() * 8_000] * 60).replace(b"multipart/mixed", b"multipart/alternative"),
    "entities": lambda: HTML + b"&amp;amp;" * 200_000,
    "unclosed tags": lambda: HTML + b"<" * 1_000_000,
    "unclosed comments": lambda: HTML + b"<!--" * 300_000,
    "broken base64": lambda: MIME + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"====AA==" * 200_000,
    "broken quoted-printable": lambda: MIME + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=3=\xff==\r" * 150_000,
    "quoted-printable of one line": lambda: MIME + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=D0=90" * 300_000,
    "uuencode without end": lambda: MIME + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + b"begin 644 a\r\n" * 50_000,
    "escape sequences": lambda: MIME + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B\x1b(B" * 100_000,
    "utf-7": lambda: MIME + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AD0-" * 100_000,
    "octets of every kind": lambda: MIME + b"Content-Type: text/plain\r\n\r\n" + bytes(range(256)) * 4_000,
    "text in every charset at once": lambda: PLAIN
    + b"".join("Верните деньги ".encode(name) for name in ("cp1251", "koi8-r", "cp866", "utf-8", "utf-16")) * 5_000,
    "text that was broken twice": lambda: PLAIN + "Верните деньги ".encode().decode("cp1252", "replace").encode() * 6_000,
    "a bounce of reports": lambda: MIME
    + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.ru\r\nAction: failed\r\n\r\n" * 5_000,
    "a bounce in words": lambda: b"Return-Path: <>\r\n" + PLAIN + b"<a@b.ru>: host mx said: 550 no such user\r\n" * 30_000,
    "a zip bomb": lambda: _file(_zip_bomb(), "a.zip", "application/zip"),
    "a zip of names": lambda: _file(_zip_of_names(), "a.zip", "application/zip"),
    "a docx bomb": lambda: _file(_docx_bomb(), "a.docx", "application/msword"),
    "a docx of entities": lambda: _file(_laughing_docx(), "a.docx", "application/msword"),
    "a PDF bomb": lambda: _file(_pdf_bomb(), "a.pdf", "application/pdf"),
    "a PDF of operators": lambda: _file(_pdf_of_operators(), "a.pdf", "application/pdf"),
    "a PDF of brackets": lambda: _file(_pdf_of_brackets(), "a.pdf", "application/pdf"),
    "a PDF whose pages hold themselves": lambda: _file(_pdf_with_a_loop(), "a.pdf", "application/pdf"),
    "a picture bomb": lambda: _file(_png_bomb(), "a.png", "image/png"),
    "a picture with a bomb of text": lambda: _file(_png_of_text(), "a.png", "image/png"),
    "a picture of frames": lambda: _file(_gif_of_frames(), "a.gif", "image/gif"),
    "an rtf of brackets": lambda: _file(b"{\\rtf1 " + b"{" * 300_000, "a.rtf", "application/rtf"),
    "a text file of ten megabytes": lambda: _file(_words(100_000), "a.txt", "text/plain"),
}  # fmt: skip
"""By what each is."""
