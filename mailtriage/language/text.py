"""A text as everybody needs it who looks for something: folded, and looked through once for all of them.

The trap is the end: what is looked for in a text must be looked for in all that was looked through, and no further.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

from mailtriage.language.holding import held, held_in
from mailtriage.language.words import EXAMINED, fold

SENTENCE = re.compile(r"[^.!?…\n;]+[.!?…\n;]*")
"""Up to a mark, which belongs to it."""
STATEMENT = re.compile(r"[^.!?…\n]+[.!?…]*")
"""The same up to the end of a line or all of its marks; a semicolon ends none."""


class Sentence(NamedTuple):
    """A piece of a folded text up to a mark, which belongs to it."""

    said: str
    start: int
    """Where it stands in the text."""
    holding: int
    """What is in it, as of `Text`."""


class Text(NamedTuple):
    """A text as far as it is examined."""

    written: str
    folded: str
    """Of the same length."""
    holding: int
    """What is in it of all that is looked for, as `holding.held` says."""
    lines: tuple[list[str], ...]
    """What stands between blanks in each line, as written."""


@lru_cache(maxsize=8)
def looked_through(written: str) -> Text:
    """A text of any length; the words of a letter are asked for by several."""
    examined = written[:EXAMINED]
    lines = tuple(map(str.split, examined.split("\n")))
    return Text(examined, fold(examined), held_in(chain.from_iterable(lines)), lines)


def one_beneath_the_other(pieces: Iterable[str]) -> Text:
    """The same of whole lines: what a subject holds, and what stands below it, is asked for by others, too."""
    seen, left = list[Text](), EXAMINED
    for piece in pieces:
        if left >= 0:
            seen.append(looked_through(piece[:left]))
            left -= len(piece) + 1
    return Text(
        "\n".join([text.written for text in seen]),
        "\n".join([text.folded for text in seen]),
        reduce(or_, [text.holding for text in seen], 0),
        tuple(chain.from_iterable([text.lines for text in seen])),
    )


@lru_cache(maxsize=8)
def sentences(folded: str) -> tuple[Sentence, ...]:
    """The sentences of a folded text in their order, each looked through: several ask for those of one text."""
    return tuple([Sentence(said := found[0], found.start(), held(said)) for found in SENTENCE.finditer(folded)])


def any_within(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of some places, which are in their order, lies between these two."""
    return bisect_left(places, start) < bisect_left(places, end)
