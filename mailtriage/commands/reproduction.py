"""A recorded decision made again out of what was recorded with it: the same facts, the same past, the same rules.

The trap is to compare with a reading of today. Readers improve, and then every old decision would seem wrong; so the
reading is put together from the record, without a look at the octets, and nothing but a decision that its own facts and
rules do not give counts as not reproduced. What today's settings would do otherwise is told beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from mailtriage.errors import NotFound, Problem, Problems
from mailtriage.mail.reading import Reading
from mailtriage.store.views import StoredMessage, Views
from mailtriage.triage.decision import Decision, decide
from mailtriage.triage.effects import Reply
from mailtriage.triage.facts import FACTS_JSON, Facts
from mailtriage.triage.outcome import Outcome, hold, triage
from mailtriage.triage.policy import Policy
from mailtriage.triage.remembered import remembered
from mailtriage.triage.ruleset import Ruleset, load_ruleset

_THEN = "recorded"
"""Stands for the server that was believed then: which one it was changes nothing any more."""
_PROMISED = ("template", "event", "to", "due", "working_days", "why_due", "suppressed")
"""What a reply depends on before it is words."""


@dataclass(frozen=True)
class Difference:
    """One value that is not as it was recorded."""

    field: str
    """Its path in the contract's JSON: "facts.text", "decision.verdict"."""
    stored: Any
    now: Any


@dataclass(frozen=True)
class Loaded:
    """Rules of a version that decided once, as far as this release can load them."""

    ruleset: Ruleset | None
    problems: tuple[Problem, ...] = ()
    """What today's language has against them; empty also where they are not kept."""


@dataclass(frozen=True)
class Again:
    """What comes out of what was recorded."""

    facts: Facts | None
    """None where they were recorded by a release whose facts this one does not know."""
    ruleset: Ruleset | None
    """None where today's language does not load the rules of that time."""
    unloadable: tuple[Problem, ...]
    reading: Reading
    policy: Policy
    outcome: Outcome
    broken: tuple[Difference, ...]
    """Where the decision made again is not the recorded one: this must not be."""
    drift: tuple[Difference, ...]
    """What today's program and settings would find otherwise in the same reading and past."""

    @property
    def reproduced(self) -> bool | None:
        """Whether the decision is the recorded one; None where that cannot be told."""
        return not self.broken if self.facts and self.ruleset else None


@lru_cache(maxsize=4)
def rules_of(views: Views, version: str) -> Loaded:
    """The rules of that version; unchecked against the names of today's templates, which may be others."""
    try:
        return Loaded(load_ruleset(views.ruleset(version)))
    except NotFound:
        return Loaded(None)
    except Problems as error:
        return Loaded(None, error.problems)


def again(stored: StoredMessage, rules: Loaded, today: Policy) -> Again:
    """Decide a recorded message anew, from the record and the rules of its version alone."""
    facts = _facts(stored)
    ruleset, unloadable = rules.ruleset, rules.problems
    used = ruleset or Ruleset(stored.ruleset, (), {}, {})
    reading, policy = (
        remembered(stored.record, text=stored.text, identities=stored.identities),
        _policy_then(today, stored),
    )
    failed = stored.record["decision"]["reason"] == "triage_failed"
    if failed:
        outcome = hold(reading, "triage_failed", stored.history, used, policy)
    else:
        size = stored.record["facts"]["size"]
        now, arrived_at = stored.recorded_at, stored.received_at
        outcome = triage(reading, stored.history, stored.workload, used, policy, now, size=size, arrived_at=arrived_at)
    if facts and ruleset:
        decision = decide(facts, ruleset) if by_rules(stored.record) else outcome.decision
        broken = tuple(differences({"decision": stored.record["decision"]}, {"decision": _as_told(decision)}))
        drift = () if failed else tuple(_drift(stored, outcome))
    else:
        broken, drift = (), ()
    return Again(facts, ruleset, unloadable, reading, policy, outcome, broken, drift)


def by_rules(told: Mapping[str, Any]) -> bool:
    """Whether the rules were asked at all: what could not be read and what is our own never reaches them."""
    decision = told["decision"]
    return bool(decision["rule"] or decision["hits"] or decision["reason"] == "no_rule")


def differences(stored: Any, now: Any, path: str = "") -> Iterator[Difference]:
    """Value by value, as deep as both are alike in shape; what this release added is no difference."""
    if isinstance(stored, Mapping) and isinstance(now, Mapping):
        for key in stored:
            if key in now:
                yield from differences(stored[key], now[key], f"{path}.{key}" if path else str(key))
    elif _rows(stored) and _rows(now) and len(stored) == len(now):
        for index, (one, other) in enumerate(zip(stored, now, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif stored != now:
        yield Difference(path, stored, now)


def _facts(stored: StoredMessage) -> Facts | None:
    try:
        return FACTS_JSON.validate_python(stored.record["facts"])
    except ValidationError:
        return None


def _policy_then(policy: Policy, stored: StoredMessage) -> Policy:
    """Today's settings; only whether senders were proved at all is told by the record."""
    proved = stored.record["facts"]["authentic"] is not None
    return replace(policy, authserv_id=(policy.authserv_id or _THEN) if proved else None)


def _drift(stored: StoredMessage, outcome: Outcome) -> Iterator[Difference]:
    told, chosen = stored.record, outcome.link
    now = FACTS_JSON.dump_python(outcome.facts, mode="json")
    yield from differences({"facts": told["facts"]}, {"facts": now})
    then = {key: told["conversation"].get(key) for key in ("linked_by", "confidence", "possibly_related")}
    found = {
        "linked_by": chosen.linked_by, "confidence": chosen.confidence, "possibly_related": [*chosen.possibly_related]
    }  # fmt: skip
    if chosen.conversation is not None or not (told["conversation"]["new"] or told["conversation"]["number"] is None):
        then["number"], found["number"] = told["conversation"]["number"], chosen.conversation
    yield from differences({"conversation": then}, {"conversation": found})
    reply = next((effect for effect in outcome.effects if isinstance(effect, Reply)), None)
    yield from differences({"reply": _promised(told["reply"])}, {"reply": _drafted(reply)})


def _promised(reply: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if reply is None else {key: reply[key] for key in _PROMISED}


def _drafted(reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    drafted: dict[str, Any] = to_jsonable_python(reply.draft)
    return {key: drafted.get(key) for key in _PROMISED} | {"event": reply.event, "suppressed": reply.suppressed}


def _as_told(decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = to_jsonable_python(decision)
    return told


def _rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
