"""What a change of the rules would have done to the mail that was already decided. Nothing is written.

The trap is the comparison with oneself: a lead mostly edits the very files that are in use, and then today's rules and
the candidate are the same. What decided the last message is then what the candidate is set against.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from mailtriage.commands.backtest_reread import reread
from mailtriage.commands.backtest_workers import Comparing, compare_stored
from mailtriage.configuration import read_text
from mailtriage.edited import known_names, rule_files
from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.parts import Parts
from mailtriage.store.replay import Replay, Span
from mailtriage.triage.comparison import Comparison
from mailtriage.triage.ruleset import Ruleset, load_checked, load_ruleset

_AGO = re.compile(r"([0-9]{1,6})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
Against = Literal["today", "last", "itself"]
"""Set against the rules in use; against those that decided the last message; or against what was recorded alone."""


@dataclass(frozen=True)
class Trial:
    """A candidate and what it is set against."""

    candidate: Ruleset
    today: Ruleset
    against: Against


@dataclass(frozen=True)
class Backtest:
    """What came out of a trial."""

    trial: Trial
    span: Span
    found: Comparison
    most: int | None
    """New rejections that are allowed; None allows any number."""

    @property
    def refused(self) -> tuple[str, ...]:
        """Why this change should not go live, as sentences for a lead; empty when nothing speaks against it."""
        why = []
        if self.most is not None and self.found.new_rejects > self.most:
            why.append(f"впервые отклонено писем: {self.found.new_rejects}, а допустимо: {self.most}")
        if self.found.restored_rejects:
            why.append(f"снова отклонено писем, отказ по которым человек уже отменил: {self.found.restored_rejects}")
        return tuple(why)


def since_of(text: str | None, now: datetime, zone: str) -> datetime | None:
    """The beginning that `--since` asks for: 30d, 12h or 4w before `now`, or a date in `zone`; None for all.

    Raises:
        Problems: it is none of these.
    """
    if text is None:
        return None
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        instant = datetime.fromisoformat(text.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        told = Told(
            f'"{text}": expected a time such as 30d, 12h or 2026-10-01',
            f"«{text}»: нужен срок, например 30d (дней), 12h (часов) или дата 2026-10-01",
        )
        raise Problems([Problem(Place("--since"), told)]) from None


def trial(parts: Parts, rules: Path) -> Trial:
    """The candidate at `rules`, a folder or one file of today's rules changed, and what it is set against.

    Raises:
        Problems: it is wrong or an example fails, with file:line:column.
    """
    candidate = _candidate(parts, rules)
    try:
        today = load_ruleset(_texts(parts.settings.rules), folder=f"{parts.settings.rules}/")
    except Problems:
        today = candidate
    if today.version != candidate.version:
        return Trial(candidate, today, "today")
    last = _last(parts)
    if last and last.version != candidate.version:
        return Trial(candidate, last, "last")
    return Trial(candidate, candidate, "itself")


def backtest(
    parts: Parts, rules: Path, *, since: str | None, most: int | None, anew: bool, jobs: int | None
) -> Backtest:
    """Decide what is recorded `since` then by the candidate at `rules` and by what it is set against.

    `anew` reads the octets by today's readers first. `jobs` processes work beside each other, None: one a processor.

    Raises:
        Problems: the candidate or `since` is wrong.
        StoreError: the store is away, or a process was ended from outside.
    """
    start = since_of(since, datetime.now(UTC), parts.settings.time_zone)
    tried = trial(parts, rules)
    span = Replay(parts.database).span(start)
    found = Comparison()
    for share in _with_progress(_compared(parts, tried, span, anew=anew, jobs=jobs), span.count):
        found += share
    return Backtest(tried, span, found, most)


def _candidate(parts: Parts, rules: Path) -> Ruleset:
    known = known_names(frozenset(parts.templates.names), parts.settings.forwards)
    if rules.is_dir():
        return load_checked(_texts(rules), known=known, folder=f"{rules}/")
    folder = parts.settings.rules
    below = rules.absolute().parent.name
    name = f"{below}/{rules.name}" if below in {"lists", "outgoing"} else rules.name
    try:
        return load_checked(_texts(folder) | {name: read_text(rules)}, known=known, folder=f"{folder}/")
    except Problems as error:
        # It is loaded under the name of the file that it replaces, but a lead must be sent to his own.
        inside = str(folder / name)
        raise Problems(
            replace(each, place=replace(each.place, file=str(rules))) if each.place.file == inside else each
            for each in error.problems
        ) from None


def _texts(folder: Path) -> dict[str, str]:
    return {name: read_text(path) for name, path in rule_files(folder).items()}


def _last(parts: Parts) -> Ruleset | None:
    """The rules that decided last; None where there are none, or none that today's language can still read."""
    files = parts.views.latest_ruleset()
    try:
        return load_ruleset(files) if files else None
    except Problems:
        return None


def _compared(parts: Parts, tried: Trial, span: Span, *, anew: bool, jobs: int | None) -> Iterator[Comparison]:
    if anew:
        return reread(parts, span, tried.today, tried.candidate)
    comparing = Comparing(parts.settings.database, dict(tried.today.files), dict(tried.candidate.files), span)
    return compare_stored(comparing, jobs or os.cpu_count() or 1)


def _with_progress(shares: Iterable[Comparison], total: int) -> Iterator[Comparison]:
    if not sys.stderr.isatty():
        yield from shares
        return
    # Only a terminal needs it.
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Письма", total=total)
        for share in shares:
            progress.advance(task, share.messages)
            yield share
