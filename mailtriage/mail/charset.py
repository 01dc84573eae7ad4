"""Which charset it really is: the declared one where it decodes strictly and plausibly, else the most Russian one.

The trap: senders lie (koi8-r labelled windows-1251, windows-1251 labelled iso-8859-1), and Python knows "charsets"
that are no charsets at all (base64, idna), so a declared name is looked up with care (RFC 2045 5.2, RFC 2978).
"""

import codecs
import math
import re
from dataclasses import dataclass
from functools import lru_cache

import cchardet

from mailtriage.mail.mojibake import undo
from mailtriage.mail.plausibility import evidence, plainly_russian, typed

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
_SAMPLE = 8_000
"""Octets that a ranking looks at."""
_LABEL = 5.0
"""How much better in all another charset must read than the declared one: about one word that makes no sense."""
_LABEL_OF_LITTLE = 60.0
"""And how much more, shared among its octets: a word of three letters is never worth a label."""
_SEQUENCE = 4.0
"""What one valid sequence of several octets speaks for utf-8: it seldom comes about by chance."""
_PRIOR = {"windows-1251": 3.0, "koi8-r": 0.5}
"""Of what is too short to be read; by far the most Russian 8-bit mail is windows-1251."""
_WESTERN_SHAPE = 5.0
"""What high octets inside a word of ASCII letters speak for a Western charset, and their absence against it."""
_VOTE = 1.5
_HEADER_WORD = 300
"""Octets up to which a decoding is remembered."""
_SELF_EVIDENT = frozenset({"utf-8", "utf8", *CANDIDATES})
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH = re.compile(rb"[\x80-\xff]")
_HALF = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN_WORD = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_HIGH_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{3,}(?![A-Za-z])")
_ESCAPED = re.compile(rb"\x1b[$(]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, what its octets really were, and what was done about it (None: they were as declared)."""

    text: str
    charset: str
    repaired: str | None = None


@lru_cache(maxsize=256)
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
    # A name or a subject is asked for several times, by each reader of the header and by what compares them.
    return _short(octets, declared) if len(octets) <= _HEADER_WORD else _decoded(octets, declared)


@lru_cache(maxsize=4096)
def _short(octets: bytes, declared: str | None) -> Decoded:
    return _decoded(octets, declared)


def _decoded(octets: bytes, declared: str | None) -> Decoded:
    name = known(declared)
    return _proven(octets, name) or mended(_marked(octets) or _plain(octets, name) or _ranked(octets, name))


def _proven(octets: bytes, declared: str | None) -> Decoded | None:
    """The declared charset, where nothing speaks against it: no other is tried, and no wrong pass looked for."""
    if declared not in _SELF_EVIDENT:
        return None
    text = _strict(octets, declared)
    return Decoded(text, declared) if text is not None and plainly_russian(text) else None


def mended(found: Decoded) -> Decoded:
    """A decoding with the wrong passes undone that the text had been through before it was sent."""
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


def _plain(octets: bytes, declared: str | None) -> Decoded | None:
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
    if other is not None and _weight(other) + _label(octets) > _weight(text) + _SEQUENCE * len(
        _BEYOND_ASCII.findall(text)
    ):
        # Two or three octets are valid utf-8 by chance often enough: then the label is believed if it reads well.
        return Decoded(other, declared or "")
    return Decoded(text, "utf-8", f"utf-8 declared as {declared}")


def _ranked(octets: bytes, declared: str | None) -> Decoded:
    """The most Russian reading; the declared one wins unless another is better by a margin."""
    unsaid = declared in {None, "utf-8", "utf8"}
    if unsaid and (damaged := _damaged(octets)):
        return damaged
    sample = octets[:_SAMPLE]
    totals = _totals(sample)
    label = "" if declared is None or unsaid or declared == "us-ascii" else declared
    text = _strict(octets, label) if label else None
    own = _own(text, label, sample) if text is not None else -math.inf
    # A vote that cannot turn the scale is not taken: it costs more than all the readings.
    if text is not None and own >= max(totals.values()) + _VOTE:
        return Decoded(text, label)
    totals = _voted(totals, sample)
    if text is not None and own >= max(totals.values()):
        return Decoded(text, label)
    best = _likeliest(totals)
    if best == "windows-1252" and declared is None:
        return Decoded(_sloppy(octets, best), best, "no charset was declared")
    return Decoded(
        _sloppy(octets, best), best, f"{best} declared as {declared}" if declared else f"{best} without a label"
    )


def _own(text: str, declared: str, sample: bytes) -> float:
    """The evidence for the declared charset, its label included."""
    weight = _weight(typed(text[:_SAMPLE]))
    if declared in _WESTERN and not _LATIN_WORD.search(sample) and _HIGH_WORD.search(sample):
        # No word is written in accented letters alone, and Western labels are what careless programs put.
        return weight
    return weight + _label(sample)


def _label(octets: bytes) -> float:
    return _LABEL + _LABEL_OF_LITTLE / max(1, len(_HIGH.findall(octets[:_SAMPLE])))


def _totals(sample: bytes) -> dict[str, float]:
    """The evidence for each charset that needs no label to be thought of."""
    western = _WESTERN_SHAPE if _LATIN_WORD.search(sample) else -_WESTERN_SHAPE
    totals = {name: _weight(_sloppy(sample, name)) for name in CANDIDATES}
    return {**totals, "windows-1252": _weight(_sloppy(sample, "windows-1252")) + western}


def _voted(totals: dict[str, float], sample: bytes) -> dict[str, float]:
    """The same with what a statistical detector says."""
    voted = known((cchardet.detect(sample) or {}).get("encoding"))
    return {**totals, voted: totals[voted] + _VOTE} if voted in CANDIDATES else totals


def _likeliest(totals: dict[str, float]) -> str:
    """The best of them where nothing is said, or nothing true."""
    return max(totals, key=lambda name: totals[name] + _PRIOR.get(name, 0.0))


def _damaged(octets: bytes) -> Decoded | None:
    """utf-8 with broken characters, or with lines of another charset in it: footers are glued to letters unread."""
    lines = octets.split(b"\n")
    texts = [line.decode("utf-8", "replace") for line in lines]
    foreign = [index for index, text in enumerate(texts) if _broken(text)]
    if len(foreign) == sum(not line.isascii() for line in lines):
        return None
    if not foreign:
        return Decoded("\n".join(texts), "utf-8", "broken utf-8 characters were replaced")
    rest = b"\n".join(lines[index] for index in foreign)
    charset = _likeliest(_voted(_totals(rest[:_SAMPLE]), rest[:_SAMPLE]))
    for index in foreign:
        texts[index] = _sloppy(lines[index], charset)
    return Decoded("\n".join(texts), "utf-8", f"some lines were {charset}")


def _broken(text: str) -> bool:
    """Whether a line decoded as utf-8 is none: more is broken in it than a cut character or two."""
    lost = text.count("\ufffd")
    return lost > 0 and len(_BEYOND_ASCII.findall(text)) < 3 * lost


def _weight(text: str) -> float:
    return evidence(text[:_SAMPLE])[0]


def _strict(octets: bytes, charset: str) -> str | None:
    try:
        text = octets.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None
    # utf-7 may spell half a character, which no other charset and no JSON can carry.
    return None if _HALF.search(text) else text


def _sloppy(octets: bytes, charset: str) -> str:
    return octets.decode(charset, "replace")
