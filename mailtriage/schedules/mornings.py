"""What runs each morning, once, whatever happens: the times are APScheduler's, the memory is the store's.

Two traps. A job store of pickles would keep code of yesterday and forget what failed; here only the last success of
each step is kept, and whatever is missing since is made up for, once, at the next look. And a step that fails must not
take the day with it: it is said once, tried again each minute, and the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from mailtriage import log, metrics
from mailtriage.errors import MailtriageError
from mailtriage.reply.draft import Letter
from mailtriage.reply.wording import local_time
from mailtriage.schedules.digest import digest, overdue
from mailtriage.schedules.report import Report, letters
from mailtriage.store.duty import Duty
from mailtriage.triage.policy import Policy

_log = log.get("schedules")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps work with; templates, calendar and rules may be other ones each day."""

    policy: Callable[[], Policy]
    compose: Callable[[], Callable[..., Letter]]
    rules: Callable[[], str]
    """Version of the rules in use."""
    leads: Sequence[str]
    sender: str
    morning: time
    """By the clock of the policy's time zone."""


class Mornings:
    """The steps of a morning, in their order; `look` is called often, and seldom finds anything to do."""

    def __init__(
        self,
        duty: Duty,
        desk: Desk,
        *,
        reconcile: Callable[[datetime], None] | None = None,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        """`may` tells whether it is for this process to look at all."""
        self._duty, self._desk, self._may = duty, desk, may
        self._failed: set[str] = set()
        self._steps: Mapping[str, Callable[[datetime], None]] = {
            # Who is told of an extension in time is not overdue when the leads read of it.
            "extensions": self._extend,
            "overdue": self._overdue,
            "digest": self._digest,
        }
        if reconcile is not None:
            self._steps = {**self._steps, "reconcile": partial(self._reconcile, reconcile)}

    def look(self, now: datetime) -> tuple[str, ...]:
        """Carry out what has become due since it last ran; gives the names of the steps that did."""
        return tuple(name for name, step in self._steps.items() if self._ran(name, step, now)) if self._may() else ()

    def _ran(self, name: str, step: Callable[[datetime], None], now: datetime) -> bool:
        try:
            last = self._duty.last_run(name, now)
            if last > now:
                # The clock was set back: without this, nothing would run until it is there again.
                self._duty.ran(name, now)
            if not self._is_due(last, now):
                return False
            step(now)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look tries again
            if name not in self._failed:
                unforeseen = not isinstance(error, MailtriageError)
                _log.error("schedule_failed", schedule=name, why=log.cause(error), exc_info=unforeseen)
            self._failed.add(name)
            return False
        self._failed.discard(name)
        return True

    def _is_due(self, last: datetime, now: datetime) -> bool:
        """Whether a morning has begun since."""
        at, zone = self._desk.morning, ZoneInfo(self._desk.policy().time_zone)
        trigger = CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)
        following = trigger.get_next_fire_time(last, last)
        return following is not None and bool(following <= now)

    def _extend(self, now: datetime) -> None:
        for each in self._duty.extend(self._desk.policy(), self._desk.compose, now):
            metrics.EXTENSIONS.labels("written" if each.silence is None else "withheld").inc()
            _log.info("answer_extended", conversation=each.number, due=each.due.isoformat(), withheld=each.silence)
        self._duty.ran("extensions", now)

    def _overdue(self, now: datetime) -> None:
        policy = self._desk.policy()
        count, late = self._duty.overdue(policy, now)
        metrics.OVERDUE.set(count)
        if count:
            _log.warning("conversations_overdue", conversations=count)
        works = policy.calendar.is_working_day(local_time(now, policy.time_zone).date())
        told = overdue(count, late, now=now, time_zone=policy.time_zone) if count and works else None
        self._tell("overdue", told, now)

    def _digest(self, now: datetime) -> None:
        policy = self._desk.policy()
        if not self._desk.leads:
            self._duty.ran("digest", now)
            return
        found = self._duty.digest(policy, self._duty.last_run("digest", now), now)
        self._tell("digest", digest(found, rules=self._desk.rules(), time_zone=policy.time_zone), now)

    def _reconcile(self, reconcile: Callable[[datetime], None], now: datetime) -> None:
        reconcile(now)
        self._duty.ran("reconcile", now)

    def _tell(self, name: str, report: Report | None, now: datetime) -> None:
        zone = self._desk.policy().time_zone
        made = letters(report, self._desk.leads, sender=self._desk.sender, now=now, time_zone=zone) if report else ()
        self._duty.report(name, made, now)
        if made:
            _log.info("report_written", report=name, letters=len(made))
