"""Everything compared with everything: servers, books, folders, octets, outbox; twice where something seems wrong.

The trap is the alarm that cries wolf. The daemon works while we look, so that a gap counts only when two looks, one
after the other, have both found it.
"""

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from mailtriage import log, metrics
from mailtriage.receive import Receiver
from mailtriage.reconcile.compare import Comparison, Seen
from mailtriage.reconcile.gaps import Gap, Kind
from mailtriage.reconcile.kept import octets_against, outbox_against, todays
from mailtriage.reconcile.repair import Repair
from mailtriage.settings import Settings
from mailtriage.store.books import Books
from mailtriage.store.database import Database
from mailtriage.store.octets import SHARDS, Octets
from mailtriage.transport.imap import Mailbox
from mailtriage.triage.policy import Policy

_log = log.get("reconcile")
EVERY: frozenset[Kind] = frozenset(get_args(Kind))
BY_ITSELF: frozenset[Kind] = frozenset({"taken_away"})
"""What the daily run writes down: people may take their mail wherever they like."""


@dataclass(frozen=True)
class Reconciled:
    """What was found; `left` is what a person must look at."""

    gaps: tuple[Gap, ...]
    messages: int
    """That lie in the folders that were looked at."""
    waiting: int
    """Of these, how many have no outcome yet."""
    oldest: datetime | None
    """When the oldest of these came."""

    @property
    def left(self) -> tuple[Gap, ...]:
        """Gaps that were not mended."""
        return tuple(gap for gap in self.gaps if gap.mended is None)


class Reconciler:
    """Looks at everything that the configuration names."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        octets: Octets,
        policy: Policy,
        *,
        connect: Callable[[str], Mailbox],
        receiver: Callable[[], Receiver],
    ) -> None:
        self._settings, self._database, self._octets, self._policy = settings, database, octets, policy
        self._connect, self._receiver = connect, receiver
        self._books = Books(database)
        self._max_size = int(settings.limits.message_mb * 2**20)

    def reconcile(self, now: datetime, *, mend: Collection[Kind] = (), all_octets: bool = False) -> Reconciled:
        """Compare, and mend gaps of these kinds.

        Raises:
            TransportError: a server is away.
            StoreError: the database or the disk is away.
        """
        read = frozenset(SHARDS) if all_octets else todays(now)
        first = self._look(now, read)
        if not first.gaps:
            return Reconciled((), first.messages, first.waiting, first.oldest)
        second = self._look(now, {gap.digest[:2] for gap in first.gaps if gap.digest and gap.kind == "octets_damaged"})
        known = {gap.key for gap in first.gaps}
        gaps = [gap for gap in second.gaps if gap.key in known]
        if any(gap.kind in mend for gap in gaps):
            with closing(self._repair()) as repair:
                gaps = [repair.mend(gap, now) if gap.kind in mend else gap for gap in gaps]
        return Reconciled(tuple(gaps), second.messages, second.waiting, second.oldest)

    def daily(self, now: datetime) -> None:
        """The morning's run: told by metric and by one event."""
        found = self.reconcile(now, mend=BY_ITSELF)
        metrics.GAPS.set(len(found.left))
        metrics.OLDEST_WITHOUT_OUTCOME.set((now - found.oldest).total_seconds() if found.oldest else 0)
        metrics.RECONCILED.set(now.timestamp())
        kinds: dict[str, int] = {}
        for gap in found.left:
            kinds[gap.kind] = kinds.get(gap.kind, 0) + 1
        tell = _log.error if kinds else _log.info
        tell("reconciled", messages=found.messages, without_outcome=found.waiting, gaps=len(found.left), kinds=kinds)

    def _look(self, now: datetime, read: Collection[str]) -> Seen:
        whole = Seen()
        for mailbox in self._settings.mailboxes:
            with self._connect(mailbox.name) as connection:
                comparison = Comparison(mailbox, connection, self._database, self._policy, now, self._max_size)
                whole.add(comparison.look())
        whole.gaps += octets_against(self._books, self._octets, read)
        whole.gaps += outbox_against(self._books, [each.name for each in self._settings.mailboxes], now)
        return whole

    def _repair(self) -> Repair:
        return Repair(
            self._database,
            self._octets,
            self._policy,
            connect=self._connect,
            receiver=self._receiver,
            sent=frozenset((each.name, each.sent) for each in self._settings.mailboxes),
            max_size=self._max_size,
        )
