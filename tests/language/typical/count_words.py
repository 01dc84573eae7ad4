"""Counts in how many of the typical letters beside it each word stands: run it after a letter was added or changed.

    .venv/bin/python tests/language/typical/count_words.py

The letters (claim.txt and its sisters) were written for this; each stands between lines of dashes, its subject first.
The trap is the table that no longer belongs to the letters: it names their digest, and a test compares.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from mailtriage.language.asking import asking
from mailtriage.language.resemblance import FORM, KINDS, PAIR, Kind, features

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "mailtriage" / "language" / "lexicon" / "typical_words.txt"
BETWEEN = "\n----\n"
_HEADING = (
    "In how many typical letters of each kind a word stands, after = its form, two joined by _; "
    "after ? in what is asked."
)


def letters(kind: str) -> list[str]:
    """The typical letters of a kind: subject, line break, text."""
    return (HERE / f"{kind}.txt").read_text(encoding="utf-8").removesuffix("\n").split(BETWEEN)


def digest() -> str:
    """Of all letters: what the table must name."""
    return hashlib.sha256(
        "".join((HERE / f"{kind}.txt").read_text(encoding="utf-8") for kind in KINDS).encode()
    ).hexdigest()


def count(texts: Iterable[str]) -> Counter[str]:
    """In how many of the letters each word stands, and how often it stands in what is asked."""
    counts: Counter[str] = Counter()
    for text in texts:
        subject, _, body = text.partition("\n")
        counts.update(features(text, f"{subject}\n{asking(body)}"))
    return counts


def table(by_kind: Mapping[Kind, list[str]]) -> dict[str, tuple[int, ...]]:
    """For each feature in how many letters of each kind it stands; forms and pairs only where they are no accident."""
    counts = [count(by_kind[kind]) for kind in KINDS]
    everywhere = sum(counts, Counter[str]())
    kept = sorted(feature for feature, often in everywhere.items() if often >= _least(feature))
    return {feature: tuple(of[feature] for of in counts) for feature in kept}


def _least(feature: str) -> int:
    if PAIR in feature:
        return 3
    return 2 if FORM in feature else 1


def main() -> None:
    """Write the table anew."""
    by_kind = {kind: letters(kind) for kind in KINDS}
    rows = {"letters": tuple(map(len, by_kind.values())), **table(by_kind)}
    lines = [
        f"# {_HEADING}",
        "# Made by tests/language/typical/count_words.py; change the letters there, not this file.",
        f"# letters: {digest()}",
        f"# word {' '.join(KINDS)}",
        *(f"{word} {' '.join(map(str, counts))}" for word, counts in rows.items()),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
