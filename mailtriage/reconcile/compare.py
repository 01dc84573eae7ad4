"""One mailbox on its server against the books: INBOX, the folders of ours, and the folder of sent mail.

The trap is time. While we look, the daemon moves and people drag, so that one look finds gaps that are none; what one
look finds is asked again by another, and only what both have seen is told (`reconciler.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailtriage.following.instructions import Instructions
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.sent import message_id, written_by_program
from mailtriage.reconcile.gaps import Gap, Kind
from mailtriage.reconcile.stretches import Stretch, stretches
from mailtriage.settings import MailboxSettings
from mailtriage.store.books import Books, Entry
from mailtriage.store.database import Database
from mailtriage.store.ledger import Ledger
from mailtriage.store.whereabouts import Known, Whereabouts
from mailtriage.transport.imap import Listed, Mailbox
from mailtriage.triage.effects import duplicate_move
from mailtriage.triage.policy import Policy

PATIENCE = timedelta(hours=1)
"""How long a message may wait to be read, a row to be carried out, and a moved message to be seen."""
SENT_WITHIN = timedelta(days=30)
"""How old letters of support may be of which an outcome is asked."""
MOST = 2_000
"""Gaps of one sort in one folder that are named; the next run names the next."""
_AT_ONCE = 200


@dataclass
class Seen:
    """What one look at a mailbox found."""

    gaps: list[Gap] = field(default_factory=list)
    messages: int = 0
    """That lie in the folders that were looked at."""
    waiting: int = 0
    oldest: datetime | None = None
    """When the oldest message came that has no outcome."""

    def add(self, other: "Seen") -> None:
        """The same of another mailbox."""
        self.gaps += other.gaps
        self.messages += other.messages
        self.waiting += other.waiting
        self.oldest = min(filter(None, (self.oldest, other.oldest)), default=None)

    def wait(self, since: datetime) -> None:
        """One more has no outcome."""
        self.waiting += 1
        self.oldest = min(since, self.oldest or since)


class Comparison:
    """One look at one mailbox."""

    def __init__(  # noqa: PLR0917 - the two sides of a comparison
        self,
        mailbox: MailboxSettings,
        connection: Mailbox,
        database: Database,
        policy: Policy,
        now: datetime,
        max_size: int,
    ) -> None:
        self._mailbox, self._connection, self._now = mailbox, connection, now
        self._policy, self._max_size = policy, max_size
        self._books, self._ledger = Books(database), Ledger(database, policy)
        self._whereabouts, self._instructions = Whereabouts(database), Instructions(policy)
        self._began = self._books.began_at() or now
        self.seen = Seen()
        self._absent: dict[int, tuple[Entry, Location]] = {}
        """What should lie somewhere and does not, by the number of its place in the books."""

    def look(self) -> Seen:
        """Compare every folder.

        Raises:
            TransportError: the server is away.
            StoreError: the database is away.
        """
        folders = dict.fromkeys((self._mailbox.folder, *self._instructions.all, self._mailbox.sent))
        unknown = [found for folder in folders if (found := self._folder(folder)) is not None]
        # Only when it is known what is missing anywhere can it be told of a stranger what it is.
        for folder, uidvalidity, uids in unknown:
            self._unknown(folder, uidvalidity, uids)
        for entry, place in self._absent.values():
            self.seen.gaps.append(Gap("taken_away", place, entry.digest, entry.message, entry.id))
        watched = frozenset(self._instructions.watched)
        for lost in self._books.vanished(self._mailbox.name, self._now - PATIENCE):
            if lost.target in watched:
                gap = Gap("nowhere", lost.at, lost.digest, lost.message, lost.location, recorded=lost.target)
                self.seen.gaps.append(gap)
        return self.seen

    def _folder(self, folder: str) -> tuple[str, int, list[int]] | None:
        """Compare what lies there; gives UIDVALIDITY and the UIDs that the books do not have."""
        if self._connection.status(folder) is None:
            return None
        uidvalidity, present = self._connection.uids(folder)
        self.seen.messages += len(present)
        where = (self._mailbox.name, folder, uidvalidity)
        unknown: list[int] = []
        for stretch in stretches(sorted(present)):
            if stretch.uids:
                unknown += self._stretch(where, stretch)
            else:
                self._miss(self._books.standing(*where, stretch.span, MOST), folder, uidvalidity)
        self._miss(self._books.stranded(*where, MOST), folder, uidvalidity)
        if folder == self._mailbox.folder:
            for entry in self._books.unmoved(*where, MOST):
                if entry.uid in present and self._home(entry.message) != folder:
                    self._tell("unmoved", where, entry)
        return folder, uidvalidity, unknown

    def _stretch(self, where: tuple[str, str, int], stretch: Stretch) -> list[int]:
        """Note where the books are wrong about UIDs that lie there; gives those that they do not have."""
        count = len(stretch.uids)
        if stretch.whole and self._books.counted(*where, stretch.span) == (count, count):
            return []
        present, entries = frozenset(stretch.uids), self._books.entries(*where, stretch.span)
        self._miss([each for each in entries.values() if each.standing and each.uid not in present], *where[1:])
        for entry in entries.values():
            if not entry.standing and entry.uid in present and (kind := self._books.left(entry.id)) != "claimed":
                self._tell("still_there" if kind else "back_again", where, entry)
        return [uid for uid in stretch.uids if uid not in entries]

    def _miss(self, entries: Iterable[Entry], folder: str, uidvalidity: int) -> None:
        for entry in entries:
            self._absent[entry.id] = entry, Location(self._mailbox.name, folder, uidvalidity, entry.uid)

    def _tell(self, kind: Kind, where: tuple[str, str, int], entry: Entry) -> None:
        place = Location(*where, entry.uid)
        self.seen.gaps.append(Gap(kind, place, entry.digest, entry.message, entry.id))

    def _home(self, message: int) -> str:
        return duplicate_move(*self._books.decided(message), self._policy).folder

    def _unknown(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        """UIDs that the books do not have: not read yet, passed over, or put there by somebody."""
        cursor = self._ledger.cursor(self._mailbox.name, folder)
        read_to = cursor.uid if cursor and cursor.uidvalidity == uidvalidity else 0
        if folder == self._mailbox.folder:
            for one in self._connection.sized(folder, uidvalidity, uids).messages:
                self.seen.wait(one.received_at)
                place = Location(self._mailbox.name, folder, uidvalidity, one.uid)
                if one.uid <= read_to:
                    self.seen.gaps.append(Gap("no_outcome", place, since=one.received_at))
                elif one.received_at < self._now - PATIENCE:
                    self.seen.gaps.append(Gap("waits_too_long", place, since=one.received_at))
            return
        sent = folder == self._mailbox.sent
        # What came behind the cursor is not overdue yet: the next look of the daemon takes it.
        passed = self._connection.sized(folder, uidvalidity, [uid for uid in uids if uid <= read_to])
        since = self._now - SENT_WITHIN if sent else self._began
        kept = [one for one in passed.messages if one.received_at >= since or not sent]
        self._strangers(Listed(folder, uidvalidity, tuple(kept[:MOST])), since, sent=sent)

    def _strangers(self, listed: Listed, since: datetime, *, sent: bool) -> None:
        """What the books do not have in a folder of ours: the headers, and else the whole, tell whether it is known."""
        unread: set[int] = set()
        for raw in self._fetched(listed, 0):
            named = message_id(raw.octets)
            if (known := self._whereabouts.identify(raw, named)) is not None:
                self._misplaced(raw, known)
            elif raw.location and raw.received_at >= since and not (sent and self._is_ours(raw, named)):
                unread.add(raw.location.uid)
        left = tuple(one for one in listed.messages if one.uid in unread)
        for raw in self._fetched(Listed(listed.folder, listed.uidvalidity, left), self._max_size):
            if (known := self._whereabouts.identify(raw, None)) is not None:
                self._misplaced(raw, known)
                continue
            self.seen.wait(raw.received_at)
            kind: Kind = "no_outcome" if sent else "unread_in_folder"
            self.seen.gaps.append(Gap(kind, raw.location, since=raw.received_at))

    def _fetched(self, listed: Listed, max_size: int) -> Iterator[RawMessage]:
        for batch in self._connection.fetch(listed, batch=_AT_ONCE, max_size=max_size):
            yield from batch.messages

    def _misplaced(self, raw: RawMessage, known: Known) -> None:
        missed = next((at for at, (entry, _) in self._absent.items() if entry.message == known.id), None)
        recorded = self._absent.pop(missed)[1].folder if missed is not None else None
        moved = recorded is not None and raw.location is not None and recorded != raw.location.folder
        kind: Kind = "moved_unseen" if moved else "unrecorded_place"
        self.seen.gaps.append(Gap(kind, raw.location, known.digest, known.id, missed, recorded=recorded))

    def _is_ours(self, raw: RawMessage, named: str | None) -> bool:
        ours = self._whereabouts.our_letters({named}) if named else frozenset()
        return named in ours or written_by_program(raw.octets)
