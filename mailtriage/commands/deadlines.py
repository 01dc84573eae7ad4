"""Which promises would have been kept: the settings tried over what is recorded. Nothing is written.

The trap is to look ahead: at each conversation only that is known which was known on the day of its registration. And
it counts only once the longest promise for it has run out, for until then the kept ones alone are known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from mailtriage.commands.backtest import since_of
from mailtriage.parts import Parts
from mailtriage.reply.deadline import Norms, Task, WorkCalendar, Workload, reckon
from mailtriage.reply.wording import local_time
from mailtriage.store.waiting import LONGER, Wait, measure, measured_of, past_waits, queue_lengths
from mailtriage.triage.decision import QUEUES

ENOUGH: Final = 50
"""Promises, before any advice is given."""
GOAL: Final = 0.9
"""The share of promises that is to be kept."""
_SHARES: Final = (0.8, 0.9, 0.95)
_SHIFTS: Final = (-2, -1, 1, 2, 3)
Loads = Mapping[float, Workload]
"""By the share of answers that was measured."""
NOW, TOLD, UNMEASURED, LIMIT = "now", "told", "unmeasured", "limit"


@dataclass(frozen=True)
class Past:
    """What is recorded, and in which days it is counted."""

    waits: Sequence[Wait]
    calendar: WorkCalendar
    every: int = 1
    """Only each n-th conversation is among the waits."""


@dataclass
class Kept:
    """How many promises were made and kept, and how long they were."""

    promises: int = 0
    kept: int = 0
    days: int = 0

    @property
    def share(self) -> float | None:
        """Of those that were kept; None where none was made."""
        return self.kept / self.promises if self.promises else None

    @property
    def mean_days(self) -> float | None:
        """The mean length of a promise in working days."""
        return self.days / self.promises if self.promises else None

    def add(self, days: int, *, kept: bool) -> None:
        """Count one promise."""
        self.promises += 1
        self.kept += kept
        self.days += days


@dataclass(frozen=True)
class Setting:
    """One way to promise."""

    name: str
    """"now", "unmeasured", "limit" (the longest that may be promised), "kept 0.95", "days +1"."""
    norms: Norms
    measured: bool = True


@dataclass
class Replayed:
    """What came out."""

    since: date | None
    until: date
    every: int = 1
    """Of `Past`."""
    too_early: int = 0
    """Conversations about which nothing can be said yet."""
    settings: dict[str, Kept] = field(default_factory=dict)
    """By name of the setting, and "told": what customers were really told."""
    categories: dict[str | None, Kept] = field(default_factory=dict)
    """With the settings of now."""

    @property
    def best(self) -> str | None:
        """The setting with the shortest promises that are kept; None where there is none, or nothing can be said."""
        now = self.settings[NOW]
        if now.promises < ENOUGH:
            return None
        fit = [
            (kept.mean_days or 0, name != NOW, name)
            for name, kept in self.settings.items()
            if name not in {TOLD, UNMEASURED, LIMIT} and (kept.share or 0) >= GOAL
        ]
        return min(fit)[2] if fit else None


@dataclass(frozen=True)
class Today:
    """What is promised in a category today, in working days, and to whom nothing special applies."""

    category: str
    """"" for none."""
    norm: int
    measured: float | None
    """None where too few answers were seen."""
    promised: int


def today(parts: Parts, now: datetime | None = None) -> tuple[Today, ...]:
    """What is promised today in each category, with the queues as they are.

    Raises:
        StoreError: the store is away.
    """
    policy, instant = parts.policy, now or datetime.now(UTC)
    with parts.database.read() as connection:
        load = replace(measure(connection, policy, instant), queue_lengths=queue_lengths(connection))
    return tuple(
        Today(
            kind or "",
            policy.norms.norm(Task(kind, queue)),
            load.answer_days.get(kind or ""),
            _days(Task(kind, queue), load, policy.norms),
        )
        for kind, queue in QUEUES.items()
    )


def replay(parts: Parts, since: str | None, now: datetime | None = None) -> Replayed:
    """Promise again what was registered `since` then, by several settings.

    Raises:
        Problems: `since` is wrong.
        StoreError: the store is away.
    """
    policy = parts.policy
    instant = now or datetime.now(UTC)
    start = since_of(since, instant, policy.time_zone)
    with parts.database.read() as connection:
        waits, every = past_waits(connection, start, policy.time_zone)
    past = Past(waits, policy.calendar, every)
    first = local_time(start, policy.time_zone).date() if start else None
    return tried(past, policy.norms, first=first, until=local_time(instant, policy.time_zone).date())


def tried(past: Past, norms: Norms, *, first: date | None, until: date) -> Replayed:
    """The settings tried over the past, of which what was registered since `first` is counted."""
    settings = variants(norms)
    found = Replayed(first, until, past.every, settings={each.name: Kept() for each in settings})
    found.settings[TOLD] = Kept()
    yesterday = until - timedelta(days=1)
    for day, known, begun in _by_day(past, first, norms.weeks):
        shares = {each.norms.kept for each in settings if each.measured} if day < until else set()
        measured = _measured(past, known, day, norms, shares) if shares else {}
        gone = past.calendar.numbered(day, yesterday).get(yesterday, 0) - 1
        for wait in begun:
            if gone < norms.limit_of(wait.task):
                found.too_early += 1
            else:
                _judge(found, past, wait, settings, measured)
    return found


def variants(norms: Norms) -> tuple[Setting, ...]:
    """What is configured, and its neighbours."""
    shares = [Setting(f"kept {share}", replace(norms, kept=share)) for share in _SHARES if share != norms.kept]
    shifted = [
        Setting(
            f"days {shift:+d}", replace(norms, days={name: max(1, days + shift) for name, days in norms.days.items()})
        )
        for shift in _SHIFTS
    ]
    return (
        Setting(NOW, norms),
        Setting(UNMEASURED, norms, measured=False),
        *shares,
        *shifted,
        Setting(LIMIT, replace(norms, days=dict.fromkeys(norms.days, norms.limit)), measured=False),
    )


def _by_day(past: Past, first: date | None, weeks: int) -> Iterator[tuple[date, Sequence[Wait], Sequence[Wait]]]:
    """Each day of registration, with what may have been watched up to it, and the conversations that began on it."""
    ordered = sorted(past.waits, key=lambda wait: wait.registered_on)
    known: list[Wait] = []
    for day, begun in ((day, list(group)) for day, group in groupby(ordered, lambda wait: wait.registered_on)):
        if first is None or day >= first:
            start = day - LONGER * timedelta(weeks=weeks)
            known = [wait for wait in known if (wait.answered_on or day) >= start]
            yield day, known, begun
        known += begun


def _measured(past: Past, known: Sequence[Wait], day: date, norms: Norms, shares: Iterable[float]) -> Loads:
    """As `store.waiting.measure` would have told it on that day."""
    start = day - timedelta(weeks=norms.weeks)
    lengths = [wait.queue_lengths for wait in known if wait.registered_on >= start]
    names = {name for each in lengths for name in each}
    usual = {name: sum(each.get(name, 0) for each in lengths) / len(lengths) for name in names}
    found = measured_of(known, day, norms, past.calendar, shares)
    return {
        share: replace(
            load,
            usual_lengths=usual,
            daily_answers={queue: speed * past.every for queue, speed in load.daily_answers.items()},
        )
        for share, load in found.items()
    }


def _judge(found: Replayed, past: Past, wait: Wait, settings: Sequence[Setting], measured: Loads) -> None:
    """Count what each setting would have promised, and whether the answer came by then."""
    answered_on = wait.answered_on
    for setting in settings:
        load = measured[setting.norms.kept] if setting.measured else Workload()
        days = _days(wait.task, replace(load, queue_lengths=wait.queue_lengths), setting.norms)
        kept = answered_on is not None and answered_on <= past.calendar.add(wait.registered_on, days)
        found.settings[setting.name].add(days, kept=kept)
        if setting.name == NOW:
            found.categories.setdefault(wait.task.category, Kept()).add(days, kept=kept)
    if wait.promised is not None and wait.promised >= wait.registered_on:
        days = past.calendar.numbered(wait.registered_on, wait.promised)[wait.promised] - 1
        found.settings[TOLD].add(days, kept=answered_on is not None and answered_on <= wait.promised)


def _days(task: Task, workload: Workload, norms: Norms) -> int:
    return sum(part.days for part in reckon(task, workload, norms))
