"""LOOP 1: every new message is read, triaged and recorded, once.

The order guards against loss: octets are durable before the transaction that speaks of them, and the cursor moves in
the same transaction as the records, so that a crash at any point only means that a batch is fetched again. Whatever
goes wrong with one message becomes its recorded outcome, for the line must not stop: what cannot be decided is a hold,
and what cannot even be written down as it was read is a hold without its words, in a transaction of its own. Only a
disk or a database that is away ends the pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from mailtriage import log, metrics
from mailtriage.ahead import Ahead, Begun
from mailtriage.arrival import DELIVERED, Arrival, Recorded
from mailtriage.clocks import Clock, wall_clock
from mailtriage.errors import StoreError, TransportError
from mailtriage.line import Line, Source, Standing
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.mail.sent import as_ours
from mailtriage.pictures import Pictures
from mailtriage.reply.draft import Draft, Letter
from mailtriage.resent import Marking, Resent
from mailtriage.rulebook import Rulebook
from mailtriage.store.entry import Entry
from mailtriage.store.faults import is_about_data
from mailtriage.store.ledger import Ledger, Recorder
from mailtriage.store.octets import Octets
from mailtriage.store.sighting import Sighting
from mailtriage.transport.imap import Batch
from mailtriage.transport.readers import Pool, ReaderFailed
from mailtriage.triage.effects import Forward, Move, duplicate_move
from mailtriage.triage.outcome import Outcome, hold, triage
from mailtriage.triage.policy import Policy
from mailtriage.triage.ruleset import Ruleset
from mailtriage.triage.unread import asks_about_pictures

_log = log.get("receive")

Compose = Callable[..., Letter]
"""reply.compose.compose, or reply.forward.compose_forward, with what is ours already given."""


class Receiver:
    """Turns batches of raw messages into recorded decisions and pending effects."""

    def __init__(
        self,
        *,
        readers: Pool,
        ledger: Ledger,
        octets: Octets,
        rulebook: Rulebook,
        policy: Policy,
        compose: Compose,
        forward: Compose,
        pictures: Pictures,
        resent: Resent,
        clock: Clock = wall_clock,
        thorough: bool = False,
    ) -> None:
        """Only with `thorough` pictures are looked at on which no decision depends."""
        self.readers = readers
        self.pictures = pictures
        self.resent = resent
        self.ledger = ledger
        self.octets = octets
        self.rulebook = rulebook
        self.policy = policy
        self.compose = compose
        self.forward = forward
        self.clock = clock
        self.thorough = thorough

    def receive(self, batches: Iterable[Batch], mailbox: str | None = None) -> Iterator[Recorded]:
        """Record all batches in order, and tell of each message; files have no mailbox and no cursor.

        Raises:
            StoreError: the disk or the database is away; what was not recorded comes again.
            ReadersUnavailable: no reader can be started.
        """
        for recorded in self.batches(batches, mailbox):
            yield from recorded

    def batches(
        self,
        batches: Iterable[Batch],
        mailbox: str | None = None,
        alive: Callable[[], None] = lambda: None,
        arrival: Arrival = DELIVERED,
    ) -> Iterator[list[Recorded]]:
        """The same, batch by batch, also where nothing in one was new; meanwhile the next ones are fetched and read.

        `alive` is called whenever a message has been read. `arrival` holds for all of them.
        """
        ahead = Ahead(self.readers, self.pictures, self.octets)
        line = Line(partial(self._comparing, outgoing=arrival.outgoing), partial(self._marked, alive=alive))
        try:
            for begun in ahead.each(batches, briefly=self._briefly):
                self._queue(begun, line, Source(mailbox, begun.batch.folder, begun.batch.uidvalidity, arrival), alive)
                if len(line) > 1:
                    yield line.record_first()
        except TransportError:
            # A server that always breaks off there must not undo what came before it.
            if line:
                yield line.record_first()
            raise
        if line:
            yield line.record_first()

    def _briefly(self) -> bool:
        """Whether pictures may be left alone on which nothing depends, by the rules of this moment."""
        return not self.thorough and not asks_about_pictures(self.rulebook.current)

    def _queue(self, begun: Begun, line: Line, source: Source, alive: Callable[[], None]) -> None:
        if begun.batch.messages:
            _ = self.rulebook.current.index  # made while the first messages are read, or they would wait for it
        begun.kept.result()
        line.open(begun.batch, source)
        for raw, future, looking in zip(begun.batch.messages, begun.readings, begun.looks, strict=True):
            line.join(Standing(raw, self._reading(raw, future), looking))
            alive()

    def _comparing(self, message: Standing, *, outgoing: bool) -> Marking:
        """The files of a message under comparison; before the transaction, for none waits while pictures are read."""
        raw, reading = message.raw, message.reading
        now = self.clock(raw, reading)
        reading = self.pictures.finish(raw, reading, message.looking.result(), now)
        return Marking(raw, reading) if outgoing else self.resent.begun(raw, reading, now)

    def _marked(
        self, arrivals: Sequence[Marking], source: Source, last_uid: int, *, alive: Callable[[], None]
    ) -> list[Recorded]:
        """Record these once their files are compared, which all are at the same time."""
        settled = list[tuple[RawMessage, Reading]]()
        for each in arrivals:
            settled.append((each.raw, self._believed(each.raw, each.result(), source.arrival)))
            alive()
        return self._write(settled, source, last_uid)

    def _write(self, arrivals: Sequence[tuple[RawMessage, Reading]], source: Source, last_uid: int) -> list[Recorded]:
        """Record these, whose octets are durable, in one transaction where that is possible."""
        try:
            return self._commit(arrivals, source, last_uid)
        except Exception as error:
            if not is_about_data(error):
                raise
            return self._one_by_one(arrivals, source, last_uid)

    def _commit(self, arrivals: Sequence[tuple[RawMessage, Reading]], source: Source, last_uid: int) -> list[Recorded]:
        """All of these and the cursor behind them, in one transaction."""
        ruleset = self.rulebook.current
        with self.ledger.batch() as recorder:
            recorder.ruleset(ruleset.version, ruleset.files, datetime.now(UTC))
            results = [self._record(recorder, raw, reading, ruleset, source.arrival) for raw, reading in arrivals]
            if source.mailbox is not None:
                recorder.advance(source.mailbox, source.folder, source.uidvalidity, last_uid)
        recorded = [result for result in results if result]
        for result in recorded:
            _tell(result)
        return recorded

    def _one_by_one(
        self, arrivals: Sequence[tuple[RawMessage, Reading]], source: Source, last_uid: int
    ) -> list[Recorded]:
        """Record each by itself; the one that cannot be is held without a word of what was read in it."""
        recorded: list[Recorded] = []
        for number, (raw, reading) in enumerate(arrivals, 1):
            uid = raw.location.uid if raw.location and number < len(arrivals) else last_uid
            try:
                recorded += self._commit([(raw, reading)], source, uid)
            except Exception as error:
                if not is_about_data(error):
                    raise
                _log.error("message_unrecordable", digest=raw.digest[:12], why=log.cause(error))
                nothing = unread("it could not be recorded")
                blank = self._believed(raw, nothing, source.arrival)
                recorded += self._commit([(raw, blank)], source, uid)
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

    def _believed(self, raw: RawMessage, reading: Reading, arrival: Arrival) -> Reading:
        return as_ours(raw.octets, reading, self.policy.own_addresses) if arrival.outgoing else reading

    def _record_duplicate(
        self, recorder: Recorder, raw: RawMessage, known: Sighting, arrival: Arrival, now: datetime
    ) -> Recorded:
        move = None
        if not arrival.outgoing:
            move = duplicate_move(known.verdict, known.reason, known.category, self.policy)
        recorder.record_duplicate(raw, known, move, now=now)
        return Recorded({**known.record, "duplicate": True}, duplicate=True, folder=move.folder if move else None)

    def _record(
        self, recorder: Recorder, raw: RawMessage, reading: Reading, ruleset: Ruleset, arrival: Arrival
    ) -> Recorded | None:
        now = self.clock(raw, reading)
        if raw.location is None:  # a file's own time says nothing of when its message reached us
            raw = replace(raw, received_at=now)
        sighting = recorder.sighting(raw)
        if sighting and sighting.kind == "duplicate":
            return self._record_duplicate(recorder, raw, sighting, arrival, now)
        if sighting:
            return None
        past, workload = recorder.history(reading, now), recorder.workload(now)

        def letter(draft: Draft, number: str | None, registered_on: date) -> Letter:
            return self.compose(
                draft, original=reading.message, digest=raw.digest, number=number, registered_on=registered_on, now=now
            )

        def copy(forward: Forward, number: str | None) -> Letter:
            return self.forward(
                raw.octets, to=forward.to, name=forward.name, subject=reading.message.subject, number=number,
                digest=raw.digest, now=now,
            )  # fmt: skip

        def drawn_up(outcome: Outcome) -> Entry:
            left = outcome if arrival == DELIVERED else _left_there(outcome)
            return recorder.drawn_up(
                raw, reading, left, past=past, workload=workload, compose=letter, forward=copy, now=now
            )

        try:
            size = raw.full_size or len(raw.octets)
            found = triage(
                reading, past.history, workload, ruleset, self.policy, now, size=size, arrived_at=raw.received_at
            )
            entry = drawn_up(found)
        except (StoreError, SQLAlchemyError):
            raise
        except Exception as error:  # noqa: BLE001 - the line never stops: an unexpected failure is a recorded hold
            _log.error("triage_failed", digest=raw.digest[:12], why=log.cause(error))
            entry = drawn_up(hold(reading, "triage_failed", past.history, ruleset, self.policy))
        told = self._obey(recorder, raw, _written(recorder, entry), arrival, now)
        if arrival.belated and told.id is not None:
            recorder.doubt(told.id, now)
        return told

    def _obey(
        self, recorder: Recorder, raw: RawMessage, written: Recorded, arrival: Arrival, now: datetime
    ) -> Recorded:
        """Let the folder rule over what the rules said, in one transaction: no notice leaves that contradicts it."""
        if arrival.wanted is None or written.id is None or written.record["decision"]["verdict"] is None:
            return written
        ruled = recorder.rule(written.id, arrival.wanted, now=now, compose=self.compose, at=raw.location)
        return replace(written, folder=ruled.folder)


def _written(recorder: Recorder, entry: Entry) -> Recorded:
    done = recorder.record(entry)
    folder = next((effect.folder for effect in entry.outcome.effects if isinstance(effect, Move)), None)
    return Recorded(dict(done.record), duplicate=False, folder=folder, id=done.id)


def _left_there(outcome: Outcome) -> Outcome:
    return replace(outcome, effects=tuple(effect for effect in outcome.effects if not isinstance(effect, Move)))


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
