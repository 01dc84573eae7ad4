"""A text prepared once for any number of word questions: its words, their lemmas, its sentences, what may be slips.

Sixty rules ask the same five texts; without this every rule would take the text apart again. The trap is the hostile
text: a hundred thousand invented words would keep the dictionary busy for seconds, so only the beginning is examined.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailtriage.language.by_word import kept
from mailtriage.language.once import once
from mailtriage.language.words import Spoken, Tokens, lemmas_of, tokens
from mailtriage.triage.sense import Role, Sense, sense_of
from mailtriage.triage.spelling import typed_keys, unstretched

MAX_CHARACTERS = 20_000
"""Of a text that words and phrases are looked for in."""

_MOST_STRANGE = 200
"""Words of a text that are examined for slips: a person makes a few, a hostile text thousands."""
_SENTENCE_END = re.compile(
    r"[!?…;•.\n](?:(?<=[!?…])[!?…]*|(?<=[;•])|(?<=\.)(?=\s+[A-ZА-ЯЁ])|(?<=\n)[ \t]*\n)",
)
"""Begins with one mark of a set, which is looked for four times as fast as four ways to begin."""
_CLAUSE_END = re.compile(r"[,.;:!?()\n«»\"]")


@dataclass(frozen=True)
class Wording:
    """The text and its words; what only some questions need is found when they are asked."""

    text: str
    words: tuple[Spoken, ...]
    starts: tuple[int, ...] = field(repr=False)
    """Where each word begins, in characters."""
    ends: tuple[int, ...] = field(repr=False)
    by_form: Mapping[str, Sequence[int]] = field(repr=False)
    """Positions of words, by form; a stretched word stands also as what it is when its letters are let go."""

    @once
    def by_lemma(self) -> dict[str, tuple[int, ...]]:
        """Positions of words, unordered, by each lemma that they may have and by form."""
        found: dict[str, list[int]] = {}
        for form, positions in self.by_form.items():
            for lemma in lemmas_of(form) | {form}:
                found.setdefault(lemma, []).extend(positions)
        return {lemma: tuple(positions) for lemma, positions in found.items()}

    @once
    def forms(self) -> tuple[str, ...]:
        """Sorted, so that a stem is a range."""
        return tuple(sorted(self.by_form))

    @once
    def sentences(self) -> tuple[int, ...]:
        """For each word the number of its sentence."""
        return self._numbered(_SENTENCE_END)

    @once
    def clauses(self) -> tuple[int, ...]:
        """For each word the number of its clause: between two clauses stands a mark."""
        return self._numbered(_CLAUSE_END)

    def _numbered(self, ends: re.Pattern[str]) -> tuple[int, ...]:
        """For each word how many ends are before it."""
        numbers, before = list[int](), 0
        for before, end in enumerate(ends.finditer(self.text, 0, MAX_CHARACTERS), 1):
            upto = bisect_left(self.starts, end.start(), len(numbers))
            numbers += [before - 1] * (upto - len(numbers))
        return (*numbers, *[before] * (len(self.starts) - len(numbers)))

    @once
    def by_sentence(self) -> Mapping[int, range]:
        """Positions of the words of each sentence, by its number."""
        found, since = dict[int, range](), 0
        while since < len(self.sentences):
            sentence = self.sentences[since]
            upto = bisect_right(self.sentences, sentence, since)
            found[sentence], since = range(since, upto), upto
        return found

    @once
    def senses(self) -> tuple[Sense, ...]:
        """What each word means by itself."""
        return tuple([sense_of(word.form) for word in self.words])

    @once
    def by_role(self) -> defaultdict[Role, list[int]]:
        """Positions of the words that have a role."""
        found: defaultdict[Role, list[int]] = defaultdict(list)
        for place, sense in enumerate(self.senses):
            if sense.roles:
                for role in sense.roles:
                    found[role].append(place)
        return found

    @once
    def anchors(self) -> frozenset[str]:
        """All lemmas, and with a star all beginnings of the words: what a term may hold on to here."""
        return frozenset(self.by_lemma).union(*map(beginnings, self.by_form))

    @once
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
        return self.starts[first], self.ends[last]

    def quote(self, first: int, last: int) -> str:
        """The text from one word to another, as the customer wrote it."""
        written = self.text[self.starts[first] : self.ends[last]]
        return written if first == last else " ".join(written.split())

    def with_stem(self, stem: str) -> list[int]:
        """Positions of the words that begin so."""
        found: list[int] = []
        at = bisect_left(self.forms, stem)
        while at < len(self.forms) and self.forms[at].startswith(stem):
            found.extend(self.by_form[self.forms[at]])
            at += 1
        return found


@lru_cache(maxsize=32)
def wording(text: str, below: str = "") -> Wording:
    """Take a text apart; the same text is not taken apart again, nor one that stands `below` a heading now."""
    found, starts, ends = _tokens(text[:MAX_CHARACTERS], below)
    by_form: dict[str, list[int]] = {}
    for position, form in enumerate([word.form for word in found]):
        if form in by_form:
            by_form[form].append(position)
        else:
            by_form[form] = [position]
    for form in list(filter(unstretched, by_form)):
        for meant in unstretched(form):
            by_form[meant] = by_form.get(meant, []) + by_form[form]
    return Wording(text, found, starts, ends, by_form)


def _tokens(text: str, below: str) -> Tokens:
    if not below or not text.endswith(f"\n{below}"):
        return tokens(text)
    # No word goes on in the next line.
    first = len(text) - len(below)
    above, known = tokens(text[:first]), tokens(below)
    starts, ends = ([first + place for place in places] for places in (known.starts, known.ends))
    return Tokens(above.words + known.words, (*above.starts, *starts), (*above.ends, *ends))


@kept(65_536)
def beginnings(form: str) -> tuple[str, ...]:
    """Of one word, with a star; the same words come in every letter."""
    return tuple(form[:length] + "*" for length in range(1, len(form) + 1))
