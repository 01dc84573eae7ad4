r"""An IMAP and an SMTP server inside this process, on loopback, for the demonstration and the tests.

They are real servers: the client code of the daemon talks to them over TCP and nothing is simulated behind its back.
The trap is pymap's PERMANENTFLAGS, which lack \* (RFC 9051 7.1), so that it drops custom keywords without a word; one
property mends that. Mail lives in memory and ends with the process. Both need the extra `demo`.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Collection, Coroutine, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, cast

from mailtriage.errors import MailtriageError

try:
    from aiosmtpd.smtp import SMTP, AuthResult
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import Config, DictBackend, Login
    from pymap.backend.dict.mailbox import MailboxData
    from pymap.concurrent import Subsystem
    from pymap.imap import IMAPServer
    from pymap.parsing.specials.flag import Recent, Wildcard, get_system_flags
    from pysasl.hashing import BuiltinHash
except ImportError as error:
    raise MailtriageError(
        f"the embedded servers need the extra demo: pip install 'mailtriage[demo]' ({error})"
    ) from None

HOST = "127.0.0.1"
_T = TypeVar("_T")


_PERMANENT_FLAGS = property(lambda _: (get_system_flags() - {Recent}) | {Wildcard})


class _Server(ABC):
    """A listener with an event loop of its own in a background thread; the port stays the same over a restart."""

    def __init__(self, port: int, tls: ssl.SSLContext | None, *, starttls: bool) -> None:
        self.host = HOST
        self.port = port
        self._tls = tls
        self._starttls = starttls
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> Self:
        self._loop.set_exception_handler(lambda loop, context: None)  # noqa: ARG005 - clients may vanish at any moment
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._call(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Listen, on the former port after a `kill`."""
        listener = socket.create_server((self.host, self.port))
        # asyncio sees to it for listeners of its own making alone; 40 ms an answer without it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(listener.getsockname()[1])
        self._server = self._call(self._listen(listener, None if self._starttls else self._tls))

    def kill(self) -> None:
        """Die as by SIGKILL: every connection is cut, nobody listens any more. What is stored stays."""
        self._call(self._stop())

    def drop_connections(self) -> None:
        """Cut every connection, but go on listening."""
        self._loop.call_soon_threadsafe(self._abort)

    @abstractmethod
    async def _listen(self, listener: socket.socket, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Serve on it."""

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._abort()

    async def _end_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _remember(self, transport: asyncio.BaseTransport) -> None:
        self._transports = {known for known in self._transports if not known.is_closing()} | {transport}

    def _abort(self) -> None:
        for transport in tuple(self._transports):
            # asyncio in Python 3.11 forgets the protocol of a TLS transport that was closed twice: it is gone then.
            with contextlib.suppress(AttributeError):
                cast("asyncio.WriteTransport", transport).abort()
        self._transports.clear()

    def _call(self, what: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)


class EmbeddedImap(_Server):
    """pymap with one account and its mail in memory; `without` names capabilities that it shall not offer."""

    def __init__(
        self,
        user: str = "support@example.org",
        password: str = "demo",  # noqa: S107 - a server on loopback that ends with its process
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        without: Collection[str] = (),
    ) -> None:
        super().__init__(port, tls, starttls=starttls)
        self.user, self.password = user, password
        self._without = frozenset(name.encode() for name in without)
        self._backend: Any = None
        self._config: Any = None

    def renumber(self) -> None:
        """Give INBOX another UIDVALIDITY, as a server does whose index was lost."""

        async def change() -> None:
            mailboxes, _ = self._config.set_cache[self.user]
            inbox = await mailboxes.get_mailbox("INBOX")
            inbox._uid_validity += 1  # noqa: SLF001 - pymap has no words for a fault

        self._call(change())

    async def _listen(self, listener: socket.socket, tls: ssl.SSLContext | None) -> asyncio.Server:
        if self._backend is None:
            await self._open_backend()
        self._config.apply_context()
        serve = ProxyProtocolReader(self._config.proxy_protocol).get_callback(
            IMAPServer(self._backend.login, self._config)
        )

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._remember(writer.transport)
            await serve(reader, writer)

        return await asyncio.start_server(connected, sock=listener, ssl=tls)

    async def _open_backend(self) -> None:
        setattr(MailboxData, "permanent_flags", _PERMANENT_FLAGS)  # noqa: B010 - a method of theirs, mended
        arguments = Namespace(
            host=HOST, port=self.port, debug=False, cert=None, key=None, tls=self._starttls,
            passlib_cfg=None, proxy_protocol=None, demo_data=False, demo_user=self.user, demo_password=self.password,
        )  # fmt: skip
        without = self._without

        class Offering(Config):
            @property
            def login_capability(self) -> list[bytes]:
                return [name for name in super().login_capability if name not in without]

        config = Offering.from_args(
            arguments,
            # One account with a known password: half a million rounds of hashing would only slow every login down.
            hash_context=BuiltinHash(rounds=1),
            cpu_subsystem=Subsystem.for_asyncio(),
            **({"ssl_context": self._tls} if self._tls else {}),
        )
        config.apply_context()
        login = Login(config)
        await DictBackend._add_demo_user(config, login)  # noqa: SLF001
        self._backend, self._config = DictBackend(login, config), config


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


class EmbeddedSmtp(_Server):
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
        # It logs every address.
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


@contextlib.contextmanager
def embedded_servers(user: str = "support@example.org") -> Iterator[tuple[EmbeddedImap, EmbeddedSmtp]]:
    """Both servers on free ports of loopback."""
    with EmbeddedImap(user) as imap, EmbeddedSmtp() as smtp:
        yield imap, smtp
