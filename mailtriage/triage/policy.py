"""What the owner configured that decisions depend on, as one frozen argument of triage()."""

from dataclasses import dataclass, field
from datetime import timedelta

from mailtriage.language.once import once
from mailtriage.language.words import fold
from mailtriage.reply.deadline import Norms, WorkCalendar


@dataclass(frozen=True)
class Policy:
    """Everything that is neither the message, nor the past, nor the rules."""

    own_addresses: frozenset[str]
    norms: Norms
    calendar: WorkCalendar
    authserv_id: str | None = None
    folders: dict[str, str] = field(default_factory=dict)
    """By verdict, and "outgoing"; may name {category}, {reason} and {queue}."""
    forwards: dict[str, str] = field(default_factory=dict)
    """Addresses of colleagues by the names that rules may use."""
    replies_per_day: int = 3
    """To one address in 24 hours, of any kind."""
    notice_period: timedelta = timedelta(days=1)
    """One notice per address and reason within it."""
    same_matter_within: timedelta = timedelta(days=60)
    """How long a customer's new mail may continue an old conversation without naming it."""
    old_matter_after: timedelta = timedelta(days=30)
    """Since when another question in answer to a decided or closed matter is a matter of its own."""
    time_zone: str = "Europe/Moscow"
    """In which days are counted and dates are told."""
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    """What registration numbers are signed with, the newest first; without one no signature is believed."""
    reply_address: str | None = None
    """With {number} in it: where customers' answers to our letters go."""
    silent_holds: frozenset[str] = frozenset({"forged_own_address", "possible_fraud", "fraud", "phishing"})
    """Reasons of a hold that nobody is told about: an answer would warn a forger."""

    @once
    def ours(self) -> frozenset[str]:
        """Our own addresses, folded."""
        return frozenset(map(fold, self.own_addresses))
