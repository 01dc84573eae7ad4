"""A value of an object that is found when it is first asked for, and stays with the object.

The trap is the lock: `functools.cached_property` of Python 3.11 takes one for each value of each object, which costs as
much as finding most of them. This is for what each letter has; what a process has once may keep that one. And what is
found here depends on nothing but the object, so that finding it twice, in two threads at once, is no harm. (Python 3.12
has no such lock.)
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Found = TypeVar("_Found")


class once(Generic[_Found]):  # noqa: N801 - it decorates, as `property` does
    """As `functools.cached_property`."""

    def __init__(self, find: Callable[[Any], _Found]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, whole: Any, owner: type) -> _Found:
        found: _Found
        found = whole.__dict__[self._name] = self._find(whole)
        return found
