"""No letter costs more than its length: pages of one thing over and over are read like any other.

The bound is far above what is needed and far below what each of these has cost once.
"""

from collections.abc import Callable
from time import process_time

import pytest

from mailtriage.language import demands
from mailtriage.language.identity import find_identities
from mailtriage.language.obscenity import find_rudeness
from mailtriage.language.requests import find_requests
from mailtriage.language.text import looked_through
from mailtriage.language.words import EXAMINED

_FINDERS: tuple[Callable[[str], object], ...] = (
    find_identities,
    find_rudeness,
    find_requests,
    lambda text: demands.separate(looked_through(text)),
)


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        ("\n", "я ——"),
        ("\n", "я Олег"),
        (" ", ",пожалуйстаъъ"),
        ("верните ", ""),
        ("сто верните ", ""),
        (" и верните", ""),
        ("#", "1"),
        ("1", ""),
    ],
)
def test_reading_words_takes_linear_time(piece: str, end: str) -> None:
    text = f"верните{piece * ((EXAMINED - 50) // len(piece))}{end}"
    started = process_time()
    for find in _FINDERS:
        find(text)
    assert process_time() - started < 5
