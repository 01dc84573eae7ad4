"""The folder of sent mail: support's answers in their order, and decisions that were marked there by a keyword.

Three traps. Years of old mail may lie there: of a folder that was never read nothing is fetched that came before a day.
What this program sent itself may lie there too, and is no answer. And a keyword is set on a letter long after it was
read: so marked letters are asked for at every look, within bounds.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailtriage import log
from mailtriage.mail.message import RawMessage
from mailtriage.mail.sent import message_id, written_by_program
from mailtriage.settings import MailboxSettings
from mailtriage.store.whereabouts import Whereabouts
from mailtriage.transport.imap import Batch, Cursor, FolderStatus, Listed, Mailbox

_log = log.get("sent")
FIRST_LOOK = timedelta(days=30)
"""How far a folder is read back that was never read, unless `sent_since` says so."""
MARKED = timedelta(days=60)
"""How old a letter may be whose keyword is looked for."""


class SentFolder:
    """One mailbox's folder of sent mail; it remembers what it has seen."""

    def __init__(self, mailbox: MailboxSettings, whereabouts: Whereabouts) -> None:
        self._mailbox = mailbox
        self._whereabouts = whereabouts
        self._seen: FolderStatus | None = None
        self._marked: frozenset[tuple[int, int]] = frozenset()
        self._missing = False

    @property
    def name(self) -> str:
        """As configured."""
        return self._mailbox.sent

    def news(self, connection: Mailbox, cursor: Cursor | None) -> Listed | None:
        """What has come into it; None where nothing has, or there is no such folder."""
        status = connection.status(self.name)
        if status is None:
            if not self._missing:
                _log.warning("sent_folder_missing", mailbox=self._mailbox.name)
            self._missing, self._seen = True, None
            return None
        self._missing = False
        if status == self._seen:
            return None
        self._seen = None
        listed = connection.listed(self.name, cursor, self._since(cursor, status))
        if not listed.messages:
            self._seen = status
        return listed if listed.messages else None

    def by_people(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The same without what this program sent itself."""
        for batch in batches:
            ids = {raw.digest: message_id(raw.octets) for raw in batch.messages}
            ours = self._whereabouts.our_letters({each for each in ids.values() if each})
            if ours and (left := self._whereabouts.confirm(ours, datetime.now(UTC))):
                _log.info("replies_confirmed", mailbox=self._mailbox.name, letters=left)
            kept = [raw for raw in batch.messages if not _is_ours(raw, ids[raw.digest], ours)]
            yield replace(batch, messages=tuple(kept))

    def decisions(self, connection: Mailbox) -> int:
        """Record decisions that a keyword marks; gives how many were new."""
        if self._missing or not self._mailbox.final_keyword:
            return 0
        now = datetime.now(UTC)
        uidvalidity, uids = connection.marked(self.name, self._mailbox.final_keyword, (now - MARKED).date())
        fresh = {uid for uid in uids if (uidvalidity, uid) not in self._marked}
        if not fresh:
            return 0
        decided = self._whereabouts.mark_final(self._mailbox.name, self.name, uidvalidity, fresh, now)
        unread = self._whereabouts.unknown(self._mailbox.name, self.name, uidvalidity, fresh)
        self._marked = frozenset((uidvalidity, uid) for uid in uids - unread)
        if decided:
            _log.info("decisions_marked", mailbox=self._mailbox.name, letters=len(decided))
        return len(decided)

    def _since(self, cursor: Cursor | None, status: FolderStatus) -> date | None:
        if self._mailbox.sent_since:
            return self._mailbox.sent_since
        if cursor and cursor.uidvalidity == status.uidvalidity:
            return None
        return (datetime.now(UTC) - FIRST_LOOK).date()


def _is_ours(raw: RawMessage, message_id: str | None, ours: frozenset[str]) -> bool:
    return message_id in ours or written_by_program(raw.octets)
