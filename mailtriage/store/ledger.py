"""Each message once, with its decision, conversation and owed effects, in one transaction.

The trap is anything between "decided" and "remembered": a crash there would answer a customer twice or never. So the
octets are durable before (octets.py), and message, location, number, reply and cursor are committed together or not at
all. What may go wrong with one message, its letters above all, is drawn up before a row of it is written: an error
behind that is one of the batch, which is undone whole.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, insert, select, update

from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Draft, Letter
from mailtriage.reply.wording import local_time
from mailtriage.store import entry, owing, past, rulings, sighting, waiting
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.entry import Entry
from mailtriage.store.past import Past
from mailtriage.store.prepared import Change, Prepared
from mailtriage.store.registry import foresee, register
from mailtriage.store.restored import Compose as ComposeRestored
from mailtriage.store.rulings import Ruled, Source
from mailtriage.store.sighting import Sighting
from mailtriage.triage.decision import Verdict
from mailtriage.triage.effects import Forward, Move, Reply
from mailtriage.triage.outcome import Outcome
from mailtriage.triage.policy import Policy
from mailtriage.triage.record import record as as_record

if TYPE_CHECKING:
    from mailtriage.transport.imap import Cursor

Compose = Callable[[Draft, str | None, date], Letter]
"""From a draft, the registration number and the day of registration to a letter that never changes again."""
ComposeForward = Callable[[Forward, str | None], Letter]
"""From whom it goes to and the registration number to the letter that carries the original."""

_c, _r = t.cursor.c, t.ruleset_version.c
_CURSOR = Prepared(
    lambda _: select(_c.uidvalidity, _c.uid).where(_c.mailbox == bindparam("mailbox"), _c.folder == bindparam("folder"))
)
_ADVANCED = Change(lambda _: update(t.cursor).where(_c.mailbox == bindparam("of"), _c.folder == bindparam("in")))
_RULESET = Prepared(lambda _: select(_r.version).where(_r.version == bindparam("version")))


@dataclass(frozen=True)
class Recorded:
    """What became of a message."""

    id: int
    number: str | None
    new_conversation: bool
    record: Mapping[str, Any]
    """The contract's JSON."""


class Ledger:
    """The memory of what arrived; `policy` tells our own addresses, the calendar and the time zone of the desk."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        self._measures: dict[date, Workload] = {}

    def cursor(self, mailbox: str, folder: str) -> "Cursor | None":
        """How far a folder was read; None where it never was."""
        # The console reads this store, too, and has no use for an IMAP library in its memory.
        from mailtriage.transport.imap import Cursor  # noqa: PLC0415

        with self._database.read() as connection:
            row = _CURSOR.first(connection, {"mailbox": mailbox, "folder": folder})
        return None if row is None else Cursor(uidvalidity=row.uidvalidity, uid=row.uid)

    @contextmanager
    def batch(self) -> Iterator["Recorder"]:
        """One write transaction for a batch of messages.

        Raises:
            StoreError: the database failed; nothing of the batch is recorded.
        """
        with self._database.write() as connection:
            yield Recorder(connection, self._policy, self._measured)

    def rule(  # noqa: PLR0917 - a decision of a person in its own order; callers name what they give
        self,
        message_id: int,
        verdict: Verdict,
        reason: str | None,
        category: str | None,
        source: Source,
        now: datetime,
        policy: Policy | None,
        compose: ComposeRestored,
        *,
        at: Location | None = None,
    ) -> Ruled:
        """A person decides over the rules; what he decided already changes nothing, and no letter leaves twice.

        Accepted after all, a message is registered as of its arrival and acknowledged, once; rejected after all, what
        has not left yet is taken back, and nothing is written. It is moved to where it belongs.

        Args:
            message_id: row number of a customer's message.
            verdict: what holds from now on.
            reason: of a rejection, hold or skip; None keeps the known one.
            category: its kind; None keeps the known one.
            source: whether he moved the message or gave a command.
            now: with an offset.
            policy: in place of the ledger's own.
            compose: `reply.compose.compose` with templates, sender, reply address and time zone already given.
            at: where the message lies, as it was just seen; None where nobody looked.

        Raises:
            NotFound: there is no such message.
            MailtriageError: it is support's own.
            StoreError: the database failed; nothing has changed.
        """
        used = policy or self._policy
        with self._database.write() as connection:
            wanted = rulings.Wanted(verdict, reason, category, source)
            return rulings.rule(connection, message_id, wanted, now=now, policy=used, compose=compose, at=at)

    def _measured(self, connection: Connection, now: datetime) -> Workload:
        today = local_time(now, self._policy.time_zone).date()
        if today not in self._measures:
            # Once a day is enough, and promises made on one day agree with each other.
            self._measures = {today: waiting.measure(connection, self._policy, now)}
        return self._measures[today]


class Recorder:
    """The open transaction of a batch; of no use after it."""

    def __init__(
        self,
        connection: Connection,
        policy: Policy,
        measured: Callable[[Connection, datetime], Workload],
    ) -> None:
        self._connection = connection
        self._policy = policy
        self._zone = ZoneInfo(policy.time_zone)
        self._measured = measured
        self._queues: dict[str, int] | None = None

    def sighting(self, raw: RawMessage) -> Sighting | None:
        """What is known of this message; None when it is new. One that was renumbered is re-aimed at once."""
        return sighting.sight(self._connection, raw)

    def history(self, reading: Reading, now: datetime) -> Past:
        """What the past says about a new message, bounded."""
        return past.gather(self._connection, reading, self._policy, now)

    def workload(self, now: datetime) -> Workload:
        """What a promise depends on; queues are counted once a batch, answer times measured once a day."""
        if self._queues is None:
            self._queues = waiting.queue_lengths(self._connection)
        return replace(self._measured(self._connection, now), queue_lengths=self._queues)

    def drawn_up(
        self,
        raw: RawMessage,
        reading: Reading,
        outcome: Outcome,
        *,
        past: Past,
        workload: Workload,
        compose: Compose,
        forward: ComposeForward | None = None,
        now: datetime,
    ) -> Entry:
        """Everything that a new message entails, to be recorded next; without `forward` no copies are made.

        Nothing is written: after an exception, also one of `compose`, the message may be drawn up otherwise.
        """
        foreseen = foresee(self._connection, outcome, arrived_at=raw.received_at, now=now, policy=self._policy)
        registered_on = foreseen.registered_on or now.astimezone(self._zone).date()
        replies = tuple(
            (effect, None if effect.suppressed else compose(effect.draft, foreseen.number, registered_on))
            for effect in outcome.effects
            if isinstance(effect, Reply)
        )
        copies = tuple(
            (effect, forward(effect, foreseen.number))
            for effect in outcome.effects
            if isinstance(effect, Forward) and forward
        )
        letter = next((letter for _, letter in replies if letter), None)
        record = as_record(raw, reading, outcome, letter=letter, number=foreseen.number)
        return Entry(raw, reading, outcome, past, workload, foreseen, replies, copies, record, now)

    def record(self, drawn_up: Entry) -> Recorded:
        """Record a new message with everything it entails; after an exception the batch is good for nothing more."""
        message, now = drawn_up.reading.message, drawn_up.now
        registration = register(
            self._connection, message, drawn_up.outcome, drawn_up.foreseen, due=drawn_up.due, now=now
        )
        message_id = entry.write_message(self._connection, drawn_up, registration.id)
        location_id = entry.write_location(self._connection, drawn_up, message_id)
        owed = [
            owing.move(message_id, location_id, effect, event=entry.FIRST_MOVE, now=now)
            for effect in drawn_up.outcome.effects
            if isinstance(effect, Move) and location_id is not None
        ]
        owed += [owing.reply(message_id, registration.id, *reply, now=now) for reply in drawn_up.replies]
        owed += [owing.forward(message_id, registration.id, *copy, now=now) for copy in drawn_up.copies]
        owing.owe(self._connection, *owed)
        entry.note_bounces(self._connection, message, now)
        return Recorded(message_id, registration.number, registration.new, drawn_up.record)

    def rule(
        self, message_id: int, wanted: rulings.Wanted, *, now: datetime, compose: ComposeRestored, at: Location | None
    ) -> Ruled:
        """As `Ledger.rule`, together with what else the batch records."""
        policy = self._policy
        return rulings.rule(self._connection, message_id, wanted, now=now, policy=policy, compose=compose, at=at)

    def doubt(self, message_id: int, now: datetime) -> None:
        """Let no letter about this message leave by itself: nobody knows whether it has left before."""
        entry.doubt_letters(self._connection, message_id, now)

    def record_duplicate(self, raw: RawMessage, known: Sighting, move: Move | None, *, now: datetime) -> None:
        """Record the second delivery of a known message, and move it when told to; it is never answered."""
        if raw.location is None:
            return
        location_id = sighting.see(self._connection, known.id, raw.location, "duplicate")
        if move is not None:
            event = f"duplicate:{location_id}"
            owing.owe(self._connection, owing.move(known.id, location_id, move, event=event, now=now))

    def advance(self, mailbox: str, folder: str, uidvalidity: int, uid: int) -> None:
        """Remember that a folder was read up to `uid`; never back while its UIDVALIDITY lasts."""
        here = {"mailbox": mailbox, "folder": folder}
        row = _CURSOR.first(self._connection, here)
        if row is None:
            self._connection.execute(insert(t.cursor).values(**here, uidvalidity=uidvalidity, uid=uid))
        elif row.uidvalidity != uidvalidity or row.uid < uid:
            _ADVANCED.one(self._connection, {"of": mailbox, "in": folder, "uidvalidity": uidvalidity, "uid": uid})

    def ruleset(self, version: str, files: Mapping[str, str], now: datetime) -> None:
        """Keep the rules of this version, by file name, when they are used for the first time."""
        if _RULESET.first(self._connection, {"version": version}) is None:
            values = {"version": version, "files": dict(files), "first_used_at": now}
            self._connection.execute(insert(t.ruleset_version).values(values))
