"""The one place where a mail leaves.

The trap is where exactly a transfer died, for that decides whether it may be repeated: what failed before the final dot
was not delivered, and what was lost after it may have been (`smtp_answers`). Commands go together where the server
offers PIPELINING (RFC 2920): two round trips a mail instead of four.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

from mailtriage.errors import TransportError
from mailtriage.transport.smtp_answers import (
    Deferred,
    Outcome,
    Refused,
    Sent,
    Stage,
    Unconfirmed,
    answer_of,
    is_about_sender,
    quoted,
    sender_refused,
)
from mailtriage.transport.smtp_connect import Connection, SmtpAccount, connect
from mailtriage.transport.smtp_envelope import author, mail_command, size_limit, transparent, wire_address
from mailtriage.transport.smtp_line import Lost, Reply
from mailtriage.transport.smtp_probe import Probe, probed

__all__ = ["Deferred", "Outcome", "Refused", "Sender", "Sent", "SmtpAccount", "Unconfirmed"]

_START_MAIL_INPUT = 354
_CLOSING = 421


class Sender:
    """Sends mail after mail over one connection, which it opens when needed; for one event loop.

    The connection is made anew after `mails_per_connection` mails and where it was idle for `idle_seconds`, for servers
    hang up on both. A login that was refused is not tried again for `login_pause` seconds: accounts get locked that
    way. `sign` puts a signature on top of each mail, after everything else was done to it.
    """

    def __init__(
        self,
        account: SmtpAccount,
        *,
        mails_per_connection: int = 100,
        idle_seconds: float = 60,
        login_pause: float = 60,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self.account = account
        self._sign = sign
        self._mails_per_connection, self._idle_seconds, self._login_pause = (
            mails_per_connection,
            idle_seconds,
            login_pause,
        )
        self._connection: Connection | None = None
        self._mails = 0
        self._used_at = 0.0
        self._refusal: tuple[float, Deferred] | None = None
        self._doubted: Probe | None = None
        """For whose sake mail was refused: the next `greet` asks again before a mail is tried."""
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def send(self, octets: bytes, recipient: str, envelope_from: str) -> Outcome:
        """Hand in one mail, as it is, for one recipient; `envelope_from` "" is the null sender.

        Never raises for anything that a server or the network does. When it is cancelled after the final dot, the mail
        is in doubt like an `Unconfirmed` one.
        """
        addresses = [wire_address(recipient), wire_address(envelope_from) if envelope_from else ""]
        if None in addresses:
            return Refused(None, None, "expected an address of the form name@domain")
        to, sender = (address or "" for address in addresses)
        if self._sign is not None:
            octets = await asyncio.to_thread(self._sign, octets)
        async with self._turn:
            reused = False
            for _ in range(2):
                connection = await self._ready()
                if isinstance(connection, Deferred):
                    return connection
                reused = self._mails > 0
                outcome = await self._transfer(connection, octets, to, sender)
                self._used_at = time.monotonic()
                # The server hung up while we were idle, before it heard of this mail: not this mail's failure.
                if outcome is not None or not reused:
                    break
            return outcome or self._broken_off()

    async def greet(self, envelope_from: str | None = None, own_address: str = "") -> str:
        """Connect and log in without handing in anything; says what the server offers.

        With an `envelope_from`, and where one was refused before, the server is asked whether it takes mail from it;
        `own_address` is whom it is asked with, for a customer's own server must have no part in the answer.

        Raises:
            TransportError: it is away, lets us not in, or does not take that sender.
        """
        async with self._turn:
            ready = await self._ready()
            if isinstance(ready, Deferred):
                raise TransportError(ready.text)
            probe = self._doubted
            if envelope_from is not None:
                probe = Probe(wire_address(envelope_from) or "", wire_address(own_address))
            if probe is not None:
                await self._ask_for_sender(ready, probe)
            login = "logged in" if self.account.user else "no login asked for"
            return f"{self.account.place}: {login}, offers {', '.join(sorted(ready.offers)).upper()}"

    async def close(self) -> None:
        """QUIT where a connection stands; never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.line.quit(min(5, self.account.timeout))

    async def _ready(self) -> Connection | Deferred:
        """See to a connection: the old one while it is good, a new one, or why there is none."""
        if self._connection is not None and self._connection.line.is_open:
            idle = time.monotonic() - self._used_at
            if self._mails < self._mails_per_connection and idle < self._idle_seconds:
                return self._connection
        await self.close()
        if self._refusal and time.monotonic() < self._refusal[0]:
            return self._refusal[1]
        self._refusal = None
        connection = await connect(self.account)
        if isinstance(connection, Deferred):
            if connection.login:
                self._refusal = (time.monotonic() + self._login_pause, connection)
            return connection
        self._connection, self._mails, self._used_at = connection, 0, time.monotonic()
        return connection

    async def _transfer(self, connection: Connection, octets: bytes, to: str, sender: str) -> Outcome | None:
        """One mail over the connection; None when it broke off before the server heard anything of the mail."""
        if unfit := self._unfit(connection, octets, to, sender):
            return unfit
        self._mails += 1
        line = connection.line
        stages: tuple[Stage, ...] = ("MAIL", "RCPT", "DATA")
        commands = (mail_command(sender, to, octets, connection.offers), f"RCPT TO:<{to}>".encode(), b"DATA")
        together = "pipelining" in connection.offers
        heard = 0
        async with _closing_on_cancel(connection):
            try:
                if together:
                    line.send(*commands)
                for stage, command in zip(stages, commands, strict=True):
                    reply = await (line.reply() if together else line.ask(command))
                    heard += 1
                    if not _is_go_ahead(reply, stage):
                        owed = len(commands) - heard if together else 0
                        await self._clear(connection, reply, owed)
                        return await self._refused(connection, reply, stage, Probe(sender, author(octets)))
                return await self._hand_over(connection, octets)
            except Lost:
                return self._broken_off() if heard else None

    def _unfit(self, connection: Connection, octets: bytes, to: str, sender: str) -> Refused | None:
        """What the server has said beforehand that it will not take."""
        if not (to.isascii() and sender.isascii()) and "smtputf8" not in connection.offers:
            return Refused(None, None, f"{self.account.place} offers no SMTPUTF8, which this address needs (RFC 6531)")
        limit = size_limit(connection.offers)
        if limit is not None and len(octets) > limit:
            told = f"{self.account.place} takes at most {limit} octets, and this mail has {len(octets)} (RFC 1870)"
            return Refused(None, None, told)
        return None

    async def _hand_over(self, connection: Connection, octets: bytes) -> Outcome:
        """The octets and the final dot.

        Raises:
            Lost: before the final dot.
        """
        line, patience = connection.line, self.account.data_timeout
        early = await line.hand_over(transparent(octets), patience)
        if early is not None:
            line.close()
            outcome = answer_of(early.code, early.text)
            return self._out_of_step(early, "the mail") if isinstance(outcome, Sent) else outcome
        try:
            reply = await line.final_dot(patience)
        except Lost as error:
            line.close()
            return Unconfirmed(None, None, f"{self.account.place}: no answer to the final dot: {error}")
        if 300 <= reply.code < 400:  # noqa: PLR2004 - RFC 5321 4.2.1: intermediate, where an end was due
            line.close()
            told = f"{self.account.place}: {reply.code} to the final dot: {quoted(reply.text)}"
            return Unconfirmed(None, None, told)
        self._doubted = None
        if reply.code == _CLOSING:
            line.close()
        return answer_of(reply.code, reply.text)

    async def _refused(self, connection: Connection, reply: Reply, stage: Stage, probe: Probe) -> Outcome:
        """What a refusal of one command means."""
        if is_about_sender(reply, stage):
            blame = reply if stage == "MAIL" else await self._blame(connection, probe)
            if blame is not None:
                self._doubted = probe
                return sender_refused(self.account.place, probe.sender, blame)
        if reply.code < 400:  # noqa: PLR2004 - RFC 5321 4.2.1
            connection.line.close()
            return self._out_of_step(reply, stage)
        outcome = answer_of(reply.code, reply.text, stage)
        if stage == "MAIL" and isinstance(outcome, Deferred) and outcome.every and not outcome.login:
            self._doubted = probe
        return outcome

    async def _clear(self, connection: Connection, reply: Reply, owed: int) -> None:
        """Hear the replies to what was sent together with a refused command, and forget the mail."""
        line = connection.line
        try:
            if reply.code == _CLOSING:
                line.close()
                return
            for _ in range(owed):
                reply = await line.reply()
            if reply.code == _START_MAIL_INPUT and owed:
                # RFC 2920 3.1: DATA may be let through without a recipient; a mail of nothing ends it.
                line.send(b".")
                await line.reply()
            await line.ask(b"RSET")
        except Lost:
            line.close()

    async def _blame(self, connection: Connection, probe: Probe) -> Reply | None:
        """The refusal when it is the sender that is refused, whoever the recipient; None when it is not."""
        try:
            said, stage = await probed(connection, probe)
        except Lost:
            connection.line.close()
            return None
        return said if is_about_sender(said, stage) else None

    async def _ask_for_sender(self, connection: Connection, probe: Probe) -> None:
        place = self.account.place
        async with _closing_on_cancel(connection):
            try:
                said, stage = await probed(connection, probe)
            except Lost as error:
                raise TransportError(f"{place}: {error}") from None
        self._used_at = time.monotonic()
        if is_about_sender(said, stage):
            self._doubted = probe
            raise TransportError(sender_refused(place, probe.sender, said).text)
        if stage == "MAIL" and said.code >= 400:  # noqa: PLR2004 - RFC 5321 4.2.1
            raise TransportError(f"{place}: takes no mail now: {said.code} {quoted(said.text)}")
        self._doubted = None

    def _broken_off(self) -> Deferred:
        return Deferred(
            None, None, f"{self.account.place}: the connection broke off before the mail was handed over", every=True
        )

    def _out_of_step(self, reply: Reply, stage: str) -> Deferred:
        """2xx or 3xx where another was due: nothing of the mail was handed over whole."""
        told = f"{self.account.place}: out of step at {stage}: {reply.code} {quoted(reply.text)}"
        return Deferred(reply.code, None, told)


def _is_go_ahead(reply: Reply, stage: Stage) -> bool:
    return reply.code == _START_MAIL_INPUT if stage == "DATA" else 200 <= reply.code < 300  # noqa: PLR2004 - RFC 5321 4.2.1


@contextlib.asynccontextmanager
async def _closing_on_cancel(connection: Connection) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        # An answer may still be on its way and would be taken for the next mail's.
        connection.line.close()
        raise
