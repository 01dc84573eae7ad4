"""Which files a customer sent before that a new one may turn out to be, with the messages that hold them.

The trap is the bank's logo under every letter, and the customer who sends a hundred photos: small pictures are no
documents, each file is named once, and only the latest few are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from mailtriage.attachments.likeness import may_be_known
from mailtriage.language.words import fold
from mailtriage.mail.reading import Reading
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.past import comparable, ties
from mailtriage.store.prepared import Prepared, among
from mailtriage.triage.history import History
from mailtriage.triage.known_files import files_matter, files_repeat
from mailtriage.triage.novelty import considered
from mailtriage.triage.policy import Policy

_MOST_FILES: Final = 6
_MOST_MESSAGES: Final = 40
_f, _m = t.attachment.c, t.message.c
_FILES: Final = Prepared(
    lambda count: (
        select(_f.message_id, _f.digest, _f.media_type, _f.size, _m.digest.label("message"))
        .join(t.message, _f.message_id == _m.id)
        .where(among(_f.message_id, count))
        .order_by(_f.message_id.desc(), _f.id)
    )
)
_CAME: Final = Prepared(lambda count: select(_f.digest).where(among(_f.digest, count)).limit(1))


@dataclass(frozen=True, slots=True)
class SentFiles:
    """Of one earlier message."""

    message: str
    """Digest of its octets."""
    digests: tuple[str, ...]


class FilesSentBefore:
    """The question; `policy` tells our own addresses."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    def of(self, reading: Reading, now: datetime) -> tuple[SentFiles, ...]:
        """The latest files of this customer that those of the message may be, the latest message first.

        Empty where no file of the message is of a kind that can be known, where all of them came octet by octet, and
        where nothing would change were they all known.

        Raises:
            StoreError: the database is away.
        """
        new = {file.digest for file in reading.message.attachments if may_be_known(file.media_type, file.size)}
        if not new:
            return ()
        with self._database.read() as connection:
            tied = ties(connection, reading, self._policy, now)
            known = _FILES.of(connection, tied.earlier)
            # Most customers send files once, and whoever sent none before is asked nothing more.
            if not any(_may_be_resent(row, new) for row in known):
                return ()
            history = comparable(connection, tied)
        own = frozenset(_his_own(reading, history))
        found = _latest([row for row in known if row.message_id in own], new)
        digests = [digest for sent in found for digest in sent.digests]
        return found if digests and files_matter(reading, digests, history, self._policy, now) else ()

    def all_came(self, digests: Collection[str]) -> bool:
        """Whether all of these files came before, octet by octet, from whomever.

        Raises:
            StoreError: the database is away.
        """
        with self._database.read() as connection:
            return all(_CAME.of(connection, [digest]) for digest in digests)

    def repeated(self, reading: Reading, digests: Collection[str], now: datetime) -> bool:
        """Whether these files came before in the message's conversation, and nothing else in it is new.

        Raises:
            StoreError: the database is away.
        """
        with self._database.read() as connection:
            history = comparable(connection, ties(connection, reading, self._policy, now))
        return files_repeat(reading, digests, history, self._policy, now)


def _his_own(reading: Reading, history: History) -> list[int]:
    people = {fold(reading.message.sender.address), *history.same_person}
    theirs = {found.number for found in history.candidates if people & found.participants}
    own = [
        earlier.id
        for earlier in history.earlier
        if not earlier.outgoing and considered(earlier) and (earlier.sender in people or earlier.conversation in theirs)
    ]
    return own[-_MOST_MESSAGES:]


def _latest(known: Sequence[Any], new: set[str]) -> tuple[SentFiles, ...]:
    if new <= {row.digest for row in known}:
        return ()
    found: dict[str, list[str]] = {}
    seen: set[str] = set(new)
    for row in known:
        if len(seen) - len(new) < _MOST_FILES and _may_be_resent(row, seen):
            seen.add(row.digest)
            found.setdefault(row.message, []).append(row.digest)
    return tuple(SentFiles(message, tuple(digests)) for message, digests in found.items())


def _may_be_resent(row: Any, known: Collection[str]) -> bool:
    return row.digest not in known and may_be_known(row.media_type, row.size)
