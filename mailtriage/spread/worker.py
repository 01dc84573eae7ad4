"""A worker: takes a digest from the queue, has the octets read in processes of its own, hands the reading in.

It decides nothing, moves nothing and sends nothing; what a hostile file breaks here is a reader process, as everywhere.
The trap is the worker that lives and cannot work: one that does not find the octets, or whose readers do not start,
would take job after job and fail, so it lets go of the job at once and says so, and the asker reads for himself.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from mailtriage import log
from mailtriage.mail.reading import dump
from mailtriage.spread import queue
from mailtriage.store.database import Database
from mailtriage.store.handed import Answer, Handed
from mailtriage.store.octets import Octets
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.readers import Pool, ReaderFailed

_log = log.get("worker")
_FIRST_REST, _LONGEST_REST = 1.0, 60.0
_STOP_SECONDS = 30.0


class Worker:
    """Reads until it is told to stop; `at_once` messages at a time."""

    def __init__(self, database: Database, octets: Octets, readers: Pool, queue_name: str, at_once: int) -> None:
        self._database, self._octets, self._readers = database, octets, readers
        self._handed = Handed(database)
        self._queue, self._at_once = queue_name, at_once
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Finish what is being read and end."""
        self._stop.set()

    async def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Serve the queue, also after the database was away; `started` is called once."""
        queue.prepare(self._database)
        rest = _FIRST_REST
        while not self._stop.is_set():
            before = asyncio.get_running_loop().time()
            try:
                app = queue.app(self._database)
                app.task(name=queue.TASK, queue=self._queue)(self._read)
                async with app.open_async():
                    started()
                    await self._serve(app)
            except (queue.ConnectorException, OSError) as error:
                _log.warning("queue_away", why=log.cause(error))
            lasted = asyncio.get_running_loop().time() - before
            rest = _FIRST_REST if lasted > _LONGEST_REST else min(2 * rest, _LONGEST_REST)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), rest)

    async def _serve(self, app: queue.App) -> None:
        serving = asyncio.create_task(
            app.run_worker_async(
                queues=[self._queue],
                concurrency=self._at_once,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=queue.BEAT_SECONDS,
                stalled_worker_timeout=queue.DEAD_AFTER,
                shutdown_graceful_timeout=_STOP_SECONDS,
            )
        )
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not serving.done():
            serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _read(self, key: str, kind: str, text: str, digest: str) -> None:
        try:
            octets = await asyncio.to_thread(self._octets.get, digest)
            reading = await asyncio.wrap_future(self._readers.ask(Frame(kind.encode(), text, octets)))
            answer = Answer(reading=dump(reading))
        except ReaderFailed as error:
            answer = Answer(failure=error.reason)
        except Exception as error:
            _log.error("reading_given_up", digest=digest[:12], why=log.cause(error))
            raise
        await asyncio.to_thread(self._handed.hand_in, key, answer, datetime.now(UTC))
