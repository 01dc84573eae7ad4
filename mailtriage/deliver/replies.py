"""Replies that are due to leave, one after another over each connection.

Three traps. A reply whose fate is unknown (the connection died after the final dot) is never sent again by itself, for
the customer may have it already. The connection therefore stands before a reply is handed to it: whatever fails, or is
stopped, until then leaves no doubt. And a reply at which the server breaks off each time must not hold up the others:
once the server has greeted us, what follows is counted against the reply alone.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from mailtriage import log, metrics
from mailtriage.deliver.patience import GIVE_UP_AFTER, Delivered, Server, insist, next_try
from mailtriage.errors import TransportError
from mailtriage.store.outbox import DueReply, Outbox
from mailtriage.transport.smtp import Deferred, Outcome, Refused, Sender, Sent, Unconfirmed

_log = log.get("deliver")


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
    ) -> None:
        self._outbox, self._envelope_from = outbox, envelope_from
        self._now, self._stopping, self._tries = now, stopping, tries
        self._server = Server("smtp")

    async def drain(self, sender: Sender, done: Delivered) -> None:
        """Send everything that is due now over one connection.

        Raises:
            StoreError: the database is away; a reply that was claimed and is not settled is unconfirmed.
        """
        while not self._stopping.is_set() and not self._server.resting(self._now()):
            # While the server is known to be away, no row is claimed, and none has its attempts counted.
            if self._server.away and await self._greet(sender, done):
                return
            rows = await asyncio.to_thread(self._outbox.claim, "reply", 1, self._now())
            if not rows:
                return
            await self._send(sender, rows[0], done)

    async def _greet(self, sender: Sender, done: Delivered) -> tuple[datetime, str] | None:
        """See to a connection; None when it stands, else when to try again and why."""
        try:
            await sender.greet()
        except TransportError as error:
            # Until now nobody has been told of any mail, so the server's words can hold nothing of a customer's.
            return self._server.gone(str(error), self._now(), done), str(error)
        self._server.back()
        return None

    async def _send(self, sender: Sender, row: DueReply, done: Delivered) -> None:
        try:
            away = await self._greet(sender, done)
        except BaseException:
            self._outbox.release(row.id, self._now(), "stopped before it was handed over")
            raise
        if away:
            await self._keep(self._outbox.release, row.id, *away)
            return
        try:
            result = await sender.send(row.octets, row.recipient, self._envelope_from)
        except BaseException as error:
            # Most likely it did not leave; but a customer who is answered twice is worse than a person's look.
            self._outbox.doubt(row.id, self._now(), f"broken off while it was handed over: {log.cause(error)}")
            _log.error("reply_unconfirmed", **_names(row), why=log.cause(error))
            if isinstance(error, Exception):
                return
            raise
        metrics.DELIVERIES.labels("reply", type(result).__name__.lower()).inc()
        await self._settle(row, result, done)

    async def _settle(self, row: DueReply, result: Outcome, done: Delivered) -> None:
        """Write down what became of a reply."""
        now = self._now()
        match result:
            case Sent():
                await self._keep(self._outbox.settle, row.id, now, result.text)
                done.sent += 1
                _log.info("reply_sent", **_names(row))
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
