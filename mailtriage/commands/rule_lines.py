"""The rules of a decision in lines: which one decided, what each asked and found, and how the category came about.

The trap is the pile: ninety rules of which three mattered. The deciding one is told at length and first; in the list of
all, in their order, a rule that held shows the words that made it hold, and one that did not shows what was not found.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mailtriage.commands.explain import Explained
from mailtriage.commands.lead_words import CATEGORIES, LINKS, PROBLEMS, REASONS, STATUSES, clean
from mailtriage.commands.places import spot
from mailtriage.triage.decision import CATEGORIES as IN_ORDER
from mailtriage.triage.decision import Step
from mailtriage.triage.facts import FIELDS
from mailtriage.triage.rule import Rule

_PIECES = 6
"""Of one rule that are shown."""
_EXCERPT = 400
"""Characters of a value or text that are shown."""
_CHOICES: Mapping[str, Mapping[Any, str]] = {
    "linked_by": LINKS,
    "conversation_status": STATUSES,
    "automatic": REASONS,
    "attachment_problems": PROBLEMS,
}
"""Facts whose values have words of their own."""
_SHORT = 110
"""Characters of a condition in the list of all rules; it stands in full in the rules themselves, and in the JSON."""

_MISSES: Mapping[str, str] = {
    "unless: ": "сработало бы, но есть исключение: ",
    "enabled: false": "правило выключено",
    "from: ": "правило ещё не действует, только с ",
    "until: ": "правило уже не действует, действовало до ",
    "replaced by: ": "в этот день вместо него действует ",
}
"""How conditions begin that are told in words."""


def deciding(explained: Explained) -> Iterator[str]:
    """The rule that decided, with its condition and the words that it found."""
    decision = explained.record["decision"]
    step = next((step for step in explained.steps if step.decided), None)
    if step:
        yield f"решило правило {step.rule}: {clean(step.title)} ({step.place})"
        yield f"    условие: {clean(step.condition)}"
        yield from (f"    {line}" for line in pieces(step, explained))
    elif explained.steps:
        yield "ни одно правило не решило, поэтому письмо ждёт человека"
    elif decision["rule"]:
        yield f"решило правило {clean(decision['rule'])}"
    elif decision["reason"] != "no_rule":
        yield "решено без правил: так поступают со всеми такими письмами"


def pieces(step: Step, explained: Explained) -> Iterator[str]:
    """The words that made a rule hold, each with its place in the letter and its neighbours there."""
    if explained.facts is None:
        return
    shown: dict[str, None] = {}
    for piece in step.found:
        where = spot(piece, explained.facts)
        shown[str(where) if where else fact(piece.field, getattr(explained.facts, piece.field))] = None
    yield from list(shown)[:_PIECES]
    if len(shown) > _PIECES:
        yield f"и ещё {len(shown) - _PIECES}"


def fact(name: str, value: Any) -> str:
    """A fact in words, with its name, by which rules call it."""
    sentence = FIELDS[name].sentence.removesuffix(".") if name in FIELDS else name
    words = _CHOICES.get(name, {})
    shown = [words.get(item, item) for item in value] if isinstance(value, list | tuple) else words.get(value, value)
    return f"{sentence}: {plainly(shown)}  [{name}]"


def plainly(value: Any) -> str:
    """A value of JSON or of a fact in Russian."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list | tuple):
        return excerpt("; ".join(map(plainly, value))) or "пусто"
    if isinstance(value, Mapping):
        return excerpt(", ".join(f"{key}: {plainly(item)}" for key, item in value.items()))
    return "пусто" if value is None else excerpt(str(value)) or "пусто"


def excerpt(text: str) -> str:
    """The beginning, on one line."""
    line = clean(text[: 4 * _EXCERPT])
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def categories(explained: Explained) -> Iterator[str]:
    """The weights that the rules gave to each category, the heaviest first."""
    if explained.ruleset is None or explained.record["decision"]["category"] is None:
        return
    rules = {rule.place: rule for rule in explained.ruleset.rules}
    held = [rules[step.place] for step in explained.steps if step.held and step.place in rules]
    given = {name: [rule for rule in held if rule.then.category == name] for name in IN_ORDER}
    for name in sorted((name for name in IN_ORDER if given[name]), key=lambda name: -_weight(given[name])):
        by = ", ".join(f"{rule.name} {rule.then.weight:+g}" for rule in given[name])
        yield f"{CATEGORIES[name]}: {_weight(given[name]):g} ({by})"


def every_rule(explained: Explained) -> Iterator[str]:
    """All rules in order: » decided, + held, · did not."""
    for step in explained.steps:
        if step.held:
            yield f"{'»' if step.decided else '+'} {step.rule}: {clean(step.title)} — {_shortened(step.condition)}"
        else:
            yield f"· {step.rule}: {clean(step.title)} — {_miss(step)}"
        yield from (f"      {line}" for line in pieces(step, explained))
    if not explained.steps:
        yield from recorded_hits(explained.record["decision"])


def recorded_hits(decision: Mapping[str, Any]) -> Iterator[str]:
    """What was written down when it was decided."""
    for hit in decision["hits"]:
        evidence = "; ".join(map(clean, hit["evidence"]))
        mark = "»" if hit["rule"] == decision["rule"] else "+"
        yield f"{mark} {clean(hit['rule'])}: {clean(hit['reason'])}" + (f" — {evidence}" if evidence else "")


def _miss(step: Step) -> str:
    """Why a rule did not hold."""
    for begins, words in _MISSES.items():
        if step.condition.startswith(begins):
            return words + _shortened(step.condition.removeprefix(begins))
    return f"нет: {_shortened(step.condition)}"


def _weight(rules: list[Rule]) -> float:
    return sum(rule.then.weight for rule in rules)


def _shortened(condition: str) -> str:
    line = clean(condition)
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
