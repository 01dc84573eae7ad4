"""Deliver as a whole: one worker for moves, one for each SMTP connection.

Moves and replies wait for different servers, so each has workers of its own: a final dot that is answered after ten
minutes holds up no move, and a mailbox that is away no reply. How they are carried out, and what may go wrong, stands
in moves.py and replies.py; when they are tried again, in patience.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from mailtriage.deliver.copies import Copies
from mailtriage.deliver.moves import Moves
from mailtriage.deliver.patience import Delivered
from mailtriage.deliver.replies import Replies
from mailtriage.store.outbox import Outbox
from mailtriage.store.restraint import Restraint
from mailtriage.transport.imap import Mailbox
from mailtriage.transport.smtp import Sender

__all__ = ["Delivered", "Deliverer", "Worker"]

Worker = Callable[[Delivered], Awaitable[None]]
"""Carries out what is due of its kind, and notes what it did."""


class Deliverer:
    """Empties the outbox: one worker for moves, and one for each SMTP connection.

    `tries` is how often a result is attempted to be written down while the database is away; None is without end.
    Without a `restraint`, nothing is asked again before a reply leaves; without `copies`, none are kept in the mailbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        mailboxes: Mapping[str, Callable[[], Mailbox]],
        senders: tuple[Sender, ...],
        envelope_from: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        tries: int | None = None,
        restraint: Restraint | None = None,
        copies: Copies | None = None,
    ) -> None:
        self._copies = copies
        self._stopping = asyncio.Event()
        self._moves = Moves(outbox, mailboxes, now=now, stopping=self._stopping, tries=tries)
        self._replies = Replies(
            outbox,
            envelope_from=envelope_from,
            now=now,
            stopping=self._stopping,
            tries=tries,
            restraint=restraint,
            copies=copies,
        )
        self._senders = senders

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Each may run beside the others, and one run of each at a time."""
        return self._moves.drain, *(partial(self._replies.drain, sender) for sender in self._senders)

    def stop(self) -> None:
        """Finish what is in flight and claim nothing more."""
        self._stopping.set()

    async def close(self) -> None:
        """Say goodbye to the servers."""
        for sender in self._senders:
            await sender.close()
        await self._moves.close()
        if self._copies:
            await asyncio.to_thread(self._copies.close)
