"""Composition root of `run` and `once`: builds the parts, schedules the loops, listens to signals and to systemd.

The trap is a daemon that looks alive while it does nothing. The watchdog is fed only while every mailbox thread has
been seen at work within its time, so a thread that hangs in a dead connection gets the whole daemon restarted; and IDLE
is never trusted alone: a poll runs beside it.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailtriage import log, metrics
from mailtriage.deliver import Delivered
from mailtriage.errors import MailtriageError, TransportError
from mailtriage.mailbox_loop import MailboxLoop, read_mailbox
from mailtriage.parts import Parts, open_mailbox
from mailtriage.receive import Recorded
from mailtriage.transport import systemd

_log = log.get("daemon")
DELIVER_SECONDS = 5
"""How often the outbox is looked at, apart from when a message was just recorded."""
STOP_SECONDS = 20
Watch = Callable[[Recorded], None]


class Daemon:
    """The running service; `run()` returns when it was told to stop and has."""

    def __init__(self, parts: Parts, watch: Watch | None = None) -> None:
        self.parts = parts
        self._watch = watch
        self._stop = asyncio.Event()
        self._due = asyncio.Event()
        self._ready = asyncio.Event()
        self._crash: BaseException | None = None

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Raises:
            MailtriageError: a part of the daemon ended that must not end.
        """
        parts, loop = self.parts, asyncio.get_running_loop()
        parts.take_store()
        parts.outbox.recover(datetime.now(UTC))
        receiver, deliverer = parts.receiver, parts.deliverer()
        self._loops = tuple(
            MailboxLoop(mailbox, parts.settings, receiver, recorded=self._recorded(loop), ended=self._ended(loop))
            for mailbox in parts.settings.mailboxes
        )
        self._signals(loop)
        scheduler = self._scheduler()
        for mailbox_loop in self._loops:
            mailbox_loop.start()
        scheduler.start()
        delivering = asyncio.create_task(self._deliver(deliverer.drain))
        systemd.notify("READY=1")
        _log.info("daemon_started", rules=parts.rulebook.current.version, mailboxes=len(self._loops))
        await self._stop.wait()
        _log.info("daemon_stopping")
        systemd.notify("STOPPING=1")
        scheduler.shutdown(wait=False)
        deliverer.stop()
        self._due.set()
        await self._stopped(delivering)
        await deliverer.close()
        _log.info("daemon_stopped")
        if self._crash:
            raise MailtriageError("a mailbox thread ended unexpectedly") from self._crash

    def stop(self) -> None:
        """Finish what is in flight and end."""
        self._stop.set()

    def reload(self) -> None:
        """Read the rules again; wrong ones leave the good ones in use."""
        self.parts.rulebook.reload()

    async def _stopped(self, delivering: asyncio.Task[None]) -> None:
        for mailbox_loop in self._loops:
            mailbox_loop.stop()
        for mailbox_loop in self._loops:
            await asyncio.to_thread(mailbox_loop.join, STOP_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(delivering, STOP_SECONDS)

    def _signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number, action in ((signal.SIGTERM, self.stop), (signal.SIGINT, self.stop), (signal.SIGHUP, self.reload)):
            # Outside the main thread (the demo's and the tests' case) there are no signals to handle.
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(number, action)

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60}
        )
        scheduler.add_job(self._poll, "interval", seconds=self.parts.settings.poll_seconds)
        scheduler.add_job(self._look_at_outbox, "interval", seconds=DELIVER_SECONDS)
        if seconds := systemd.watchdog_seconds():
            scheduler.add_job(self._feed_watchdog, "interval", seconds=seconds)
        return scheduler

    async def _poll(self) -> None:
        for mailbox_loop in self._loops:
            mailbox_loop.poke()

    async def _look_at_outbox(self) -> None:
        self._due.set()

    async def _feed_watchdog(self) -> None:
        silent = [each.name for each in self._loops if time.monotonic() - each.seen_at > each.patience]
        if silent:
            _log.error("mailbox_thread_silent", mailboxes=silent)
        else:
            systemd.notify("WATCHDOG=1")

    async def _deliver(self, drain: Callable[[], Awaitable[Delivered]]) -> None:
        while not self._stop.is_set():
            self._due.clear()
            try:
                await drain()
            except Exception:  # noqa: BLE001 - a database that is locked or full today is not tomorrow; rows stay due
                _log.exception("delivery_broke_off")
                await asyncio.sleep(DELIVER_SECONDS)
            await self._due.wait()

    def _recorded(self, loop: asyncio.AbstractEventLoop) -> Watch:
        """Called in a mailbox thread for each recorded message: wakes delivery, tells the watcher."""

        def tell(recorded: Recorded) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already: the row waits for the next start
                loop.call_soon_threadsafe(self._due.set)
            if self._watch:
                self._watch(recorded)

        return tell

    def _ended(self, loop: asyncio.AbstractEventLoop) -> Callable[[BaseException], None]:
        def tell(error: BaseException) -> None:
            self._crash = error
            loop.call_soon_threadsafe(self._stop.set)

        return tell


def once(parts: Parts, watch: Watch | None = None) -> tuple[str, ...]:
    """One pass: receive until the mailboxes are drained, deliver until nothing is due.

    Returns what had to be left for later, in words; empty when nothing was.

    Raises:
        AlreadyRunning: another process holds the store.
    """
    parts.take_store()
    parts.outbox.recover(datetime.now(UTC))
    left: list[str] = []
    for mailbox in parts.settings.mailboxes:
        connection = open_mailbox(mailbox)
        try:
            connection.connect()
            for recorded in read_mailbox(connection, mailbox.folder, parts.settings, parts.receiver):
                if watch:
                    watch(recorded)
            metrics.LAST_POLL.labels(mailbox.name).set_to_current_time()
        except TransportError as error:
            left.append(f"mailbox {mailbox.name}: {error}")
        finally:
            connection.close()
    delivered = asyncio.run(_deliver_once(parts))
    left += delivered.trouble
    waiting = parts.outbox.counts()
    left += [
        f"{count} {kind} rows of the outbox are {status}"
        for (kind, status), count in sorted(waiting.items())
        if status in {"due", "claimed"}
    ]
    return tuple(left)


async def _deliver_once(parts: Parts) -> Delivered:
    deliverer = parts.deliverer()
    try:
        return await deliverer.drain()
    finally:
        await deliverer.close()
