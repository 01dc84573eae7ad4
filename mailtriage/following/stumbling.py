"""Messages at which fetching breaks off, pass after pass: they are gone round, so that the line behind them moves.

The trap is blame. A server that goes down in the midst of a message says nothing about it, so only what fails alone,
again and again, on connections that are sound up to it, counts as its fault; then its headers are asked for alone, and
at last not even these: it is recorded as held, for a person to see what the server will not show us.
"""

from collections import Counter
from dataclasses import dataclass, field

from mailtriage import log
from mailtriage.transport.imap import BrokenOff, Caution

_log = log.get("mailbox")
_HEADERS_ALONE, _UNASKED = 3, 5
"""After so many failures of a message by itself."""
_FEWER = 4


class Stumbling:
    """What is remembered of the folders of one mailbox, from one pass to the next; a restart forgets it."""

    def __init__(self, mailbox: str) -> None:
        self._mailbox = mailbox
        self._folders: dict[str, _Stumbled] = {}

    def caution(self, folder: str) -> Caution:
        """How to fetch there now."""
        known = self._folders.get(folder)
        return known.caution if known else Caution()

    def note(self, broken: BrokenOff) -> None:
        """It broke off there."""
        known = self._folders.get(broken.folder)
        if known is None or known.uidvalidity != broken.uidvalidity:
            known = self._folders[broken.folder] = _Stumbled(broken.uidvalidity)
        known.batch = max(1, len(broken.uids) // _FEWER)
        if len(broken.uids) > 1:
            return
        (uid,) = broken.uids
        known.failures[uid] += 1
        if known.failures[uid] in {_HEADERS_ALONE, _UNASKED}:
            _log.error("message_not_handed_out", mailbox=self._mailbox, folder=broken.folder, uid=uid)

    def passed(self) -> None:
        """Everything was read to its end."""
        self._folders.clear()


@dataclass
class _Stumbled:
    uidvalidity: int
    batch: int | None = None
    failures: Counter[int] = field(default_factory=Counter)

    @property
    def caution(self) -> Caution:
        return Caution(
            self.uidvalidity,
            self.batch,
            frozenset(uid for uid, count in self.failures.items() if _HEADERS_ALONE <= count < _UNASKED),
            frozenset(uid for uid, count in self.failures.items() if count >= _UNASKED),
        )
