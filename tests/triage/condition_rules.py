"""Rulesets of few words, for the tests of the condition language."""

import pytest

from mailtriage.errors import Problems
from mailtriage.triage.decision import decide
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import load_ruleset


def ruleset(*whens, **keys):
    """A rule r0, r1, ... for each `when`; `keys` are added to every rule as written."""
    more = "".join(f"  {name}: {value}\n" for name, value in keys.items())
    rules = [
        f"- rule: r{at}\n  title: t\n  when: {when}\n{more}  then: {{tag: t{at}}}\n" for at, when in enumerate(whens)
    ]
    return load_ruleset({"10.yaml": "".join(rules)})


def holds(when, text="", **facts):
    """Whether a condition holds for a text or facts."""
    return bool(decide(Facts(text=text, **facts), ruleset(when)).hits)


def problem(when):
    """The one problem that a condition has."""
    with pytest.raises(Problems) as caught:
        ruleset(when)
    (found,) = caught.value.problems
    return found
