"""The octets that are kept against the messages that name them, and the rows of the outbox against the clock.

The trap is a disk that forgets in silence: that a file is there with its size says nothing of what is in it. To read
them all each day costs more than it finds, so each day a part of them is read, and all of them within a month.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from mailtriage.errors import NotFound, StoreError
from mailtriage.reconcile.gaps import Gap
from mailtriage.store.books import Books
from mailtriage.store.octets import SHARDS, Octets

DAYS = 30
"""Within which every file is read once."""
IN_DOUBT = timedelta(days=1)
"""How long a letter may be unconfirmed before somebody is called."""
_AT_ONCE = 20_000
"""Messages whose digests are asked for in one question."""
STUCK = timedelta(hours=1)


def todays(now: datetime) -> frozenset[str]:
    """The shards whose files are read on that day."""
    return frozenset(SHARDS[now.date().toordinal() % DAYS :: DAYS])


def octets_against(books: Books, octets: Octets, read: Collection[str]) -> Iterator[Gap]:
    """Octets that are not there and, in the shards that are to be `read`, those that are damaged."""
    few = books.messages() <= _AT_ONCE
    for prefix in ("",) if few else SHARDS:
        known = books.digests(prefix)
        there = octets.stored(prefix) if prefix else frozenset[str]().union(*map(octets.stored, SHARDS))
        for digest in sorted(known.keys() - there):
            yield Gap("octets_missing", books.lies_at(known[digest]), digest, known[digest])
        for digest in sorted(known.keys() & there):
            if digest[:2] in read and not _sound(octets, digest):
                yield Gap("octets_damaged", books.lies_at(known[digest]), digest, known[digest])


def _sound(octets: Octets, digest: str) -> bool:
    try:
        octets.get(digest)
    except NotFound:
        return True  # taken out while we looked: the next look tells
    except StoreError:
        return False
    return True


def outbox_against(books: Books, mailboxes: Collection[str], now: datetime) -> Iterator[Gap]:
    """What is owed and does not come to its end."""
    for owed in books.owed(mailboxes, stuck=now - STUCK, doubted=now - IN_DOUBT):
        what = f"{owed.kind} of conversation {owed.number}" if owed.number else owed.kind
        if owed.status == "buried":
            yield Gap("move_buried", owed.at, row=owed.id, since=owed.since)
        elif owed.status == "unconfirmed":
            yield Gap("unconfirmed", row=owed.id, since=owed.since, what=what, letter=owed.message_id)
        else:
            yield Gap("stuck", owed.at, row=owed.id, since=owed.since, what=what)
