"""Verdicts that are never reached, because an earlier rule has already decided every message that they are for.

The trap is the rule that is only put too low: it loads, its examples hold (each is run against its own rule alone), and
yet no customer ever meets it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailtriage.errors import Place, Told
from mailtriage.triage.clauses import Asked, Clause
from mailtriage.triage.coverage import held_keys, sought_keys
from mailtriage.triage.entailment import entails_clause
from mailtriage.triage.finding import Finding
from mailtriage.triage.rule import Rule


def shadowed(rules: tuple[Rule, ...], living: Mapping[Place, tuple[Clause, ...]]) -> list[Finding]:
    """A finding for each verdict rule that can never decide; `living`: the ways in which it may hold, by place."""
    found: list[Finding] = []
    earlier = _Earlier()
    for rule in rules:
        if rule.then.verdict is None or rule.place not in living:
            continue
        before = [earlier.decider(rule, clause) for clause in living[rule.place]]
        deciders = [decider for decider in before if decider is not None]
        if len(deciders) == len(before):
            found.append(_finding(rule, list({each.name: each for each in deciders}.values())))
        else:
            earlier.add(rule, living[rule.place])
    return found


_Key = tuple[str, str, str]
_Held = tuple[int, Rule, Clause]


@dataclass
class _Earlier:
    """Ways in which earlier verdicts are reached, held so that a later rule meets only those that it may imply.

    Words follow from words alone: such a way is held by the words of one of its questions, any other way is met by all.
    """

    by_word: dict[_Key, list[_Held]] = field(default_factory=dict)
    others: list[_Held] = field(default_factory=list)
    count: int = 0

    def add(self, rule: Rule, clauses: tuple[Clause, ...]) -> None:
        for clause in clauses:
            self.count += 1
            pivot = next((asked for asked in clause if _is_worded(asked)), None)
            if pivot is None:
                self.others.append((self.count, rule, clause))
                continue
            for key in {key for word in pivot.values for key in _keys(pivot, word, held_keys)}:
                self.by_word.setdefault(key, []).append((self.count, rule, clause))

    def decider(self, rule: Rule, clause: Clause) -> Rule | None:
        """The first earlier rule that decides wherever this clause of `rule` holds."""
        met = {number: (known, wider) for number, known, wider in self.others}
        for asked in filter(_is_worded, clause):
            # Any one of its words will do: a question that follows from this one has them all.
            for key in _keys(asked, next(iter(asked.values)), sought_keys):
                met |= {number: (known, wider) for number, known, wider in self.by_word.get(key, ())}
        ways = (met[number] for number in sorted(met))
        return next((known for known, wider in ways if _in_force(known, rule) and entails_clause(clause, wider)), None)


def _is_worded(asked: Asked) -> bool:
    """Whether it follows only from its own kind: the same operator on the same fact, with words that it has too."""
    return asked.holds and bool(asked.values) and asked.operator.partition(" ")[0] in {"words", "phrase", "similar"}


def _keys(asked: Asked, word: str, by: Callable[[str], frozenset[str]]) -> list[_Key]:
    keys = by(word) if asked.operator == "words" else (word,)
    return [(asked.field, asked.operator, key) for key in keys]


def _in_force(earlier: Rule, rule: Rule) -> bool:
    """Whether the earlier rule is there on all days of the later one."""
    begun = earlier.starts is None or (rule.starts is not None and earlier.starts <= rule.starts)
    lasting = earlier.ends is None or (rule.ends is not None and rule.ends <= earlier.ends)
    # It gives way on some days; whose they are is not weighed.
    return begun and lasting and not earlier.gives_way_to


def _finding(rule: Rule, deciders: list[Rule]) -> Finding:
    en = ", ".join(f'"{each.name}" ({each.place})' for each in deciders)
    ru = ", ".join(f"«{each.name}» ({each.place})" for each in deciders)
    text = Told(
        f'the rule "{rule.name}" never decides: wherever it holds, {en} has decided before; put it higher',
        f"правило «{rule.name}» ничего не решает: на всех его письмах раньше решает {ru}; поставьте его выше",
    )
    return Finding(rule.place, text, "error", "shadowed", rule.name)
