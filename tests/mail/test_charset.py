"""Charsets that senders lie about, and clean words that must stay as they are."""

import pytest

from mailtriage.mail.charset import decode, known
from mailtriage.mail.encoded_words import decode_header

TEXTS = (
    "Здравствуйте! Перевод до сих пор не дошёл, прошу разобраться и вернуть 1 500 рублей.",
    "подскажите где посмотреть историю операций за прошлый месяц",
    "ПОЧЕМУ НЕ РАБОТАЕТ ВХОД ЧЕРЕЗ ГОСУСЛУГИ?",
)
CHARSETS = ("utf-8", "windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic", "utf-16")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "declared", [None, "us-ascii", "iso-8859-1", "koi8-r", "windows-1251", "utf-8", "no-such-charset"]
)
def test_russian_is_read_whatever_was_declared(text: str, charset: str, declared: str | None) -> None:
    assert decode(text.encode(charset), declared).text == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("meant", "taken"),
    [
        ("windows-1251", "latin-1"),
        ("koi8-r", "windows-1251"),
        ("windows-1251", "koi8-r"),
        ("utf-8", "windows-1251"),
        ("utf-8", "latin-1"),
    ],
)
def test_mojibake_inside_utf8_is_undone_and_told(text: str, meant: str, taken: str) -> None:
    broken = "".join(bytes([octet]).decode(taken, "ignore") or chr(octet) for octet in text.encode(meant))
    decoded = decode(broken.encode(), "utf-8")
    assert decoded.text == text
    assert decoded.repaired


@pytest.mark.parametrize(
    "text",
    [
        "эх",
        "Ёлка",
        "ну?",
        "ЖКХ",
        "СРОЧНО",
        "Щи",
        "café",
        "Zoë",
        "naïve",
        "Übergröße",
        "Привіт",
        "Ђорђе",
        "№ 5",
        "«Да»",
        "🙂",
        "Ok — 5 €",
        "СССР",
        "ЦУПИС",
        "ъ",
    ],
)
def test_clean_short_words_are_left_alone(text: str) -> None:
    assert decode(text.encode(), "utf-8") == decode(text.encode(), None)
    assert decode(text.encode(), "utf-8").text == text
    assert decode(text.encode(), "utf-8").repaired is None


@pytest.mark.parametrize(
    "name", ["base64", "idna", "rot13", "punycode", "undefined", "unicode_escape", "", None, "x" * 5000]
)
def test_what_is_no_charset_is_not_taken_for_one(name: str | None) -> None:
    assert known(name) is None


def test_a_word_split_inside_a_character_is_joined_before_decoding() -> None:
    octets = "Проверка".encode()
    first, second = octets[:3].hex("=").upper(), octets[3:].hex("=").upper()
    assert decode_header(f"=?utf-8?Q?={first}?= =?utf-8?Q?={second}?=".encode()) == "Проверка"


def test_a_raw_8bit_header_is_read() -> None:
    assert decode_header("Не пришёл платёж".encode("koi8-r")) == "Не пришёл платёж"
    assert decode_header("Не пришёл платёж".encode("windows-1251")) == "Не пришёл платёж"


@pytest.mark.parametrize("text", ["Die Prüfung ist fertig", "Mein Name ist Müller", "un café s'il vous plaît"])
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "windows-1252"])
def test_western_words_stay_western(text: str, declared: str | None) -> None:
    assert decode(text.encode("windows-1252"), declared).text == text


def test_a_footer_of_another_charset_does_not_spoil_the_letter() -> None:
    letter, footer = "Здравствуйте, перевод не дошёл.\n", "Проверено антивирусом"
    for declared in ("utf-8", None):
        found = decode(letter.encode() + footer.encode("windows-1251"), declared)
        assert found.text == letter + footer
        assert found.repaired == "some lines were windows-1251"


def test_a_character_cut_in_two_is_no_reason_to_doubt_utf8() -> None:
    found = decode("Перевод не дошёл".encode()[:-1], "utf-8")
    assert found.text == "Перевод не дошё\ufffd"
    assert found.charset == "utf-8"


@pytest.mark.parametrize("declared", ["utf-7", "utf-16", None])
@pytest.mark.parametrize("octets", [b"+2AA- abc", b"\x00\xd8a\x00b\x00", b"+2D0-", b"\xed\xa0\x80 abc"])
def test_half_a_character_is_none(octets: bytes, declared: str | None) -> None:
    decode(octets, declared).text.encode()
