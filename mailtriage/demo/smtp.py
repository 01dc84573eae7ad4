"""An SMTP server inside this process: aiosmtpd, which keeps what it received and treats recipients as it is told.

The trap is its log, which names every address.
"""

import asyncio
import logging
import socket
import ssl
from dataclasses import dataclass
from typing import Any, Literal

from mailtriage.demo.embedded import LACKING, Embedded
from mailtriage.errors import MailtriageError

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError as error:
    raise MailtriageError(f"{LACKING} ({error})") from None


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as the SMTP server took it; "" as sender is the null sender."""

    envelope_from: str
    recipients: tuple[str, ...]
    octets: bytes


@dataclass(frozen=True, slots=True)
class Script:
    """How the SMTP server treats a recipient: the reply lines to give, or where to cut the connection."""

    rcpt: str | None = None
    data: str | None = None
    """The answer to the final dot."""
    drop: Literal["rcpt", "data", "silent"] | None = None
    """Cut instead of answering RCPT, or instead of answering the final dot, when the mail has been taken; silent: never
    answer the final dot, but stay."""


class EmbeddedSmtp(Embedded):
    """aiosmtpd that keeps what it received; with a `user` it takes no mail before a login."""

    def __init__(
        self,
        user: str | None = None,
        password: str = "demo",  # noqa: S107 - a server on loopback that ends with its process
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        smtputf8: bool = True,
    ) -> None:
        super().__init__(port, tls, starttls=starttls)
        self.user, self.password = user, password
        self.received: list[Received] = []
        self.connections = 0
        """How many have been made so far."""
        self.logins = 0
        self.script: dict[str, Script] = {}
        """By recipient; may be changed at any time."""
        self._smtputf8 = smtputf8
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    async def _listen(self, listener: socket.socket, tls: ssl.SSLContext | None) -> asyncio.Server:
        def make() -> Any:
            self.connections += 1
            return SMTP(
                self,
                hostname="localhost",
                enable_SMTPUTF8=self._smtputf8,
                tls_context=self._tls if self._starttls else None,
                require_starttls=self._starttls,
                authenticator=self._authenticate,
                auth_require_tls=False,
                loop=self._loop,
            )

        return await self._loop.create_server(make, sock=listener, ssl=tls)

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        self.logins += 1
        right = (data.login, data.password) == ((self.user or "").encode(), self.password.encode())
        return AuthResult(success=right, handled=False, message=None if right else "535 5.7.8 Authentication failed")

    async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """A client has come: remember its connection."""
        session.host_name = hostname
        self._remember(server.transport)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """The sender."""
        if self.user is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """The recipient, as scripted."""
        script = self.script.get(address, Script())
        if script.drop == "rcpt":
            await self._cut(server)
        if script.rcpt is None:
            envelope.rcpt_tos.append(address)
        return script.rcpt or "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """The mail; it counts as received when it is taken, also where the answer is never heard."""
        script = next((self.script[one] for one in envelope.rcpt_tos if one in self.script), Script())
        if script.data is None:
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            self.received.append(Received(sender, tuple(envelope.rcpt_tos), envelope.content))
        if script.drop == "data":
            await self._cut(server)
        if script.drop == "silent":
            await asyncio.Event().wait()
        return script.data or "250 2.0.0 Ok: taken"

    async def _cut(self, server: Any) -> None:
        server.transport.abort()
        # aiosmtpd cancels this task when it hears that the connection is gone.
        await asyncio.Event().wait()
