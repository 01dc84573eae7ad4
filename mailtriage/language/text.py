"""A text as everybody needs it who looks for something: folded, and looked through once for all of them.

The trap is the end: what is looked for in a text must be looked for in all that was looked through, and no further.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, chain
from operator import or_
from typing import NamedTuple

from mailtriage.language.holding import held_by
from mailtriage.language.words import EXAMINED, fold

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

    def __init__(self, written: str, folded: str, pieces: Sequence[str], holdings: Sequence[int]) -> None:
        """As it stands there.

        Args:
            written: as it is.
            folded: the same, of the same length.
            pieces: what stands between two blanks or ends of lines, be it nothing.
            holdings: what is in each of them of all that is looked for, as `holding.held` says.
        """
        self.written, self.folded = written, folded
        self.pieces, self.holdings = pieces, holdings
        self.holding = reduce(or_, holdings, 0)

    @cached_property
    def lines(self) -> tuple[list[str], ...]:
        """What stands between blanks of any kind in each line, as written."""
        return tuple(map(str.split, self.written.split("\n")))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Up to a mark each, in their order."""
        return tuple(self._apart(_SENTENCE))

    @cached_property
    def statements(self) -> tuple[Sentence, ...]:
        """The same up to the end of a line or all of its marks; a semicolon ends none."""
        return tuple(self._apart(_STATEMENT))

    def _apart(self, ended: re.Pattern[str]) -> Iterator[Sentence]:
        begun = list(accumulate([len(piece) + 1 for piece in self.pieces], initial=0))
        for found in ended.finditer(self.folded):
            start, end = found.span()
            written = self.written[start:end]
            # A blank before it belongs to it, the piece before that does not.
            held = self.holdings[bisect_right(begun, start + 1) - 1 : bisect_left(begun, end)]
            yield Sentence(found[0], written, start, reduce(or_, held, 0))

    @classmethod
    def together(cls, texts: Sequence["Text"]) -> "Text":
        """Several, one beneath the other."""
        return cls(
            "\n".join([text.written for text in texts]),
            "\n".join([text.folded for text in texts]),
            list(chain.from_iterable([text.pieces for text in texts])),
            list(chain.from_iterable([text.holdings for text in texts])),
        )


@lru_cache(maxsize=16)
def looked_through(written: str) -> Text:
    """A text of any length; the words of a letter are asked for by several."""
    examined = written[:EXAMINED]
    pieces = examined.replace("\n", " ").split(" ")
    return Text(examined, fold(examined), pieces, held_by(pieces))


def one_beneath_the_other(pieces: Iterable[str]) -> Text:
    """The same of whole lines: what a subject holds, and what stands below it, is asked for by others, too."""
    seen, left = list[Text](), EXAMINED
    for piece in pieces:
        if left >= 0:
            seen.append(looked_through(piece[:left]))
            left -= len(piece) + 1
    return Text.together(seen)


def any_within(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of some places, which are in their order, lies between these two."""
    return bisect_left(places, start) < bisect_left(places, end)
