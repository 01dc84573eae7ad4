"""Rules put in their order, those that replace an earlier one in its place.

So a lead keeps own changes in a file of its own that no update overwrites. Two traps: the replacement that silently
becomes one more rule because the name is misspelt, so what replaces nothing is a mistake; and the replacement for a
season, outside of which nobody would be there: the earlier rule stays behind it and applies whenever it does not.
"""

from dataclasses import dataclass, field, replace

from mailtriage.errors import Place, Problem, Told
from mailtriage.located import nearest
from mailtriage.triage.rule import Rule


def in_place(written: list[Rule], problems: list[Problem]) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked; what is wrong with names is added to `problems`."""
    order = _Order(problems)
    for rule in written:
        order.take(rule)
    return tuple(each for versions in order.places for each in _applying(versions))


@dataclass
class _Order:
    """The places of the walk, each with the rules that were written for it, the latest last."""

    problems: list[Problem]
    places: list[list[Rule]] = field(default_factory=list)
    replaced: dict[str, Rule] = field(default_factory=dict)

    def take(self, rule: Rule) -> None:
        names = {versions[-1].name: at for at, versions in enumerate(self.places) if versions[-1].name}
        earlier = rule.replaces
        if earlier is None or (earlier not in self.replaced and earlier in names):
            if rule.name != earlier and rule.name in names:
                self.problems.append(_twice(rule, self.places[names[rule.name]][-1]))
            if earlier is None:
                self.places.append([rule])
            else:
                self.replaced[earlier] = rule
                self.places[names[earlier]].append(rule)
        elif earlier in self.replaced:
            self.problems.append(_replaced_before(rule, self.replaced[earlier]))
        else:
            self.problems.append(_replaces_nothing(rule, names))


def _applying(versions: list[Rule]) -> tuple[Rule, ...]:
    """Those that apply on some day, each knowing which later ones it gives way to while they do."""
    found: list[Rule] = []
    later: tuple[Rule, ...] = ()
    for rule in reversed(versions):
        found.insert(0, replace(rule, gives_way_to=later))
        if rule.enabled:
            later = (*later, rule)
            if rule.starts is None and rule.ends is None:
                break
    return tuple(found)


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
