"""What an author names by words: a word in any form, a beginning of words, a word with its slips, several in a row.

The trap is the term that asks every text: each tells its anchors, one of which is in any text that has it, so that a
text is asked only for the few terms that may be in it. And what its words may come from is looked up when the first
text is asked: rules are right or wrong without the dictionary, and name six thousand words.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Protocol

from mailtriage.language.words import fold, forms, lemmas_of
from mailtriage.triage.spelling import is_slip, meant_forms, unstretched
from mailtriage.triage.wording import Wording

GAP = 2
"""Other words allowed between two neighbours of a phrase, where its author does not say how many."""

_STAR = "*"
_SHORTEST_MEANT = 3
_GRAMMAR = 3
"""Letters of the words that stand in every text (не, на, мне), and of their anchors."""


class Token(Protocol):
    """One word of a term."""

    @property
    def anchors(self) -> frozenset[str]:
        """One of these is among the anchors, or the keys of slips, of any text that has it."""
        ...

    def positions(self, where: Wording) -> Collection[int]:
        """Where it stands, unordered."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Inflected:
    """Any form of a word."""

    lemmas: frozenset[str]

    @property
    def anchors(self) -> frozenset[str]:
        """The lemmas."""
        return self.lemmas

    def positions(self, where: Wording) -> Collection[int]:
        """By each lemma."""
        if len(self.lemmas) == 1:
            return where.by_lemma.get(next(iter(self.lemmas)), ())
        return [position for lemma in self.lemmas for position in where.by_lemma.get(lemma, ())]


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """Any word that begins so."""

    stem: str

    @property
    def anchors(self) -> frozenset[str]:
        """The stem with a star."""
        return frozenset((self.stem + "*",))

    def positions(self, where: Wording) -> list[int]:
        """By the range of forms."""
        return where.with_stem(self.stem)


@dataclass(frozen=True, slots=True, eq=False)
class Slipped:
    """Any form of a word, also with a slip of the finger where that makes no other word."""

    lemmas: frozenset[str]
    forms: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Its forms by the keys that their slips share."""

    @property
    def anchors(self) -> frozenset[str]:
        """The lemmas and the keys."""
        return self.lemmas.union(self.forms)

    def positions(self, where: Wording) -> set[int]:
        """By lemma, then by slip."""
        found = {position for lemma in self.lemmas for position in where.by_lemma.get(lemma, ())}
        pairs = {
            (typed, meant) for key in where.slips.keys() & self.forms.keys()
            for typed in where.slips[key] for meant in self.forms[key]
        }  # fmt: skip
        found.update(position for typed, meant in pairs if is_slip(typed, meant) for position in where.by_form[typed])
        return found


@dataclass(frozen=True, eq=False)
class Term:
    """A word, or several that follow one another within a sentence."""

    written: tuple[str, ...]
    """Each folded; one that ends with a star is a beginning."""
    gap: int = GAP
    """Other words allowed between two neighbours."""
    slips: bool = False
    """Whether the words may be mistyped."""

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words, as the dictionary knows them."""
        return tuple(
            _beginning(word.rstrip(_STAR)) if word.endswith(_STAR) else _word(word, slips=self.slips)
            for word in self.written
        )

    def find(self, where: Wording) -> list[tuple[int, int]]:
        """First and last word of each place where it stands."""
        return self.joined([token.positions(where) for token in self.tokens], where)

    def joined(self, each: list[Collection[int]], where: Wording) -> list[tuple[int, int]]:
        """The same, of the positions of each of its words."""
        if len(each) == 1:
            return [(position, position) for position in each[0]]
        reached = {position: position for position in each[0]}
        for positions in each[1:]:
            if not (reached := self._advance(reached, positions, where)):
                return []
        return [(start, end) for end, start in reached.items()]

    def _advance(self, reached: dict[int, int], positions: Collection[int], where: Wording) -> dict[int, int]:
        onward: dict[int, int] = {}
        for position in positions:
            for before in range(position - 1, position - 2 - self.gap, -1):
                if before in reached and where.sentences[before] == where.sentences[position]:
                    onward[position] = reached[before]
                    break
        return onward


@lru_cache(maxsize=65_536)
def term(written: str, *, gap: int = GAP, slips: bool = False) -> Term | None:
    """Compile what an author wrote: `заблокировать`, `блокир*`, `деньги не дойти`; None where there is no word.

    `gap` is the other words allowed between two neighbours; with `slips` the words may be mistyped.
    """
    words: list[str] = []
    for piece in fold(written).split():
        if piece.endswith(_STAR):
            if not any(character.isalnum() for character in piece):
                return None
            words.append(piece)
        else:
            words += forms(piece)
    return Term(tuple(words), gap, slips) if words else None


# One object for one word, in however many terms it stands: they are told apart by being the same object, so that what
# is found out about a word is found out once for all of them.


@lru_cache(maxsize=16_384)
def _word(form: str, *, slips: bool) -> Token:
    lemmas = _lemmas(form)
    return Slipped(lemmas, meant_forms(form, lemmas)) if slips else _inflected(lemmas)


@lru_cache(maxsize=65_536)
def _beginning(stem: str) -> Token:
    return Beginning(stem)


@lru_cache(maxsize=65_536)
def _inflected(lemmas: frozenset[str]) -> Token:
    return Inflected(lemmas)


def _lemmas(form: str) -> frozenset[str]:
    """A word written in its normal form means that word alone; any other form means all that it may come from."""
    lemmas = lemmas_of(form)
    own = frozenset({form}) if form in lemmas else lemmas | {form}
    # A stretched word of the rule means the word itself, but "ааа" shall not mean every "а".
    return own | {meant for meant in unstretched(form) if len(meant) >= _SHORTEST_MEANT}


def by_anchor(terms: Iterable[Term]) -> dict[str, tuple[Term, ...]]:
    """Terms by what they hold on to: of each the word that tells it best from the others.

    In a list of thirty ways to say that money did not arrive, "деньги" stands in most of them and tells nothing.
    """
    listed = tuple(terms)
    # Looked at once for each word, for in a long list most phrases share theirs.
    anchors = {word: word.anchors for one in listed for word in one.tokens}
    shared = Counter(chain.from_iterable(anchors[word] for one in listed for word in set(one.tokens)))
    common = {word: how_common(held, shared) for word, held in anchors.items()}
    found: dict[str, list[Term]] = defaultdict(list)
    for one in listed:
        rarest = one.tokens[0] if len(one.tokens) == 1 else min(one.tokens, key=common.__getitem__)
        for anchor in anchors[rarest]:
            found[anchor].append(one)
    return {anchor: tuple(asked) for anchor, asked in found.items()}


def how_common(anchors: frozenset[str], shared: Mapping[str, int]) -> tuple[bool, int, int]:
    """How badly a word tells its term from others, of which so many share each anchor: the rarest is the least."""
    shortest = min(map(len, anchors))
    return shortest <= _GRAMMAR, max(shared[anchor] for anchor in anchors), -shortest
