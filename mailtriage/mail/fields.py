"""Header fields as octets: split, unfolded, their parameters taken apart, nothing decoded and nothing lost.

The trap: raw 8-bit koi8-r or windows-1251 in headers is common and every library drops or replaces it, so fields stay
octets here (RFC 5322 2.2, RFC 2045 5.1, RFC 2231) and are decoded once, by `encoded_words`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(rb"[\r\n](?:(?<=\r)\n)?(?=[ \t])")
"""Begins with one set, for then what has none of it is passed over at once."""
_FIELD = re.compile(
    rb"([!-9;-~]{1,200})[ \t]*:([^\r\n]*+(?:(?:\r\n|\n|\r)[ \t][ \t\f\v]*+\S[^\r\n]*+){0,100})(?>\r\n|\n|\r)(?![ \t])"
)
"""A whole field with its folded lines, and nothing behind it that might be another of them."""
# Octets are looked at as Latin-1, in which NEL and the no-break space are halves of Cyrillic letters: re.ASCII.
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL | re.ASCII)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)")
_COMMENT = re.compile(r"\([^()]*\)")
_ESCAPED = re.compile(r'\\(["\\])')
_OBSOLETE_FOLD = re.compile(rb"[ \t]+\S[^\r\n]*(?:\r\n|\n|\r)(?:[!-9;-~]{1,200}[ \t]*:|\r|\n)")
MAX_FIELD = 65_536
"""Octets of one field that are looked at; a longer one is cut."""
_MAX_FIELDS = 2_000
_USUAL = 60
"""Octets up to which a structured value is remembered: with a boundary or a name in it, it does not come again."""


class Field(NamedTuple):
    """One header field: its name in lower case and its value as octets, unfolded."""

    name: str
    value: bytes


@dataclass(frozen=True)
class Header:
    """The fields of a message or part, where its body starts, and what was wrong with them."""

    fields: tuple[Field, ...]
    body_start: int
    defects: tuple[str, ...] = ()

    @cached_property
    def values(self) -> dict[str, list[bytes]]:
        """By name, topmost first: of a header a hundred fields are asked for, and ten are there."""
        found: dict[str, list[bytes]] = {}
        for field in self.fields:
            found.setdefault(field.name, []).append(field.value)
        return found

    @cached_property
    def content_type(self) -> "Parameters":
        """Content-Type taken apart; an empty token where there is none."""
        return parameters(self.first("content-type") or b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        """The values of every field of that name, topmost first."""
        return tuple(self.values.get(name, ()))

    def first(self, name: str) -> bytes | None:
        """The topmost value, or None."""
        return self.values[name][0] if name in self.values else None

    def text(self, name: str) -> str:
        """The topmost value as text for matching, undecoded; "" where the field is missing."""
        return self.values[name][0].decode("latin-1").strip() if name in self.values else ""


def split_header(octets: bytes, start: int = 0, end: int | None = None) -> Header:
    """Take the header off `octets[start:end]`: bare CR and LF count as line ends, junk ends the header."""
    end = len(octets) if end is None else end
    position, fields, defects = start, list[Field](), list[str]()
    current: list[bytes] = []
    # The one that is being read is not counted.
    while position < end and len(fields) + bool(current) <= _MAX_FIELDS + 1:
        whole = _FIELD.match(octets, position, end)
        if whole and whole.end() - position <= MAX_FIELD:
            if current:
                _close(current, fields, defects)
                current = []
            name, value = whole.groups()
            fields.append(Field(name.decode("ascii").lower(), _FOLD.sub(b"", value).strip()))
            position = whole.end()
            continue
        match = _LINE.match(octets, position, end)
        line, following = (match[0], match.end()) if match else (b"", end)
        content = line.rstrip(b"\r\n")
        if (
            current
            and line[:1] in b" \t"
            and (content.strip() or (content and _OBSOLETE_FOLD.match(octets, following)))
        ):
            current.append(line[:MAX_FIELD])
        elif not content.strip():
            if fields or current or following >= end:
                position = following
                break
            # Blank lines before the first field are a mistake of the sender, not an empty header.
        elif _NAME.match(line):
            _close(current, fields, defects)
            current = [line[: MAX_FIELD * 2]]
        elif not fields and not current and content.startswith((b"From ", b">From ", b"\xef\xbb\xbf")):
            # The envelope line of an mbox, or a byte order mark.
            current = [line[3:]] if content.startswith(b"\xef") else []
        else:
            defects.append("a line in the header is no field")
            break
        position = following
    if len(fields) + bool(current) > _MAX_FIELDS + 1:
        defects.append(f"more than {_MAX_FIELDS} header fields")
    _close(current, fields, defects)
    return Header(tuple(fields), min(position, end), tuple(dict.fromkeys(defects)))


def _close(lines: list[bytes], fields: list[Field], defects: list[str]) -> None:
    whole = b"".join(lines)
    match = _NAME.match(whole)
    if not match:
        return
    value = _FOLD.sub(b"", whole[match.end() :])
    if len(value) > MAX_FIELD:
        defects.append("a header field is too long and was cut")
    fields.append(Field(match[1].decode("ascii").lower(), value[:MAX_FIELD].strip()))


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structured value: the token before the first semicolon, and its parameters as octets with their charset."""

    token: str
    values: dict[str, tuple[bytes, str | None]]

    def plain(self, name: str) -> str:
        """A parameter as text, for those that are ASCII by nature."""
        return self.values.get(name, (b"", None))[0].decode("latin-1").strip()


def parameters(value: bytes) -> Parameters:
    """Take a Content-Type or Content-Disposition apart; continuations and percent signs of RFC 2231 are undone."""
    return _usual(value) if len(value) <= _USUAL else _parameters(value)


@lru_cache(maxsize=64)
def _usual(value: bytes) -> Parameters:
    """The same of what most parts are declared by, in the same few words."""
    return _parameters(value)


def _parameters(value: bytes) -> Parameters:
    text = value.decode("latin-1")
    head, _, rest = text.partition(";")
    token, _, glued = _COMMENT.sub(" ", head).strip().partition(" ")
    if "=" in glued:
        # A semicolon was forgotten.
        text = f"{token}; {glued};{rest}"
    token = token.rstrip(",").lower()
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for name, raw in _PARAMETER.findall(text)[:200]:
        match = _SECTION.fullmatch(name.lower())
        if match:
            sections.setdefault(match[1], []).append((int(match[2] or 0), bool(match[3]), _unquote(raw)))
    return Parameters(token, {name: _joined(found) for name, found in sections.items()})


def _unquote(raw: str) -> str:
    raw = raw.strip(" \t\r\n")
    if raw.startswith('"'):
        # A backslash before anything else is one of a Windows path.
        return _ESCAPED.sub(r"\1", raw[1:].removesuffix('"'))
    if raw.startswith("'") and raw.endswith("'") and raw.count("'") == 2:  # noqa: PLR2004 - an opening one and a closing one
        return raw[1:-1]
    return raw


def _joined(found: Iterable[tuple[int, bool, str]]) -> tuple[bytes, str | None]:
    charset: str | None = None
    octets = b""
    # A sender that gives both filename and filename* means the second; sorting puts the extended form first.
    ordered = sorted(found, key=lambda section: (section[0], not section[1]))
    seen: set[int] = set()
    for number, extended, raw in ordered:
        if number in seen:
            continue
        seen.add(number)
        value = raw
        if extended and number == 0 and value.count("'") >= 2:  # noqa: PLR2004 - charset'language'value
            charset, _, value = value.split("'", 2)
        encoded = value.encode("latin-1", "replace")
        octets += unquote_to_bytes(encoded) if extended else encoded
    return octets, charset or None
