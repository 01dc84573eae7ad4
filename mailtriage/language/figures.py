"""The figures of a text that are not taken yet, and patterns that are looked for where they stand and nowhere else.

A letter has ten numbers among its thousand characters, and each of twenty patterns was tried at every one of these. The
trap is what belongs to a number and stands before it ("+7", "(926)", "номер платежа"): each pattern says how far
before its figures it may begin.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final

from mailtriage.language.holding import Needs
from mailtriage.language.needed import frequency, needed
from mailtriage.language.sparse import sparse

_TAKEN: Final = "\x01"
_SEEN = re.compile(r"\S")
_RUN = re.compile(r"\d+")
_TOGETHER: Final = 4
"""Characters between figures of one number, at most."""
_NUMBERS: Final = 4
"""Figures of a number that may be told of by a word."""
_NUMBER = re.compile(r"\d(?:[\s\u00a0-]?\d){3,}")
_NEAR: Final = 60
"""Characters from a word to the number that it tells of, at most."""


class Figures:
    """A text with its runs of figures; what is taken is blanked out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._runs = [found.span() for found in _RUN.finditer(text)]
        self._count()

    def starts(self, least: int) -> list[int]:
        """Where runs begin of which so many figures stand together."""
        return [run[0] for run, together in zip(self._runs, self._together, strict=True) if together >= least]

    def take(self, spans: Sequence[tuple[int, int]]) -> None:
        """Leave these places, in their order, to nobody else."""
        self.text = text = blanked(self.text, spans)
        cut = [run.span() for _, end in spans if (run := _RUN.match(text, end))]
        self._runs = sorted({*cut, *(run for run in self._runs if text[run[0]] != _TAKEN)})
        self._count()

    def _count(self) -> None:
        """How many figures stand together with each run at most."""
        self._together = list[int]()
        alike, figures, last = 0, 0, 0
        for start, end in self._runs:
            if start - last > _TOGETHER:
                self._together += [figures] * alike
                alike = figures = 0
            alike, figures, last = alike + 1, figures + end - start, end
        self._together += [figures] * alike
        self.most = max(self._together, default=0)
        self._numbers: tuple[tuple[int, int], ...] | None = None

    def before_numbers(self) -> tuple[tuple[int, int], ...]:
        """Each number of four figures or more with what stands before it, from the beginning of a word."""
        if self._numbers is None:
            self._numbers = tuple(self._before_numbers())
        return self._numbers

    def _before_numbers(self) -> Iterator[tuple[int, int]]:
        end = 0
        for start in self.starts(_NUMBERS):
            if start >= end and (number := _NUMBER.match(self.text, start)):
                before = max(end, start - _NEAR)
                first = max(end, self.text.rfind(" ", end, before) + 1)
                end = number.end()
                yield first, end


class OfFigures(ABC):
    """A pattern of which figures are a part."""

    def __init__(self, least: int, may_be_in: Callable[[int], bool]) -> None:
        """As it is.

        Args:
            least: figures that stand together in whatever it finds.
            may_be_in: whether a text that holds this (`Text.holding`) may hold it.
        """
        self.least, self.may_be_in = least, may_be_in

    @abstractmethod
    def finditer(self, figures: Figures) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""


class AtFigures(OfFigures):
    """A pattern that begins with its figures, or a few characters before them; nothing goes on before these."""

    def __init__(self, least: int, pattern: str, *, before: int = 0) -> None:
        super().__init__(least, Needs(lambda: needed(pattern)).met)
        self.pattern, self._before = pattern, before

    def finditer(self, figures: Figures) -> Iterator[re.Match[str]]:
        """As of every pattern."""
        text, match, end = figures.text, self._exact.match, 0
        for start in figures.starts(self.least):
            for at in range(max(end, start - self._before), start + 1):
                if found := match(text, at):
                    yield found
                    end = found.end()
                    break

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class NearFigures(OfFigures):
    """A pattern of a word, what stands between, and a number of four figures or more.

    The words are common: a letter on a payment has twenty of them and one number. So they are looked for near one.
    """

    def __init__(self, pattern: str, *, behind: int = 0, needs: Needs | None = None) -> None:
        """As it is.

        Args:
            pattern: of the three.
            behind: how many characters behind the first number the last may begin, if there are two.
            needs: what is in whatever it finds, where the pattern does not tell that by itself.
        """
        self._pattern, self._behind = sparse(pattern), behind
        super().__init__(_NUMBERS, needs.met if needs else self._pattern.may_be_in)

    def finditer(self, figures: Figures) -> Iterator[re.Match[str]]:
        """As of every pattern."""
        text, words = figures.text, self._words
        places = figures.before_numbers()
        if words:
            places = tuple((start, end) for start, end in places if any(map(text[start:end].__contains__, words)))
        return self._pattern.within(text, ((start, end + self._behind) for start, end in places))

    @cached_property
    def _words(self) -> frozenset[str]:
        return min(needed(self._pattern.pattern), key=frequency, default=frozenset())


class AmongFigures(OfFigures):
    """A pattern that may begin anywhere."""

    def __init__(self, least: int, pattern: str) -> None:
        self._pattern = sparse(pattern)
        super().__init__(least, self._pattern.may_be_in)

    def finditer(self, figures: Figures) -> Iterator[re.Match[str]]:
        """As of every pattern."""
        return self._pattern.finditer(figures.text)


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with everything in some places, in their order, put out of sight; the same length."""
    pieces, at = list[str](), 0
    for start, end in spans:
        pieces += [text[at:start], _SEEN.sub(_TAKEN, text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])
