"""How much of one text stands in another, word for word: by three normal forms in a row, as numbers.

The trap is the short text: of fewer than three words there is one number, so that "спасибо" resembles only itself.
"""

from collections.abc import Collection, Iterable

from mailtriage.language.words import Spoken, tokens
from mailtriage.triage.wording import MAX_CHARACTERS

SHINGLE = 3
"""Words in a row that are one."""


def shingles_of(text: str) -> frozenset[int]:
    """Those of the examined beginning of a text."""
    return shingles(tokens(text[:MAX_CHARACTERS]).words)


def shingles(words: Iterable[Spoken]) -> frozenset[int]:
    """Hashes of each three lemmas in a row; of fewer words one of all of them."""
    lemmas = [word.lemma for word in words]
    if len(lemmas) < SHINGLE:
        return frozenset({hash(tuple(lemmas))}) if lemmas else frozenset()
    return frozenset(map(hash, zip(*(lemmas[at:] for at in range(SHINGLE)), strict=False)))


def overlap(one: frozenset[int], other: Collection[int]) -> tuple[float, float]:
    """The share of `one` that is in `other`, and the other way round; no number stands in either twice."""
    common = len(one.intersection(other)) if one else 0
    return (common / len(one), common / len(other)) if common else (0.0, 0.0)
