"""Readings by workers elsewhere, for the one who receives: asked through the queue, taken in as they come.

The trap is whoever never answers. A worker that dies is known by its silence, a job that nobody takes by its age; both
are taken back and read here, by readers with the same limits, so that a message waits for seconds and never for ever.
What read it here and died of it makes a hold, as on one machine. And what a worker hands in is validated like the word
of any reader process: it has read hostile files, too.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from mailtriage import log
from mailtriage.errors import MailtriageError, StoreError
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, load
from mailtriage.spread import queue
from mailtriage.store.database import Database
from mailtriage.store.handed import CHANNEL, Answer, Handed
from mailtriage.store.octets import Octets, by_digest
from mailtriage.transport.reader_frames import OF_A_MESSAGE, Frame
from mailtriage.transport.readers import Pool, ReaderFailed, ReadersUnavailable

_log = log.get("workers")
_LOOK_SECONDS = 1.0
_GATHER_SECONDS = 0.01
_REST_SECONDS = 30.0
"""How long nothing is sent after nobody took anything."""
_LONGEST = 180.0
"""Seconds after which a living worker is no longer believed to read."""
_KEPT = timedelta(days=1)
_START_SECONDS = 30.0


@dataclass(slots=True)
class _Asked:
    """One question, and all who wait for its answer."""

    frame: Frame
    job: dict[str, Any]
    since: float
    waiting: list[Future[Reading]] = field(default_factory=list)


class Workers(Pool):
    """Asks whatever workers there are; `here` makes the readers of this process, when they are first needed."""

    def __init__(
        self, database: Database, octets: Octets, options: ReadOptions, *, here: Callable[[], Pool], patience: float
    ) -> None:
        self._database, self._octets, self._here = database, octets, here
        self._handed = Handed(database)
        self._queue = queue.queue(options)
        self._app = queue.app(database)
        self._patience = patience
        self._asked: dict[str, _Asked] = {}
        self._resting_until = self._last_answer = 0.0
        self._unsent: list[_Asked] = []
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="workers", daemon=True)

    def start(self) -> None:
        """Open the queue.

        Raises:
            StoreError: the database is away.
        """
        queue.prepare(self._database)
        self._handed.drop_older(datetime.now(UTC) - _KEPT)
        self._thread.start()

    def close(self) -> None:
        """Wait for nothing any more; what is asked and not answered stays asked, for the next one."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread.ident is not None:
            self._thread.join(_START_SECONDS)

    def ask(self, frame: Frame) -> Future[Reading]:
        """As `Pool.ask`."""
        future: Future[Reading] = Future()
        try:
            self._loop.call_soon_threadsafe(self._take, frame, future)
        except RuntimeError:
            future.set_exception(ReadersUnavailable("the workers are not asked any more"))
        return future

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        news = asyncio.create_task(self._listen())
        try:
            while not self._stop.is_set():
                try:
                    async with self._app.open_async():
                        await self._look_on()
                except Exception as error:  # noqa: BLE001 - the queue is away: what waits is read here meanwhile
                    _log.warning("queue_away", why=log.cause(error))
                    self._take_back(list(self._asked), "the queue is away")
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._stop.wait(), _LOOK_SECONDS)
        finally:
            # Each is waited for: one that is told twice to end leaves its connection open.
            for task in (news, *self._tasks):
                task.cancel()
            await asyncio.gather(news, *self._tasks, return_exceptions=True)
            for asked in self._asked.values():
                for future in asked.waiting:
                    future.cancel()

    async def _look_on(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _LOOK_SECONDS)
            if self._asked:
                # A message that tells of an answer may be lost with its connection: the answer itself is not.
                await self._collect(list(self._asked))
                await self._look_after()

    def _take(self, frame: Frame, future: Future[Reading]) -> None:
        job = queue.job(frame, self._queue)
        if known := self._asked.get(job["key"]):
            known.waiting.append(future)
            return
        asked = self._asked[job["key"]] = _Asked(frame, job, time.monotonic(), [future])
        # What is asked of several messages at once lies nowhere that a worker could fetch it from.
        if frame.kind not in OF_A_MESSAGE or time.monotonic() < self._resting_until:
            self._take_back([job["key"]], None)
            return
        if not self._unsent:
            self._do(self._send())
        self._unsent.append(asked)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self) -> None:
        """Put what was asked in the same moment, mostly a batch, into the queue at once."""
        await asyncio.sleep(_GATHER_SECONDS)
        asked, self._unsent = self._unsent, []
        try:
            # Whoever takes a job must find what it is about.
            await asyncio.to_thread(self._octets.put, by_digest(each.frame.payload for each in asked))
            await self._collect([each.job["key"] for each in asked])
            jobs = [each.job for each in asked if each.job["key"] in self._asked]
            if jobs:
                await self._app.configure_task(queue.TASK, queue=self._queue).batch_defer_async(*jobs)
        except Exception as error:  # noqa: BLE001 - whatever it was, these are read here
            self._take_back([each.job["key"] for each in asked], log.cause(error))

    async def _listen(self) -> None:
        """Hear of answers as they come."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    queue.address(self._database), autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for told in connection.notifies():
                        if told.payload in self._asked:
                            if not self._told:
                                self._do(self._fetch())
                            self._told.add(told.payload)
            except psycopg.Error:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _fetch(self) -> None:
        """Fetch what was told of in the same moment; what cannot be is looked for later."""
        await asyncio.sleep(_GATHER_SECONDS)
        told, self._told = list(self._told), set()
        with suppress(StoreError):
            await self._collect(told)

    async def _collect(self, keys: list[str]) -> None:
        """Give the answers that are there to whoever waits for them."""
        found = await asyncio.to_thread(self._handed.take, keys)
        if found:
            self._last_answer = time.monotonic()
        for key, answer in found.items():
            if asked := self._asked.pop(key, None):
                _give(asked, answer)

    async def _look_after(self) -> None:
        """Take back what dead workers hold, and what nobody takes."""
        manager, now = self._app.job_manager, time.monotonic()
        dead = await manager.get_stalled_jobs(
            queue=self._queue, task_name=queue.TASK, seconds_since_heartbeat=queue.DEAD_AFTER
        )
        for job in dead:
            if job.id is not None:
                await manager.finish_job_by_id_async(job.id, queue.Status.FAILED, delete_job=True)
            self._take_back([str(job.task_kwargs["key"])], "its worker died")
        late = [key for key, asked in self._asked.items() if now - asked.since > self._patience]
        if not late:
            return
        jobs = {job.task_kwargs["key"]: job for job in await manager.list_jobs_async(queue=self._queue)}
        for key in late:
            if why := await self._given_up(key, jobs.get(key)):
                self._take_back([key], why)
        if now - self._last_answer > self._patience:
            self._resting_until = now + _REST_SECONDS

    async def _given_up(self, key: str, job: queue.Job | None) -> str | None:
        """Why a late job is waited for no longer; None where a worker reads it now."""
        if job is None or job.id is None:
            await self._collect([key])
            return "no worker could read it"
        if job.status == "todo" and await self._app.job_manager.cancel_job_by_id_async(job.id, delete_job=True):
            return "no worker took it"
        asked = self._asked.get(key)
        return "its worker came to no end" if asked and time.monotonic() - asked.since > _LONGEST else None

    def _take_back(self, keys: list[str], why: str | None) -> None:
        """Have these read here, in the order in which they were asked."""
        asked = [self._asked.pop(key) for key in keys if key in self._asked]
        if asked:
            if why is not None:
                _log.warning("readings_taken_back", count=len(asked), why=why)
            self._do(self._read_here(asked))

    async def _read_here(self, asked: list[_Asked]) -> None:
        try:
            pool = await asyncio.to_thread(self._here)
        except MailtriageError as error:
            for each in asked:
                _fail(each, error)
            return
        for each in asked:
            pool.ask(each.frame).add_done_callback(partial(_pass_on, each))


def _give(asked: _Asked, answer: Answer) -> None:
    if answer.reading is None:
        _fail(asked, ReaderFailed(answer.failure or "was not read"))
        return
    try:
        reading = load(answer.reading)
    except ValueError:
        _fail(asked, ReaderFailed("gave an answer that is none"))
    else:
        for future in asked.waiting:
            future.set_result(reading)


def _pass_on(asked: _Asked, done: Future[Reading]) -> None:
    if done.cancelled():
        _fail(asked, ReadersUnavailable("the readers are being stopped"))
    elif error := done.exception():
        _fail(asked, error)
    else:
        for future in asked.waiting:
            future.set_result(done.result())


def _fail(asked: _Asked, error: BaseException) -> None:
    for future in asked.waiting:
        future.set_exception(error)
