"""Numbers that a word before them tells of: "номер платежа 6650914427", "паспорт 45 08 123456".

The trap is how common the words are: a letter on a payment has twenty of them and one number. So they are looked for
where they stand near one, and nowhere else.
"""

import re
from collections.abc import Iterator
from typing import Final

from mailtriage.language.sparse import sparse

_NUMBER: Final = re.compile(r"\d(?:[\s\u00a0-]?\d){3,}")
_NEAR: Final = 60
"""Characters from a word to the number that it tells of, at most."""


class NearNumbers:
    """A pattern of a word, what stands between, and a number of four figures or more."""

    def __init__(self, pattern: str) -> None:
        self._pattern = sparse(pattern)
        self.may_be_in = self._pattern.may_be_in

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        return self._pattern.within(text, _before_numbers(text))


def _before_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Each number with what stands before it, from the beginning of a word."""
    end = 0
    for number in _NUMBER.finditer(text):
        before = max(end, number.start() - _NEAR)
        start = max(end, text.rfind(" ", end, before) + 1)
        end = number.end()
        yield start, end
