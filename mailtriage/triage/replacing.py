"""Rules put in their order, those that replace an earlier one in its place.

So a lead keeps own changes in a file of its own that no update overwrites. The trap is the replacement that silently
becomes one more rule because the name is misspelt: what replaces nothing is a mistake.
"""

from mailtriage.errors import Place, Problem, Told
from mailtriage.located import nearest
from mailtriage.triage.rule import Rule


def in_place(written: list[Rule], problems: list[Problem]) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked; what is wrong with names is added to `problems`."""
    order: list[Rule] = []
    replaced: dict[str, Rule] = {}
    for rule in written:
        names = {known.name: position for position, known in enumerate(order) if known.name}
        if rule.replaces is None:
            if rule.name in names:
                problems.append(_twice(rule, order[names[rule.name]]))
            order.append(rule)
        elif rule.replaces in replaced:
            problems.append(_replaced_before(rule, replaced[rule.replaces]))
        elif rule.replaces not in names:
            problems.append(_replaces_nothing(rule, names))
        else:
            if rule.name != rule.replaces and rule.name in names:
                problems.append(_twice(rule, order[names[rule.name]]))
            replaced[rule.replaces] = rule
            order[names[rule.replaces]] = rule
    return tuple(order)


def _twice(rule: Rule, first: Rule) -> Problem:
    text = Told(
        f'the rule "{rule.name}" stands here twice, first at {first.place};'
        f" to put it in the place of the earlier one add `replaces: {rule.name}`",
        f"правило «{rule.name}» уже есть: {first.place}. Дайте другое имя,"
        f" а если это замена прежнему, добавьте `replaces: {rule.name}`",
    )
    return Problem(rule.place, text)


def _replaced_before(rule: Rule, by: Rule) -> Problem:
    text = Told(
        f'the rule "{rule.replaces}" is replaced already, at {by.place}',
        f"правило «{rule.replaces}» уже заменено: {by.place}",
    )
    return Problem(_place(rule), text)


def _replaces_nothing(rule: Rule, names: dict[str, int]) -> Problem:
    text = Told(
        f'there is no earlier rule "{rule.replaces}" to replace',
        f"заменять нечего: выше нет правила «{rule.replaces}»",
    )
    return Problem(_place(rule), text + nearest(rule.replaces or "", names))


def _place(rule: Rule) -> Place:
    return rule.written.place("replaces") if rule.written else rule.place
