"""The worker as a process: reads until a signal ends it, and tells systemd that it is there.

The trap is a worker that answers to nobody: where the settings have messages read by the receiver itself, it would wait
for ever without a word.
"""

import asyncio
import signal

from mailtriage import log
from mailtriage.errors import MailtriageError
from mailtriage.parts import Parts
from mailtriage.transport import systemd

_log = log.get("worker")


def work(parts: Parts) -> None:
    """Read what others ask for, until SIGTERM or SIGINT.

    Raises:
        MailtriageError: nobody asks, the store is not there, or the readers do not start.
    """
    if parts.settings.readers.where != "workers":
        raise MailtriageError("nobody asks a worker while readers.where is here; expected readers: {where: workers}")
    parts.require_schema()
    asyncio.run(_serve(parts))


async def _serve(parts: Parts) -> None:
    from mailtriage.spread.queue import queue  # noqa: PLC0415 - an extra
    from mailtriage.spread.worker import Worker  # noqa: PLC0415 - an extra

    processes = parts.settings.readers.processes
    worker = Worker(parts.database, parts.octets, parts.readers.ready(), queue(parts.options), processes)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    feeding = asyncio.create_task(_feed_watchdog())
    await worker.run(_ready)
    feeding.cancel()
    _log.info("worker_stopped")


def _ready() -> None:
    systemd.notify("READY=1")
    _log.info("worker_started")


async def _feed_watchdog() -> None:
    while seconds := systemd.watchdog_seconds():
        systemd.notify("WATCHDOG=1")
        await asyncio.sleep(seconds)
