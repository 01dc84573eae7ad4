"""One connection to an IMAP server: opened with verified TLS, every failure told with its place.

Three traps of the libraries are closed here: no socket without a time limit (imapclient has none by default), imaplib's
log of every line (it costs a factor of six), and Nagle's algorithm, which adds 40 ms to a command of several writes.
A password never stands in an error, even where a server echoes the command.
"""

import contextlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from mailtriage.errors import LoginRefused, TransportError
from mailtriage.transport.tls import Tls, client_context

_MAX_QUOTED = 200
# RFC 5530 section 3: these are no verdict on the password; the server is only ill at ease.
_PASSING = re.compile(rb"\[(UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where a mailbox lives and how to get in; `timeout` in seconds, for connecting and for each answer."""

    name: str
    """The configured name of the mailbox: what `Location.mailbox` holds."""
    host: str
    port: int
    tls: Tls
    user: str
    password: str = field(repr=False)
    timeout: float = 30
    ca_file: Path | None = None

    @property
    def place(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"


class Refused(TransportError):  # noqa: N818 - the server's NO, as RFC 9051 calls it
    """The server answered NO or BAD to one command; the connection itself is sound."""


def open_session(account: ImapAccount) -> IMAPClient:
    """A logged-in connection.

    Raises:
        LoginRefused: the server does not take user and password.
        TransportError: it cannot be reached, or its certificate cannot be verified.
    """
    context = None if account.tls == "none" else client_context(account.ca_file)
    with speaking(account, "connecting"):
        client = IMAPClient(
            account.host,
            account.port,
            ssl=account.tls == "implicit",
            ssl_context=context,
            timeout=SocketTimeout(connect=account.timeout, read=account.timeout),
        )
    try:
        client.normalise_times = False
        wire(client).debug = 0
        with speaking(account, "STARTTLS"):
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if account.tls == "starttls":
                client.starttls(context)
        _login(client, account)
    except BaseException:
        drop(client)
        raise
    return client


def _login(client: IMAPClient, account: ImapAccount) -> None:
    try:
        with speaking(account, "LOGIN"):
            # LOGIN carries ASCII alone (RFC 9051 4.3); SASL PLAIN carries UTF-8 (RFC 4616).
            if account.user.isascii() and account.password.isascii():
                client.login(account.user, account.password)
            else:
                client.plain_login(account.user, account.password)
    except Refused as error:
        if _PASSING.search(str(error).encode()):
            raise TransportError(str(error)) from None
        raise LoginRefused(f"{error}; expected it to take user {account.user} with the configured password") from None


@contextlib.contextmanager
def speaking(account: ImapAccount, doing: str) -> Iterator[None]:
    """Translate what the libraries raise while `doing` something into our errors."""
    try:
        yield
    except (IMAPClientAbortError, ProtocolError) as error:
        raise TransportError(f"{account.place}: {doing}: the connection broke off: {_quoted(error, account)}") from None
    except IMAPClientError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            # imapclient calls everything that goes wrong while logging in a login error, also a broken line.
            raise TransportError(f"{account.place}: {doing}: the connection broke off") from None
        raise Refused(f"{account.place}: {doing}: the server refused: {_quoted(error, account)}") from None
    except TimeoutError:
        raise TransportError(f"{account.place}: {doing}: no answer within {account.timeout:g} seconds") from None
    except OSError as error:
        raise TransportError(f"{account.place}: {doing}: {_quoted(error, account)}") from None
    except (ValueError, LookupError, TypeError) as error:
        # Out of the libraries' parsers; the words may quote a message.
        kind = type(error).__name__
        raise TransportError(f"{account.place}: {doing}: no sense can be made of the answer ({kind})") from error


def _quoted(error: Exception, account: ImapAccount) -> str:
    text = "".join(character if character.isprintable() else " " for character in str(error))
    if account.password:
        text = text.replace(account.password, "***")
    return text[:_MAX_QUOTED] or type(error).__name__


def wire(client: IMAPClient) -> Any:
    """The imaplib object beneath, for what imapclient has no words for."""
    return client._imap  # noqa: SLF001 - the only way to its debug switch, its buffer and the answers it collects


def response_code(client: IMAPClient, name: str) -> bytes | None:
    """The latest response code such as COPYUID or APPENDUID (RFC 4315 section 3) and forget it, or None."""
    _, data = wire(client).response(name)
    return data[-1] if data and data[-1] else None


def drop(client: IMAPClient) -> None:
    """Close the socket without a word: for a connection that may be in any state."""
    with contextlib.suppress(OSError, IMAPClientError):
        client.shutdown()
