"""What is found out about a word form once, for the same forms come in every letter.

Every word of every text asks, so it is a plain dict that fills itself: a cache that puts its entries in the order of
their use touches three more of them at each question. The trap is the flood of invented words: at so many it begins
anew.
"""

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_MOST = 65_536


class ByForm(dict[str, _T]):
    """By folded form; `ByForm(look_up)[form]` is `look_up(form)`, which depends on nothing else."""

    __slots__ = ("_look_up",)

    def __init__(self, look_up: Callable[[str], _T]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, form: str) -> _T:
        if len(self) >= _MOST:
            self.clear()
        found = self[form] = self._look_up(form)
        return found
