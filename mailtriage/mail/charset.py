"""Which charset it really is: the declared one where it decodes strictly and plausibly, else the most Russian one.

The trap: senders lie (koi8-r labelled windows-1251, windows-1251 labelled iso-8859-1), and Python knows "charsets"
that are no charsets at all (base64, idna), so a declared name is looked up with care (RFC 2045 5.2, RFC 2978).
"""

import codecs
import re
from dataclasses import dataclass

import cchardet

from mailtriage.mail.mojibake import undo
from mailtriage.mail.plausibility import russianness

CANDIDATES = ("windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic")
_ALIASES = {
    "win-1251": "windows-1251",
    "windows1251": "windows-1251",
    "win1251": "windows-1251",
    "cp-1251": "windows-1251",
    "x-cp1251": "windows-1251",
    "ansi-1251": "windows-1251",
    "koi8r": "koi8-r",
    "koi8": "koi8-r",
    "x-koi8-r": "koi8-r",
    "cp-866": "cp866",
    "ibm-866": "cp866",
    "x-cp866": "cp866",
    "dos-866": "cp866",
    "x-mac-cyrillic": "mac-cyrillic",
    "maccyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "unicode": "utf-16",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "shift_jis",
    "iso-8859-8-i": "iso-8859-8",
    "x-gbk": "gbk",
    "ascii": "us-ascii",
    "ansi_x3.4-1968": "us-ascii",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "dos-862": "cp862",
}
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf_8_sig"}
)
_WESTERN = frozenset({"us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "mac-roman"})
_SAMPLE = 12_000
"""Octets that a ranking looks at."""
_MARGIN = 0.35
_DOUBT = 2.5
"""By how much another charset must read better than the declared one: a margin, and more for a short text."""
_VOTE = 0.15
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH = re.compile(rb"[\x80-\xff]")
_ESCAPED = re.compile(rb"\x1b[$(]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, what its octets really were, and what was done about it (None: they were as declared)."""

    text: str
    charset: str
    repaired: str | None = None


def known(name: str | None) -> str | None:
    """The charset that a declared name means, or None where it means none."""
    if not name:
        return None
    plain = name.strip("\"' ").lower().partition("*")[0]
    plain = _ALIASES.get(plain, plain)
    try:
        info = codecs.lookup(plain)
    except (LookupError, ValueError):
        return None
    if info.name.replace("-", "_") in _NO_CHARSETS or not info._is_text_encoding:  # noqa: SLF001 - there is no public way to tell
        return None
    return "us-ascii" if info.name == "ascii" else plain


def decode(octets: bytes, declared: str | None = None) -> Decoded:
    """Octets of a header word, a body or a text file as a person would read them. Never raises.

    Args:
        octets: any; empty gives an empty text.
        declared: the label that came with them, right or wrong.
    """
    name = known(declared)
    found = _marked(octets) or _plain(octets, name) or _ranked(octets, name)
    text, how = undo(found.text)
    text = text.replace("\ufeff", "")
    if how:
        return Decoded(text, found.charset, f"{found.repaired}; {how}" if found.repaired else how)
    return Decoded(text, found.charset, found.repaired)


def _marked(octets: bytes) -> Decoded | None:
    """What a byte order mark, or NULs in every other place, say outright."""
    for mark, charset in _BOMS:
        if octets.startswith(mark):
            return Decoded(octets.removeprefix(mark if charset == "utf-8" else b"").decode(charset, "replace"), charset)
    sample = octets[:2000]
    half = len(sample) // 2
    if half < 2:  # noqa: PLR2004 - a single pair says nothing
        return None
    for charset, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if (high.count(0) + high.count(4)) / half > 0.9 and (high.count(4) or sample.count(0) > half * 0.8):  # noqa: PLR2004
            return Decoded(octets.decode(charset, "replace"), charset, f"{charset} without a mark")
    return None


def _plain(octets: bytes, declared: str | None) -> Decoded | None:  # noqa: PLR0911 - one return a sure reading
    """What needs no guess: ASCII, valid utf-8, and the stateful charsets of the East when declared."""
    if not _HIGH.search(octets):
        if declared and declared not in _WESTERN and (_ESCAPED.search(octets) or declared in {"utf-7", "hz"}):
            text = _strict(octets, declared)
            if text is not None:
                return Decoded(text, declared)
        return Decoded(octets.decode("ascii"), declared if declared and declared != "utf-7" else "us-ascii")
    text = _strict(octets, "utf-8")
    if text is None:
        return None
    if declared in {None, "utf-8", "utf8"}:
        return Decoded(text, "utf-8")
    other = _strict(octets, declared or "")
    # Two or three octets are valid utf-8 by chance often enough: then the label is believed if it reads well.
    if other is not None and len(_HIGH.findall(octets[:64])) <= 4 and russianness(other) > russianness(text) + _MARGIN:  # noqa: PLR2004
        return Decoded(other, declared or "")
    if other is not None and declared not in _WESTERN and declared not in CANDIDATES and russianness(text) <= 0:
        return Decoded(other, declared or "")
    return Decoded(text, "utf-8", f"utf-8 declared as {declared}")


def _ranked(octets: bytes, declared: str | None) -> Decoded:
    """The most Russian reading; the declared one wins unless another is better by a margin."""
    sample = octets[:_SAMPLE]
    scores = {name: russianness(_sloppy(sample, name)) for name in CANDIDATES}
    vote = (cchardet.detect(sample) or {}).get("encoding")
    voted = known(vote)
    # Votes decide only what is too short to be read: by far the most Russian 8-bit mail is windows-1251.
    for name, weight in ((voted, _VOTE), ("windows-1251", _DOUBT / 2 / len(_HIGH.findall(sample)))):
        if name in scores:
            scores[name] += weight
    best = max(scores, key=lambda name: scores[name])
    if declared in {"utf-8", "utf8"} or declared is None:
        damaged = octets.decode("utf-8", "replace")
        if damaged.count("\ufffd") * 12 < sum(1 for char in damaged if ord(char) > 0x7F) or scores[best] < -1:  # noqa: PLR2004
            return Decoded(damaged, "utf-8", "broken utf-8 characters were replaced")
    if declared and declared not in {"utf-8", "utf8", "us-ascii"}:
        text = _strict(octets, declared)
        own = russianness(text[:_SAMPLE]) if text is not None else -9.0
        margin = _MARGIN + _DOUBT / len(_HIGH.findall(sample))
        if text is not None and (own + margin >= scores[best] or scores[best] < 0):
            return Decoded(text, declared)
    text = _sloppy(octets, best)
    if declared is None and scores[best] < 0:
        latin = octets.decode("windows-1252", "replace")
        return Decoded(latin, "windows-1252", "no charset was declared")
    return Decoded(text, best, f"{best} declared as {declared}" if declared else f"{best} without a label")


def _strict(octets: bytes, charset: str) -> str | None:
    try:
        return octets.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _sloppy(octets: bytes, charset: str) -> str:
    return octets.decode(charset, "replace")
