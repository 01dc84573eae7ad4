"""One message explained: what was read, why it was decided so, what would leave. Nothing is changed.

A message from a file is decided with an empty past and without a store. A recorded one is told as it was recorded, and
decided once more out of its record, to see that the same comes out; or it is read anew with the past, the workload and
the clock of that time: another clock would tell another story.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from mailtriage.commands.places import spot
from mailtriage.commands.reproduction import Difference, Loaded, again, by_rules, differences, rules_of
from mailtriage.errors import NotFound, Place, Problem, Problems
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.parts import Parts
from mailtriage.pictures import Pictures
from mailtriage.reply.deadline import Workload, counts_from, registration_day
from mailtriage.reply.draft import Letter
from mailtriage.reply.wording import local_time
from mailtriage.store.views import StoredMessage
from mailtriage.transport.files import raw_messages, within
from mailtriage.transport.readers import ReaderFailed
from mailtriage.triage.decision import Step, trace
from mailtriage.triage.effects import Reply
from mailtriage.triage.facts import Facts
from mailtriage.triage.gathering import TOO_LARGE
from mailtriage.triage.history import History
from mailtriage.triage.match import Found
from mailtriage.triage.outcome import Outcome, hold, triage
from mailtriage.triage.policy import Policy
from mailtriage.triage.record import record
from mailtriage.triage.remembered import as_compared
from mailtriage.triage.ruleset import Ruleset

EXAMPLE_NUMBER = "00-000000"
"""Stands for the registration number that a new message would get."""
NO_PAST, NO_LOAD = History(), Workload()
_RECORDED = re.compile(r"[0-9]{1,18}|[0-9]{2}-[0-9]{6,}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Grounds:
    """All that an outcome is a function of, and what it stood on."""

    reading: Reading
    history: History
    workload: Workload
    policy: Policy
    now: datetime
    arrived_at: datetime

    @property
    def since(self) -> datetime:
        """From when the time of an answer counts."""
        return counts_from(self.arrived_at, self.now, self.policy.calendar, self.policy.time_zone)


@dataclass(frozen=True)
class Explained:
    """The contract's JSON of a message, and all that is told of it beside."""

    record: dict[str, Any]
    grounds: Grounds
    facts: Facts | None = None
    """What the rules were asked about; None where this release does not know them any more."""
    ruleset: Ruleset | None = None
    """Whose rules were asked; None where they cannot be loaded any more."""
    steps: tuple[Step, ...] = ()
    """Each rule in order; none where no rule was asked, or none can be asked any more."""
    unloadable: tuple[Problem, ...] = ()
    """What today's language has against the rules of that time."""
    reproduced: bool | None = None
    """Whether the record of a recorded message gives its decision; None where that was not or cannot be asked."""
    broken: tuple[Difference, ...] = ()
    """Where it does not."""
    differences: tuple[Difference, ...] | None = None
    """Of a recorded message what is found otherwise today, by the record alone or read anew; else None."""
    reread: bool = False

    @property
    def json(self) -> dict[str, Any]:
        """The contract's JSON with each rule's step, and for a recorded message what is not as it was."""
        told = self.record | {"rules": [_step(step, self.facts) for step in self.steps]}
        if self.reproduced is not None:
            told |= {"reproduced": self.reproduced, "broken": [vars(each) for each in self.broken]}
        if self.differences is not None:
            told |= {"differences": [vars(each) for each in self.differences]}
        return told


def names_recorded(what: str) -> bool:
    """Whether it has the form of a registration number, a message's row number or a digest."""
    return _RECORDED.fullmatch(what) is not None


def explain(
    parts: Parts,
    raw: RawMessage,
    now: datetime,
    *,
    past: History = NO_PAST,
    workload: Workload = NO_LOAD,
    number: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> Explained:
    """Read and decide one message as at `now`, by default as if nothing had come before.

    Args:
        parts: of the program.
        raw: the message.
        now: with an offset.
        past: what was known before it.
        workload: what its promise depends on.
        number: the registration number that it got; without one, a new message shows `EXAMPLE_NUMBER`.
        told: what was recorded of it, where its files were compared with those sent before.
    """
    with ThreadPoolExecutor(1) as beside:
        # Readers take a second to start, and rules to load: on two processors that is one second.
        rules = beside.submit(_rules, parts)
        reading = as_compared(_read(parts, raw), told) if told else _read(parts, raw)
        ruleset = rules.result()
    try:
        size = raw.full_size or len(raw.octets)
        outcome = triage(reading, past, workload, ruleset, parts.policy, now, size=size, arrived_at=raw.received_at)
    except Exception:  # noqa: BLE001 - the same hold as in receive: that it failed is the explanation
        outcome = hold(reading, "triage_failed", past, ruleset, parts.policy)
    if number is None and outcome.decision.verdict in {"accept", "hold"}:
        number = outcome.link.conversation or EXAMPLE_NUMBER
    grounds = Grounds(reading, past, workload, parts.policy, now, raw.received_at)
    letter = _letter(parts, raw.digest, grounds, outcome, number=number)
    shown = record(raw, reading, outcome, letter=letter, number=number)
    steps = trace(outcome.facts, ruleset) if by_rules(shown) else ()
    return Explained(shown, grounds, outcome.facts, ruleset, steps)


def _rules(parts: Parts) -> Ruleset:
    ruleset = parts.rulebook.current
    _ = ruleset.index  # made here, beside the reading
    return ruleset


def explain_files(parts: Parts, what: str) -> Iterator[Explained]:
    """The message of a file or, as "-", of standard input; each message where the file is an mbox.

    Raises:
        Problems: nothing can be read there.
    """
    now = datetime.now(UTC)
    path = Path(what)
    if what != "-" and path.is_dir():
        expected = "a folder; expected one file, - for standard input, or a number such as 26-000123"
        raise Problems([Problem(Place(what), expected)])
    largest = int(parts.settings.limits.message_mb * (1 << 20))
    for raw in (RawMessage(sys.stdin.buffer.read(), now),) if what == "-" else raw_messages(path):
        # A file's own time says nothing of when its message would have reached us.
        yield explain(parts, replace(within(raw, largest), received_at=now), now)


def explain_recorded(parts: Parts, which: str, *, reread: bool = False) -> Iterator[Explained]:
    """A recorded message, or all of a conversation, by the rules that decided it then.

    With `reread` the octets are read anew and decided by today's rules, all else as it was.

    Raises:
        NotFound: no such number or digest is recorded.
    """
    parts.require_store()
    # The messages of a conversation were mostly decided by the same rules, which take a while to load.
    rules = partial(rules_of, parts.views)
    for digest in _digests(parts, which):
        stored = parts.views.message(digest)
        if stored.record.get("erased"):
            raise NotFound(f"message {stored.id} was erased at a person's request: there is nothing to explain")
        yield _read_anew(parts, stored) if reread else _reproduced(parts, stored, rules(stored.ruleset))


def _reproduced(parts: Parts, stored: StoredMessage, rules: Loaded) -> Explained:
    made = again(stored, rules, parts.policy)
    grounds = Grounds(
        made.reading, stored.history, stored.workload, made.policy, stored.recorded_at, stored.received_at
    )
    asked = by_rules(stored.record) and made.facts and made.ruleset
    return Explained(
        dict(stored.record),
        grounds,
        made.facts,
        made.ruleset,
        trace(made.facts, made.ruleset) if asked and made.facts and made.ruleset else (),
        made.unloadable,
        made.reproduced,
        made.broken,
        made.drift,
    )


def _read_anew(parts: Parts, stored: StoredMessage) -> Explained:
    told = stored.record
    raw = RawMessage(
        parts.octets.get(stored.digest),
        datetime.fromisoformat(told["received_at"]),
        name=told["file"] or "",
        full_size=told["facts"]["size"] if told["facts"]["oversized"] else None,
    )
    past, workload = stored.history, stored.workload
    found = explain(parts, raw, stored.recorded_at, past=past, workload=workload, number=stored.number, told=told)
    return replace(found, reread=True, differences=tuple(differences(told, found.record)))


def _digests(parts: Parts, which: str) -> tuple[str, ...]:
    """Of the messages of a conversation, or of the one message that is meant."""
    try:
        return tuple(told["digest"] for told in parts.views.conversation(which).messages)
    except NotFound:
        return (parts.views.message(which).digest,)


def _read(parts: Parts, raw: RawMessage) -> Reading:
    """What a reader makes of it; of a message that breaks its reader, what the headers alone say."""
    try:
        if raw.full_size is not None:
            return parts.readers.submit_headers(raw.octets, TOO_LARGE).result()
        return Pictures(parts.readers, None).read(raw, parts.readers.submit(raw.octets).result())
    except ReaderFailed as error:
        why = error.reason
    try:
        return parts.readers.submit_headers(raw.octets, why).result()
    except ReaderFailed:
        return unread(why)


def _letter(parts: Parts, digest: str, grounds: Grounds, outcome: Outcome, *, number: str | None) -> Letter | None:
    """The reply that would leave, as the ledger would have it composed."""
    draft = next(
        (effect.draft for effect in outcome.effects if isinstance(effect, Reply) and effect.suppressed is None), None
    )
    if draft is None:
        return None
    zone = parts.settings.time_zone
    if number:
        today = registration_day(grounds.since, parts.policy.calendar, zone)
    else:
        today = local_time(grounds.now, zone).date()
    return parts.compose(
        draft,
        original=grounds.reading.message,
        number=draft.number or number,
        registered_on=draft.registered_on or today,
        digest=digest,
        now=grounds.now,
    )


def _step(step: Step, facts: Facts | None) -> dict[str, Any]:
    return {
        "rule": step.rule,
        "title": step.title,
        "place": str(step.place),
        "held": step.held,
        "decided": step.decided,
        "condition": step.condition,
        "evidence": list(step.evidence),
        "found": [_piece(piece, facts) for piece in step.found],
    }


def _piece(piece: Found, facts: Facts | None) -> dict[str, Any]:
    """Where it stands in the fact and, where that is known, in the letter."""
    told: dict[str, Any] = {"fact": piece.field, "item": piece.item, "start": piece.start, "end": piece.end}
    told |= {"text": piece.text, "part": None, "line": None, "column": None}
    if facts is not None and (where := spot(piece, facts)):
        told |= {"part": where.part, "line": where.line, "column": where.column}
    return told
