"""LOOP 1: every new message is read, triaged and recorded, once.

The order guards against loss: octets are durable before the transaction that speaks of them, and the cursor moves in
the same transaction as the records, so that a crash at any point only means that a batch is fetched again. Whatever
goes wrong with one message becomes its recorded outcome, for the line must not stop: what cannot be decided is a hold,
and what cannot even be written down as it was read is a hold without its words, in a transaction of its own. Only a
disk or a database that is away ends the pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

from mailtriage import log, metrics
from mailtriage.errors import MailtriageError, StoreError, TransportError
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.pictures import Pictures
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
_DATA_ERRORS = (DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError)

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
        pictures: Pictures,
        clock: Clock = wall_clock,
    ) -> None:
        self.readers = readers
        self.pictures = pictures
        self.ledger = ledger
        self.octets = octets
        self.rulebook = rulebook
        self.policy = policy
        self.compose = compose
        self.clock = clock

    def receive(self, batches: Iterable[Batch], mailbox: str | None = None) -> Iterator[Recorded]:
        """Record all batches in order, and tell of each message; files have no mailbox and no cursor.

        Raises:
            StoreError: the disk or the database is away; what was not recorded comes again.
            ReadersUnavailable: no reader can be started.
        """
        for recorded in self.batches(batches, mailbox):
            yield from recorded

    def batches(
        self, batches: Iterable[Batch], mailbox: str | None = None, alive: Callable[[], None] = lambda: None
    ) -> Iterator[list[Recorded]]:
        """The same, batch by batch, also where nothing in one was new; while one is read, the next is fetched.

        `alive` is called whenever a message has been read.
        """
        source = iter(batches)
        broken_off: TransportError | None = None
        waiting: _Started | None = None
        while True:
            try:
                batch = next(source, None)
            except TransportError as error:
                # What was fetched until then is recorded: a server that always breaks off there must not undo it.
                batch, broken_off = None, error
            following = self._start(batch) if batch is not None else None
            if waiting is not None:
                yield self._finish(waiting, mailbox, alive)
            if following is None:
                break
            waiting = following
        if broken_off is not None:
            raise broken_off

    def _start(self, batch: Batch) -> _Started:
        readings = tuple(
            self.readers.submit(raw.octets)
            if raw.full_size is None
            else self.readers.submit_headers(raw.octets, TOO_LARGE)
            for raw in batch.messages
        )
        return _Started(batch, readings)

    def _finish(self, started: _Started, mailbox: str | None, alive: Callable[[], None]) -> list[Recorded]:
        batch, arrivals = started.batch, []
        for raw, future in zip(batch.messages, started.readings, strict=True):
            # Before the transaction: recognition takes seconds, and no transaction waits for it.
            arrivals.append((raw, self.pictures.read(raw, self._reading(raw, future))))
            alive()
        self.octets.put(raw.octets for raw in batch.messages)
        try:
            return self._commit(arrivals, batch, batch.last_uid, mailbox)
        except Exception as error:
            if not _is_about_data(error):
                raise
            return self._one_by_one(arrivals, batch, mailbox)

    def _commit(
        self, arrivals: Sequence[tuple[RawMessage, Reading]], batch: Batch, last_uid: int, mailbox: str | None
    ) -> list[Recorded]:
        """All of these and the cursor behind them, in one transaction."""
        ruleset = self.rulebook.current
        with self.ledger.batch() as recorder:
            recorder.ruleset(ruleset.version, ruleset.files, datetime.now(UTC))
            results = [self._record(recorder, raw, reading, ruleset) for raw, reading in arrivals]
            if mailbox is not None:
                recorder.advance(mailbox, batch.folder, batch.uidvalidity, last_uid)
        recorded = [result for result in results if result]
        for result in recorded:
            _tell(result)
        return recorded

    def _one_by_one(
        self, arrivals: Sequence[tuple[RawMessage, Reading]], batch: Batch, mailbox: str | None
    ) -> list[Recorded]:
        """Record each by itself; the one that cannot be is held without a word of what was read in it."""
        recorded: list[Recorded] = []
        for number, (raw, reading) in enumerate(arrivals, 1):
            uid = raw.location.uid if raw.location and number < len(arrivals) else batch.last_uid
            try:
                recorded += self._commit([(raw, reading)], batch, uid, mailbox)
            except Exception as error:
                if not _is_about_data(error):
                    raise
                _log.error("message_unrecordable", digest=raw.digest[:12], why=log.cause(error))
                recorded += self._commit([(raw, unread("it could not be recorded"))], batch, uid, mailbox)
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
            _log.error("triage_failed", digest=raw.digest[:12], why=log.cause(error))
            return write(hold(reading, "triage_failed", past.history, ruleset, self.policy))


def _is_about_data(error: Exception) -> bool:
    """Whether it was these rows that could not be written, and not the database that was away, full or damaged."""
    if isinstance(error, StoreError):
        # The store keeps the driver's error as context only, for its words may quote a row.
        return isinstance(error.__context__, _DATA_ERRORS)
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return not isinstance(error, OSError | MailtriageError)


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
