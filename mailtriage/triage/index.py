"""Which rules could hold for a message, found without asking every rule.

Each rule has questions of which one must be answered yes for it to hold: about these words, these values, these
patterns. Turned round, that leads from the words of a message to the few questions that could be answered so, and from
them to the rules. The trap is the rule that is left out: the index may name a rule too many, never one too few. So what
it cannot tell (absence, numbers, dates) it takes as given, and every rule that it names is asked in full.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailtriage.triage.condition import (
    All,
    Any_,
    Condition,
    Equals,
    Exists,
    Leaf,
    Match,
    Matches,
    Substring,
    Wordy,
    leaves_of,
)
from mailtriage.triage.facts import Facts
from mailtriage.triage.leaves import folded, items, searchable
from mailtriage.triage.patterns import Many, patterns, texts
from mailtriage.triage.spelling import is_key
from mailtriage.triage.term import Term
from mailtriage.triage.wording import Wording, wording

if TYPE_CHECKING:
    from mailtriage.triage.rule import Rule

Number = int
"""Of a leaf: its `id`, for two leaves are one only if they are the same object."""
_COMMON = 1000
"""A flag or the mere presence of a fact tells less than any list of words."""


@dataclass(slots=True)
class Inquiry:
    """What one message is asked, each question once, however many rules ask it."""

    facts: Facts
    near: Mapping[Number, list[tuple[Wording, tuple[Term, ...]]]]
    """The leaves about words that may hold, with the terms that may stand in each text."""
    possible: set[Number]
    """All leaves that may hold, of those that the index knows."""
    candidates: list[int] = field(default_factory=list)
    """Positions of all rules that could hold, in order."""
    answered: dict[Number, Match] = field(default_factory=dict)

    def answer(self, leaf: Leaf) -> Match:
        """Ask a leaf, or tell what it said before."""
        number = id(leaf)
        if (known := self.answered.get(number)) is None:
            known = self.answered[number] = self._ask(leaf, number)
        return known

    def _ask(self, leaf: Leaf, number: Number) -> Match:
        if isinstance(leaf, Wordy | Substring | Matches) and number not in self.possible:
            return leaf.missed()
        if not isinstance(leaf, Wordy):
            return leaf.test(self.facts)
        near = self.near[number]
        if len(near) == 1:
            return leaf.within(near)
        by_text: dict[int, tuple[Wording, list[Term]]] = {}
        for where, terms in near:
            by_text.setdefault(id(where), (where, []))[1].extend(terms)
        return leaf.within(by_text.values())


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """From what a message has to the leaves that it may answer, each by fact, and from them to the rules."""

    always: tuple[int, ...]
    """Positions of the rules that must be asked whatever the message is."""
    needed: Mapping[Number, tuple[int, ...]]
    """Positions of the rules that hold only if this leaf, or one beside it, does."""
    words: Mapping[str, Mapping[str, tuple[tuple[Number, tuple[Term, ...]], ...]]]
    """By anchor, with the terms that hold on to it."""
    anchors: Mapping[str, frozenset[str]]
    """The same anchors: two sets are crossed faster than a set and a mapping."""
    slips: frozenset[str]
    """Facts of which some rule forgives slips."""
    values: Mapping[str, Mapping[Any, tuple[Number, ...]]]
    """By folded value."""
    presence: Mapping[str, tuple[Number, ...]]
    patterns: Mapping[str, tuple[Many, tuple[tuple[Number, ...], ...]]]
    """Compiled, and the leaves of each."""
    texts: Mapping[str, tuple[Many, tuple[tuple[Number, ...], ...]]]

    def inquire(self, facts: Facts) -> Inquiry:
        """Take one message: which rules could hold, and what their questions are to be answered from."""
        near: dict[Number, list[tuple[Wording, tuple[Term, ...]]]] = {}
        for where, number, terms in self._anchored(facts):
            near.setdefault(number, []).append((where, terms))
        possible = set(near)
        for name, by_value in self.values.items():
            possible.update(*(by_value.get(folded(item), ()) for item in items(getattr(facts, name))))
        possible.update(*(numbers for name, numbers in self.presence.items() if getattr(facts, name)))
        possible.update(*_by_parts(self.patterns, facts, searchable))
        possible.update(*_by_parts(self.texts, facts, folded))
        candidates = set(self.always).union(*(self.needed[number] for number in possible & self.needed.keys()))
        return Inquiry(facts, near, possible, sorted(candidates))

    def _anchored(self, facts: Facts) -> Iterator[tuple[Wording, Number, tuple[Term, ...]]]:
        """Each text with the leaves and their terms that it has an anchor of."""
        for name, by_anchor in self.words.items():
            for where in map(wording, items(getattr(facts, name))):
                near: Iterable[str] = where.anchors & self.anchors[name]
                if name in self.slips:
                    near = (*near, *(where.slips.keys() & self.anchors[name]))
                for anchor in near:
                    for number, terms in by_anchor[anchor]:
                        yield where, number, terms


def _by_parts(
    asked: Mapping[str, tuple[Many, tuple[tuple[Number, ...], ...]]], facts: Facts, prepare: Callable[[str], str]
) -> Iterator[tuple[Number, ...]]:
    for name, (many, leaves) in asked.items():
        for item in items(getattr(facts, name)):
            yield from (leaves[at] for at in many.possible(prepare(item)))


@dataclass(frozen=True, slots=True)
class _Same:
    """Rules that are told apart by being the same objects: to compare thousands of conditions would take longer."""

    rules: "tuple[Rule, ...]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.rules is other.rules

    def __hash__(self) -> int:
        return id(self.rules)


def index_of(rules: "tuple[Rule, ...]") -> Index:
    """The index of a ruleset's rules, made when they are first asked (some 0.2 s for 500) and kept while in use."""
    return _indexed(_Same(rules))


@lru_cache(maxsize=8)
def _indexed(same: _Same) -> Index:
    return make_index([[rule.when] if rule.unless is None else [rule.when, rule.unless] for rule in same.rules])


def make_index(rules: Iterable[list[Condition]]) -> Index:
    """Turn round the conditions of rules: of each first the one that it holds under, then any others that it asks."""
    always: list[int] = []
    needed: dict[Number, list[int]] = defaultdict(list)
    leaves: dict[Number, Leaf] = {}
    for position, conditions in enumerate(rules):
        leaves |= {id(leaf): leaf for condition in conditions for leaf in leaves_of(condition)}
        one_of = needed_of(conditions[0])
        if one_of is None:
            always.append(position)
        for leaf in {id(leaf): leaf for leaf in one_of or ()}:
            needed[leaf].append(position)
    presence = _turned(leaves, Exists, lambda leaf: (leaf.wanted,))
    words = _turned(leaves, Wordy, lambda leaf: leaf.terms)
    terms = {number: leaf.terms for number, leaf in leaves.items() if isinstance(leaf, Wordy)}
    return Index(
        always=tuple(always),
        needed={number: tuple(positions) for number, positions in needed.items()},
        words={
            name: {anchor: tuple((at, terms[at][anchor]) for at in numbers) for anchor, numbers in by_anchor.items()}
            for name, by_anchor in words.items()
        },
        anchors={name: frozenset(by_anchor) for name, by_anchor in words.items()},
        slips=frozenset(name for name, by_anchor in words.items() if any(map(is_key, by_anchor))),
        values=_turned(leaves, Equals, lambda leaf: leaf.values),
        presence={name: by[True] for name, by in presence.items() if True in by},
        patterns=_compiled(patterns, _turned(leaves, Matches, lambda leaf: [one.pattern for one in leaf.patterns])),
        texts=_compiled(texts, _turned(leaves, Substring, lambda leaf: leaf.values)),
    )


def _turned(
    leaves: Mapping[Number, Leaf], kind: type, keys: Callable[[Any], Iterable[Any]]
) -> dict[str, dict[Any, tuple[Number, ...]]]:
    """The numbers of the leaves of one kind, by fact and key."""
    found: dict[str, dict[Any, list[Number]]] = defaultdict(lambda: defaultdict(list))
    for number, leaf in leaves.items():
        if isinstance(leaf, kind):
            for key in keys(leaf):
                found[leaf.field][key].append(number)
    return {name: {key: tuple(numbers) for key, numbers in by_key.items()} for name, by_key in found.items()}


def _compiled(
    compiler: Callable[[Iterable[str]], Many], by_name: Mapping[str, Mapping[str, tuple[Number, ...]]]
) -> dict[str, tuple[Many, tuple[tuple[Number, ...], ...]]]:
    return {name: (compiler(by_key), tuple(by_key.values())) for name, by_key in by_name.items()}


def needed_of(condition: Condition) -> tuple[Leaf, ...] | None:
    """Leaves of which one at least holds if the condition does; None where it may hold without any."""
    match condition:
        case All(parts):
            told = [leaves for part in parts if (leaves := needed_of(part)) is not None]
            return min(told, key=_how_common, default=None)
        case Any_(parts):
            asked = [needed_of(part) for part in parts]
            return None if None in asked else tuple(leaf for leaves in asked for leaf in leaves or ())
        case Wordy() | Equals() | Substring() | Matches() | Exists(wanted=True):
            return (condition,)
    return None


def _how_common(leaves: tuple[Leaf, ...]) -> int:
    return sum(_how_common_one(leaf) for leaf in leaves)


def _how_common_one(leaf: Leaf) -> int:
    match leaf:
        case Wordy():
            return len(leaf.terms)
        case Equals():
            return _COMMON if leaf.values & {True, False} else len(leaf.values)
        case Substring():
            return len(leaf.values)
        case Matches():
            return len(leaf.patterns)
    return _COMMON
