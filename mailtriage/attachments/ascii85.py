"""Takes the ASCII85 off streams of a PDF, which the standard library undoes letter by letter: a fifth of all its cost.

The trap is what is written a little otherwise than ISO 32000-2 7.4.3 has it: whatever is not plain is left to pypdf,
which knows what to forgive and what to refuse.
"""

import re

from pypdf.generic import ArrayObject, NameObject, StreamObject

_FILTER = "/ASCII85Decode"
_WHITE = b"\x00\t\n\x0c\r "
_PLAIN = re.compile(rb"(?:<~)?([!-u]*+)~>")
_FIRST, _LAST = ord("!"), b"u"
_LIFTED = _FIRST * sum(85**power for power in range(5))
"""What the digits of a group are too large by, beginning with "!" and not with zero."""
_LANE = 5
"""Octets for the number of a group, which has four, or is none: all of them are worked out at once, as one integer."""


def without_ascii85(stream: StreamObject) -> None:
    """Change a stream into the same without its outer filter, where that is ASCII85 and has another below it."""
    filters = stream.get("/Filter")
    if not isinstance(filters, ArrayObject) or len(filters) < 2 or filters[0] != _FILTER or "/DecodeParms" in stream:  # noqa: PLR2004 - it and another
        return
    octets = decoded(stream._data)  # noqa: SLF001 - pypdf hands out only what all filters make of it
    if octets is not None:
        stream._data = octets  # noqa: SLF001
        stream[NameObject("/Filter")] = ArrayObject(filters[1:])


def decoded(encoded: bytes) -> bytes | None:
    """The octets behind plain ASCII85; None for anything that is not plain."""
    plain = _PLAIN.fullmatch(encoded.translate(None, _WHITE))
    if plain is None:
        return None
    missing = -len(plain[1]) % 5
    digits = plain[1] + _LAST * missing
    count = len(digits) // 5
    words = sum(_lanes(digits[place::5]) * 85 ** (4 - place) for place in range(5)) - _lanes(b"\x01" * count) * _LIFTED
    octets = words.to_bytes(_LANE * count, "little")
    if any(octets[4::_LANE]):
        return None
    found = bytearray(4 * count)
    for place in range(4):
        found[place::4] = octets[3 - place :: _LANE]
    return bytes(found[: len(found) - missing])


def _lanes(digits: bytes) -> int:
    """A long integer with a digit in each lane, the first in the lowest."""
    octets = bytearray(_LANE * len(digits))
    octets[::_LANE] = digits
    return int.from_bytes(octets, "little")
