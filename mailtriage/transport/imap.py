r"""The mailbox on its IMAP server: what is new in it, when something comes, and where a message is moved.

The trap is the UID. It names a message only while the folder's UIDVALIDITY lasts (RFC 9051 2.3.1.1), so every cursor
and every move carries it; `UID SEARCH UID 500:*` answers with the last message even when that is number 300 (6.4.4);
and a message may be expunged between any two commands. Reading is EXAMINE and BODY.PEEK[]: nothing on the server
changes by it, and \Seen, which any person's mail program sets, is never a state of ours.
"""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Self

from imapclient import IMAPClient

from mailtriage.errors import TransportError
from mailtriage.transport import imap_idle
from mailtriage.transport.imap_fetch import Batch, Cursor, Fetcher, selectable, uids_above
from mailtriage.transport.imap_folders import Folders
from mailtriage.transport.imap_move import Moved, Mover
from mailtriage.transport.imap_session import ImapAccount, Refused, drop, open_session, response_code, speaking
from mailtriage.transport.wake import Wake

__all__ = ["Batch", "Cursor", "ImapAccount", "Mailbox", "Moved", "Refused", "Renumbered", "Wake"]


class Renumbered(TransportError):  # noqa: N818 - what happened to the folder
    """The folder's UIDVALIDITY is another one: the UID that was given names no message any more."""


class Mailbox:
    """One connection to one account, for one thread at a time; it connects when first used and again after a failure.

    Every method raises `TransportError` when the server is away or says no, and `LoginRefused` when it does not take
    the password. A connection that broke off is given up, and the next call opens a new one: waiting in between is the
    caller's part.
    """

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self._client: IMAPClient | None = None
        self._folders: Folders | None = None
        self._reading = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """Whether a connection stands, as far as we know."""
        return self._client is not None

    def connect(self) -> None:
        """Connect and log in, where that has not been done."""
        if self._client is None:
            self._client = open_session(self.account)
            self._folders = Folders(self._client)
            self._reading = ""

    def close(self) -> None:
        """Log out politely where that is possible; never raises."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(TransportError), speaking(self.account, "LOGOUT"):
                client.logout()
            drop(client)

    def new_messages(self, folder: str, cursor: Cursor | None, *, batch: int, max_size: int) -> Iterator[Batch]:
        """Every message above the cursor, by ascending UID, in batches of at most `batch` messages.

        Another UIDVALIDITY than the cursor's begins from the start. A message of more than `max_size` octets comes with
        its headers alone and `full_size` set. Nothing is yielded when nothing is new.
        """
        with self._session(f"looking into {folder}") as (client, folders):
            self._reading = ""
            answer = client.select_folder(folders.wire_name(folder), readonly=True)
            uidvalidity, exists = selectable(answer, folder)
            above = cursor.uid if cursor and cursor.uidvalidity == uidvalidity else 0
            uids = uids_above(client, above, exists)
            self._reading = folder
        fetcher = Fetcher(client, self.account.name, folder, uidvalidity, max_size)
        for start in range(0, len(uids), batch):
            some = uids[start : start + batch]
            with self._session(f"fetching from {folder}", (client, folder)):
                sizes = fetcher.sizes(some)
            for part, last_uid in fetcher.parts(sizes, some[-1]):
                with self._session(f"fetching from {folder}", (client, folder)):
                    found = fetcher.messages(part)
                yield Batch(found, folder, uidvalidity, last_uid)

    def wait(self, seconds: float, wake: Wake) -> bool:
        """Wait for mail in the folder that was read last; whether the server announced some.

        Ends after `seconds` (of IDLE at most just under nine minutes) or when `wake` is poked, with False. Where
        nothing has been read over this connection yet it ends at once with True: look first. Without IDLE it only
        waits.
        """
        if self._client is None or not self._reading:
            return True
        with self._session("IDLE") as (client, _):
            if client.has_capability("IDLE"):
                return imap_idle.idle(client, seconds, wake, self.account.timeout)
            imap_idle.sleep(seconds, wake)
            return False

    def move(self, folder: str, uid: int, uidvalidity: int, target: str, keyword: str | None = None) -> Moved:
        """Move one message; see `move_many`."""
        return self.move_many(folder, (uid,), uidvalidity, target, keyword)[0]

    def move_many(
        self, folder: str, uids: Iterable[int], uidvalidity: int, target: str, keyword: str | None = None
    ) -> tuple[Moved, ...]:
        """Move messages to one target, which is made when missing, and set `keyword` where the server keeps such.

        A UID that is gone counts as moved (`Moved.gone`), so a repetition does no harm.

        Raises:
            Renumbered: the folder's UIDVALIDITY is not the given one any more; nothing was moved.
        """
        with self._session(f"moving to {target}") as (client, folders):
            self._reading = ""
            # Selected anew each time: one round trip, which also shows what other programs have expunged.
            answer = client.select_folder(folders.wire_name(folder))
            found, _ = selectable(answer, folder)
            if found != uidvalidity:
                raise Renumbered(
                    f"{self.account.place}: {folder}: expected UIDVALIDITY {uidvalidity}, found {found}: "
                    "the folder was made anew, and its UIDs name other messages"
                )
            mover = Mover(client, folders, answer.get(b"PERMANENTFLAGS", ()))
            return mover.move(tuple(dict.fromkeys(uids)), target, keyword)

    def ensure_folders(self, names: Iterable[str]) -> None:
        """Make and subscribe the folders that are missing; "/" stands between levels whatever the server uses."""
        with self._session("making folders") as (_, folders):
            folders.ensure(names)

    def append(
        self, folder: str, octets: bytes, when: datetime | None = None, *, flags: Iterable[str] = ()
    ) -> int | None:
        """Put a message into a folder; its UID where the server tells (UIDPLUS)."""
        with self._session(f"adding to {folder}") as (client, folders):
            client.append(folders.wire_name(folder), octets, tuple(flags), when)
            code = response_code(client, "APPENDUID")
            return int(code.split()[1]) if code else None

    @contextlib.contextmanager
    def _session(
        self, doing: str, reading: tuple[IMAPClient, str] | None = None
    ) -> Iterator[tuple[IMAPClient, Folders]]:
        """The connection, given up when it breaks off; opened where none stands, unless we are `reading` over one."""
        if reading is None:
            self.connect()
        client, folders = self._client, self._folders
        if client is None or folders is None or (reading and reading != (client, self._reading)):
            raise TransportError(f"{self.account.place}: {doing}: the connection was used for something else meanwhile")
        try:
            with speaking(self.account, doing):
                yield client, folders
        except (Refused, Renumbered):
            raise
        except BaseException:
            # Half an answer may still be on its way: what this connection says next would be taken for another's.
            self._client = None
            drop(client)
            raise
