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

from mailtriage.language.holding import ALL, Groups, Needs
from mailtriage.language.loosened import beginning
from mailtriage.language.needed import needed


class Sparse:
    """One pattern, compiled when it is first looked for."""

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG, words: Groups = tuple) -> None:
        """As it is; `words` are in whatever it finds, where the pattern does not tell that by its letters."""
        self.pattern, self.flags = pattern, flags
        self._needs = Needs(lambda: needed(pattern, flags), words, caseless=bool(flags & re.IGNORECASE))

    def search(self, text: str, holding: int = ALL) -> re.Match[str] | None:
        """As `re.Pattern.search`; `holding` as of `finditer`."""
        return next(self.finditer(text, holding), None)

    def finditer(self, text: str, holding: int = ALL) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`; `holding` is what the text holds at most (`Text.holding`), if that is known."""
        return self.within(text, ((0, len(text)),), holding)

    def within(self, text: str, places: Iterable[tuple[int, int]], holding: int = ALL) -> Iterator[re.Match[str]]:
        """The same in some places alone, which follow each other: they hold what begins a match, not all of it."""
        # Loaded even where it is not looked for: before readers are forked, not in each.
        begun = self._beginning
        return self._within(begun, text, places) if self._needs.met(holding) else iter(())

    def _within(self, begun: Any, text: str, places: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
        end = 0
        for first, last in places:
            place, at = max(first, end), 0
            """Where we are, in characters of the text and in octets of the place."""
            try:
                octets = text[place:last].encode()
            except UnicodeEncodeError:  # half a character is none for RE2
                yield from self._exact.finditer(text, place)
                return
            while (found := begun.search(octets, at)) is not None:
                start = found.start()
                place += len(octets[at:start].decode())
                match = self._exact.match(text, place)
                if match is not None:
                    yield match
                end = match.end() if match is not None else place + 1
                at, place = start + len(text[place:end].encode()), end

    def sub(self, replaced: Callable[[re.Match[str]], str], text: str, holding: int = ALL) -> str:
        """As `re.Pattern.sub`, of a function; `holding` as of `finditer`."""
        pieces, at = list[str](), 0
        for found in self.finditer(text, holding):
            pieces += (text[at : found.start()], replaced(found))
            at = found.end()
        return "".join((*pieces, text[at:]))

    def count(self, text: str) -> int:
        """How often it is there."""
        return sum(1 for _ in self.finditer(text))

    def may_be_in(self, holding: int) -> bool:
        """Whether a text that holds this may hold it."""
        return self._needs.met(holding)

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    @cached_property
    def _beginning(self) -> Any:
        return re2.compile(beginning(self.pattern, self.flags))


def sparse(pattern: str, flags: re.RegexFlag = re.NOFLAG, words: Groups = tuple) -> Sparse:
    """A pattern that is mostly not there; as `re.compile`, for what is looked for in whole texts."""
    return Sparse(pattern, flags, words)
