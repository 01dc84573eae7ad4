"""A text prepared once for any number of word questions: folded, its words, their lemmas, its sentences.

Sixty rules ask the same five texts; without this every rule would take the text apart again. The trap is the hostile
text: a hundred thousand invented words would keep the dictionary busy for seconds, so only the beginning is examined.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from mailtriage.language.words import Word, fold, lemmas_of, words

MAX_CHARACTERS = 20_000
"""Of a text that words and phrases are looked for in."""

_MAX_PIECES = 6
_SENTENCE_END = re.compile(r"[!?…]+|\.(?=\s+[A-ZА-ЯЁ])|\n[ \t]*\n|[;•]")


@dataclass(frozen=True)
class Wording:
    """The text and where each lemma stands in it."""

    text: str
    folded: str
    words: tuple[Word, ...]
    by_lemma: dict[str, tuple[int, ...]] = field(repr=False)
    """Positions of words, by each lemma that they may have."""
    by_form: dict[str, tuple[int, ...]] = field(repr=False)
    forms: tuple[str, ...] = field(repr=False)
    """Sorted, so that a stem is a range."""
    sentences: tuple[int, ...] = field(repr=False)
    """For each word the number of its sentence."""

    @cached_property
    def anchors(self) -> frozenset[str]:
        """All lemmas, and with a star all beginnings of the words: what a term may hold on to here."""
        beginnings = {form[:length] + "*" for form in self.forms for length in range(1, len(form) + 1)}
        return frozenset(beginnings | self.by_lemma.keys())

    def quote(self, first: int, last: int) -> str:
        """The text from one word to another, as the customer wrote it."""
        return " ".join(self.text[self.words[first].start : self.words[last].end].split())

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
    by_lemma: dict[str, list[int]] = {}
    for form, positions in by_form.items():
        for lemma in found[positions[0]].lemmas | {form}:
            by_lemma.setdefault(lemma, []).extend(positions)
    ends = [match.start() for match in _SENTENCE_END.finditer(text, 0, MAX_CHARACTERS)]
    return Wording(
        text,
        fold(text),
        found,
        {lemma: tuple(sorted(positions)) for lemma, positions in by_lemma.items()},
        {form: tuple(positions) for form, positions in by_form.items()},
        tuple(sorted(by_form)),
        tuple(bisect_left(ends, word.start) for word in found),
    )


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a rule: any form of it, or with a stem any word that begins so."""

    lemmas: frozenset[str]
    stem: str = ""

    @property
    def anchors(self) -> frozenset[str]:
        """One of these is among the anchors of any text that has it."""
        return frozenset({self.stem + "*"}) if self.stem else self.lemmas

    def positions(self, where: Wording) -> list[int]:
        """Where it stands, unordered for a stem."""
        if self.stem:
            return where.with_stem(self.stem)
        return [position for lemma in self.lemmas for position in where.by_lemma.get(lemma, ())]


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow one another within a sentence."""

    tokens: tuple[Token, ...]
    gap: int = 2
    """Other words allowed between two neighbours."""

    @property
    def anchors(self) -> frozenset[str]:
        """Of its longest word, which is the rarest: where none of these is, the term is not."""
        return max((token.anchors for token in self.tokens), key=lambda anchors: min(map(len, anchors)))

    def find(self, where: Wording) -> list[tuple[int, int]]:
        """First and last word of each place where it stands."""
        reached = {position: position for position in self.tokens[0].positions(where)}
        for token in self.tokens[1:]:
            if not reached:
                break
            reached = self._advance(reached, token, where)
        return [(start, end) for end, start in reached.items()]

    def _advance(self, reached: dict[int, int], token: Token, where: Wording) -> dict[int, int]:
        onward: dict[int, int] = {}
        for position in token.positions(where):
            for before in range(position - 1, position - 2 - self.gap, -1):
                if before in reached and where.sentences[before] == where.sentences[position]:
                    onward[position] = reached[before]
                    break
        return onward


def term(written: str) -> Term | None:
    """Compile what an author wrote: `заблокировать`, `блокир*`, `деньги не дойти`; None where there is no word."""
    tokens: list[Token] = []
    for piece in fold(written).split():
        if piece.endswith("*"):
            stem = piece.rstrip("*")
            if not stem or not any(character.isalnum() for character in stem):
                return None
            tokens.append(Token(frozenset(), stem))
        else:
            tokens.extend(Token(_lemmas(word.form)) for word in words(piece))
    return Term(tuple(tokens)) if tokens else None


def _lemmas(form: str) -> frozenset[str]:
    """A word written in its normal form means that word alone; any other form means all that it may come from."""
    lemmas = lemmas_of(form)
    return frozenset({form}) if form in lemmas else lemmas | {form}


def by_anchor(terms: Iterable[Term]) -> dict[str, tuple[Term, ...]]:
    """Terms by what they hold on to, so that a text is asked only for those that may be in it."""
    found: dict[str, tuple[Term, ...]] = {}
    for one in terms:
        for anchor in one.anchors:
            found[anchor] = (*found.get(anchor, ()), one)
    return found


def quotes(found: list[tuple[int, int]], where: Wording) -> tuple[str, ...]:
    """The customer's own words at those places, each once, in their order."""
    return tuple(dict.fromkeys(where.quote(first, last) for first, last in sorted(found)))[:_MAX_PIECES]
