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
from typing import Any

from mailtriage import log, metrics
from mailtriage.deliver.patience import GIVE_UP_AFTER, Delivered, Server, insist, next_try
from mailtriage.errors import MailtriageError, TransportError
from mailtriage.store.outbox import DueMove, Outbox
from mailtriage.transport.imap import Mailbox, Refused, Renumbered

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
            await _aside(partial(self._connections[journey.mailbox].move, journey, [row.uid for row in rows]))
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
            await self._keep(self._outbox.settle_all, [row.id for row in rows], self._now())
            done.moved += len(rows)
            metrics.DELIVERIES.labels("move", "done").inc(len(rows))

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

    def move(self, journey: _Journey, uids: list[int]) -> None:
        """Carry out the move, over a fresh connection where the old one turns out to be dead."""
        with self._turn:
            if time.monotonic() - self._used_at > _IDLE_SECONDS:
                self._leave()
            used_before = self._mailbox is not None and self._mailbox.connected
            try:
                self._try(journey, uids)
            except (Refused, Renumbered):
                raise
            except TransportError:
                if not used_before:
                    raise
                self._try(journey, uids)

    def close(self) -> None:
        """Log out, unless a command still hangs in the connection."""
        if self._turn.acquire(blocking=False):
            self._leave()
            self._turn.release()

    def _try(self, journey: _Journey, uids: list[int]) -> None:
        if self._mailbox is None or not self._mailbox.connected:
            self._mailbox = self._open()
        self._mailbox.move_many(journey.folder, uids, journey.uidvalidity, journey.target, journey.keyword)
        self._used_at = time.monotonic()

    def _leave(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            mailbox.close()


async def _aside(work: Callable[[], None]) -> None:
    """Run what may hang in a thread of its own, which ends with the process and not the process with it."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if outcome.done():  # nobody waits any more
            return
        if error is None:
            outcome.set_result(None)
        else:
            outcome.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:  # noqa: BLE001 - handed on to whoever waits
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name="moves", daemon=True).start()
    await outcome
