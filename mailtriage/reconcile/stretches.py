"""A million UIDs as a few stretches, for most of which one count is proof.

Where UIDs follow one another without a hole, the books agree when they know as many within the same bounds, and none
more: no row has to be looked at. Where they are torn, short stretches are put together and compared one by one. What
lies between two stretches is empty on the server, and must be in the books.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONG = 500
"""UIDs in a row for which a question of their own pays."""
WIDEST = 5_000
"""UIDs of a torn stretch that are compared at once."""
ALL = 1 << 32
"""One more than the largest UID (RFC 9051 2.3.1.1)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bounds, and what lies within them on the server; all of it where `whole`."""

    span: range
    uids: Sequence[int]

    @property
    def whole(self) -> bool:
        """Whether every UID of the span is there."""
        return len(self.uids) == len(self.span)


def stretches(uids: Sequence[int]) -> Iterator[Stretch]:
    """All UIDs from 1 to the last that there can be, cut where counting ends; `uids` ascend."""
    free, begun = 1, 0
    for first, end in _runs(uids):
        long = end - first >= LONG
        if begun < first and (long or uids[end - 1] - uids[begun] >= WIDEST):
            yield from _with_the_void_before(free, uids[begun:first])
            free, begun = uids[first - 1] + 1, first
        if long:
            yield from _with_the_void_before(free, uids[first:end])
            free, begun = uids[end - 1] + 1, end
    if begun < len(uids):
        yield from _with_the_void_before(free, uids[begun:])
        free = uids[-1] + 1
    yield Stretch(range(free, ALL), ())


def _with_the_void_before(free: int, uids: Sequence[int]) -> Iterator[Stretch]:
    if free < uids[0]:
        yield Stretch(range(free, uids[0]), ())
    yield Stretch(range(uids[0], uids[-1] + 1), uids)


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Bounds of the parts of the sequence in which each follows on the one before."""
    begun = 0
    for at in range(1, len(uids) + 1):
        if at == len(uids) or uids[at] != uids[at - 1] + 1:
            yield begun, at
            begun = at
