"""The words and phrases of all rules turned round: from the words of a text to the few terms that stand in it.

Five hundred rules name twenty thousand words and phrases, and a letter has a dozen of them. The trap is the phrase that
is looked for wherever one of its words stands: "деньги" is in a thousand phrases and in every other letter. So it is
looked for only where all its words are there in any order, which one comparison of sets tells.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mailtriage.language.by_word import Kept
from mailtriage.language.words import lemmas_of
from mailtriage.triage.spelling import is_key
from mailtriage.triage.term import Term, Token, how_common
from mailtriage.triage.wording import Wording, beginnings

_FORMS = 65_536
"""Forms that are remembered with the rules' words that they are; the same come in every letter."""


@dataclass(slots=True, eq=False)
class Standing:
    """The terms that stand in one text, and where."""

    where: Wording
    words: Mapping[Token, Collection[int]]
    """The positions of each word that some term has."""
    terms: set[Term] = field(default_factory=set)
    _places: dict[Term, list[tuple[int, int]]] = field(default_factory=dict)
    _reached: dict[tuple[Token, int], set[int]] = field(default_factory=dict)

    def places(self, term: Term) -> list[tuple[int, int]]:
        """First and last word of each place of a term."""
        if (known := self._places.get(term)) is None:
            known = self._places[term] = term.joined([self.words.get(word, ()) for word in term.tokens], self.where)
        return known

    def has(self, phrase: Term) -> bool:
        """Whether a phrase stands there: its words may be far from each other, which is told first and of most."""
        key = phrase.tokens[0], phrase.gap
        if (reached := self._reached.get(key)) is None:
            reached = self._reached[key] = {
                onward for at in self.words.get(key[0], ()) for onward in range(at + 1, at + 2 + phrase.gap)
            }
        return not reached.isdisjoint(self.words.get(phrase.tokens[1], ())) and bool(self.places(phrase))


Phrase = tuple[Term, Token]
"""With the word that tells it second best."""
Named = tuple[Token, tuple[Term, ...], tuple[Phrase, ...]]
"""A word, the terms that are nothing but this word, and the phrases that it tells best from the others."""
Form = tuple[tuple[Token, ...], tuple[Term, ...], tuple[Phrase, ...]]
"""The words that a form is, and what all of them bring with them."""
_NOTHING: Form = ((), (), ())
"""Of a form that no term has, as of nearly all numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Terms, found by their words."""

    forms: Kept[str, Form]
    """The words that a folded form certainly is."""
    slips: Mapping[str, tuple[Named, ...]]
    """The words that may be mistyped, by the keys of their slips."""

    def standing(self, where: Wording) -> Standing:
        """The terms that stand in a text."""
        words: dict[Token, Collection[int]] = {}
        terms: set[Term] = set()
        begun: list[Phrase] = []
        found: list[tuple[Form, Collection[int]]] = [(self.forms[form], at) for form, at in where.by_form.items()]
        if self.slips:
            found += self._slipped(where)
        for (known, alone, phrases), positions in found:
            for word in known:
                words[word] = (*words[word], *positions) if word in words else positions
            if alone:
                terms.update(alone)
            if phrases:
                begun += phrases
        standing = Standing(where, words, terms)
        terms.update([term for term, other in begun if other in words and standing.has(term)])
        return standing

    def _slipped(self, where: Wording) -> Iterator[tuple[Form, Collection[int]]]:
        """What the slips in a text were meant to be, with their positions."""
        near = self.slips.keys() & where.slips.keys()
        for word, alone, phrases in dict.fromkeys(named for key in near for named in self.slips[key]):
            if meant := word.positions(where):
                yield ((word,), alone, phrases), meant


def vocabulary(terms: Iterable[Term]) -> Vocabulary:
    """Turn round the terms that one fact is asked for."""
    distinct = dict.fromkeys(terms)
    shared = Counter(anchor for term in distinct for word in set(term.tokens) for anchor in word.anchors)
    alone: dict[Token, list[Term]] = defaultdict(list)
    phrases: dict[Token, list[Phrase]] = defaultdict(list)
    for term in distinct:
        rarest, *others = sorted(term.tokens, key=lambda word: how_common(word.anchors, shared))
        if others:
            phrases[rarest].append((term, others[0]))
        else:
            alone[rarest].append(term)
    certain: dict[str, list[Named]] = defaultdict(list)
    slips: dict[str, list[Named]] = defaultdict(list)
    for word in dict.fromkeys(word for term in distinct for word in term.tokens):
        named = (word, tuple(alone[word]), tuple(phrases[word]))
        for anchor in word.anchors:
            (slips if is_key(anchor) else certain)[anchor].append(named)

    def form(written: str) -> Form:
        anchors = (written, *lemmas_of(written), *beginnings(written))
        found = dict.fromkeys(named for anchor in anchors if anchor in certain for named in certain[anchor])
        if not found:
            return _NOTHING
        return (
            tuple(word for word, _, _ in found),
            tuple(term for _, alone, _ in found for term in alone),
            tuple(phrase for _, _, phrases in found for phrase in phrases),
        )

    return Vocabulary(Kept(form, _FORMS), {key: tuple(words) for key, words in slips.items()})
