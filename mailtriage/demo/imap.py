r"""An IMAP server inside this process: pymap, with its mail in memory.

The trap is pymap's PERMANENTFLAGS, which lack \* (RFC 9051 7.1), so that it drops custom keywords without a word; one
property mends that.
"""

import asyncio
import socket
import ssl
from argparse import Namespace
from collections.abc import Collection
from typing import Any

from mailtriage.demo.embedded import HOST, LACKING, Embedded
from mailtriage.errors import MailtriageError

try:
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import Config, DictBackend, Login
    from pymap.backend.dict.mailbox import MailboxData
    from pymap.concurrent import Subsystem
    from pymap.imap import IMAPServer
    from pymap.parsing.specials.flag import Recent, Wildcard, get_system_flags
    from pysasl.hashing import BuiltinHash
except ImportError as error:
    raise MailtriageError(f"{LACKING} ({error})") from None

_PERMANENT_FLAGS = property(lambda _: (get_system_flags() - {Recent}) | {Wildcard})


class EmbeddedImap(Embedded):
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
