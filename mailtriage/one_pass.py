"""`mailtriage once`: everything that waits is received, and all that follows from it carried out, in one pass.

The trap is a pass that ends well though something was left behind: whatever could not be done is told in words, and
what a server undid by coming back in time is not.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from mailtriage import log, metrics
from mailtriage.arrival import Recorded, Watch
from mailtriage.deliver.meanwhile import Meanwhile
from mailtriage.errors import MailtriageError
from mailtriage.mailbox_loop import lease
from mailtriage.parts import Parts
from mailtriage.settings import MailboxSettings
from mailtriage.transport.imap import Mailbox

_TRIES = 5


def one_pass(parts: Parts, watch: Watch | None = None) -> tuple[str, ...]:
    """Receive until the mailboxes are drained, deliver until nothing is due.

    Returns what had to be left for later, in words; empty when nothing was.

    Raises:
        AlreadyRunning: another process holds the store.
        MailtriageError: the configuration, the store or the readers do not let it begin or end.
    """
    parts.take_store()
    parts.outbox.recover(datetime.now(UTC))
    connections = parts.mailboxes()
    left: list[str] = []
    owed_before = bool(parts.outbox.open_counts()["move", "due"])
    with Meanwhile(partial(parts.deliverer, tries=_TRIES), moves_wait=owed_before) as delivery:
        for mailbox in parts.settings.mailboxes:
            if holder := parts.leases.take(lease(mailbox.name)):
                left.append(f"mailbox {mailbox.name}: is read by {holder}")
                continue
            try:
                for recorded in _received(parts, mailbox, connections[mailbox.name]):
                    delivery.recorded(len(recorded))
                    for each in recorded:
                        if watch:
                            watch(each)
            except MailtriageError as error:
                # A server's words may quote a letter, and what is printed here often ends in a journal.
                left.append(f"mailbox {mailbox.name}: {log.cause(error)}")
        parts.mornings_of_the_daemon.look(datetime.now(UTC))
        trouble = delivery.finish().trouble
    counts = parts.outbox.open_counts()
    metrics.owed(counts.items())
    owed = [
        f"{count} {kind} rows of the outbox are {status}"
        for (kind, status), count in sorted(counts.items())
        if count and status in {"due", "claimed"}
    ]
    # A server that was away for a while and has all its mail by now is no trouble any more.
    return *left, *(trouble if owed else ()), *owed


def _received(parts: Parts, mailbox: MailboxSettings, connect: Callable[[], Mailbox]) -> Iterator[list[Recorded]]:
    """All that is new in a mailbox, batch by batch."""
    with connect() as connection:
        connection.connect()
        yield from parts.rounds(mailbox).receive(connection)
    metrics.LAST_POLL.labels(mailbox.name).set_to_current_time()
