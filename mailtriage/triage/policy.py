"""What the owner configured that decisions depend on, as one frozen argument of triage()."""

from dataclasses import dataclass, field
from datetime import timedelta

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
    replies_per_day: int = 3
    """To one address in 24 hours, of any kind."""
    notice_period: timedelta = timedelta(days=1)
    """One notice per address and reason within it."""
    same_matter_within: timedelta = timedelta(days=60)
    """How long a customer's new mail may continue an old conversation without naming it."""
    time_zone: str = "Europe/Moscow"
    """In which days are counted and dates are told."""
    final_phrases: tuple[str, ...] = (
        "итоговое решение",
        "окончательное решение",
        "решение окончательное",
        "решение является окончательным",
        "повторно рассматриваться не будет",
        "повторно рассматривать не будем",
        "закрыто окончательно",
        "окончательно закрыто",
        "рассмотрение обращения завершено",
        "переписка прекращается",
    )
    """Words of support, in any form, that tell a final decision."""
    silent_holds: frozenset[str] = frozenset({"forged_own_address", "possible_fraud", "fraud", "phishing"})
    """Reasons of a hold that nobody is told about: an answer would warn a forger."""
