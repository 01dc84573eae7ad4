"""What is configured of how long answers take: norms, what is added to them, and the limits of the law.

442-FZ allows 15 working days from registration, and 25 after a notice of extension. The trap is the matter that has
terms of its own, such as a dispute about money: they go before those of its queue, and these before its category's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

DEFAULT_DAYS: Final[Mapping[str, int]] = {"consultation": 3, "account_status": 5, "claim": 7, "proposal": 10, "": 5}
"""Working days by category, "" for a message without one."""


@dataclass(frozen=True)
class Task:
    """What a customer asks for, as far as the time of the answer depends on it."""

    category: str | None = None
    queue: str | None = None
    topics: tuple[str, ...] = ()
    requests: int = 1
    counterparty: bool = False
    """A bookmaker, bank or operator must be asked."""
    missing_documents: bool = False
    """The customer is asked for documents and has sent no file."""


@dataclass(frozen=True)
class Terms:
    """The own terms of a topic, queue or category, in working days; None leaves what holds otherwise."""

    days: int | None = None
    limit: int | None = None
    extended_limit: int | None = None


@dataclass(frozen=True)
class Norms:
    """Working days by category, and what is added; all of it configured."""

    days: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_DAYS))
    """By category, "" for messages without one."""
    counterparty: int = 5
    """Added where a bookmaker, bank or operator must be asked."""
    per_further_request: int = 1
    limit: int = 15
    daily_capacity: Mapping[str, int] = field(default_factory=dict)
    """Answers a day, by queue; without it the speed is measured."""
    missing_documents: int = 0
    """Added where the customer is still to send documents."""
    extended_limit: int = 25
    topics: Mapping[str, Terms] = field(default_factory=dict)
    queues: Mapping[str, Terms] = field(default_factory=dict)
    categories: Mapping[str, Terms] = field(default_factory=dict)
    kept: float = 0.9
    """The share of promises that must be kept."""
    weeks: int = 4
    """Over how many of the last weeks answers are measured."""

    def norm(self, task: Task) -> int:
        """Working days to an answer when nothing is added; the longest where several topics have one of their own."""
        days = self.days.get(task.category or "", self.days.get("", DEFAULT_DAYS[""]))
        return self._own(task, lambda terms: terms.days, max, days)

    def limit_of(self, task: Task) -> int:
        """Working days that no first promise exceeds; the tightest where several topics have one of their own."""
        return self._own(task, lambda terms: terms.limit, min, self.limit)

    def extended_limit_of(self, task: Task) -> int:
        """The same after a notice of extension; never less than before it."""
        allowed = self._own(task, lambda terms: terms.extended_limit, min, self.extended_limit)
        return max(allowed, self.limit_of(task))

    def added(self, task: Task) -> dict[str, int]:
        """Working days that this task takes more than others of its kind, by cause."""
        return {
            "counterparty": self.counterparty if task.counterparty else 0,
            "documents": self.missing_documents if task.missing_documents else 0,
            "requests": self.per_further_request * max(0, task.requests - 1),
        }

    def _own(
        self,
        task: Task,
        which: Callable[[Terms], int | None],
        among: Callable[[Iterator[int]], int],
        otherwise: int,
    ) -> int:
        kinds = (
            [self.topics.get(topic) for topic in task.topics],
            [self.queues.get(task.queue or "")],
            [self.categories.get(task.category or "")],
        )
        for kind in kinds:
            values = [value for terms in kind if terms and (value := which(terms)) is not None]
            if values:
                return among(iter(values))
        return otherwise
