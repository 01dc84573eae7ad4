"""`mailtriage demo`: embedded servers, sample mail, and the unchanged daemon on top.

Nothing outside a temporary folder and loopback is touched, so the demo runs from any folder and leaves nothing behind.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from mailtriage import log
from mailtriage.arrival import Recorded, Watch
from mailtriage.configuration import Configuration, load_configuration, shipped
from mailtriage.daemon import Daemon
from mailtriage.demo.imap import EmbeddedImap
from mailtriage.demo.samples import Sample, load_samples
from mailtriage.demo.smtp import EmbeddedSmtp
from mailtriage.demo.table import Screen, letter, summary
from mailtriage.one_pass import one_pass
from mailtriage.parts import Parts
from mailtriage.settings import MailboxSettings
from mailtriage.transport.imap import ImapAccount, Mailbox

_BETWEEN_MESSAGES = 0.4
"""Seconds between two arriving messages of the live demo: slow enough to watch."""
_LETTERS_SHOWN = 4


def run_demo(*, once: bool, port: int) -> int:
    """Run the demo: `once` drains the inbox, else it serves until Ctrl+C; then a summary. Returns the exit code."""
    console = Console()
    log.configure(level="error")
    with _stage(port) as (configuration, imap, smtp), Screen(console) as screen:
        samples = load_samples(datetime.now(UTC))

        def watch(recorded: Recorded) -> None:
            screen.add(recorded.record, recorded.folder)

        with Parts(configuration) as parts:
            if once:
                _put(imap, samples, pause=0)
                left = one_pass(parts, watch)
            else:
                left = asyncio.run(_serve(parts, watch, imap, samples, console))
    records = screen.decisions.records
    for panel in [panel for panel in map(letter, records) if panel][-_LETTERS_SHOWN:]:
        console.print(panel)
    console.print(summary(records, len(smtp.received)))
    for what in left:
        console.print(f"Осталось на потом: {what}", markup=False)
    return 1 if left else 0


async def _serve(
    parts: Parts, watch: Watch, imap: EmbeddedImap, samples: tuple[Sample, ...], console: Console
) -> tuple[str, ...]:
    """The daemon as it runs in earnest, while mail arrives."""
    postman = threading.Thread(target=_put, args=(imap, samples), kwargs={"pause": _BETWEEN_MESSAGES}, daemon=True)
    postman.start()
    console.print(f"Ящик: IMAP {imap.host}:{imap.port}, вход {imap.user} / {imap.password}. Ctrl+C завершит работу.")
    await Daemon(parts, watch).run()
    return ()


def _put(imap: EmbeddedImap, samples: tuple[Sample, ...], *, pause: float) -> None:
    """Deliver the samples into INBOX as a mail server would."""
    with Mailbox(ImapAccount("postman", imap.host, imap.port, "none", imap.user, imap.password)) as mailbox:
        mailbox.connect()
        for sample in samples:
            mailbox.append("INBOX", sample.octets, sample.received_at)
            time.sleep(pause)


@contextmanager
def _stage(port: int) -> Iterator[tuple[Configuration, EmbeddedImap, EmbeddedSmtp]]:
    """Servers and a configuration that points to them: the shipped one, with other hosts and a temporary store."""
    with (
        TemporaryDirectory(prefix="mailtriage-demo-") as folder,
        EmbeddedImap(port=port) as imap,
        EmbeddedSmtp() as smtp,
    ):
        root = Path(folder)
        password = root / "password"
        password.write_text(imap.password)
        configuration = load_configuration(shipped() / "config" / "mailtriage.yaml", environment={})
        settings = configuration.settings
        plain: dict[str, Any] = {"host": imap.host, "port": imap.port, "tls": "none", "user": imap.user}
        mailbox = MailboxSettings(name="support", password=f"file:{password}", **plain)
        relay = settings.smtp.model_copy(
            update={"host": smtp.host, "port": smtp.port, "tls": "none", "user": None, "password": None}
        )
        changed = settings.model_copy(
            update={
                "mailboxes": (mailbox,),
                "smtp": relay,
                "database": f"sqlite:///{root / 'mailtriage.db'}",
                "octets": f"file://{root / 'octets'}",
            }
        )
        yield Configuration(changed, configuration.file, configuration.root), imap, smtp
