"""Rules in order, the first verdict decides, every hit is kept with its evidence.

The walk does not stop at the verdict: a repeat has its category too. The trap is the tie and the silence: equal weights
are settled by a fixed order, and a message about which no rule says anything is held for a person, never dropped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from mailtriage.errors import Place
from mailtriage.reply.documents import Phrase
from mailtriage.triage.match import Found

if TYPE_CHECKING:
    from mailtriage.triage.facts import Facts
    from mailtriage.triage.ruleset import Rule, Ruleset
    from mailtriage.triage.then import Then

Verdict = Literal["accept", "reject", "skip", "hold"]
Category = Literal["consultation", "account_status", "claim", "proposal"]

CATEGORIES: tuple[Category, ...] = ("claim", "account_status", "consultation", "proposal")
"""In the order in which a tie is settled: what costs the customer most comes first."""

QUEUES: dict[Category | None, str] = {
    "consultation": "consultations",
    "account_status": "accounts",
    "claim": "claims",
    "proposal": "proposals",
    None: "general",
}
"""Where a message goes when no rule names a queue."""

_T = TypeVar("_T")

_KNOWN_MATTER = frozenset({"repeat", "decided"})
"""Reasons of a rejection whose matter is known: they keep its category; a robot's or an abuser's mail has none."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that held, why it exists, and the words or values that made it hold."""

    rule: str
    reason: str
    """The rule's title, for people."""
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What was decided, and all that a person needs to see why."""

    verdict: Verdict | None
    """None for support's own outgoing mail."""
    reason: str | None
    category: Category | None
    queue: str | None
    requests: int
    several_tasks: bool
    counterparty: bool
    topics: tuple[str, ...]
    """Topics below the category that hit, strongest first ("withdrawal", "other_centre")."""
    documents: tuple[str, ...]
    """What the acknowledgement asks the customer to send."""
    reply: str | None
    """A template that a rule demands; None leaves the choice to the policy."""
    rule: str | None
    """The rule whose verdict decided."""
    ruleset: str
    """Version of the ruleset: the first 12 hex digits of its SHA-256."""
    hits: tuple[Hit, ...]
    priority: str | None = None
    """"low", "normal", "high", or None where no rule said."""
    tags: tuple[str, ...] = ()
    says: tuple[Phrase, ...] = ()
    """Words of the rules' own in the acknowledgement, in both languages."""
    forwards: tuple[str, ...] = ()
    """Who gets a copy, by the names of the configuration."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of the walk, as people are shown it."""

    rule: str
    title: str
    place: Place
    """Where the rule stands."""
    held: bool
    evidence: tuple[str, ...]
    failed: str
    """The condition that did not hold, or the `unless` that did; "" where the rule held."""
    decided: bool
    """Whether this rule's verdict is the one."""
    condition: str = ""
    """The part of `when` or `unless`, as written, that made the rule hold or fail."""
    found: tuple[Found, ...] = ()
    """Each piece that speaks for `condition`, with its place in the fact."""

    @property
    def why(self) -> str:
        """The evidence of a hit, the failed condition of a miss."""
        return "; ".join(self.evidence) if self.held else self.failed


def decide(facts: "Facts", ruleset: "Ruleset") -> Decision:
    """Walk all rules over the facts."""
    held = list(_held(facts, ruleset))
    deciding = next((rule for rule, _ in held if rule.then.verdict is not None), None)
    verdict = deciding.then.verdict if deciding else "hold"
    reason = deciding.then.reason if deciding else "no_rule"
    classified = verdict in {"accept", "hold"} or reason in _KNOWN_MATTER
    own = [deciding.then] if deciding else []
    told = [rule.then for rule, _ in held] if classified else own
    category = _category(told)
    several = classified and _last((then.several_tasks for then in told), facts.requests > 1)
    return Decision(
        verdict=verdict,
        reason=reason,
        category=category,
        queue=_last((then.queue for then in told), QUEUES[category]),
        # Whatever is written to support asks for something, also where no separate request was made out.
        requests=max(facts.requests, 2) if several else 1,
        several_tasks=several,
        counterparty=_last((then.counterparty for then in told), False),  # noqa: FBT003 - what holds unless a rule says
        topics=_topics(told),
        documents=_unique(name for then in told for name in then.documents),
        # Only an acknowledgement may be worded by a rule on the matter; a notice of rejection tells the rejection.
        reply=_last((then.reply for then in (told if verdict == "accept" else own)), None),
        rule=deciding.name if deciding else None,
        ruleset=ruleset.version,
        hits=tuple(Hit(rule.name, rule.title, evidence) for rule, evidence in held),
        priority=_last((then.priority for then in told), None),
        tags=_unique(tag for then in told for tag in then.tags),
        says=tuple(dict.fromkeys(then.say for then in told if then.say)),
        forwards=_unique(name for then in told for name in then.forwards),
    )


def trace(facts: "Facts", ruleset: "Ruleset") -> tuple[Step, ...]:
    """Every rule in order, with what made it hold or fail and where that stands; nothing is left out for speed."""
    steps: list[Step] = []
    decided = False
    for rule in ruleset.rules:
        step = _step(rule, facts, may_decide=not decided)
        decided = decided or step.decided
        steps.append(step)
    return tuple(steps)


def _held(facts: "Facts", ruleset: "Ruleset") -> "Iterator[tuple[Rule, tuple[str, ...]]]":
    """The rules that hold, in order, with their evidence."""
    inquiry = ruleset.index.inquire(facts)
    for position in inquiry.candidates:
        rule = ruleset.rules[position]
        if (
            rule.when.holds(inquiry)
            and not (rule.unless and rule.unless.holds(inquiry))
            and not out_of_force(rule, facts)
        ):
            yield rule, rule.when.evidence(inquiry)


def _step(rule: "Rule", facts: "Facts", *, may_decide: bool) -> Step:
    if failed := out_of_force(rule, facts):
        return Step(rule.name, rule.title, rule.place, False, (), failed, False, failed)  # noqa: FBT003 - a row
    held, evidence, failed = holds(rule, facts)
    condition, found = _shown(rule, facts)
    return Step(
        rule=rule.name,
        title=rule.title,
        place=rule.place,
        held=held,
        evidence=evidence,
        failed=failed,
        decided=held and may_decide and rule.then.verdict is not None,
        condition=condition,
        found=found,
    )


def _shown(rule: "Rule", facts: "Facts") -> tuple[str, tuple[Found, ...]]:
    """The part of the rule that mattered, and what stands where: of an exception, what made it hold."""
    if rule.unless is not None and rule.when.test(facts).held and rule.unless.test(facts).held:
        return f"unless: {rule.unless.because(facts)}", rule.unless.found(facts)
    return rule.when.because(facts), rule.when.found(facts)


def out_of_force(rule: "Rule", facts: "Facts") -> str:
    """Why a rule is not asked at all; "" where it is. Without a day of reception every day is within its dates."""
    if not rule.enabled:
        return "enabled: false"
    day = facts.received_on
    if day is not None and rule.starts is not None and day < rule.starts:
        return f"from: {rule.starts.isoformat()}"
    if day is not None and rule.ends is not None and day > rule.ends:
        return f"until: {rule.ends.isoformat()}"
    for by in rule.gives_way_to:
        if not out_of_force(by, facts):
            return f"replaced by: {by.name} ({by.place})"
    return ""


def holds(rule: "Rule", facts: "Facts") -> tuple[bool, tuple[str, ...], str]:
    """Whether the conditions of one rule hold, their evidence, and what failed; its dates are not asked."""
    match = rule.when.test(facts)
    if not match.held or rule.unless is None:
        return match.held, match.evidence, match.failed
    exception = rule.unless.test(facts)
    if exception.held:
        return False, (), "unless: " + ", ".join(exception.evidence)
    return True, match.evidence, ""


def _category(told: "list[Then]") -> Category | None:
    """The largest sum of weights; what sums up to nothing is no evidence."""
    weights: dict[Category, float] = {}
    for then in told:
        if then.category:
            weights[then.category] = weights.get(then.category, 0.0) + then.weight
    best = max(CATEGORIES, key=lambda category: (weights.get(category, 0.0), -CATEGORIES.index(category)))
    return best if weights.get(best, 0.0) > 0 else None


def _topics(told: "list[Then]") -> tuple[str, ...]:
    weights: dict[str, float] = {}
    for then in told:
        for topic in then.topics:
            weights[topic] = weights.get(topic, 0.0) + then.weight
    return tuple(sorted((topic for topic in weights if weights[topic] > 0), key=lambda topic: -weights[topic]))


def _last(values: Iterable[_T | None], otherwise: _T) -> _T:
    for value in values:
        if value is not None:
            otherwise = value
    return otherwise


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
