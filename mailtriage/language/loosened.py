"""What RE2 finds at least wherever Python finds a pattern: taken from Python's own reading of it, each step loosened.

The trap is a place that is not named, for what stands there is then never found. So whatever looks around is left out
but for the beginning of a line, a class of letters takes every character beyond ASCII, and where nearly anything may
follow, the pattern ends.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

import re2

_LARGE: Final = 8
"""Repetitions from which on they are not counted: RE2 keeps a state for each."""
_BEYOND: Final = r"\x{80}-\x{10ffff}"
_DOTLESS: Final = r"\x{130}\x{131}"
"""Where case does not matter Python takes these for an i, and Unicode does not."""
_MAY: Final = {
    op.CATEGORY_WORD: rf"\w{_BEYOND}",
    op.CATEGORY_DIGIT: r"\p{Nd}",
    op.CATEGORY_SPACE: r"\s\x0b\x1c-\x1f\x{85}\p{Z}",
    op.CATEGORY_NOT_WORD: r"\W",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_NOT_SPACE: r"\S",
}
"""What holds every member of a class."""
_MUST: Final = {
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_SPACE: r"\s\x0b\x1c-\x1f",
    op.CATEGORY_NOT_WORD: r"\x00-/:-@\[-\x5e`{-\x7f",
    op.CATEGORY_NOT_DIGIT: r"\x00-/:-\x7f",
    op.CATEGORY_NOT_SPACE: r"\x00-\x08\x0e-\x1b!-\x7f",
}
"""What holds nothing but members of it."""
_NARROW: Final = frozenset({op.CATEGORY_SPACE, op.CATEGORY_DIGIT, op.CATEGORY_WORD, op.CATEGORY_NOT_WORD})
"""What runs of it are, ends soon: in a text that people wrote, nothing is longer than a word or what parts two."""
_NARROWED: Final = frozenset({op.CATEGORY_NOT_SPACE, op.CATEGORY_NOT_DIGIT, op.CATEGORY_NOT_WORD})
"""The same where they are taken away from what may stand there: all that is left is of one class."""
_REPEATS: Final = frozenset({op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT})
_AROUND: Final = frozenset({op.AT, op.ASSERT, op.ASSERT_NOT})
_BEGINS: Final = frozenset({op.AT_BEGINNING, op.AT_BEGINNING_STRING})


class Unfit(ValueError):  # noqa: N818 - said of the pattern
    """Nothing need stand where the pattern begins, so there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class _Loose:
    """A piece of a pattern, for RE2."""

    whole: str | None = ""
    """What the rest goes on behind; None where every way ends inside."""
    cut: tuple[str, ...] = ()
    """Ways that end inside."""
    wide: bool = False
    """Whether nearly anything may stand somewhere in it."""


_END: Final = _Loose(None, ("",))


def beginning(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> str:
    """A pattern of RE2 for what Python's begins with.

    Raises:
        Unfit: that may be anything.
    """
    tree = parser.parse(pattern, int(flags))
    caseless = bool(tree.state.flags & re.IGNORECASE)
    found = _sequence(tree, caseless=caseless)
    loose = f"{'(?i)' if caseless else ''}{_either([*_given(found.whole), *found.cut])}"
    if re2.fullmatch(loose, ""):
        raise Unfit(pattern)
    return loose


def _sequence(items: Iterable[Any], *, caseless: bool) -> _Loose:
    whole, cut, wide = "", list[str](), False
    for kind, value in items:
        piece = _piece(kind, value, caseless=caseless)
        wide = wide or piece.wide
        cut += [f"{whole}{end}" for end in piece.cut]
        if piece.whole is None:
            return _Loose(None, tuple(cut), wide)
        whole += piece.whole
    return _Loose(whole, tuple(cut), wide)


def _piece(kind: Any, value: Any, *, caseless: bool) -> _Loose:
    if kind in _AROUND:
        # Where a line begins at least, whatever the flags say of the text.
        return _Loose("(?m:^)" if value in _BEGINS else "")
    if kind in _REPEATS:
        return _repeated(*value, caseless=caseless)
    if kind is op.BRANCH:
        return _branched([_sequence(way, caseless=caseless) for way in value[1]])
    if kind is op.SUBPATTERN:
        _, added, removed, items = value
        return _END if added or removed else _sequence(items, caseless=caseless)
    if kind is op.ATOMIC_GROUP:
        return _sequence(value, caseless=caseless)
    return _one(kind, value, caseless=caseless)


def _branched(ways: list[_Loose]) -> _Loose:
    whole = [text for way in ways for text in _given(way.whole)]
    cut = tuple(end for way in ways for end in way.cut)
    return _Loose(_either(whole) if whole else None, cut, any(way.wide for way in ways))


def _repeated(least: int, most: int, items: Any, *, caseless: bool) -> _Loose:
    piece = _sequence(items, caseless=caseless)
    if piece.whole is not None and not piece.cut and not (most > _LARGE and piece.wide):
        times = f"{min(least, _LARGE)},{'' if most > _LARGE else most}"
        # As few as will do: where it begins is asked, not how far it goes.
        return _Loose(f"(?:{piece.whole}){{{times}}}?", wide=piece.wide)
    if not least:
        return _branched([_Loose(), piece]) if most == 1 else _END
    # Behind the first time it is not looked any further.
    return piece if most == 1 else _Loose(None, (*piece.cut, *_given(piece.whole)), piece.wide)


def _one(kind: Any, value: Any, *, caseless: bool) -> _Loose:
    """One character; the end for what is none."""
    if kind is op.LITERAL:
        dotless = caseless and chr(value) in "iI\u0130\u0131"
        return _Loose(f"[{_char(value)}{_DOTLESS}]" if dotless else _char(value))
    if kind is op.NOT_LITERAL:
        return _Loose(f"[^{_char(value)}]", wide=True)
    if kind is op.ANY:
        return _Loose("(?s:.)", wide=True)
    if kind is not op.IN:
        return _END
    if value[0][0] is op.NEGATE:
        narrow = any(one is op.CATEGORY and of in _NARROWED for one, of in value)
        return _Loose(f"[^{_members(value[1:], _MUST)}]", wide=not narrow)
    wide = any(one is op.CATEGORY and of not in _NARROW for one, of in value)
    return _Loose(f"[{_members(value, _MAY)}{_DOTLESS if caseless else ''}]", wide=wide)


def _members(items: Iterable[Any], classes: dict[Any, str]) -> str:
    return "".join(
        classes[value] if kind is op.CATEGORY else "-".join(map(_char, value)) if kind is op.RANGE else _char(value)
        for kind, value in items
    )


def _char(code: int) -> str:
    return rf"\x{{{code:x}}}"


def _given(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _either(ways: Iterable[str]) -> str:
    return f"(?:{'|'.join(dict.fromkeys(ways))})"
