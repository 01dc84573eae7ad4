"""Which rules could hold for a message, found without asking every rule.

Each rule has questions of which one must be answered yes for it to hold: about these words, these values, these
patterns. Turned round, that leads from the words of a message to the few questions that are answered so, and from them
to the rules. The trap is the rule that is left out: the index may name a rule too many, never one too few. So what it
cannot tell (absence, numbers, dates) it takes as given, and every rule that it names is asked in full. And evidence
costs more than the answer itself: it is gathered for the rules that hold, when they do.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mailtriage.triage.condition import (
    All,
    Any_,
    Condition,
    Equals,
    Exists,
    Leaf,
    Matches,
    Substring,
    Wordy,
    leaves_of,
)
from mailtriage.triage.facts import Facts
from mailtriage.triage.leaves import folded, items, quoted, searchable
from mailtriage.triage.patterns import Many, patterns, texts
from mailtriage.triage.term import Term
from mailtriage.triage.vocabulary import Standing, Vocabulary, vocabulary
from mailtriage.triage.wording import wording

if TYPE_CHECKING:
    from mailtriage.triage.rule import Rule

_COMMON = 1000
"""A flag or the mere presence of a fact tells less than any list of words."""


@dataclass(slots=True, eq=False)
class Inquiry:
    """The answers that one message gives, each question asked once, however many rules ask it."""

    index: "Index"
    facts: Facts
    standing: dict[str, list[Standing]]
    """By fact, what stands in each of its texts; of a fact that leads to no rule only once a rule asks."""
    possible: set[Leaf]
    """The leaves that patterns and parts of texts speak for, and that must still be asked."""
    candidates: list[int]
    """Positions of all rules that could hold, in order."""
    held: dict[Leaf, bool]
    """The leaves that are known to hold or not."""
    shown: dict[Leaf, tuple[str, ...]] = field(default_factory=dict)

    def holds(self, leaf: Leaf) -> bool:
        """Whether a leaf holds: most are known from the words and values that are there."""
        if (known := self.held.get(leaf)) is None:
            known = self.held[leaf] = self._ask(leaf)
        return known

    def _ask(self, leaf: Leaf) -> bool:
        match leaf:
            case Wordy() if leaf.field not in self.standing:
                self._look_into(leaf.field)
                return leaf in self.held
            case Wordy() | Equals() | Exists(wanted=True):
                return False  # or it would be known to hold
            case Substring() | Matches() if leaf not in self.possible:
                return False
        return leaf.test(self.facts).held

    def _look_into(self, name: str) -> None:
        self.standing[name] = self.index.standing(name, self.facts)
        self.held.update(dict.fromkeys(self.index.named_by(name, self.standing[name]), True))

    def evidence(self, leaf: Leaf) -> tuple[str, ...]:
        """What speaks for a leaf that holds."""
        if (known := self.shown.get(leaf)) is None:
            known = self.shown[leaf] = self._show(leaf)
        return known

    def _show(self, leaf: Leaf) -> tuple[str, ...]:
        if not isinstance(leaf, Wordy):
            return leaf.test(self.facts).evidence
        named = self.index.named[leaf]
        evidence: tuple[str, ...] = ()
        for each in self.standing[leaf.field]:
            places = {place for term in named & each.terms for place in each.places(term)}
            evidence += quoted(each.where, places)
        return evidence


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """From what a message has to the leaves that hold for it, each by fact, and from them to the rules."""

    always: tuple[int, ...]
    """Positions of the rules that must be asked whatever the message is."""
    needed: Mapping[Leaf, tuple[int, ...]]
    """Positions of the rules that hold only if this leaf, or one beside it, does."""
    words: Mapping[str, Vocabulary]
    """The terms that are asked of each fact."""
    leading: frozenset[str]
    """The facts of which some words lead to rules; those of the others are asked by rules that other facts lead to."""
    naming: Mapping[str, Mapping[Term, tuple[Leaf, ...]]]
    """The leaves that name a term, by fact and term."""
    named: Mapping[Leaf, frozenset[Term]]
    """The terms of a leaf."""
    values: Mapping[str, Mapping[Any, tuple[Leaf, ...]]]
    """By folded value."""
    presence: Mapping[str, tuple[Leaf, ...]]
    patterns: Mapping[str, tuple[Many, tuple[tuple[Leaf, ...], ...]]]
    """Compiled, and the leaves of each."""
    texts: Mapping[str, tuple[Many, tuple[tuple[Leaf, ...], ...]]]

    def inquire(self, facts: Facts) -> Inquiry:
        """Take one message: which leaves hold, and which rules could."""
        standing = {name: self.standing(name, facts) for name in self.leading}
        held: set[Leaf] = set()
        for name, stand in standing.items():
            held.update(self.named_by(name, stand))
        for name, by_value in self.values.items():
            for item in items(getattr(facts, name)):
                held.update(by_value.get(folded(item), ()))
        held.update(*(numbers for name, numbers in self.presence.items() if getattr(facts, name)))
        possible = set(_by_parts(self.patterns, facts, searchable)).union(_by_parts(self.texts, facts, folded))
        speaking = (held | possible) & self.needed.keys()
        candidates = set(self.always).union(*map(self.needed.__getitem__, speaking))
        return Inquiry(self, facts, standing, possible, sorted(candidates), dict.fromkeys(held, True))

    def standing(self, name: str, facts: Facts) -> list[Standing]:
        """What stands in each text of a fact."""
        words = self.words[name]
        return [words.standing(wording(item, facts.text)) for item in items(getattr(facts, name))]

    def named_by(self, name: str, standing: Iterable[Standing]) -> set[Leaf]:
        """The leaves that hold by what stands in the texts of a fact."""
        naming = self.naming[name]
        return set[Leaf]().union(*(naming[term] for each in standing for term in each.terms))


def _by_parts(
    asked: Mapping[str, tuple[Many, tuple[tuple[Leaf, ...], ...]]], facts: Facts, prepare: Callable[[str], str]
) -> Iterator[Leaf]:
    for name, (many, leaves) in asked.items():
        for item in items(getattr(facts, name)):
            for at in many.possible(prepare(item)):
                yield from leaves[at]


def make_index(rules: Iterable["Rule"]) -> Index:
    """Turn round the conditions of rules; some 0.5 s for 500."""
    always: list[int] = []
    needed: dict[Leaf, list[int]] = defaultdict(list)
    leaves: dict[Leaf, None] = {}
    for position, rule in enumerate(rules):
        leaves |= dict.fromkeys(leaves_of(rule.when))
        leaves |= dict.fromkeys(leaves_of(rule.unless)) if rule.unless else {}
        one_of = needed_of(rule.when)
        if one_of is None:
            always.append(position)
        for leaf in dict.fromkeys(one_of or ()):
            needed[leaf].append(position)
    presence = _turned(leaves, Exists, lambda leaf: (leaf.wanted,))
    naming = _turned(leaves, Wordy, lambda leaf: dict.fromkeys(leaf.terms))
    return Index(
        always=tuple(always),
        needed={leaf: tuple(positions) for leaf, positions in needed.items()},
        words={name: vocabulary(by_term) for name, by_term in naming.items()},
        leading=frozenset(leaf.field for leaf in needed if isinstance(leaf, Wordy)),
        naming=naming,
        named={leaf: frozenset(leaf.terms) for leaf in leaves if isinstance(leaf, Wordy)},
        values=_turned(leaves, Equals, lambda leaf: leaf.values),
        presence={name: by[True] for name, by in presence.items() if True in by},
        patterns=_compiled(patterns, _turned(leaves, Matches, lambda leaf: [one.pattern for one in leaf.patterns])),
        texts=_compiled(texts, _turned(leaves, Substring, lambda leaf: leaf.values)),
    )


def _turned(
    leaves: Iterable[Leaf], kind: type, keys: Callable[[Any], Iterable[Any]]
) -> dict[str, dict[Any, tuple[Leaf, ...]]]:
    """The leaves of one kind, by fact and key."""
    found: dict[str, dict[Any, list[Leaf]]] = defaultdict(lambda: defaultdict(list))
    for leaf in leaves:
        if isinstance(leaf, kind):
            for key in keys(leaf):
                found[leaf.field][key].append(leaf)
    return {name: {key: tuple(asking) for key, asking in by_key.items()} for name, by_key in found.items()}


def _compiled(
    compiler: Callable[[Iterable[str]], Many], by_name: Mapping[str, Mapping[str, tuple[Leaf, ...]]]
) -> dict[str, tuple[Many, tuple[tuple[Leaf, ...], ...]]]:
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
