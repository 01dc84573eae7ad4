"""Text that was decoded wrongly before it was sent, made readable again: one or two wrong passes undone.

The trap: a repair that harms clean short words ("Ёлка", "эх") is worse than none, so it must turn what is no
language into what plainly is Russian, by a sum of evidence that no single word reaches by chance, and it looks at each
line by itself, and at each run inside a line, where the whole fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailtriage.mail.passes import Pass, chain, readings, runs_of_utf8
from mailtriage.mail.plausibility import evidence, odd, russianness

_PLAINLY_RUSSIAN = 0.6
_GAIN = 14.0
"""Above what the most unlucky single word of the dictionary gains by chance."""
_GAIN_SWAPPED = 8.0
"""koi8-r and windows-1251 hold capitals in each other's places: "рПНПЗЙФЕ" is typed by few, with Caps Lock on."""
_ENOUGH_SWAPPED = 8
_GAIN_TWICE = 20.0
_GAIN_OF_UTF8 = 6.0
_SEQUENCE = 3.0
"""What each valid utf-8 sequence in decoded text speaks for a wrong pass."""
_GOOD = 0.1
_BEARABLE = -1.2
_SAMPLE = 600
_MAX_LINES = 60
"""Lines that are searched one by one."""
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTER = re.compile(r"[^\W\d_]")
_ACCENTED = re.compile(r"[À-ÿ¨¸]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_SWAPPED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}")
_LIKELY = {"windows-1251": 3.0, "utf-8": 2.0, "koi8-r": 0.5}
"""What decides between two charsets that were meant, where a short text reads as well in both."""
_WRONG_CAPITAL = re.compile(r"(?:^|(?<=[\s(«\"]))[ЂЃЉЊЌЋЏЎЈѓќћљњџ‡†€‹•™Ґ¦§©®°∆√ƒ≈¬][а-яё]")
_TWICE = (
    *(
        (Pass(one, "windows-1251"), Pass(two, "windows-1251"))
        for one in ("koi8-r", "cp866")
        for two in ("koi8-r", "cp866")
    ),
    *((Pass("windows-1251", taken), Pass("windows-1251", taken)) for taken in ("koi8-r", "cp866")),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A chain of passes to undo, last one first, and how well its result reads."""

    passes: tuple[Pass, ...]
    weight: float


def undo(text: str) -> tuple[str, str | None]:
    """The text made readable, and what was undone ("utf-8 read as windows-1251"), or the text as it was and None."""
    if not _NON_ASCII.search(text):
        return text, None
    whole, how = _passes(text)
    if how:
        return whole, how
    if "\n" in text and _suspicious(text):
        text, how = _line_by_line(text)
    runs, again = runs_of_utf8(text)
    if again:
        return runs, f"{how}; {again}" if how else again
    return text, how


def _suspicious(text: str) -> bool:
    lines = text.split("\n")[:2000]
    return any(russianness(line[:_SAMPLE]) < -0.3 for line in lines if odd(line) and _NON_ASCII.search(line))  # noqa: PLR2004


def _line_by_line(text: str) -> tuple[str, str | None]:
    lines, hows, searched = list[str](), dict[str, None](), 0
    for line in text.split("\n"):
        fixed, how = line, None
        if searched < _MAX_LINES and _NON_ASCII.search(line):
            fixed, how = _passes(line)
            searched += 1
        lines.append(fixed)
        if how:
            hows[how] = None
    return "\n".join(lines), "in some lines " + ", ".join(hows) if hows else None


def _passes(text: str) -> tuple[str, str | None]:
    """The whole text with the best chain of passes undone that its sample shows."""
    first = _NON_ASCII.search(text)
    start = max(0, first.start() - 20) if first else 0
    sample = text[start : start + _SAMPLE]
    if russianness(sample) > _PLAINLY_RUSSIAN and len(_WRONG_CAPITAL.findall(sample)) < 2:  # noqa: PLR2004
        return text, None
    found = max(_candidates(sample), key=lambda one: one.weight, default=None)
    if found is None:
        return text, None
    for step in found.passes:
        fixed = step.undone(text)
        # The sample may have cut a character; the whole is repaired or left alone.
        if fixed is None or fixed.count("\ufffd") > max(1, len(fixed) // 200):
            return text, None
        text = fixed
    return text, chain(found.passes)


def _candidates(text: str) -> Iterator[_Found]:
    """Every chain whose result reads so much better that chance is ruled out."""
    yield from _single_bytes(text, ())
    yield from _twice(text)
    for step, fixed in readings(text, utf8=True):
        if _is_utf8(text, fixed):
            yield _Found((step,), _total(fixed) + _SEQUENCE * len(_NON_ASCII.findall(fixed)))
        if len(_NON_ASCII.findall(fixed)) >= 2:  # noqa: PLR2004 - one sequence comes about by chance
            yield from _single_bytes(fixed, (step,))
            for second, twice in readings(fixed, utf8=True):
                if _is_utf8(fixed, twice):
                    yield _Found((step, second), _total(twice) + _SEQUENCE * len(_NON_ASCII.findall(fixed)))


def _is_utf8(text: str, fixed: str) -> bool:
    letters = len(_CYRILLIC.findall(fixed))
    after, count = evidence(fixed)
    gain = after + _SEQUENCE * count - _total(text)
    return letters >= 2 and gain >= _GAIN_OF_UTF8 and after > _BEARABLE * count  # noqa: PLR2004


def _single_bytes(text: str, before: tuple[Pass, ...]) -> Iterator[_Found]:
    swapped = len(_CYRILLIC.findall(text)) >= _ENOUGH_SWAPPED and _SWAPPED.search(text)
    wanted = _weight(text) + (_GAIN_SWAPPED if swapped else _GAIN)
    accented, letters = len(_ACCENTED.findall(text)), len(_LETTER.findall(text))
    # No language is written in accented letters alone.
    accents_alone = accented >= 4 and accented >= 0.7 * letters  # noqa: PLR2004
    for step, fixed in readings(text, utf8=False):
        after, count = evidence(fixed)
        if after <= _GOOD * count:
            continue
        if after >= wanted or (accents_alone and len(_CYRILLIC.findall(fixed)) >= 0.9 * accented):
            yield _Found((*before, step), after + _LIKELY.get(step.meant, 0.0))


def _twice(text: str) -> Iterator[_Found]:
    """Two passes of single octets, between which the text was as unreadable as after them."""
    was = _weight(text)
    for first, second in _TWICE:
        half = first.undone(text)
        fixed = second.undone(half) if half else None
        if fixed:
            after, count = evidence(fixed)
            if after > 0.5 * count and after >= was + _GAIN_TWICE:
                yield _Found((first, second), after)


def _total(text: str) -> float:
    return evidence(text)[0]


def _weight(text: str) -> float:
    """The evidence for a text as it stands, in whatever case it is typed."""
    return max(_total(text), _total(text.lower()))
