"""What is found out about each word once and kept, for the same thousand words come in all letters.

The trap is the order of use that `functools.lru_cache` keeps: it moves each word to the front at each sight, and its
neighbours there lie anywhere in memory, which takes longer than all else that is done with a known word. So nothing is
moved: where it would be too much, everything is forgotten, and found out again within some letters.
"""

from collections.abc import Callable
from typing import TypeVar

_Word = TypeVar("_Word")
_Found = TypeVar("_Found")


class Kept(dict[_Word, _Found]):
    """By word what was found out; to look one up is to find it out where that was not done yet."""

    __slots__ = ("_find", "_most")

    def __init__(self, find: Callable[[_Word], _Found], most: int) -> None:
        """`find` depends on its word alone; so many words are kept at most."""
        super().__init__()
        self._find, self._most = find, most

    def __missing__(self, word: _Word) -> _Found:
        found = self._find(word)
        if len(self) >= self._most:
            self.clear()
        self[word] = found
        return found


def kept(most: int) -> Callable[[Callable[[_Word], _Found]], Callable[[_Word], _Found]]:
    """Decorates what depends on one word alone; so many are kept at most."""
    return lambda find: Kept(find, most).__getitem__
