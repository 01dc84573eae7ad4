"""LOOP 2: every due effect is claimed, carried out and settled.

Three traps. A reply whose fate is unknown (the connection died after the final dot) is never sent again by itself, for
the customer may have it already. A server that is away is no fault of the row that met it first: the row keeps its
place, everything waits, and the log says so once. And moves go first, in batches, for they are idempotent.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailtriage import log, metrics
from mailtriage.errors import MailtriageError
from mailtriage.store.outbox import DueMove, DueReply, Outbox
from mailtriage.transport.imap import Mailbox, Renumbered
from mailtriage.transport.smtp import Deferred, Refused, Sender, Sent, Unconfirmed
from mailtriage.transport.smtp import Outcome as Answer

_log = log.get("deliver")
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=3)
"""RFC 5321 4.5.4.1 wants four to five days of trying; an acknowledgement of that age would only confuse."""
MOVES_AT_ONCE = 200


@dataclass
class Delivered:
    """What one run did, and why it had to stop, if it had to."""

    moved: int = 0
    sent: int = 0
    trouble: list[str] = field(default_factory=list)
    """Servers that were away, in words for ops."""


def next_try(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: doubling, and never longer than four hours."""
    doublings: int = min(max(attempts - 1, 0), 20)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


@dataclass(frozen=True)
class _Journey:
    """What moves must share to go in one command."""

    mailbox: str
    folder: str
    uidvalidity: int
    target: str
    keyword: str | None


class Deliverer:
    """Empties the outbox: one worker for moves, and one for each SMTP connection."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        mailboxes: Mapping[str, Callable[[], Mailbox]],
        senders: tuple[Sender, ...],
        envelope_from: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.outbox = outbox
        self.envelope_from = envelope_from
        self.now = now
        self._open = mailboxes
        self._connected: dict[str, Mailbox] = {}
        self._senders = senders
        self._away: set[str] = set()
        self._stopping = False

    def stop(self) -> None:
        """Finish what is in flight and claim nothing more."""
        self._stopping = True

    async def drain(self) -> Delivered:
        """Carry out everything that is due now."""
        done = Delivered()
        await asyncio.gather(
            asyncio.to_thread(self._move_all, done),
            *(self._send_all(sender, done) for sender in self._senders),
        )
        for (kind, status), count in self.outbox.counts().items():
            metrics.OUTBOX.labels(kind, status).set(count)
        return done

    async def close(self) -> None:
        """Say goodbye to the servers."""
        for sender in self._senders:
            await sender.close()
        for mailbox in self._connected.values():
            await asyncio.to_thread(mailbox.close)
        self._connected.clear()

    def _move_all(self, done: Delivered) -> None:
        while not self._stopping and (rows := self.outbox.claim("move", MOVES_AT_ONCE, self.now())):
            alike: dict[_Journey, list[DueMove]] = {}
            for row in rows:
                journey = _Journey(row.mailbox, row.folder, row.uidvalidity, row.target, row.keyword)
                alike.setdefault(journey, []).append(row)
            # Every group is tried: another mailbox may be there when one is away.
            went_well = [self._move(journey, group, done) for journey, group in alike.items()]
            if not all(went_well):
                return

    def _move(self, journey: "_Journey", rows: list[DueMove], done: Delivered) -> bool:
        """Move messages that travel alike; False when the server was away, the rows then wait."""
        server = f"imap {journey.mailbox}"
        try:
            self._mailbox(journey.mailbox).move_many(
                journey.folder, [row.uid for row in rows], journey.uidvalidity, journey.target, journey.keyword
            )
        except Renumbered:
            # The next pass over the folder meets these messages under new UIDs and aims their moves anew.
            self._postpone(rows, "the folder was renumbered")
            return True
        except MailtriageError as error:
            self._trouble(server, str(error), done)
            self._forget(journey.mailbox)
            self._postpone(rows, str(error))
            return False
        self._back(server)
        self.outbox.settle_all([row.id for row in rows], self.now())
        done.moved += len(rows)
        metrics.DELIVERIES.labels("move", "done").inc(len(rows))
        return True

    def _mailbox(self, name: str) -> Mailbox:
        if name not in self._connected:
            if name not in self._open:
                raise MailtriageError(f"the configuration has no mailbox {name} any more")
            mailbox = self._open[name]()
            mailbox.connect()
            self._connected[name] = mailbox
        return self._connected[name]

    def _forget(self, name: str) -> None:
        if mailbox := self._connected.pop(name, None):
            mailbox.close()

    async def _send_all(self, sender: Sender, done: Delivered) -> None:
        while not self._stopping:
            rows = await asyncio.to_thread(self.outbox.claim, "reply", 1, self.now())
            if not rows:
                return
            (row,) = rows
            result = await sender.send(row.octets, row.recipient, self.envelope_from)
            if not await asyncio.to_thread(self._settle, row, result, done):
                return

    def _settle(self, row: DueReply, result: Answer, done: Delivered) -> bool:
        """Write down what became of a reply; False when the server is away and sending has to wait."""
        metrics.DELIVERIES.labels("reply", type(result).__name__.lower()).inc()
        event = {"outbox": row.id, "conversation": row.number, "reply": row.message_id}
        if isinstance(result, Sent):
            self._back("smtp")
            self.outbox.settle(row.id, self.now(), result.text)
            done.sent += 1
            _log.info("reply_sent", **event)
            return True
        if isinstance(result, Unconfirmed):
            self.outbox.doubt(row.id, self.now(), result.text)
            _log.error(
                "reply_unconfirmed", **event, why="the connection died after the final dot; see mailtriage outbox"
            )
            return True
        if isinstance(result, Refused):
            self.outbox.bury(row.id, self.now(), _told(result))
            _log.warning("reply_refused", **event, code=result.code)
            return True
        if result.every:
            self._trouble("smtp", result.text, done)
            self._postpone([row], result.text)
            return False
        self._retry(row, result)
        return True

    def _retry(self, row: DueReply, result: Deferred) -> None:
        if self.now() - row.created_at > GIVE_UP_AFTER:
            self.outbox.bury(row.id, self.now(), f"given up after {row.attempts} attempts: {_told(result)}")
            _log.warning("reply_given_up", outbox=row.id, conversation=row.number, code=result.code)
            return
        wait = next_try(row.attempts)
        self.outbox.release(row.id, self.now() + wait, _told(result))
        seconds = int(wait.total_seconds())
        _log.info("reply_deferred", outbox=row.id, conversation=row.number, code=result.code, seconds=seconds)

    def _postpone(self, rows: Sequence[DueMove | DueReply], why: str) -> None:
        """Put rows back that met a server that is away; they are tried again with the next one that is due."""
        for row in rows:
            self.outbox.release(row.id, self.now() + next_try(row.attempts), why)

    def _trouble(self, server: str, why: str, done: Delivered) -> None:
        done.trouble.append(f"{server}: {why}")
        if server not in self._away:
            self._away.add(server)
            _log.warning("server_away", server=server, why=why)

    def _back(self, server: str) -> None:
        if server in self._away:
            self._away.discard(server)
            _log.info("server_back", server=server)


def _told(answer: Answer) -> str:
    """The server's words with its code, for the store; they may hold an address, so the log gets the code alone."""
    return f"{answer.code} {answer.text}" if answer.code else answer.text
