"""Runs the examples written inside the rules, so that a broken rule is found before it meets a customer.

An example tests its own rule alone: whether `when` holds and `unless` does not. A text is read by the same language
room as real mail, or an example would promise what the daemon does not do; facts that are given win over what was read.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from mailtriage.errors import Problem, Told
from mailtriage.language.headline import stands_for_the_letter
from mailtriage.language.identity import find_identities, personal_name
from mailtriage.language.legibility import judge
from mailtriage.language.obscenity import find_rudeness
from mailtriage.language.requests import find_requests
from mailtriage.language.resemblance import vocabulary
from mailtriage.language.tenor import asked_in, said
from mailtriage.located import nearest
from mailtriage.triage.condition import fields_of
from mailtriage.triage.decision import holds
from mailtriage.triage.facts import FACTS_JSON, FIELDS, FactKind, Facts
from mailtriage.triage.ruleset import Example, Rule, Ruleset

_READ = frozenset({"subject", "text", "attachment_text", "sender_name"})
"""The facts that others are derived from."""

_IDENTITY = frozenset({"identified", "identified_by", "names", "phones", "accounts", "payments", "sums", "dates"})
_RESEMBLANCE = frozenset({"resembles", "resemblance", "resembles_because"})
_RUDENESS = frozenset({"obscenities", "obscenities_count", "insults", "threats"})


def run_examples(ruleset: Ruleset) -> tuple[Problem, ...]:
    """Run every example of every rule; an empty tuple means that all come out as written."""
    return tuple(problem for rule in ruleset.all_rules for example in rule.examples for problem in _run(rule, example))


def _run(rule: Rule, example: Example) -> list[Problem]:
    unknown = [key for key in _keys(example) if key not in FIELDS]
    if unknown:
        return [
            Problem(example.place, Told(f'there is no fact "{key}"', f"факта «{key}» нет") + nearest(key, FIELDS))
            for key in unknown
        ]
    asked = frozenset(fields_of(rule.when)) | frozenset(fields_of(rule.unless) if rule.unless else ())
    try:
        facts = example_facts(example.given, asked)
    except ValidationError as error:
        return [Problem(example.place, _mistyped(error))]
    held, evidence, failed = holds(rule, facts)
    if held and example.kind == "miss":
        why = ", ".join(evidence)
        text = Told(
            f'the rule "{rule.name}" should miss this example, but holds: {why}',
            f"правило «{rule.name}» здесь не должно срабатывать, а сработало: {why or 'оно для любого письма'}",
        )
        return [Problem(example.place, text)]
    if not held and example.kind == "match":
        text = Told(
            f'the rule "{rule.name}" should match this example, but does not hold: {failed}',
            f"правило «{rule.name}» здесь должно сработать, а не сработало: {_failed_ru(failed)}",
        )
        return [Problem(example.place, text)]
    return []


_EXPECTED: Mapping[FactKind, Told] = {
    "text": Told("text", "текст"),
    "list": Told("a list", "список: [одно, другое]"),
    "choice": Told("one of ", "одно из: "),
    "number": Told("a number", "число"),
    "flag": Told("true or false", "true или false"),
    "date": Told("a date such as 2026-12-31", "дата, например 2026-12-31"),
}


def _mistyped(error: ValidationError) -> Told:
    """What a fact of an example should have been."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    text = Told(f'"{where}" in this example: {first["msg"]}', f"«{where}» в этом примере")
    if known := FIELDS.get(str(first["loc"][0])):
        among = ", ".join(known.choices)
        text += Told("", f": нужно {_EXPECTED[known.kind].ru}{among}")
    return text


def _failed_ru(failed: str) -> str:
    """The failed condition as a Russian reader meets it."""
    exception = failed.removeprefix("unless: ")
    return f"помешало исключение unless ({exception})" if exception != failed else f"не выполнено «{failed}»"


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
    legible = legibility.legible or bool(attachment_text.strip()) or stands_for_the_letter(subject, legibility.because)
    facts = Facts(
        subject=subject,
        text=readable,
        said=said(subject, readable, attachment_text),
        asked=asked_in(subject, readable, attachment_text) if ({"asked"} | _RESEMBLANCE) & asked else "",
        attachment_text=attachment_text,
        sender_name=sender_name,
        language="en" if legibility.script == "english" else "ru",
        legible=legible,
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
        facts = replace(
            facts,
            obscenities=rudeness.obscenities,
            obscenities_count=rudeness.obscene_count,
            insults=rudeness.insults,
            threats=rudeness.threats,
        )
    if "requests" in asked:
        facts = replace(facts, requests=len(find_requests(readable, subject)))
    if _RESEMBLANCE & asked:
        like = vocabulary().resemblance(facts.said, facts.asked)
        return replace(facts, resembles=like.kind, resemblance=like.share, resembles_because=like.because)
    return facts
