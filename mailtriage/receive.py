"""LOOP 1: every new message is read, triaged and recorded, once.

The order guards against loss: octets are durable before the transaction that speaks of them, and the cursor moves in
the same transaction as the records, so that a crash at any point only means that a batch is fetched again. Whatever
goes wrong with one message becomes its recorded outcome; only a database error ends the pass.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from mailtriage import log, metrics
from mailtriage.errors import StoreError
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.reply.draft import Draft, Letter
from mailtriage.rulebook import Rulebook
from mailtriage.store.ledger import Ledger, Recorder
from mailtriage.store.octets import LocalOctets
from mailtriage.transport.imap import Batch
from mailtriage.transport.readers import ReaderFailed, Readers
from mailtriage.triage.effects import Move, duplicate_move
from mailtriage.triage.gathering import TOO_LARGE
from mailtriage.triage.outcome import Outcome, hold, triage
from mailtriage.triage.policy import Policy
from mailtriage.triage.ruleset import Ruleset

_log = log.get("receive")

Compose = Callable[..., Letter]
"""reply.compose.compose with the templates and our own address already given."""
Clock = Callable[[RawMessage, Reading], datetime]


def wall_clock(_raw: RawMessage, _reading: Reading) -> datetime:
    """The time of recording is now."""
    return datetime.now(UTC)


def message_clock(raw: RawMessage, reading: Reading) -> datetime:
    """The time of recording is what the message says of itself; for replaying old mail."""
    return reading.message.sent_at or raw.received_at


@dataclass(frozen=True)
class Recorded:
    """What became of one message, for whoever watches."""

    record: dict[str, Any]
    """The contract's JSON of the message."""
    duplicate: bool
    folder: str | None = None
    """Where the message is being moved."""


@dataclass(frozen=True)
class _Started:
    batch: Batch
    readings: tuple[Future[Reading], ...]


class Receiver:
    """Turns batches of raw messages into recorded decisions and pending effects."""

    def __init__(
        self,
        *,
        readers: Readers,
        ledger: Ledger,
        octets: LocalOctets,
        rulebook: Rulebook,
        policy: Policy,
        compose: Compose,
        clock: Clock = wall_clock,
    ) -> None:
        self.readers = readers
        self.ledger = ledger
        self.octets = octets
        self.rulebook = rulebook
        self.policy = policy
        self.compose = compose
        self.clock = clock

    def receive(self, batches: Iterable[Batch], mailbox: str | None = None) -> Iterator[Recorded]:
        """Record all batches in order; while one is read, the next is fetched. Files have no mailbox and no cursor."""
        previous: _Started | None = None
        for batch in batches:
            started = self._start(batch)
            if previous:
                yield from self._finish(previous, mailbox)
            previous = started
        if previous:
            yield from self._finish(previous, mailbox)

    def _start(self, batch: Batch) -> _Started:
        readings = tuple(
            self.readers.submit(raw.octets)
            if raw.full_size is None
            else self.readers.submit_headers(raw.octets, TOO_LARGE)
            for raw in batch.messages
        )
        return _Started(batch, readings)

    def _finish(self, started: _Started, mailbox: str | None) -> list[Recorded]:
        batch, ruleset = started.batch, self.rulebook.current
        readings = [self._reading(raw, future) for raw, future in zip(batch.messages, started.readings, strict=True)]
        self.octets.put(raw.octets for raw in batch.messages)
        with self.ledger.batch() as recorder:
            recorder.ruleset(ruleset.version, ruleset.files, datetime.now(UTC))
            recorded = [
                result
                for raw, reading in zip(batch.messages, readings, strict=True)
                if (result := self._record(recorder, raw, reading, ruleset))
            ]
            if mailbox is not None:
                recorder.advance(mailbox, batch.folder, batch.uidvalidity, batch.last_uid)
        for result in recorded:
            _tell(result)
        return recorded

    def _reading(self, raw: RawMessage, future: Future[Reading]) -> Reading:
        """What a reader made of it; of a message that broke its reader, what the headers alone say."""
        try:
            return future.result()
        except ReaderFailed as error:
            why = error.reason
        metrics.READ_FAILURES.inc()
        _log.error("reader_failed", digest=raw.digest[:12], why=why)
        try:
            return self.readers.submit_headers(raw.octets, why).result()
        except ReaderFailed:
            return unread(why)

    def _record(self, recorder: Recorder, raw: RawMessage, reading: Reading, ruleset: Ruleset) -> Recorded | None:
        now = self.clock(raw, reading)
        if raw.location is None:  # a file's own time says nothing of when its message reached us
            raw = replace(raw, received_at=now)
        sighting = recorder.sighting(raw)
        if sighting and sighting.kind == "duplicate":
            move = duplicate_move(sighting.verdict, sighting.reason, sighting.category, self.policy)
            recorder.record_duplicate(raw, sighting, move, now=now)
            return Recorded({**sighting.record, "duplicate": True}, duplicate=True, folder=move.folder)
        if sighting:
            return None
        past, workload = recorder.history(reading.message, now), recorder.workload(now)

        def letter(draft: Draft, number: str | None, registered_on: date) -> Letter:
            return self.compose(
                draft, original=reading.message, digest=raw.digest, number=number, registered_on=registered_on, now=now
            )

        def write(outcome: Outcome) -> Recorded:
            done = recorder.record(raw, reading, outcome, past=past, workload=workload, compose=letter, now=now)
            folder = next((effect.folder for effect in outcome.effects if isinstance(effect, Move)), None)
            return Recorded(dict(done.record), duplicate=False, folder=folder)

        try:
            size = raw.full_size or len(raw.octets)
            return write(triage(reading, past.history, workload, ruleset, self.policy, now, size=size))
        except (StoreError, SQLAlchemyError):
            raise
        except Exception as error:  # noqa: BLE001 - the line never stops: an unexpected failure is a recorded hold
            _log.error("triage_failed", digest=raw.digest[:12], error=type(error).__name__)
            return write(hold(reading, "triage_failed", past.history, ruleset, self.policy))


def _tell(result: Recorded) -> None:
    """One event a message, without a word of what it says."""
    record = result.record
    decision = record["decision"]
    if result.duplicate:
        metrics.DUPLICATES.inc()
        _log.info("duplicate_recorded", digest=record["digest"][:12])
        return
    metrics.MESSAGES.labels(decision["verdict"] or "outgoing", decision["reason"] or "").inc()
    _log.info(
        "message_recorded",
        digest=record["digest"][:12],
        verdict=decision["verdict"],
        reason=decision["reason"],
        category=decision["category"],
        rule=decision["rule"],
        conversation=(record.get("conversation") or {}).get("number"),
    )
