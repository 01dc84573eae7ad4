"""Patterns that most texts do not hold, found without being tried at every letter.

Python tries a pattern of sixty ways at each letter of a text, sixty times. RE2 goes through the text once for all ways
together, so it is asked first where one of them may begin (loosened.py), and Python tries the pattern there and nowhere
else. The trap is a pattern that begins like every other word: to ask for each of those places costs more than to try.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import re2

from mailtriage.language.loosened import beginning


class Sparse:
    """One pattern, compiled when it is first looked for."""

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.pattern, self.flags = pattern, flags

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return next(self.finditer(text), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        try:
            octets = text.encode()
        except UnicodeEncodeError:  # half a character is none for RE2
            yield from self._exact.finditer(text)
            return
        at = place = 0
        """Where we are, in octets and in characters."""
        while (found := self._beginning.search(octets, at)) is not None:
            start = found.start()
            place += len(octets[at:start].decode())
            match = self._exact.match(text, place)
            if match is not None:
                yield match
            end = match.end() if match is not None else place + 1
            at, place = start + len(text[place:end].encode()), end

    def sub(self, replaced: Callable[[re.Match[str]], str], text: str) -> str:
        """As `re.Pattern.sub`, of a function."""
        pieces, at = list[str](), 0
        for found in self.finditer(text):
            pieces += (text[at : found.start()], replaced(found))
            at = found.end()
        return "".join((*pieces, text[at:]))

    def count(self, text: str) -> int:
        """How often it is there."""
        return sum(1 for _ in self.finditer(text))

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    @cached_property
    def _beginning(self) -> Any:
        return re2.compile(beginning(self.pattern, self.flags))


def sparse(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Sparse:
    """A pattern that is mostly not there; as `re.compile`, for what is looked for in whole texts."""
    return Sparse(pattern, flags)
