"""A text as everybody needs it who looks for something: folded, and looked through once for all of them.

The trap is the end: what is looked for in a text must be looked for in all that was looked through, and no further.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from itertools import accumulate
from operator import or_
from typing import Final, NamedTuple

from mailtriage.language.holding import Needs, held_by
from mailtriage.language.once import once
from mailtriage.language.words import EXAMINED, fold

LINE_END: Final = "\n"
_OTHER_BLANK = re.compile(r"[^\S\n ]")
_SENTENCE = re.compile(r"[^.!?…\n;]+[.!?…\n;]*")
_STATEMENT = re.compile(r"[^.!?…\n]+[.!?…]*")


class Sentence(NamedTuple):
    """A piece of a folded text up to a mark, which belongs to it."""

    said: str
    written: str
    start: int
    """Where it stands in the text."""
    holding: int
    """What is in it at most, as of `Text`."""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.said)


class Text:
    """A text as far as it is examined."""

    def __init__(self, written: str, folded: str, pieces: Sequence[str], holdings: Sequence[int], holding: int) -> None:
        """As it stands there.

        Args:
            written: as it is.
            folded: the same, of the same length.
            pieces: what stands between two blanks, be it nothing; the end of a line is a piece of its own.
            holdings: what is in each of them of all that is looked for, as `held_by` says.
            holding: what is in any of them.
        """
        self.written, self.folded = written, folded
        self.pieces, self.holdings, self.holding = pieces, holdings, holding

    @once
    def sentences(self) -> tuple[Sentence, ...]:
        """Up to a mark each, in their order."""
        return tuple(self._apart(_SENTENCE))

    @once
    def statements(self) -> tuple[Sentence, ...]:
        """The same up to the end of a line or all of its marks; a semicolon ends none."""
        return tuple(self._apart(_STATEMENT))

    def with_blanks(self, folded: str) -> "Text":
        """The same, folded, with other blanks in the places of its own."""
        return self if folded == self.folded else Text(folded, folded, self.pieces, self.holdings, self.holding)

    def places(self, needs: Needs) -> list[tuple[int, int]]:
        """Where the pieces start and end that hold all that is needed."""
        return [(self._starts[at], self._starts[at] + len(self.pieces[at])) for at in needs.among(self.holdings)]

    def _apart(self, ended: re.Pattern[str]) -> Iterator[Sentence]:
        written, starts, holdings = self.written, self._starts, self.holdings
        for found in ended.finditer(self.folded):
            start, end = found.span()
            # A blank before it belongs to it, the piece before that does not.
            first = bisect_right(starts, start + 1) - 1
            holding = reduce(or_, holdings[first : bisect_left(starts, end, first)], 0)
            yield Sentence(found[0], written[start:end], start, holding)

    @once
    def _starts(self) -> list[int]:
        """Where the pieces start; the end of a line starts with the next."""
        return list(accumulate([len(piece) + 1 if piece != LINE_END else 0 for piece in self.pieces], initial=0))


@lru_cache(maxsize=16)
def looked_through(written: str) -> Text:
    """A text of any length; the words of a letter are asked for by several."""
    examined = written[:EXAMINED]
    blank = examined.replace(LINE_END, " ")
    apart = examined if blank.isprintable() else _OTHER_BLANK.sub(" ", examined)
    pieces = apart.replace(LINE_END, f" {LINE_END} ").split(" ")
    holdings = held_by(pieces)
    return Text(examined, fold(examined), pieces, holdings, reduce(or_, holdings, 0))


def one_beneath_the_other(pieces: Iterable[str]) -> Text:
    """The same of whole lines: what a subject holds, and what stands below it, is asked for by others, too."""
    seen, apart, holdings, left = list[Text](), list[str](), list[int](), EXAMINED
    for piece in pieces:
        if left >= 0:
            text = looked_through(piece[:left])
            seen.append(text)
            apart += (*text.pieces, LINE_END)
            holdings += (*text.holdings, 0)
            left -= len(piece) + 1
    return Text(
        LINE_END.join([text.written for text in seen]),
        LINE_END.join([text.folded for text in seen]),
        apart,
        holdings,
        reduce(or_, [text.holding for text in seen], 0),
    )


def any_within(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of some places, which are in their order, lies between these two."""
    return bisect_left(places, start) < bisect_left(places, end)
