"""The current ruleset: read from the files, replaced in one assignment, and never by one that is wrong.

A lead who saves a half-finished edit must not stop the daemon: the last good ruleset stays in use until the files are
right again, and a metric and an event say so meanwhile. Rules name reply templates, so both are taken together or not
at all: what is in use is always what a start of today would take.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mailtriage import log, metrics
from mailtriage.configuration import read_text
from mailtriage.edited import read_calendar, rule_files, template_files
from mailtriage.errors import Problem, Problems, in_order
from mailtriage.proof import proof_of
from mailtriage.reply.deadline import WorkCalendar
from mailtriage.reply.templates import Templates, load_templates
from mailtriage.reply.wording import local_time
from mailtriage.triage.lint import lint
from mailtriage.triage.ruleset import Ruleset, load_checked, version
from mailtriage.triage.then import Known

_log = log.get("rulebook")
T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    """What leads edit beside the rules, and who takes it into use."""

    replies: Path
    calendar: Path
    time_zone: str
    """An IANA name: rules may hold from or until a day there."""
    take: Callable[[Templates, WorkCalendar], None]
    """Called in the thread that reloads, before the rules that may name the templates are in use."""


@dataclass(frozen=True)
class _Words:
    """Templates and calendar, with names that change with any change of their texts."""

    templates: Templates
    calendar: WorkCalendar
    replies_version: str


class Rulebook:
    """Holds the ruleset in use.

    `is_proven` tells of rules under their name (see `mailtriage.proof`) whether all their examples were seen to hold:
    the first ones need not be tried again then. Those of a reload always are.

    Raises:
        Problems: at construction, when the first ruleset is wrong, every mistake and every failing example with
            file:line:column: a daemon without rules does not start.
    """

    def __init__(
        self, folder: Path, known: Known | None = None, is_proven: Callable[[str], bool] | None = None
    ) -> None:
        self.folder = folder
        self.known = known
        self.beside: Beside | None = None
        """Set by whoever follows the files; without it only the rules are read again."""
        self._turn = threading.Lock()
        self._refused = False
        self._words: _Words | None = None
        texts = _texts(folder)
        self.proof = proof_of(texts)
        """What is known of the first ruleset, once it stands here."""
        proven = is_proven is not None and is_proven(self.proof)
        self.current = load_checked(texts, known=known, folder=f"{folder}/", proven=proven)
        metrics.RULES_VALID.set(1)

    def reload(self) -> bool:
        """Read the files again, in any thread; False keeps what is in use, and the log says why."""
        with self._turn:
            try:
                self._replace()
            except Problems as error:
                self._refuse(problems=[str(problem) for problem in error.problems])
            except Exception:  # noqa: BLE001 - no edit of the files, however odd, ends the rules in use
                self._refuse(exc_info=True)
            else:
                metrics.RULES_VALID.set(1)
                self._refused = False
            return not self._refused

    def _replace(self) -> None:
        problems: list[Problem] = []
        beside, known = self.beside, self.known
        words = _attempt(partial(_words, beside), problems) if beside else None
        if beside:
            # Where the templates are wrong, no rule is blamed for naming one.
            names = frozenset(words.templates.names) if words else None
            known = replace(known or Known(), templates=names)
        ruleset = _attempt(partial(self._read, known), problems)
        if ruleset and words and beside:
            problems += _unwise(ruleset, words.templates, beside)
        if ruleset is None or problems:
            raise Problems(problems)
        if words and beside:
            self._take_words(words, beside)
        self.known = known
        self._take(ruleset)

    def _read(self, known: Known | None) -> Ruleset:
        """The rules as they stand in the files; compiled anew only where they or the names they may use are others."""
        texts = _texts(self.folder)
        if known == self.known and version(texts) == self.current.version:
            return self.current
        return load_checked(texts, known=known, folder=f"{self.folder}/")

    def _take_words(self, words: _Words, beside: Beside) -> None:
        """Their first reading is of what is in use already, as far as anybody can tell."""
        if self._words is not None and words.replies_version != self._words.replies_version:
            _log.info("replies_replaced", before=self._words.replies_version, now=words.replies_version)
        if self._words is not None and words.calendar != self._words.calendar:
            _log.info("calendar_replaced")
        self._words = words
        beside.take(words.templates, words.calendar)

    def _take(self, ruleset: Ruleset) -> None:
        if ruleset.version != self.current.version:
            _log.info("rules_replaced", before=self.current.version, now=ruleset.version)
        elif self._refused:
            _log.info("rules_mended", now=ruleset.version)
        _ = ruleset.index  # made now, or the first message would pay for it
        self.current = ruleset

    def _refuse(self, **why: Any) -> None:
        self._refused = True
        metrics.RULES_VALID.set(0)
        _log.error("rules_refused", kept=self.current.version, **why)


def _words(beside: Beside) -> _Words:
    """What stands beside the rules now.

    Raises:
        Problems: everything that is wrong in it.
    """
    problems: list[Problem] = []
    texts = _attempt(lambda: {str(path): read_text(path) for path in template_files(beside.replies)}, problems)
    templates = _attempt(partial(load_templates, texts), problems) if texts else None
    calendar = _attempt(partial(read_calendar, beside.calendar), problems)
    if texts is None or templates is None or calendar is None:
        raise Problems(problems)
    return _Words(templates, calendar, version(texts))


def _unwise(ruleset: Ruleset, templates: Templates, beside: Beside) -> list[Problem]:
    """What lint has against a ruleset: errors are given back, warnings told."""
    today = local_time(datetime.now(UTC), beside.time_zone).date()
    findings = lint(ruleset, templates, today)
    if warnings := [str(finding.problem) for finding in findings if finding.severity == "warning"]:
        _log.warning("rules_doubted", now=ruleset.version, warnings=warnings)
    return [finding.problem for finding in findings if finding.severity == "error"]


def _texts(folder: Path) -> dict[str, str]:
    """By name below the folder.

    Raises:
        Problems: each file that cannot be read, or that there is none.
    """
    problems: list[Problem] = []
    texts = {name: _attempt(partial(read_text, path), problems) for name, path in rule_files(folder).items()}
    if problems:
        raise Problems(in_order(problems))
    return {name: text for name, text in texts.items() if text is not None}


def _attempt(step: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return step()
    except Problems as error:
        problems += error.problems
        return None
