"""The one place where a mail leaves.

Two traps. STARTTLS that is only opportunistic goes on in the clear when the offer is missing, so it is required or not
asked for, and certificates are always verified. And where exactly a transfer died decides whether it may be repeated
(`smtp_answers`), so the octets are handed over here, after the server's 354, and not by a call that does both.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import aiosmtplib

from mailtriage.errors import TransportError
from mailtriage.transport.smtp_answers import Deferred, Outcome, Refused, Sent, Unconfirmed, answer_of, quoted
from mailtriage.transport.tls import Tls, client_context

__all__ = ["Deferred", "Outcome", "Refused", "Sender", "Sent", "SmtpAccount", "Unconfirmed"]

_START_MAIL_INPUT = 354
# Atoms alone (RFC 5321 4.1.2, RFC 6531 3.3): quotes and comments are where two programs read two different addresses.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\U0010ffff]+@[A-Za-z0-9.\-\u00a1-\U0010ffff]+")
_LONGEST_ADDRESS = 254
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """Where mail is handed in; times in seconds. `user` None is a relay that needs no login."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60
    data_timeout: float = 600
    """For the answer to the final dot: RFC 5321 4.5.3.2.6 says ten minutes, for hurrying makes duplicates."""
    ca_file: Path | None = None
    hello: str | None = None
    """The name in EHLO; None is this machine's."""

    @property
    def place(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"


class Sender:
    """Sends mail after mail over one connection, which it opens when needed; for one event loop.

    The connection is made anew after `mails_per_connection` mails and where it was idle for `idle_seconds`, for servers
    hang up on both. A login that was refused is not tried again for `login_pause` seconds: accounts get locked that
    way.
    """

    def __init__(
        self,
        account: SmtpAccount,
        *,
        mails_per_connection: int = 100,
        idle_seconds: float = 60,
        login_pause: float = 60,
    ) -> None:
        self.account = account
        self._mails_per_connection, self._idle_seconds, self._login_pause = (
            mails_per_connection,
            idle_seconds,
            login_pause,
        )
        self._client: aiosmtplib.SMTP | None = None
        self._mails = 0
        self._used_at = 0.0
        self._refusal: tuple[float, Deferred] | None = None
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
        addresses = [_wire_address(recipient), _wire_address(envelope_from) if envelope_from else ""]
        if None in addresses:
            return Refused(None, None, "expected an address of the form name@domain")
        to, sender = (address or "" for address in addresses)
        async with self._turn:
            reused = await self._ready()
            if isinstance(reused, Deferred):
                return reused
            outcome = await self._transfer(octets, to, sender)
            if reused and outcome is None:
                # The server hung up while we were idle, before it heard of this mail: not this mail's failure.
                reused = await self._ready()
                if isinstance(reused, Deferred):
                    return reused
                outcome = await self._transfer(octets, to, sender)
            self._used_at = time.monotonic()
            return outcome or self._broken_off()

    async def greet(self) -> str:
        """Connect and log in without handing in anything; says what the server offers.

        Raises:
            TransportError: it is away, or lets us not in.
        """
        async with self._turn:
            ready = await self._ready()
            if isinstance(ready, Deferred) or self._client is None:
                raise TransportError(
                    ready.text if isinstance(ready, Deferred) else f"{self.account.place}: no connection"
                )
            login = "logged in" if self.account.user else "no login asked for"
            offers = ", ".join(sorted(self._client.esmtp_extensions)).upper()
            return f"{self.account.place}: {login}, offers {offers}"

    async def close(self) -> None:
        """QUIT where a connection stands; never raises."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=min(5, self.account.timeout))
            client.close()

    async def _ready(self) -> bool | Deferred:
        """See to a connection: whether an old one stands that has been used before, or why there is none."""
        if self._client is not None and self._client.is_connected:
            idle = time.monotonic() - self._used_at
            if self._mails < self._mails_per_connection and idle < self._idle_seconds:
                return True
        await self.close()
        if self._refusal and time.monotonic() < self._refusal[0]:
            return self._refusal[1]
        self._refusal = None
        try:
            self._client = await self._connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            refusal = Deferred(
                error.code,
                None,
                f"{self.account.place} does not take user {self.account.user} with the configured password: "
                f"{quoted(error.message)}",
                every=True,
                login=True,
            )
            self._refusal = (time.monotonic() + self._login_pause, refusal)
            return refusal
        except (aiosmtplib.SMTPException, TransportError, OSError, ValueError) as error:
            code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
            return Deferred(code, None, f"{self.account.place}: {quoted(str(error))}", every=True)
        self._mails = 0
        return False

    async def _connect(self) -> aiosmtplib.SMTP:
        account = self.account
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            timeout=account.timeout,
            use_tls=account.tls == "implicit",
            start_tls=account.tls == "starttls",
            tls_context=None if account.tls == "none" else await asyncio.to_thread(client_context, account.ca_file),
            username=account.user,
            password=account.password if account.user is not None else None,
            local_hostname=account.hello,
        )
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        return client

    async def _transfer(self, octets: bytes, to: str, sender: str) -> Outcome | None:
        """One mail over the present connection; None when it broke off before the server heard anything of the mail."""
        assert self._client is not None  # noqa: S101 - _ready() has just seen to it
        client = self._client
        international = not (to.isascii() and sender.isascii())
        if international and not client.supports_extension("smtputf8"):
            return Refused(None, None, f"{self.account.place} offers no SMTPUTF8, which this address needs (RFC 6531)")
        self._mails += 1
        heard = False
        async with _closing_on_cancel(client):
            try:
                await client.mail(sender, options=_options(client, octets, international), encoding="utf-8")
                heard = True
                await client.rcpt(to, encoding="utf-8")
                code, text = await client.execute_command(b"DATA")
            except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, ConnectionError):
                return self._broken_off() if heard else None
            except aiosmtplib.SMTPResponseException as error:
                code, text = error.code, error.message
            if code != _START_MAIL_INPUT:
                return await self._refused(client, code, text)
            return await self._hand_over(client, octets)

    async def _hand_over(self, client: aiosmtplib.SMTP, octets: bytes) -> Outcome:
        """The octets and the final dot."""
        protocol = client.protocol
        if protocol is None or not protocol.is_connected:
            return self._broken_off()
        protocol.write(_transparent(octets))
        try:
            code, text = await protocol.read_response(timeout=self.account.data_timeout)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            return Unconfirmed(None, None, f"{self.account.place}: no answer to the final dot: {quoted(str(error))}")
        if not 200 <= code < 600:  # noqa: PLR2004 - RFC 5321 4.2.1
            client.close()
            return Unconfirmed(None, None, f"{self.account.place}: no SMTP answer to the final dot: {quoted(text)}")
        outcome = answer_of(code, text)
        if not isinstance(outcome, Sent) and code == 421:  # noqa: PLR2004 - "closing transmission channel"
            client.close()
        return outcome

    def _broken_off(self) -> Deferred:
        return Deferred(None, None, f"{self.account.place}: the connection broke off before the mail", every=True)

    async def _refused(self, client: aiosmtplib.SMTP, code: int, text: str) -> Outcome:
        """What a refusal of one command means; the connection is made ready for the next mail."""
        outcome = answer_of(code, text)
        if isinstance(outcome, Sent):
            # 2xx where 354 was due: the server is out of step, and nothing of the mail was handed over.
            outcome = Deferred(code, None, f"{self.account.place}: expected 354, got: {quoted(text)}")
            client.close()
        elif client.is_connected:
            try:
                await client.rset()
            except (aiosmtplib.SMTPException, OSError):
                client.close()
        return outcome


@contextlib.asynccontextmanager
async def _closing_on_cancel(client: aiosmtplib.SMTP) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        # An answer may still be on its way and would be taken for the next mail's.
        client.close()
        raise


def _wire_address(address: str) -> str | None:
    """The address with its domain as A-labels (RFC 5890), or None where it is none."""
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return None
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def _options(client: aiosmtplib.SMTP, octets: bytes, international: bool) -> list[str]:  # noqa: FBT001 - one caller
    options = [f"SIZE={len(octets)}"] if client.supports_extension("size") else []
    if not octets.isascii() and client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if international:
        options.append("SMTPUTF8")
    return options


def _transparent(octets: bytes) -> bytes:
    """CRLF line ends, leading dots doubled (RFC 5321 4.5.2), the final dot."""
    text = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", octets))
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"
