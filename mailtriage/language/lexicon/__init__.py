"""The packaged word lists of this room, each loaded once; a list is data, and stays out of the code.

A line holds any number of entries separated by blanks; `#` starts a comment. Entries are folded like all text here.
"""

from functools import cache
from importlib.resources import files


def lines(name: str) -> list[str]:
    """The lines of a packaged list, without comments."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return [kept for line in text.splitlines() if (kept := line.partition("#")[0].strip())]


@cache
def entries(name: str) -> frozenset[str]:
    """All entries of a packaged list."""
    return frozenset(entry for line in lines(name) for entry in line.split())
