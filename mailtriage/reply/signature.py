"""Registration numbers that prove who was told them: 26-000123 becomes 26-000123-K7Q4 in our subjects.

Numbers follow one another, so anybody can guess one; the four characters behind it (HMAC, RFC 2104, cut to 20 bits, in
the letters of RFC 4648 6) cannot be guessed in fewer than half a million letters. They prove that a letter of ours was
seen, never who writes: a forwarded letter carries them too, so they count together with a known participant alone. The
trap is the way back: clients change dashes, people copy by hand and in Cyrillic, and a wrong signature is no number.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_DASH: Final = "\\-\u2010\u2011\u2012\u2013\u2212"
_SIGNED_WITH: Final = "A-Za-z0-9АВЕЗКМНОРСТХУавезкмнорстху"
NUMBER: Final = re.compile(
    rf"(?P<year>\d\d)(?<![{_DASH}\d]\d\d)[{_DASH}](?P<sequence>\d{{6,12}})"
    rf"(?:[{_DASH}](?P<signature>[{_SIGNED_WITH}]{{4}})(?!\w)|(?![{_DASH}\d]))"
)
"""A registration number, signed or not, wherever it stands.

What must not stand before it is asked behind its first digits: by these the places are found five times as fast.
"""
_ALIKE: Final = str.maketrans("АВЕЗКМНОРСТХУ018", "ABE3KMHOPCTXYOIB")
"""What a person types or dictates instead; the digits 0, 1 and 8 stand in no signature."""
_LENGTH: Final = 4
_OCTETS: Final = 5
"""Of the digest, that make whole letters: all that come after the first eight are cut off."""


@dataclass(frozen=True, slots=True)
class Named:
    """A number as somebody wrote it."""

    number: str
    signature: str | None
    """As we would have written it; None where there is none."""


def sign(number: str, key: bytes) -> str:
    """The number with its signature: "26-000123-K7Q4"."""
    return f"{number}-{_signature(number, key)}"


def named_numbers(text: str) -> tuple[Named, ...]:
    """Every number that a text names, in its order, each once."""
    return tuple(dict.fromkeys(_named(text)))


def numbers(text: str) -> tuple[str, ...]:
    """The same without signatures, whatever these are worth."""
    return tuple(dict.fromkeys(named.number for named in _named(text)))


def plain_numbers(text: str) -> tuple[str, ...]:
    """Numbers that stand there without any signature."""
    return tuple(dict.fromkeys(named.number for named in _named(text) if named.signature is None))


def signed_numbers(text: str, keys: Iterable[bytes]) -> tuple[str, ...]:
    """Numbers whose signature one of the keys made."""
    known = tuple(keys)
    return tuple(dict.fromkeys(named.number for named in _named(text) if _holds(named, known)))


def in_addresses(addresses: Iterable[str], pattern: str | None) -> str:
    """What stands for {number} in those addresses that are like `pattern`, as a text to look for numbers in."""
    if not pattern or "{number}" not in pattern:
        return ""
    before, after = (part.lower() for part in pattern.split("{number}", 1))
    return " ".join(
        address[len(before) : len(address) - len(after)]
        for address in map(str.lower, addresses)
        if address.startswith(before) and address.endswith(after)
    )


@lru_cache(maxsize=16)
def _named(text: str) -> tuple[Named, ...]:
    """Each of the questions above is asked of the same text in its turn."""
    return tuple(
        Named(f"{found['year']}-{found['sequence']}", found["signature"] and _as_ours(found["signature"]))
        for found in NUMBER.finditer(text)
    )


def _as_ours(signature: str) -> str:
    return signature.upper().translate(_ALIKE)


def _signature(number: str, key: bytes) -> str:
    digest = hmac.digest(key, number.encode("ascii"), hashlib.sha256)
    return base64.b32encode(digest[:_OCTETS]).decode("ascii")[:_LENGTH]


def _holds(named: Named, keys: Iterable[bytes]) -> bool:
    if named.signature is None:
        return False
    # Of all keys, whichever fits: how long it takes must not tell how much of it was right.
    fits = [hmac.compare_digest(_signature(named.number, key).encode(), named.signature.encode()) for key in keys]
    return any(fits)
