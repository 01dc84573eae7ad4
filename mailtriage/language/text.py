"""A text as everybody needs it who looks for something: folded, and looked through once for all of them.

The trap is the end: what is looked for in a text must be looked for in all that was looked through, and no further.
"""

from typing import NamedTuple

from mailtriage.language.holding import held
from mailtriage.language.words import EXAMINED, fold


class Text(NamedTuple):
    """A text as far as it is examined."""

    written: str
    folded: str
    """Of the same length."""
    holding: int
    """What is in it of all that is looked for, as `holding.held` says."""


def looked_through(written: str) -> Text:
    """A text of any length."""
    examined = written[:EXAMINED]
    folded = fold(examined)
    return Text(examined, folded, held(folded))
