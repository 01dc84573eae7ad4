"""Messages that are due to move, by as few commands as possible, over a connection of their own.

Three traps. imapclient blocks, and a thread of asyncio's own pool that hangs in a dead connection would hold up the
end of the program: each command runs in a thread that nobody has to wait for. A connection that was idle may be dead
without a word, which is no sign that the server is away: it is opened anew before that is said. And a folder that the
server refuses concerns its own messages alone.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from mailtriage import log, metrics
from mailtriage.deliver.patience import GIVE_UP_AFTER, Delivered, Server, insist, next_try
from mailtriage.errors import MailtriageError, TransportError
from mailtriage.store.due import DueMove
from mailtriage.store.outbox import Outbox
from mailtriage.store.whereabouts import GONE, Arrived
from mailtriage.transport.imap import Mailbox, Moved, Refused, Renumbered

_T = TypeVar("_T")
_log = log.get("deliver")
MOVES_AT_ONCE = 200
_IDLE_SECONDS = 300.0
"""NATs forget a silent connection at ten minutes or later; a fresh one costs less than a time limit."""


@dataclass(frozen=True)
class _Journey:
    """What moves must share to go in one command."""

    mailbox: str
    folder: str
    uidvalidity: int
    target: str
    keyword: str | None


class Moves:
    """The worker that empties the outbox of moves."""

    def __init__(
        self,
        outbox: Outbox,
        mailboxes: Mapping[str, Callable[[], Mailbox]],
        *,
        now: Callable[[], datetime],
        stopping: asyncio.Event,
        tries: int | None,
    ) -> None:
        self._outbox, self._now, self._stopping, self._tries = outbox, now, stopping, tries
        self._connections = {name: _Connection(open_one) for name, open_one in mailboxes.items()}
        self._servers = {name: Server(f"imap {name}") for name in mailboxes}

    async def drain(self, done: Delivered) -> None:
        """Move everything that is due now.

        Raises:
            StoreError: the database is away; what was claimed and is not settled is due again at the next start.
        """
        while not self._stopping.is_set():
            rows = await asyncio.to_thread(self._outbox.claim, "move", MOVES_AT_ONCE, self._now())
            if not rows:
                return
            alike: dict[_Journey, list[DueMove]] = {}
            for row in rows:
                journey = _Journey(row.mailbox, row.folder, row.uidvalidity, row.target, row.keyword)
                alike.setdefault(journey, []).append(row)
            for journey, group in alike.items():
                if self._stopping.is_set():
                    await self._release(group, self._now(), "stopped before it was moved")
                else:
                    await self._carry(journey, group, done)

    async def close(self) -> None:
        """Say goodbye to the servers, but for a connection that hangs."""
        for connection in self._connections.values():
            await _aside(connection.close)

    async def _carry(self, journey: _Journey, rows: list[DueMove], done: Delivered) -> None:
        """Move messages that travel alike, and write down what became of them."""
        server = self._servers.get(journey.mailbox)
        if server is None:
            await self._put_off(rows, "mailbox_not_configured", "the configuration has no such mailbox any more")
            return
        if until := server.resting(self._now()):
            await self._release(rows, until, "the server is away")
            return
        try:
            moved = await _aside(partial(self._connections[journey.mailbox].move, journey, [row.uid for row in rows]))
        except Renumbered as error:
            # The next pass over the folder meets these messages under new UIDs and aims their moves anew.
            await self._put_off(rows, "folder_renumbered", str(error))
        except Refused as error:
            server.back()
            await self._put_off(rows, "folder_refused", str(error))
        except MailtriageError as error:
            until = server.gone(log.cause(error), self._now(), done)
            await self._release(rows, until, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, it must hold up neither the others nor itself
            _log.exception("move_failed", mailbox=journey.mailbox, folder=journey.target)
            await self._put_off(rows, "move_failed", log.cause(error))
        else:
            server.back()
            await self._settle(rows, moved)
            done.moved += len(rows)
            metrics.DELIVERIES.labels("move", "done").inc(len(rows))

    async def _settle(self, rows: list[DueMove], moved: tuple[Moved, ...]) -> None:
        """Write down that these were moved, and where to: by that our own moves are told from a person's."""
        told = {each.uid: each for each in moved}
        gone = [row.id for row in rows if told[row.uid].gone]
        arrived = {row.id: _arrived(told[row.uid]) for row in rows if not told[row.uid].gone}
        if arrived:
            await self._keep(self._outbox.settle_moves, arrived, self._now())
        if gone:
            await self._keep(self._outbox.settle_all, gone, self._now(), GONE)

    async def _put_off(self, rows: list[DueMove], reason: str, why: str) -> None:
        """Try these again later, each by its own count, and bury those that have been tried for days."""
        now, buried = self._now(), 0
        for row in rows:
            if now - row.created_at > GIVE_UP_AFTER:
                await self._keep(self._outbox.bury, row.id, now, f"given up after {row.attempts} attempts: {why}")
                buried += 1
            else:
                await self._keep(self._outbox.release, row.id, now + next_try(row.attempts), why)
        _log.warning("moves_put_off", mailbox=rows[0].mailbox, reason=reason, rows=len(rows), buried=buried)
        metrics.DELIVERIES.labels("move", "deferred").inc(len(rows) - buried)
        metrics.DELIVERIES.labels("move", "buried").inc(buried)

    async def _release(self, rows: list[DueMove], due_at: datetime, why: str) -> None:
        for row in rows:
            await self._keep(self._outbox.release, row.id, due_at, why)

    async def _keep(self, write: Callable[..., None], *arguments: Any) -> None:
        await insist(partial(write, *arguments), self._stopping, self._tries)


class _Connection:
    """The connection of one mailbox, used by one thread at a time."""

    def __init__(self, open_one: Callable[[], Mailbox]) -> None:
        self._open = open_one
        self._mailbox: Mailbox | None = None
        self._used_at = 0.0
        self._turn = threading.Lock()

    def move(self, journey: _Journey, uids: list[int]) -> tuple[Moved, ...]:
        """Carry out the move, over a fresh connection where the old one turns out to be dead."""
        with self._turn:
            if time.monotonic() - self._used_at > _IDLE_SECONDS:
                self._leave()
            used_before = self._mailbox is not None and self._mailbox.connected
            try:
                return self._try(journey, uids)
            except (Refused, Renumbered):
                raise
            except TransportError:
                if not used_before:
                    raise
                return self._try(journey, uids)

    def close(self) -> None:
        """Log out, unless a command still hangs in the connection."""
        if self._turn.acquire(blocking=False):
            self._leave()
            self._turn.release()

    def _try(self, journey: _Journey, uids: list[int]) -> tuple[Moved, ...]:
        if self._mailbox is None or not self._mailbox.connected:
            self._mailbox = self._open()
        moved = self._mailbox.move_many(journey.folder, uids, journey.uidvalidity, journey.target, journey.keyword)
        self._used_at = time.monotonic()
        return moved

    def _leave(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            mailbox.close()


def _arrived(moved: Moved) -> Arrived | None:
    if moved.new_uid is None or moved.new_uidvalidity is None:
        return None
    return Arrived(moved.new_uidvalidity, moved.new_uid)


async def _aside(work: Callable[[], _T]) -> _T:
    """Run what may hang in a thread of its own, which ends with the process and not the process with it."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_T] = loop.create_future()

    def settle(take: Callable[[], None]) -> None:
        if not outcome.done():  # else nobody waits any more
            take()

    def run() -> None:
        try:
            take = partial(outcome.set_result, work())
        except BaseException as raised:  # noqa: BLE001 - handed on to whoever waits
            take = partial(outcome.set_exception, raised)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, take)

    threading.Thread(target=run, name="moves", daemon=True).start()
    return await outcome
