"""Text that was decoded wrongly before it was sent, made readable again: one or two wrong passes undone.

The trap: a repair that harms clean short words ("Ёлка", "эх") is worse than none, so it must turn what is no
language into what plainly is Russian, over enough letters, and it looks at each line by itself where the whole fails.
"""

import re
from collections.abc import Iterator
from functools import cache

from mailtriage.mail.plausibility import russianness

_WRITTEN = ("windows-1251", "latin-1", "windows-1252", "koi8-r", "cp866", "mac-cyrillic")
_MEANT = ("utf-8", "windows-1251", "koi8-r", "cp866")
_ENOUGH_LETTERS = 12
"""Below this, letters by chance are taken for Russian."""
_ENOUGH_FOR_UTF8 = 3
"""utf-8 does not come about by chance."""
_ENOUGH_SWAPPED = 6
"""koi8-r and windows-1251 hold capitals in each other's places: "рПНПЗЙФЕ" is typed by nobody."""
_GAIN = 1.2
_GOOD = 0.1
_SAMPLE = 4_000
_LETTER = re.compile(r"[^\W\d_]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_ACCENTED = re.compile(r"[À-ÿ¨¸]")
_SWAPPED = re.compile(r"\b[а-я][А-Я]{3,}")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")


def undo(text: str) -> tuple[str, str | None]:
    """The text made readable, and what was undone ("utf-8 read as windows-1251"), or the text as it was and None."""
    if not _NON_ASCII.search(text):
        return text, None
    whole, how = _passes(text)
    if how:
        return whole, how
    if "\n" not in text or not _suspicious(text):
        return text, None
    lines, hows = [], dict[str, None]()
    for line in text.split("\n"):
        fixed, how = _passes(line) if _NON_ASCII.search(line) else (line, None)
        lines.append(fixed)
        if how:
            hows[how] = None
    return ("\n".join(lines), "in some lines " + ", ".join(hows)) if hows else (text, None)


def _suspicious(text: str) -> bool:
    return any(russianness(line) < -0.3 for line in text.split("\n")[:2000] if _NON_ASCII.search(line))  # noqa: PLR2004


def _passes(text: str) -> tuple[str, str | None]:
    hows: list[str] = []
    for _ in range(2):
        found = _one_pass(text)
        if found is None:
            break
        text, how = found
        hows.append(how)
    return text, ", then ".join(hows) or None


def _one_pass(text: str) -> tuple[str, str] | None:
    before = russianness(text[:_SAMPLE])
    if before > 0.6:  # noqa: PLR2004 - plainly Russian already
        return None
    best: tuple[float, str, str] | None = None
    for written, meant, fixed in _readings(text[:_SAMPLE]):
        after = russianness(fixed)
        if _better(text[:_SAMPLE], fixed, meant, before, after) and (best is None or after > best[0]):
            best = (after, written, meant)
    if best is None:
        return None
    octets = _encode(text, best[1])
    if octets is None:
        return None
    # The sample may have cut a character; the whole is repaired or left alone.
    fixed_whole = octets.decode(best[2], "replace")
    if fixed_whole.count("\ufffd") > max(1, len(fixed_whole) // 200):
        return None
    return fixed_whole, f"{best[2]} read as {best[1]}"


def _better(text: str, fixed: str, meant: str, before: float, after: float) -> bool:
    letters = len(_CYRILLIC.findall(fixed))
    if meant == "utf-8":
        return (
            letters >= _ENOUGH_FOR_UTF8
            and after > before
            and after > -_GAIN
            and fixed.count("\ufffd") <= len(fixed) // 100
        )
    accented = len(_ACCENTED.findall(text))
    if accented >= 4 and accented >= 0.7 * len(_LETTER.findall(text)):  # noqa: PLR2004 - no language is written in accented letters alone
        return after > _GOOD and letters >= 0.9 * accented
    if _SWAPPED.search(text) and letters >= _ENOUGH_SWAPPED and after > 1 and after > before + _GAIN:
        return True
    return letters >= _ENOUGH_LETTERS and after > _GOOD and after > before + _GAIN


def _readings(text: str) -> Iterator[tuple[str, str, str]]:
    for written in _WRITTEN:
        octets = _encode(text, written)
        if octets is None:
            continue
        for meant in _MEANT:
            if meant == written or (meant != "utf-8" and written == "latin-1" and _has_typography(text)):
                continue
            try:
                yield written, meant, octets.decode(meant)
            except UnicodeDecodeError as error:
                # A sample that ends inside a character is no proof against utf-8.
                if meant == "utf-8" and error.start > len(octets) - 4 and error.start:
                    yield written, meant, octets[: error.start].decode(meant)


def _has_typography(text: str) -> bool:
    return any(ord(char) > 0xFF for char in text)  # noqa: PLR2004 - beyond Latin-1


@cache
def _table(charset: str) -> dict[int, int]:
    """Character to octet; octets that the charset leaves out pass through as C1, as browsers do it."""
    table = {}
    for octet in range(256):
        char = bytes([octet]).decode(charset, "ignore")
        table[ord(char) if char else octet] = octet
        if not char or octet >= 0x80:  # noqa: PLR2004
            table.setdefault(octet, octet) if 0x80 <= octet < 0xA0 else None  # noqa: PLR2004
    return table


def _encode(text: str, charset: str) -> bytes | None:
    table = _table(charset)
    try:
        return bytes(table[ord(char)] for char in text)
    except KeyError:
        return None
