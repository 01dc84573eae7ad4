"""Composition root of `run`: builds the parts, schedules the loops, listens to signals and to systemd.

The trap is a daemon that looks alive while it does nothing. The watchdog is fed only while every mailbox thread has
moved within its time, so a thread that hangs gets the whole daemon restarted; IDLE is never trusted alone, a poll runs
beside it; and nothing that may wait for a server or the disk for long runs on the event loop itself.
"""

import asyncio
import contextlib
import signal
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailtriage import log, metrics
from mailtriage.arrival import Recorded, Watch
from mailtriage.deliver.deliverer import Worker
from mailtriage.deliver.patience import Delivered
from mailtriage.errors import MailtriageError
from mailtriage.mailbox_loop import MailboxLoop
from mailtriage.parts import Parts
from mailtriage.reply.deadline import WorkCalendar
from mailtriage.reply.templates import Templates
from mailtriage.rulebook import Beside
from mailtriage.settings import Settings
from mailtriage.store.ledger import Ledger
from mailtriage.transport import systemd
from mailtriage.watching import Watch as FileWatch
from mailtriage.watching import Watched

_log = log.get("daemon")
DELIVER_SECONDS = 5
"""How often the outbox is looked at, apart from when a message was just recorded."""
COUNT_SECONDS = 60
RECOVER_SECONDS = 15
MORNING_SECONDS = 30
"""How often it is asked whether something is to be done by the calendar."""
STOP_SECONDS = 12
"""What is in flight then is left behind: a batch comes again, a reply is unconfirmed."""
GOODBYE_SECONDS = 3


class Daemon:
    """The running service; `run()` returns when it was told to stop and has."""

    def __init__(self, parts: Parts, watch: Watch | None = None) -> None:
        self.parts = parts
        self._watch = watch
        self._stop = asyncio.Event()
        self._loops: tuple[MailboxLoop, ...] = ()
        self._wakes: list[asyncio.Event] = []
        self._background: set[asyncio.Task[object]] = set()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Raises:
            MailtriageError: the configuration, the store or the readers do not let it start.
            OSError: the port of the metrics is taken.
        """
        parts = self.parts
        parts.take_store()
        parts.outbox.recover(datetime.now(UTC))
        if port := parts.settings.metrics.port:
            metrics.serve(parts.settings.metrics.host, port)
        connections, deliverer = parts.mailboxes(), parts.deliverer()
        recorded = self._teller(asyncio.get_running_loop())
        self._loops = tuple(
            MailboxLoop(
                mailbox.name,
                parts.rounds(mailbox),
                connect=connections[mailbox.name],
                recorded=recorded,
                leases=parts.leases,
            )
            for mailbox in parts.settings.mailboxes
        )
        following = self._follow()
        parts.await_readers()
        self._listen_to_signals()
        scheduler = self._scheduler()
        for mailbox_loop in self._loops:
            mailbox_loop.start()
        scheduler.start()
        working = [asyncio.create_task(self._work(worker)) for worker in deliverer.workers]
        systemd.notify("READY=1")
        _log.info("daemon_started", rules=parts.rulebook.current.version, mailboxes=len(self._loops))
        await self._stop.wait()
        _log.info("daemon_stopping")
        systemd.notify("STOPPING=1")
        scheduler.shutdown(wait=False)
        deliverer.stop()
        await self._end(working)
        following.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(deliverer.close(), GOODBYE_SECONDS)
        _log.info("daemon_stopped")

    def stop(self) -> None:
        """Finish what is in flight and end."""
        self._stop.set()

    def reload(self) -> None:
        """Read rules, templates and calendar again; wrong ones leave the good ones in use."""
        reading: asyncio.Task[object] = asyncio.create_task(self._reread())
        self._background.add(reading)
        reading.add_done_callback(self._background.discard)

    async def _reread(self) -> None:
        # Compiling rules and running their examples takes a second, in which replies would wait.
        await asyncio.to_thread(self.parts.rulebook.reload)

    def _follow(self) -> asyncio.Task[None]:
        """From now on every change of what leads edit is read without being asked for."""
        settings = self.parts.settings
        self.parts.rulebook.beside = Beside(settings.replies, settings.calendar, settings.time_zone, self._take)
        watch = FileWatch(edited_files(settings), self._reread)
        # What was saved since it was first read, a moment ago, is seen by nobody but this first look.
        self.reload()
        return asyncio.create_task(watch.run(self._stop))

    def _take(self, templates: Templates, calendar: WorkCalendar) -> None:
        """Let replies and promises be made with these; a batch in hand may end with them."""
        parts, receiver = self.parts, self.parts.receiver
        receiver.compose = partial(receiver.compose, templates=templates)
        if calendar != receiver.policy.calendar:
            policy = replace(receiver.policy, calendar=calendar)
            receiver.policy, receiver.ledger = policy, Ledger(parts.database, policy)

    async def _work(self, worker: Worker) -> None:
        """Let a worker empty its part of the outbox whenever something may be due."""
        wake, broken_off = asyncio.Event(), False
        self._wakes.append(wake)
        while not self._stop.is_set():
            wake.clear()
            try:
                await worker(Delivered())
            except Exception as error:  # noqa: BLE001 - a database that is locked or full today is not tomorrow
                if not broken_off:
                    unforeseen = not isinstance(error, MailtriageError)
                    _log.error("delivery_broke_off", why=log.cause(error), exc_info=unforeseen)
                broken_off = True
            else:
                if broken_off:
                    _log.info("delivery_resumed")
                broken_off = False
            await wake.wait()

    async def _end(self, working: list[asyncio.Task[None]]) -> None:
        """Let mailboxes and workers finish what is in flight, all at once, and leave behind what takes too long."""
        self._wake_workers()
        for mailbox_loop in self._loops:
            mailbox_loop.stop()
        ended = [asyncio.create_task(asyncio.to_thread(each.join, STOP_SECONDS)) for each in self._loops]
        await asyncio.wait([*working, *ended], timeout=STOP_SECONDS)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        left = [each.name for each, end in zip(self._loops, ended, strict=True) if not await end]
        if left:
            _log.warning("mailbox_left_behind", mailboxes=left)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
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
        scheduler.add_job(self._mornings, "interval", seconds=MORNING_SECONDS, next_run_time=datetime.now(UTC))
        scheduler.add_job(self._count, "interval", seconds=COUNT_SECONDS, next_run_time=datetime.now(UTC))
        if self.parts.leases.node is not None:
            scheduler.add_job(self._recover, "interval", seconds=RECOVER_SECONDS)
        if seconds := systemd.watchdog_seconds():
            scheduler.add_job(self._feed_watchdog, "interval", seconds=seconds)
        return scheduler

    async def _poll(self) -> None:
        for mailbox_loop in self._loops:
            mailbox_loop.poke()

    async def _look_at_outbox(self) -> None:
        self._wake_workers()

    async def _mornings(self) -> None:
        if await asyncio.to_thread(self.parts.mornings_of_the_daemon.look, datetime.now(UTC)):
            self._wake_workers()

    async def _recover(self) -> None:
        """Put right what another node left behind when it died."""
        with contextlib.suppress(MailtriageError):
            if any((await asyncio.to_thread(self.parts.outbox.recover, datetime.now(UTC))).values()):
                _log.warning("node_died")
                self._wake_workers()

    async def _count(self) -> None:
        # A database that is away is told by the workers.
        with contextlib.suppress(MailtriageError):
            counts = await asyncio.to_thread(self.parts.outbox.open_counts)
            metrics.owed(counts.items())

    async def _feed_watchdog(self) -> None:
        silent = [each.name for each in self._loops if not each.alive]
        if silent:
            _log.error("mailbox_thread_silent", mailboxes=silent)
        else:
            systemd.notify("WATCHDOG=1")

    def _wake_workers(self) -> None:
        for wake in self._wakes:
            wake.set()

    def _teller(self, loop: asyncio.AbstractEventLoop) -> Watch:
        """Called in a mailbox thread for each recorded message: wakes delivery, tells the watcher."""

        def tell(recorded: Recorded) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already: the row waits for the next start
                loop.call_soon_threadsafe(self._wake_workers)
            if self._watch:
                self._watch(recorded)

        return tell


def edited_files(settings: Settings) -> Watched:
    """What leads edit: all rules with their lists, the reply templates and the calendar."""
    rules = settings.rules
    return Watched(
        (rules, rules / "outgoing", rules / "lists", settings.replies), (".yaml", ".yml", ".j2"), (settings.calendar,)
    )
