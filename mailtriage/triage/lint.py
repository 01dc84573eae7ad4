"""Rules that load and yet cannot do what their author meant: what to look at before customers do.

The trap is the linter that cries wolf: a finding here is either provable from the texts alone (an error), or something
that a person should decide about (a warning). What cannot be told for sure is not told.
"""

import difflib
from collections.abc import Iterator
from datetime import date

from mailtriage.errors import Place, Told
from mailtriage.reply.templates import Templates
from mailtriage.triage.clauses import Clause, clauses_of
from mailtriage.triage.costly import pattern_findings
from mailtriage.triage.decision import QUEUES
from mailtriage.triage.entailment import contradiction
from mailtriage.triage.finding import Finding
from mailtriage.triage.ruleset import Rule, Ruleset
from mailtriage.triage.shadowing import shadowed
from mailtriage.triage.unused import list_findings, template_findings

__all__ = ["Finding", "lint"]

_SLIP = 0.85
"""How like two names are that differ by a letter or two."""
_SHOWN = 2
"""Questions that a contradiction is told by."""


def lint(ruleset: Ruleset, templates: Templates | None = None, today: date | None = None) -> tuple[Finding, ...]:
    """All findings in the order of the files; without `templates` or `today` nothing is said of what needs them."""
    ways = {
        rule.place: clauses
        for rule in ruleset.all_rules
        if rule.enabled and (clauses := clauses_of(rule, ruleset.lists)) is not None
    }
    found: list[Finding] = []
    living: dict[Place, tuple[Clause, ...]] = {}
    for rule in ruleset.all_rules:
        found += _life(rule, today)
        found += _queue(rule)
        found += _examples(rule, always=() in ways.get(rule.place, ()))
        if rule.place in ways:
            clauses = ways[rule.place]
            possible = tuple(clause for clause in clauses if not contradiction(clause))
            found += [] if possible else [_never(rule, clauses)]
            living |= {rule.place: possible} if possible else {}
    found += shadowed(ruleset.rules, living)
    found += pattern_findings(ruleset.all_rules)
    found += list_findings(ruleset)
    found += template_findings(ruleset, templates) if templates else ()
    return tuple(sorted(found, key=lambda each: (each.place, each.kind, each.text.en)))


def _life(rule: Rule, today: date | None) -> Iterator[Finding]:
    """Whether the rule is in force at all."""
    if not rule.enabled:
        text = Told(f'the rule "{rule.name}" is switched off', f"правило «{rule.name}» выключено")
        if rule.replaces:
            text += Told(f', so "{rule.replaces}" applies as before', f", действует прежнее «{rule.replaces}»")
        yield Finding(_place(rule, "enabled"), text, "warning", "disabled", rule.name)
    if today and rule.ends and rule.ends < today:
        text = Told(
            f'the rule "{rule.name}" ended on {rule.ends}: take it away, or move the date',
            f"срок правила «{rule.name}» истёк {rule.ends:%d.%m.%Y}: уберите правило или перенесите дату",
        )
        yield Finding(_place(rule, "until"), text, "warning", "expired", rule.name)


def _queue(rule: Rule) -> Iterator[Finding]:
    """A queue of one's own whose name differs by a letter from one that is there: nobody would look into it."""
    known = [name for name in QUEUES.values() if name]
    queue = rule.then.queue
    if queue and queue.replace("_", "").isalpha() and queue not in known:
        near = difflib.get_close_matches(queue, known, n=1, cutoff=_SLIP)
        if near and rule.written:
            text = Told(
                f'the queue "{queue}" is new: did you mean "{near[0]}"?',
                f"очередь «{queue}» — новая: может быть, «{near[0]}»?",
            )
            yield Finding(rule.written.place("then", "queue"), text, "warning", "queue", rule.name)


def _examples(rule: Rule, *, always: bool) -> Iterator[Finding]:
    """A rule that holds for every message cannot have a miss."""
    kinds = {example.kind for example in rule.examples}
    if not kinds:
        text = Told(
            f'the rule "{rule.name}" has no examples, so nothing proves that it works',
            f"у правила «{rule.name}» нет примеров: ничто не подтверждает, что оно работает",
        )
        yield Finding(rule.place, text, "warning", "examples", rule.name)
    elif "match" not in kinds:
        text = Told(
            f'the rule "{rule.name}" has no example that it matches (`- match: ...`)',
            f"у правила «{rule.name}» нет примера, на котором оно срабатывает (`- match: ...`)",
        )
        yield Finding(_place(rule, "examples"), text, "warning", "examples", rule.name)
    elif "miss" not in kinds and not always:
        text = Told(
            f'the rule "{rule.name}" has no example that it misses (`- miss: ...`)',
            f"у правила «{rule.name}» нет примера, на котором оно не должно срабатывать (`- miss: ...`)",
        )
        yield Finding(_place(rule, "examples"), text, "warning", "examples", rule.name)


def _never(rule: Rule, clauses: tuple[Clause, ...]) -> Finding:
    told = Told(
        f'the rule "{rule.name}" can never hold', f"правило «{rule.name}» не сработает никогда"
    )  # fmt: skip
    if clauses:
        pair = contradiction(clauses[0])[-_SHOWN:]
        told += Told(
            ": these exclude each other: " + "; ".join(("" if each.holds else "not ") + each.written for each in pair),
            ": одно исключает другое: "
            + "; ".join(("" if each.holds else "не ") + f"«{each.written}»" for each in pair),
        )
    return Finding(_place(rule, "when"), told, "error", "never", rule.name)


def _place(rule: Rule, key: str) -> Place:
    return rule.written.key_place(key) if rule.written else rule.place
