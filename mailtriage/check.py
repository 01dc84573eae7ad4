"""Everything that a person edits, checked at once: configuration, rules with their examples, templates, calendar."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mailtriage.errors import Place, Problem, Problems
from mailtriage.parts import known_names, read_calendar, read_templates
from mailtriage.rulebook import load_rules
from mailtriage.settings import Configuration, load_configuration

T = TypeVar("T")


@dataclass(frozen=True)
class Checked:
    """What was found: problems forbid a start, warnings do not."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    rules: int
    examples: int


def check(file: Path | None) -> Checked:
    """All errors at once, each with file:line:column; nothing is contacted and nothing is changed."""
    try:
        configuration = load_configuration(file)
    except Problems as error:
        return Checked(error.problems, (), 0, 0)
    settings = configuration.settings
    problems: list[Problem] = []
    templates = _attempt(lambda: read_templates(settings.replies), problems)
    known = known_names(templates) if templates else None
    ruleset = _attempt(lambda: load_rules(settings.rules, known), problems)
    _attempt(lambda: read_calendar(settings.calendar), problems)
    if templates:
        problems += templates.check()
    return Checked(
        tuple(sorted(set(problems))),
        _warnings(configuration),
        len(ruleset.rules) if ruleset else 0,
        sum(len(rule.examples) for rule in ruleset.rules) if ruleset else 0,
    )


def _attempt(load: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return load()
    except Problems as error:
        problems += error.problems
        return None


def _warnings(configuration: Configuration) -> tuple[Problem, ...]:
    """What is allowed and should be known."""
    place, warnings = Place(str(configuration.file)), []
    if configuration.settings.authserv_id is None:
        text = "authserv_id is not set: mail in INBOX that claims to be from an own address is believed without proof"
        warnings.append(Problem(place, text))
    return tuple(warnings)
