"""A text prepared once for any number of word questions: its words, their lemmas, its sentences, what may be slips.

Sixty rules ask the same five texts; without this every rule would take the text apart again. The trap is the hostile
text: a hundred thousand invented words would keep the dictionary busy for seconds, so only the beginning is examined.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from mailtriage.language.words import Word, lemmas_of, words
from mailtriage.triage.spelling import typed_keys, unstretched

MAX_CHARACTERS = 20_000
"""Of a text that words and phrases are looked for in."""

_MOST_STRANGE = 200
"""Words of a text that are examined for slips: a person makes a few, a hostile text thousands."""
_SENTENCE_END = re.compile(r"[!?…]+|\.(?=\s+[A-ZА-ЯЁ])|\n[ \t]*\n|[;•]")


@dataclass(frozen=True)
class Wording:
    """The text and its words; what only some questions need is found when they are asked."""

    text: str
    words: tuple[Word, ...]
    by_form: dict[str, tuple[int, ...]] = field(repr=False)
    """Positions of words, by form; a stretched word stands also as what it is when its letters are let go."""

    @cached_property
    def by_lemma(self) -> dict[str, tuple[int, ...]]:
        """Positions of words, unordered, by each lemma that they may have and by form."""
        found: dict[str, list[int]] = {}
        for form, positions in self.by_form.items():
            for lemma in lemmas_of(form) | {form}:
                found.setdefault(lemma, []).extend(positions)
        return {lemma: tuple(positions) for lemma, positions in found.items()}

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Sorted, so that a stem is a range."""
        return tuple(sorted(self.by_form))

    @cached_property
    def sentences(self) -> tuple[int, ...]:
        """For each word the number of its sentence."""
        ends = [match.start() for match in _SENTENCE_END.finditer(self.text, 0, MAX_CHARACTERS)]
        return tuple(bisect_left(ends, word.start) for word in self.words)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """All lemmas, and with a star all beginnings of the words: what a term may hold on to here."""
        return frozenset(self.by_lemma).union(*map(beginnings, self.by_form))

    @cached_property
    def slips(self) -> dict[str, tuple[str, ...]]:
        """The words that no dictionary has, by the keys that they share with the words that they may be slips of."""
        found: dict[str, list[str]] = {}
        strange = 0
        for form in self.by_form:
            if keys := typed_keys(form):
                for key in keys:
                    found.setdefault(key, []).append(form)
                strange += 1
                if strange == _MOST_STRANGE:
                    break
        return {key: tuple(forms) for key, forms in found.items()}

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the text from one word to another stands in it, in characters."""
        return self.words[first].start, self.words[last].end

    def quote(self, first: int, last: int) -> str:
        """The text from one word to another, as the customer wrote it."""
        start, end = self.span(first, last)
        if first == last:
            return self.text[start:end]
        return " ".join(self.text[start:end].split())

    def with_stem(self, stem: str) -> list[int]:
        """Positions of the words that begin so."""
        found: list[int] = []
        at = bisect_left(self.forms, stem)
        while at < len(self.forms) and self.forms[at].startswith(stem):
            found.extend(self.by_form[self.forms[at]])
            at += 1
        return found


@lru_cache(maxsize=32)
def wording(text: str) -> Wording:
    """Take a text apart; the same text is not taken apart again."""
    found = words(text[:MAX_CHARACTERS])
    by_form: dict[str, list[int]] = {}
    for position, word in enumerate(found):
        by_form.setdefault(word.form, []).append(position)
    for form, positions in list(by_form.items()):
        for meant in unstretched(form):
            by_form[meant] = by_form.get(meant, []) + positions
    return Wording(text, found, {form: tuple(positions) for form, positions in by_form.items()})


@lru_cache(maxsize=65_536)
def beginnings(form: str) -> tuple[str, ...]:
    """Of one word, with a star; the same words come in every letter."""
    return tuple(form[:length] + "*" for length in range(1, len(form) + 1))
