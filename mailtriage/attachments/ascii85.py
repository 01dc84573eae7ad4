"""Takes the ASCII85 off streams of a PDF, which the standard library undoes letter by letter: a fifth of all its cost.

The trap is what is written a little otherwise than ISO 32000-2 7.4.3 has it: whatever is not plain is left to pypdf,
which knows what to forgive and what to refuse.
"""

import re
import struct

from pypdf.generic import ArrayObject, NameObject, StreamObject

_FILTER = "/ASCII85Decode"
_WHITE = b"\x00\t\n\x0c\r "
_PLAIN = re.compile(rb"(?:<~)?([!-u]*+)~>")
_GROUP = struct.Struct("5B")
_FIRST, _LAST = ord("!"), b"u"
_LIFTED = _FIRST * sum(85**power for power in range(5))
"""What the digits of a group are too large by, beginning with "!" and not with zero."""


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
    groups = _GROUP.iter_unpack(plain[1] + _LAST * missing)
    words = [(((a * 85 + b) * 85 + c) * 85 + d) * 85 + e - _LIFTED for a, b, c, d, e in groups]
    try:
        octets = struct.pack(f">{len(words)}I", *words)
    except struct.error:
        return None
    return octets[: len(octets) - missing]
