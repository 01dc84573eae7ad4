"""One message, one past, one ruleset: one outcome. The only door into this room from above.

Two kinds of mail never reach the rules: what could not be read (a person must look, whatever the headers say), and our
own. From is easily forged (RFC 5322 3.6.2 says who wrote, nobody checks it), so mail that claims to be ours is believed
only when our own server vouches for it, where the owner has said which server that is (RFC 8601 5).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.triage.conversation import Link, link
from mailtriage.triage.decision import QUEUES, Decision, Verdict, decide
from mailtriage.triage.effects import Effect, move_for, plan_effects
from mailtriage.triage.facts import Facts
from mailtriage.triage.gathering import make_facts
from mailtriage.triage.history import History
from mailtriage.triage.novelty import compare
from mailtriage.triage.outgoing import final_because
from mailtriage.triage.policy import Policy
from mailtriage.triage.ruleset import Ruleset


@dataclass(frozen=True)
class Outcome:
    """All that is made of a message."""

    facts: Facts
    link: Link
    decision: Decision
    effects: tuple[Effect, ...]
    final: bool = False
    """Support's own mail that tells a final decision."""
    final_because: tuple[str, ...] = ()
    """The header, or the rule of rules/outgoing/ with its evidence."""


def triage(  # noqa: PLR0917 - the six arguments that an outcome is a function of
    reading: Reading,
    history: History,
    workload: Workload,
    ruleset: Ruleset,
    policy: Policy,
    now: datetime,
    *,
    size: int = 0,
    arrived_at: datetime | None = None,
) -> Outcome:
    """Decide about one message; the same arguments give the same outcome.

    `size` is the octets of the whole message, for rules that ask. `now` carries an offset, and so does `arrived_at`,
    which is when the server had the message; None is now.
    """
    history = history.seen_at(now)
    chosen = link(reading, history, policy, now)
    novelty = compare(reading, chosen, history)
    facts = make_facts(reading, history, chosen, novelty, policy, received_at=now, size=size)
    decision = _without_rules(facts, ruleset, policy) or decide(facts, ruleset)
    effects = plan_effects(
        decision=decision,
        facts=facts,
        link=chosen,
        history=history,
        workload=workload,
        reading=reading,
        policy=policy,
        now=now,
        arrived_at=arrived_at,
    )
    because = final_because(reading.message, facts, ruleset) if decision.verdict is None else ()
    return Outcome(facts, chosen, decision, effects, bool(because), because)


def hold(reading: Reading, reason: str, history: History, ruleset: Ruleset, policy: Policy) -> Outcome:
    """The outcome of a message over which deciding itself failed: kept for a person.

    Nothing is answered by itself: what failed may have been the answer.
    """
    facts = Facts(
        subject=reading.message.subject,
        sender_address=reading.message.sender.address,
        language="en" if reading.language == "en" else "ru",
        automatic=reading.message.automatic.kind,
        strikes=history.strikes,
        reader_failed=reason,
    )
    decision = _decision("hold", reason, ruleset)
    return Outcome(facts, Link(None, None, 1.0), decision, (move_for(decision, policy),))


def _without_rules(facts: Facts, ruleset: Ruleset, policy: Policy) -> Decision | None:
    if facts.own_address and facts.automatic is None:
        if policy.authserv_id is not None and facts.authentic is not True:
            return _decision("hold", "forged_own_address", ruleset)
        return replace(_decision(None, None, ruleset), queue=None)
    if facts.oversized:
        return _decision("hold", "too_large", ruleset)
    if facts.reader_failed is not None:
        return _decision("hold", "reader_failed", ruleset)
    return None


def _decision(verdict: Verdict | None, reason: str | None, ruleset: Ruleset) -> Decision:
    return Decision(
        verdict=verdict,
        reason=reason,
        category=None,
        queue=QUEUES[None],
        requests=1,
        several_tasks=False,
        counterparty=False,
        topics=(),
        documents=(),
        reply=None,
        rule=None,
        ruleset=ruleset.version,
        hits=(),
    )
