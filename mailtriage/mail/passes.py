"""One wrong pass (octets of one charset read as another) and how it is undone, character by character.

The trap: the readers that broke the text passed undefined octets through as control characters, lost a no-break space
or wrote a question mark (browsers and mail gateways each in their way), so Python's strict codecs undo next to nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_TAKEN = (
    "windows-1251", "windows-1252", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic", "mac-roman", "cp437",
)  # fmt: skip
_MEANT = ("windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic")
_ENOUGH_SEQUENCES = 5
"""So many must be whole before an octet that is missing between them is put back."""
_LOST_SPACE = re.compile(rb"([\xd0\xd1]) ")
_LOST_CONTROL = re.compile(rb"\xd0\?")
_WHOLE = re.compile(rb"[\xd0\xd1][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class Pass:
    """Text in the charset `meant` that somebody read as `taken`."""

    meant: str
    taken: str

    def __str__(self) -> str:
        return f"{self.meant} read as {self.taken}"

    def undone(self, text: str) -> str | None:
        """The text before this pass; None where it has characters that the pass cannot have made."""
        octets = _octets(text, self.taken)
        if octets is None:
            return None
        if self.meant == "utf-8":
            return _mended(octets).decode("utf-8", "replace")
        return octets.translate(None).decode("latin-1").translate(_reading(self.meant))


def chain(passes: tuple[Pass, ...]) -> str:
    """The passes in words, the one that is undone first in front."""
    return ", then ".join(map(str, passes))


def readings(text: str, *, utf8: bool) -> Iterator[tuple[Pass, str]]:
    """Every pass that may have made the text, with the text before it."""
    for taken in _TAKEN:
        octets = _octets(text, taken)
        if octets is None:
            continue
        # What has no typography of Windows in it may as well have been read as Latin-1.
        name = "latin-1" if taken == "windows-1252" and all(ord(char) < 0x100 for char in text) else taken  # noqa: PLR2004
        if utf8:
            fixed = _utf8(octets)
            if fixed is not None:
                yield Pass("utf-8", name), fixed
            continue
        for meant in _MEANT:
            if meant != taken:
                yield Pass(meant, name), octets.decode("latin-1").translate(_reading(meant))


def _utf8(octets: bytes) -> str | None:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        mended = _mended(octets)
    try:
        return mended.decode("utf-8")
    except UnicodeDecodeError as error:
        # A sample that ends inside a character is no proof against utf-8.
        return mended[: error.start].decode("utf-8") if error.start and error.start > len(mended) - 4 else None


def _mended(octets: bytes) -> bytes:
    """Octets with the ones put back that are lost between two programs: A0 as a space, 98 as a question mark."""
    if len(_WHOLE.findall(octets)) < _ENOUGH_SEQUENCES:
        return octets
    return _LOST_CONTROL.sub(b"\xd0\x98", _LOST_SPACE.sub(rb"\1" + b"\xa0", octets))


@cache
def _table(charset: str) -> dict[int, int]:
    """Character to octet; octets that the charset leaves out pass through as C1, as browsers do it."""
    table = {octet: octet for octet in range(0x80, 0xA0)}
    for octet in range(256):
        char = bytes([octet]).decode(charset, "ignore")
        table[ord(char) if char else octet] = octet
    if charset == "windows-1251":
        # The one octet that it leaves out is what utf-8 ends the letter И with.
        table[0xFFFD] = 0x98
    return table


@cache
def _reading(charset: str) -> dict[int, str]:
    """Octet to character, for `str.translate`; undefined octets stay."""
    return {octet: bytes([octet]).decode(charset, "ignore") or chr(octet) for octet in range(0x80, 0x100)}


def _octets(text: str, charset: str) -> bytes | None:
    table = _table("windows-1252" if charset == "latin-1" else charset)
    try:
        return bytes([table[ord(char)] for char in text])
    except KeyError:
        return None


def _letters(charset: str, first: int, last: int) -> str:
    return "".join(re.escape(_reading(charset)[octet]) for octet in range(first, last + 1))


def _run_of(charset: str) -> re.Pattern[str]:
    """At least three Cyrillic letters of utf-8 as another charset shows them, with ASCII in between."""
    tail = _letters(charset, 0x80, 0xBF) + _letters("windows-1252", 0x80, 0x9F) * (charset == "latin-1")
    pair = f"[{_letters(charset, 0xD0, 0xD1)}][{tail}]"
    return re.compile(f"{pair}(?:[\\x00-\\x7f]*+{pair}){{2,}}")


_RUNS = tuple((charset, _run_of(charset)) for charset in ("windows-1251", "windows-1252"))


def runs_of_utf8(text: str) -> tuple[str, str | None]:
    """Runs of misread utf-8 inside readable text made readable, and what was done, or the text and None."""
    done = []
    for charset, pattern in _RUNS:
        step = Pass("utf-8", charset)

        def fix(match: re.Match[str], step: Pass = step) -> str:
            fixed = step.undone(match[0])
            return fixed if fixed and "\ufffd" not in fixed else match[0]

        fixed = pattern.sub(fix, text)
        if fixed != text:
            text = fixed
            done.append(f"in some words {step}")
    return text, ", ".join(done) or None
