"""From nothing to a connection on which mail may be handed in, or in plain words why there is none.

The trap is STARTTLS that is only opportunistic, which goes on in the clear when the offer is missing: it is required or
not asked for, and certificates are always verified (RFC 8314). What fails here failed before the server heard of any
mail, so the words can hold nothing of a customer's and may stand in the log.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiosmtplib

from mailtriage.errors import TransportError
from mailtriage.transport.smtp_answers import Deferred, quoted
from mailtriage.transport.smtp_line import Line
from mailtriage.transport.tls import Tls, client_context

# X509_V_ERR_* of OpenSSL.
_EXPIRED = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 63, 64})
_IMPLICIT_TLS_PORT = 465


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


@dataclass(frozen=True, slots=True)
class Connection:
    """A line after login, and what the server offers on it: ESMTP keywords in lower case with their parameters."""

    line: Line
    offers: Mapping[str, str]


async def connect(account: SmtpAccount) -> Connection | Deferred:
    """Connect, begin TLS, log in; `Deferred` is every mail's, and `login` where a person must change something."""
    try:
        client = await _client(account)
    except aiosmtplib.SMTPAuthenticationError as error:
        told = f"{account.place} does not take user {account.user} with the configured password"
        # 454 (RFC 4954 section 6) is a server whose own directory is away; the password may be right.
        return Deferred(error.code, None, f"{told}: {quoted(error.message)}", every=True, login=error.code >= 500)  # noqa: PLR2004 - RFC 5321 4.2.1
    except (aiosmtplib.SMTPException, TransportError, OSError, ValueError) as error:
        code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
        return Deferred(code, None, f"{account.place}: {_plain(error, account)}", every=True)
    transport = client.transport
    if not isinstance(transport, asyncio.WriteTransport) or transport.is_closing():
        return Deferred(None, None, f"{account.place}: hung up after the greeting", every=True)
    return Connection(Line(transport, timeout=account.timeout), dict(client.esmtp_extensions))


async def _client(account: SmtpAccount) -> aiosmtplib.SMTP:
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
    try:
        if client.is_ehlo_or_helo_needed:
            # A server that knows no EHLO is greeted by HELO (RFC 5321 3.2).
            await client._ehlo_or_helo_if_needed()  # noqa: SLF001 - the library has no public name for it
    except BaseException:
        client.close()
        raise
    return client


def _plain(error: BaseException, account: SmtpAccount) -> str:
    """What is wrong and what to do, for the failures that a person can mend; the error's own words for the others."""
    words = quoted(str(error))
    told = next((told for cause in _chain(error) if (told := _of_the_network(cause, account))), None)
    if told is None and "STARTTLS" in words:
        told = "it offers no STARTTLS, and without it nothing is sent; for port 465 set smtp.tls: implicit"
    if told is None and ("AUTH extension" in words or "No suitable authentication" in words):
        told = "it offers no login that we know, though smtp.user is set"
    if isinstance(error, TimeoutError) and account.port == _IMPLICIT_TLS_PORT and account.tls != "implicit":
        told = "it says nothing: on port 465 set smtp.tls: implicit"
    return f"{told} ({words})" if told else words


def _of_the_network(cause: BaseException, account: SmtpAccount) -> str | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate verify failed, nothing was sent: {_certificate(cause)}"
    if isinstance(cause, ssl.SSLError) and account.tls == "implicit":
        return "no TLS from the first octet is spoken there, nothing was sent: try smtp.tls: starttls"
    if isinstance(cause, socket.gaierror):
        return "no such host name: look at smtp.host and at DNS"
    if isinstance(cause, ConnectionRefusedError):
        return "nobody listens there: look at smtp.port"
    return None


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _EXPIRED:
        return "its dates do not cover today; whoever runs the server must renew it, or this machine's clock is wrong"
    if error.verify_code in _OTHER_NAME:
        return "it is another host's; set smtp.host to a name that stands in it"
    return "no authority that is trusted here has signed it; set smtp.ca_file to the certificate of the one that has"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
