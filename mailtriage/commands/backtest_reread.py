"""Reads recorded messages anew, each with the past, the workload and the clock of its own time, and compares.

The trap is to leave a trace: what is read in pictures on the way is not kept, for this may run beside the daemon, and
a trial changes nothing.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime

from mailtriage.commands.backtest_workers import shares_of
from mailtriage.errors import NotFound
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.parts import Parts
from mailtriage.pictures import READER_VERSION, Pictures
from mailtriage.store.file_texts import FileTexts
from mailtriage.store.replay import Replay, Span
from mailtriage.store.views import StoredMessage
from mailtriage.transport.readers import Pool, ReaderFailed
from mailtriage.triage.backtest import Case, compare
from mailtriage.triage.comparison import Comparison, Outline, outline
from mailtriage.triage.gathering import TOO_LARGE
from mailtriage.triage.outcome import triage
from mailtriage.triage.remembered import as_compared
from mailtriage.triage.ruleset import Ruleset

_SHARE = 20
_AHEAD = 2
"""Messages in work for each reader."""


class _KnownTexts(FileTexts):
    """What was read in pictures before; nothing is added."""

    def keep(self, texts: Mapping[str, str]) -> None:
        """Forget them."""


@dataclass(frozen=True)
class _Work:
    """A message in work; without octets where they are gone."""

    case: Case
    stored: StoredMessage
    raw: RawMessage | None = None
    reading: Future[Reading] | None = None


def reread(parts: Parts, span: Span, today: Ruleset, candidate: Ruleset) -> Iterator[Comparison]:
    """The comparison of each share of the span, in order; the readers work beside each other."""
    pictures = Pictures(parts.readers, _KnownTexts(parts.database, READER_VERSION))
    replay = Replay(parts.database)
    messages = (each for first, last in shares_of(span, _SHARE) for each in replay.messages(span, first, last))
    for work in _ahead(parts, messages):
        yield compare([_anew(parts, pictures, work, today)], today, candidate)


def _ahead(parts: Parts, messages: Iterable[tuple[Case, StoredMessage]]) -> Iterator[_Work]:
    """Each message with its reading under way."""
    waiting: deque[_Work] = deque()
    for case, stored in messages:
        try:
            raw = _raw(parts, stored)
        except NotFound:
            waiting.append(_Work(case, stored))
        else:
            waiting.append(_Work(case, stored, raw, _submit(parts.readers, raw)))
        if len(waiting) > _AHEAD * parts.settings.readers.processes:
            yield waiting.popleft()
    yield from waiting


def _raw(parts: Parts, stored: StoredMessage) -> RawMessage:
    told = stored.record
    return RawMessage(
        parts.octets.get(stored.digest),
        datetime.fromisoformat(told["received_at"]),
        name=told["file"] or "",
        full_size=told["facts"]["size"] if told["facts"]["oversized"] else None,
    )


def _submit(readers: Pool, raw: RawMessage) -> Future[Reading]:
    return readers.submit(raw.octets) if raw.full_size is None else readers.submit_headers(raw.octets, TOO_LARGE)


def _read(readers: Pool, pictures: Pictures, raw: RawMessage, reading: Future[Reading]) -> Reading:
    """As when it arrived: of a message that breaks its reader, what the headers alone say."""
    try:
        found = reading.result()
        return pictures.read(raw, found) if raw.full_size is None else found
    except ReaderFailed as error:
        why = error.reason
    try:
        return readers.submit_headers(raw.octets, why).result()
    except ReaderFailed:
        return unread(why)


def _anew(parts: Parts, pictures: Pictures, work: _Work, ruleset: Ruleset) -> Case:
    """The case with the facts that today's readers find; without its octets it cannot be decided anew."""
    raw, stored = work.raw, work.stored
    if raw is None or work.reading is None:
        return replace(work.case, facts=None)
    reading = as_compared(_read(parts.readers, pictures, raw, work.reading), stored.record)
    now, size, arrived_at = stored.recorded_at, raw.full_size or len(raw.octets), raw.received_at
    try:
        outcome = triage(
            reading, stored.history, stored.workload, ruleset, parts.policy, now, size=size, arrived_at=arrived_at
        )
    except Exception:  # noqa: BLE001 - the same hold as in receive: what cannot be decided is no end of the trial
        return replace(work.case, facts=None, alone=Outline("hold", "triage_failed"))
    decided = outline(outcome.decision)
    if not decided.by_rules:
        return replace(work.case, facts=None, alone=decided)
    return replace(work.case, facts=outcome.facts)
