"""Patterns that most texts do not hold, found without being tried at every letter.

Python tries a pattern of sixty ways at each letter of a text, sixty times. RE2 goes through the text once for all ways
together, so it is asked first where one of them may begin (loosened.py), and Python tries the pattern there and nowhere
else. The trap is a pattern that begins like every other word: to ask for each of those places costs more than to try.
"""

import re
from collections.abc import Callable, Iterable, Iterator
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

    def match(self, text: str, place: int) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self._exact.match(text, place)

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    @cached_property
    def _beginning(self) -> Any:
        return re2.compile(beginning(self.pattern, self.flags))


class Together:
    """Several patterns that are looked for in the same texts: RE2 goes through each text once for all of them."""

    def __init__(self, patterns: Iterable[Sparse]) -> None:
        self._patterns = tuple(patterns)

    def finditers(self, text: str) -> list[list[re.Match[str]]]:
        """Of each pattern, in their order, what its `finditer` finds."""
        try:
            octets = text.encode()
        except UnicodeEncodeError:
            return [list(one.finditer(text)) for one in self._patterns]
        found = [list[re.Match[str]]() for _ in self._patterns]
        at = place = 0
        while (begun := self._beginning.search(octets, at)) is not None:
            start = begun.start()
            place += len(octets[at:start].decode())
            for one, matches in zip(self._patterns, found, strict=True):
                passed = not matches or matches[-1].end() <= place
                if passed and (match := one.match(text, place)):
                    matches.append(match)
            at, place = start + len(text[place].encode()), place + 1
        return found

    @cached_property
    def _beginning(self) -> Any:
        return re2.compile("|".join(f"(?:{beginning(one.pattern, one.flags)})" for one in self._patterns))


def sparse(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Sparse:
    """A pattern that is mostly not there; as `re.compile`, for what is looked for in whole texts."""
    return Sparse(pattern, flags)
