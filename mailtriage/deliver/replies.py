"""Replies that are due to leave, one after another over each connection.

Three traps. A reply whose fate is unknown (the connection died after the final dot) is never sent again by itself, for
the customer may have it already. The connection therefore stands before a reply is handed to it: whatever fails, or is
stopped, until then leaves no doubt. And a reply at which the server breaks off each time must not hold up the others:
once the server has greeted us, what follows is counted against the reply alone.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from mailtriage import log, metrics
from mailtriage.deliver.breaker import Breaker
from mailtriage.deliver.copies import Copies
from mailtriage.deliver.patience import GIVE_UP_AFTER, Delivered, Server, insist, next_try
from mailtriage.deliver.turns import Left, Next, Turns
from mailtriage.errors import StoreError, TransportError
from mailtriage.store.due import DueReply
from mailtriage.store.outbox import Outbox
from mailtriage.store.restraint import AHEAD, LATE, Restraint
from mailtriage.transport.smtp import Deferred, Outcome, Refused, Sender, Sent, Unconfirmed

_log = log.get("deliver")
_STOPPED = "stopped before it was handed over"


class Replies:
    """The workers that empty the outbox of replies; the outbox gives out one of a conversation at a time."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        envelope_from: str,
        now: Callable[[], datetime],
        stopping: asyncio.Event,
        tries: int | None,
        restraint: Restraint | None = None,
        copies: Copies | None = None,
    ) -> None:
        self._copies = copies
        self._restraint, self._breaker = restraint, Breaker(restraint) if restraint else None
        self._turns = Turns(self._serve, self._return)
        self._outbox, self._envelope_from = outbox, envelope_from
        self._now, self._stopping, self._tries = now, stopping, tries
        self._server = Server("smtp")

    async def drain(self, sender: Sender, done: Delivered) -> None:
        """Send everything that is due now over one connection.

        Raises:
            StoreError: the database is away; a reply that was claimed and is not settled is unconfirmed.
        """
        with self._turns.connection():
            await self._drain(sender, done)

    async def _drain(self, sender: Sender, done: Delivered) -> None:
        left: Left | None = None
        while not self._stopping.is_set() and not self._server.resting(self._now()):
            # While the server is known to be away, no row is claimed, and none has its attempts counted.
            if self._server.away and await self._greet(sender, done):
                break
            row, left = await self._exchange(left, done), None
            if row is None:
                return
            if row.stays:
                _log.warning("reply_withheld", **_names(row.letter), why=row.stays)
                metrics.DELIVERIES.labels("reply", "withheld").inc()
            else:
                left = await self._send(sender, row.letter, done, row.taken)
        if left:
            await self._keep(self._write, left)
            self._tell(left, done)

    async def _exchange(self, left: Left | None, done: Delivered) -> Next | None:
        """Write down that the last letter left, and claim the next, in one transaction."""
        try:
            row = await self._turns.next(left)
        except StoreError:
            if left is None:
                raise
            # What left must be written down before anything else is done, however long that takes.
            await self._keep(self._write, left)
            self._tell(left, done)
            return await self._turns.next(None)
        if left:
            self._tell(left, done)
        return row

    def _serve(self, left: Sequence[Left], most: int) -> list[Next]:
        """Write down what left, and claim up to so many letters, in one transaction."""
        now = self._now()
        with self._outbox.together():
            self._outbox.settle_each([(each.letter.id, each.at, each.answer) for each in left])
            return self._claim(most, now) if most else []

    def _claim(self, most: int, now: datetime) -> list[Next]:
        """What is to be sent next, or was just withheld; nothing when nothing may leave now."""
        free = self._breaker.take(now, most) if self._breaker else most
        rows = self._outbox.claim("reply", free, now) if free else []
        for _ in range(free - sum(row.kind == "reply" for row in rows)):
            self._give_back(now)
        if len(rows) == free < most:
            rows += self._outbox.claim("internal", most - free, now)
        return [self._judged(row, rows[number:], now) for number, row in enumerate(rows, 1)]

    def _judged(self, row: DueReply, behind: Sequence[DueReply], now: datetime) -> Next:
        """Whether it may leave; those behind it were claimed in the same moment, and count for nothing yet."""
        stays = self._objection(row, behind, now)
        counted = row.kind == "reply"
        if stays and counted:
            self._give_back(now)
        return Next(row, now if counted else None, stays)

    def _return(self, row: Next) -> None:
        """What was claimed for a connection that was broken off before it got it."""
        if not row.stays:
            self._give_back(row.taken)
            self._outbox.release(row.letter.id, self._now(), _STOPPED)

    def _write(self, left: Left) -> None:
        self._outbox.settle(left.letter.id, left.at, left.answer)

    def _tell(self, left: Left, done: Delivered) -> None:
        done.sent += 1
        if self._copies and left.letter.kind == "reply":
            self._copies.keep(left.letter.id, left.letter.octets)
        _log.info("reply_sent", **_names(left.letter))

    def _objection(self, row: DueReply, behind: Sequence[DueReply], now: datetime) -> str | None:
        """Why it must not leave any more; it is written down where people see it."""
        why = self._restraint.against(row, now, [each.id for each in behind]) if self._restraint else None
        if why in {LATE, AHEAD}:
            self._outbox.bury(row.id, now, why)
        elif why:
            self._outbox.suppress(row.id, now, why)
        return why

    def _give_back(self, taken: datetime | None) -> None:
        if self._breaker and taken:
            self._breaker.give_back(taken)

    async def _greet(self, sender: Sender, done: Delivered) -> tuple[datetime, str] | None:
        """See to a connection; None when it stands, else when to try again and why."""
        try:
            await sender.greet()
        except TransportError as error:
            # Until now nobody has been told of any mail, so the server's words can hold nothing of a customer's.
            return self._server.gone(str(error), self._now(), done), str(error)
        self._server.back()
        return None

    async def _send(self, sender: Sender, row: DueReply, done: Delivered, taken: datetime | None) -> Left | None:
        """Hand a letter over; gives it back where it left, which is still to be written down, as all else is here."""
        try:
            away = await self._greet(sender, done)
        except BaseException:
            self._give_back(taken)
            self._outbox.release(row.id, self._now(), _STOPPED)
            raise
        if away:
            self._give_back(taken)
            await self._keep(self._outbox.release, row.id, *away)
            return None
        try:
            result = await sender.send(row.octets, row.recipient, self._envelope_from)
        except BaseException as error:
            # Most likely it did not leave; but a customer who is answered twice is worse than a person's look.
            self._outbox.doubt(row.id, self._now(), f"broken off while it was handed over: {log.cause(error)}")
            _log.error("reply_unconfirmed", **_names(row), why=log.cause(error))
            if isinstance(error, Exception):
                return None
            raise
        if isinstance(result, Deferred | Refused):
            self._give_back(taken)
        metrics.DELIVERIES.labels(row.kind, type(result).__name__.lower()).inc()
        if isinstance(result, Sent):
            return Left(row, self._now(), result.text)
        await self._settle(row, result, done)
        return None

    async def _settle(self, row: DueReply, result: Unconfirmed | Refused | Deferred, done: Delivered) -> None:
        """Write down what became of a reply that did not leave for sure."""
        now = self._now()
        match result:
            case Unconfirmed():
                await self._keep(self._outbox.doubt, row.id, now, result.text)
                why = "the connection died after the final dot; see mailtriage outbox"
                _log.error("reply_unconfirmed", **_names(row), why=why)
            case Refused():
                await self._keep(self._outbox.bury, row.id, now, _told(result))
                _log.warning("reply_refused", **_names(row), code=result.code)
            case Deferred():
                await self._defer(row, result, now, done)

    async def _defer(self, row: DueReply, result: Deferred, now: datetime, done: Delivered) -> None:
        """Try it again later: when the server takes mail again, or by the reply's own count, but not for ever."""
        due_at = now + next_try(row.attempts)
        if result.every and result.code:
            due_at = self._server.gone(f"answered {result.code}", now, done)
        if now - row.created_at > GIVE_UP_AFTER and not result.login:
            told = f"given up after {row.attempts} attempts: {_told(result)}"
            await self._keep(self._outbox.bury, row.id, now, told)
            _log.warning("reply_given_up", **_names(row), code=result.code)
            return
        await self._keep(self._outbox.release, row.id, due_at, _told(result))
        seconds = int((due_at - now).total_seconds())
        _log.info("reply_deferred", **_names(row), code=result.code, seconds=seconds)

    async def _keep(self, write: Callable[..., None], *arguments: Any) -> None:
        await insist(partial(write, *arguments), self._stopping, self._tries)


def _names(row: DueReply) -> dict[str, Any]:
    """How the log names a reply: by numbers of ours."""
    return {"outbox": row.id, "conversation": row.number, "reply": row.message_id}


def _told(answer: Outcome) -> str:
    """The server's words with its code, for the store; they may hold an address, so the log gets the code alone."""
    return f"{answer.code} {answer.text}" if answer.code else answer.text
