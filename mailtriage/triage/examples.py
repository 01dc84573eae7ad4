"""Runs the examples written inside the rules, so that a broken rule is found before it meets a customer.

An example tests its own rule alone: whether `when` holds and `unless` does not. A text is read by the same language
room as real mail, or an example would promise what the daemon does not do; facts that are given win over what was read.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from mailtriage.errors import Problem
from mailtriage.language.identity import find_identities, personal_name
from mailtriage.language.legibility import judge
from mailtriage.language.obscenity import find_rudeness
from mailtriage.language.requests import find_requests
from mailtriage.located import nearest
from mailtriage.triage.condition import fields_of
from mailtriage.triage.decision import holds
from mailtriage.triage.facts import FACTS_JSON, FIELDS, Facts, said
from mailtriage.triage.ruleset import Example, Rule, Ruleset

_READ = frozenset({"subject", "text", "attachment_text", "sender_name"})
"""The facts that others are derived from."""

_IDENTITY = frozenset({"identified", "identified_by", "names", "phones", "accounts", "payments", "sums", "dates"})
_RUDENESS = frozenset({"obscenities", "insults", "threats"})


def run_examples(ruleset: Ruleset) -> tuple[Problem, ...]:
    """Run every example of every rule; an empty tuple means that all come out as written."""
    return tuple(problem for rule in ruleset.rules for example in rule.examples for problem in _run(rule, example))


def _run(rule: Rule, example: Example) -> list[Problem]:
    unknown = [key for key in _keys(example) if key not in FIELDS]
    if unknown:
        return [Problem(example.place, f'there is no fact "{key}"{nearest(key, FIELDS)}') for key in unknown]
    asked = frozenset(fields_of(rule.when)) | frozenset(fields_of(rule.unless) if rule.unless else ())
    try:
        facts = example_facts(example.given, asked)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return [Problem(example.place, f'"{where}" in this example: {first["msg"]}')]
    held, evidence, failed = holds(rule, facts)
    if held and example.kind == "miss":
        return [
            Problem(example.place, f'the rule "{rule.name}" should miss this example, but holds: {", ".join(evidence)}')
        ]
    if not held and example.kind == "match":
        return [
            Problem(example.place, f'the rule "{rule.name}" should match this example, but does not hold: {failed}')
        ]
    return []


def _keys(example: Example) -> list[str]:
    return [] if isinstance(example.given, str) else list(example.given)


def example_facts(given: str | Mapping[str, Any], asked: frozenset[str] | None = None) -> Facts:
    """The facts of an example: read from its texts as far as they are `asked` for (None: all), then as given.

    Raises:
        pydantic.ValidationError: a fact of the wrong type.
    """
    facts = {"text": given} if isinstance(given, str) else dict(given)
    if not (_READ & facts.keys()):
        return FACTS_JSON.validate_python(facts)
    texts = {name: str(facts.get(name) or "") for name in _READ}
    read = _read(**texts, asked=asked or frozenset(FIELDS))
    stored: dict[str, Any] = FACTS_JSON.dump_python(read, mode="json")
    given_facts = {name: value for name, value in facts.items() if name != "text"}
    return FACTS_JSON.validate_python(stored | given_facts)


@lru_cache(maxsize=4096)
def _read(*, subject: str, text: str, attachment_text: str, sender_name: str, asked: frozenset[str]) -> Facts:
    """What the language room makes of the texts; only what a rule asks for, because reading costs milliseconds."""
    legibility = judge(text)
    readable = legibility.readable if text.strip() else ""
    facts = Facts(
        subject=subject,
        text=readable,
        said=said(subject, readable, attachment_text),
        attachment_text=attachment_text,
        sender_name=sender_name,
        language="en" if legibility.script == "english" else "ru",
        legible=legibility.legible or bool(attachment_text.strip()),
        illegible_because=() if legibility.legible else (legibility.because,),
        repaired=legibility.script if legibility.script in {"layout", "translit"} else None,
    )
    if _IDENTITY & asked:
        found = find_identities(f"{readable}\n{attachment_text}")
        name = personal_name(sender_name) if sender_name else None
        facts = replace(
            facts,
            identified=found.anybody or name is not None,
            identified_by=tuple(filter(None, (name, *found.names, *found.phones, *found.accounts, *found.payments))),
            **{kind: getattr(found, kind) for kind in ("names", "phones", "accounts", "payments", "sums", "dates")},
        )
    if _RUDENESS & asked:
        rudeness = find_rudeness(f"{subject}\n{readable}")
        facts = replace(facts, obscenities=rudeness.obscenities, insults=rudeness.insults, threats=rudeness.threats)
    if "requests" in asked:
        facts = replace(facts, requests=len(find_requests(readable)))
    return facts
