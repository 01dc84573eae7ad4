"""What a rule may do: at most one verdict, and what it adds to the classification.

The trap is a reason that exists nowhere else: a reject for "spam" would reach folders and templates that nobody made.
So the reasons are fixed here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from mailtriage.reply.documents import Phrase
from mailtriage.triage.decision import Category, Verdict

REASONS: dict[str, tuple[str, ...]] = {
    "reject": ("unreadable", "anonymous", "abusive", "repeat", "decided"),
    "skip": ("bounce", "auto_reply", "list", "receipt", "loop", "report", "duplicate"),
}
"""Of the verdicts that have fixed ones; accept has none, hold any short name."""

MAX_PASSAGE: Final = 600
"""Characters of a rule's own words in a letter."""
PRIORITIES = ("low", "normal", "high")
NAME: Final = r"[a-z][a-z0-9_-]{0,39}"
VERDICTS: Final = frozenset({"accept", "reject", "skip", "hold"})
OUTGOING: Final = frozenset({"decision"})
"""The keys of rules/outgoing/, which belong there alone."""
DECISIONS: Final = ("final",)


@dataclass(frozen=True)
class Known:
    """Names that other rooms define; None leaves them unchecked."""

    templates: Collection[str] | None = None
    documents: Collection[str] | None = None
    topics: Collection[str] | None = None
    forwards: Collection[str] | None = None
    """Names of colleagues' addresses in the configuration."""


@dataclass(frozen=True)
class Then:
    """The consequences of one rule."""

    verdict: Verdict | None = None
    reason: str | None = None
    category: Category | None = None
    weight: float = 1.0
    """What this rule adds to its category and topics."""
    topics: tuple[str, ...] = ()
    queue: str | None = None
    documents: tuple[str, ...] = ()
    counterparty: bool | None = None
    several_tasks: bool | None = None
    priority: Literal["low", "normal", "high"] | None = None
    tags: tuple[str, ...] = ()
    reply: str | None = None
    say: Phrase | None = None
    """Words of the rule's own in the acknowledgement; "" in a language that it has none in."""
    forwards: tuple[str, ...] = ()
    """Who gets a copy, by the names of the configuration's `forwards`."""
    decision: Literal["final"] | None = None
    """What a letter of support does to its conversation; only in rules/outgoing/."""
