r"""The mailbox on its IMAP server: what is new in it, when something comes, and where a message is moved.

The trap is the UID. It names a message only while the folder's UIDVALIDITY lasts (RFC 9051 2.3.1.1), so every cursor
and every move carries it; `UID SEARCH UID 500:*` answers with the last message even when that is number 300 (6.4.4);
and a message may be expunged between any two commands. Reading is EXAMINE and BODY.PEEK[]: nothing on the server
changes by it, and \Seen, which any person's mail program sets, is never a state of ours.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Self

from imapclient import IMAPClient

from mailtriage.errors import TransportError
from mailtriage.transport import imap_idle, imap_look
from mailtriage.transport.imap_fetch import (
    Batch,
    BrokenOff,
    Caution,
    Cursor,
    Fetcher,
    Listed,
    Sized,
    selectable,
    uids_above,
)
from mailtriage.transport.imap_folders import Folders
from mailtriage.transport.imap_look import FolderStatus, Offers
from mailtriage.transport.imap_move import Moved, Mover
from mailtriage.transport.imap_session import ImapAccount, Refused, drop, open_session, response_code, speaking
from mailtriage.transport.wake import Wake

__all__ = [
    "Batch",
    "BrokenOff",
    "Caution",
    "Cursor",
    "FolderStatus",
    "ImapAccount",
    "Listed",
    "Mailbox",
    "Moved",
    "Offers",
    "Refused",
    "Renumbered",
    "Wake",
]
_LISTED_AT_ONCE = 1000
_CAREFREE = Caution()


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

    def new_messages(
        self, folder: str, cursor: Cursor | None, *, batch: int, max_size: int, caution: Caution = _CAREFREE
    ) -> Iterator[Batch]:
        """Every message above the cursor, by ascending UID, in batches of at most `batch` messages.

        Another UIDVALIDITY than the cursor's begins from the start. A message of more than `max_size` octets comes with
        its headers alone and `full_size` set. Nothing is yielded when nothing is new.

        Raises:
            BrokenOff: it was at the bodies of certain messages that it failed; a `caution` gets past them.
        """
        client, uidvalidity, exists = self._examine(folder)
        with self._session(f"looking into {folder}", (client, folder)):
            uids = uids_above(client, _above(cursor, uidvalidity), exists)
        fetcher = Fetcher(client, self.account.name, folder, uidvalidity, max_size, caution)
        yield from self._batches(client, fetcher, uids, batch)

    def listed(self, folder: str, cursor: Cursor | None, since: date | None = None) -> Listed:
        """What lies above the cursor and came on the day `since` or later (by INTERNALDATE); nothing is downloaded."""
        client, uidvalidity, exists = self._examine(folder)
        with self._session(f"looking into {folder}", (client, folder)):
            uids = uids_above(client, _above(cursor, uidvalidity), exists, since)
        return Listed(folder, uidvalidity, self._sizes(client, folder, uidvalidity, uids))

    def sized(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Listed:
        """These UIDs, as `listed` gives them; what has vanished is left out.

        Raises:
            Renumbered: the folder is another one by now.
        """
        if not uids:
            return Listed(folder, uidvalidity, ())
        client, found, _ = self._examine(folder)
        if found != uidvalidity:
            raise self._renumbered(folder, uidvalidity, found)
        return Listed(folder, uidvalidity, self._sizes(client, folder, uidvalidity, uids))

    def fetch(self, listed: Listed, *, batch: int, max_size: int, caution: Caution = _CAREFREE) -> Iterator[Batch]:
        """What was listed, as `new_messages` gives it; what has vanished since is left out.

        Raises:
            Renumbered: the folder is another one by now.
            BrokenOff: as `new_messages`.
        """
        if not listed.messages:
            return
        client, uidvalidity, _ = self._examine(listed.folder)
        if uidvalidity != listed.uidvalidity:
            raise self._renumbered(listed.folder, listed.uidvalidity, uidvalidity)
        uids = [one.uid for one in listed.messages]
        fetcher = Fetcher(client, self.account.name, listed.folder, uidvalidity, max_size, caution)
        yield from self._batches(client, fetcher, uids, batch)

    def status(self, folder: str) -> FolderStatus | None:
        """How a folder stands, without opening it; None where there is none."""
        with self._session(f"asking for {folder}") as (client, folders):
            return imap_look.status(client, folders, folder)

    def uids(self, folder: str) -> tuple[int, frozenset[int]]:
        """UIDVALIDITY, and every UID that lies in a folder."""
        client, uidvalidity, exists = self._examine(folder)
        with self._session(f"looking into {folder}", (client, folder)):
            return uidvalidity, frozenset(uids_above(client, 0, exists))

    def marked(self, folder: str, keyword: str, since: date) -> tuple[int, frozenset[int]]:
        """UIDVALIDITY, and the UIDs that came on the day `since` or later and carry a keyword."""
        client, uidvalidity, _ = self._examine(folder)
        with self._session(f"looking into {folder}", (client, folder)):
            return uidvalidity, imap_look.marked(client, keyword, since)

    def holds(self, folder: str, uidvalidity: int, uid: int, message_id: str | None) -> bool | None:
        """Whether a message still lies there: by its UID while that means something, else by its Message-ID.

        None where nothing can tell.
        """
        if (standing := self.status(folder)) is None:
            return False
        client, found, _ = self._examine(folder)
        with self._session(f"looking into {folder}", (client, folder)):
            return imap_look.holds(client, uid if found == uidvalidity else None, message_id, standing.messages)

    def keeps_keywords(self, folder: str) -> bool:
        """Whether people's programs can set keywords of their own there (PERMANENTFLAGS, RFC 9051 7.1)."""
        with self._session(f"looking into {folder}") as (client, folders):
            # Asked with SELECT: EXAMINE may call every flag a passing one. Nothing is changed by it but \\Recent.
            self._reading = ""
            return b"\\*" in client.select_folder(folders.wire_name(folder)).get(b"PERMANENTFLAGS", ())

    def offers(self) -> Offers:
        """What this server can do, and which folder it calls the one of sent mail."""
        with self._session("asking for capabilities") as (client, _):
            return imap_look.offers(client)

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
                raise self._renumbered(folder, uidvalidity, found)
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

    def _examine(self, folder: str) -> tuple[IMAPClient, int, int]:
        """Open a folder for reading; the connection, its UIDVALIDITY and how many messages it holds."""
        with self._session(f"looking into {folder}") as (client, folders):
            self._reading = ""
            answer = client.select_folder(folders.wire_name(folder), readonly=True)
            uidvalidity, exists = selectable(answer, folder)
            self._reading = folder
        return client, uidvalidity, exists

    def _sizes(self, client: IMAPClient, folder: str, uidvalidity: int, uids: Sequence[int]) -> tuple[Sized, ...]:
        fetcher = Fetcher(client, self.account.name, folder, uidvalidity, 0)
        with self._session(f"looking into {folder}", (client, folder)):
            parts = [uids[start : start + _LISTED_AT_ONCE] for start in range(0, len(uids), _LISTED_AT_ONCE)]
            return tuple(one for part in parts for one in fetcher.sizes(part))

    def _batches(self, client: IMAPClient, fetcher: Fetcher, uids: Sequence[int], batch: int) -> Iterator[Batch]:
        folder, batch = fetcher.folder, fetcher.caution.batch or batch
        for start in range(0, len(uids), batch):
            some = uids[start : start + batch]
            with self._session(f"fetching from {folder}", (client, folder)):
                sizes = fetcher.sizes(some)
            for part, last_uid in fetcher.parts(sizes, some[-1]):
                try:
                    with self._session(f"fetching from {folder}", (client, folder)):
                        found = fetcher.messages(part)
                except TransportError as error:
                    raise BrokenOff(str(error), fetcher, part) from error
                yield Batch(found, folder, fetcher.uidvalidity, last_uid)

    def _renumbered(self, folder: str, expected: int, found: int) -> Renumbered:
        return Renumbered(
            f"{self.account.place}: {folder}: expected UIDVALIDITY {expected}, found {found}: "
            "the folder was made anew, and its UIDs name other messages"
        )

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


def _above(cursor: Cursor | None, uidvalidity: int) -> int:
    return cursor.uid if cursor and cursor.uidvalidity == uidvalidity else 0
