"""Batches are begun before their turn, and never so many that they fill the memory."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from app.desk import batch

from mailtriage.ahead import Ahead, Begun
from mailtriage.errors import StoreError, TransportError
from mailtriage.mail.reading import Reading
from mailtriage.pictures import Pictures
from mailtriage.transport.imap import Batch
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.readers import Pool


class Asked(Pool):
    """Readers that note what they are asked, and never answer."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def ask(self, frame: Frame) -> Future[Reading]:
        """As `Pool.ask`."""
        self.asked.append(frame.payload)
        return Future()


class Disk:
    """Keeps octets as long as there is room."""

    def __init__(self, room: int = 1_000) -> None:
        self.kept, self.room = list[bytes](), room

    def put(self, contents: list[bytes]) -> list[str]:
        """As `Octets.put`."""
        for content in contents:
            if len(self.kept) == self.room:
                raise StoreError("the disk is full")
            self.kept.append(content)
        return []


class Source:
    """So many batches of one message, counted as they are fetched, and then the end of the connection."""

    def __init__(self, count: int, *, size: int = 1, breaks: bool = False) -> None:
        self.count, self.size, self.breaks, self.fetched = count, size, breaks, 0

    def __iter__(self) -> Iterator[Batch]:
        for number in range(self.count):
            self.fetched += 1
            yield batch(b"%d" % number * self.size, first=number + 1)
        if self.breaks:
            raise TransportError("broken off")


def begun(source: Source, pool: Asked, disk: Disk) -> Iterator[Begun]:
    return Ahead(pool, Pictures(pool, None), disk).each(source, briefly=lambda: True)


def test_those_behind_the_one_in_hand_are_being_read_but_not_the_whole_mailbox() -> None:
    source, pool = Source(10), Asked()
    ahead = begun(source, pool, Disk())
    assert next(ahead).batch.last_uid == 1
    assert source.fetched == len(pool.asked) == 3
    assert [each.batch.last_uid for each in ahead] == list(range(2, 11))
    assert pool.asked == [b"%d" % number for number in range(10)]


def test_of_large_ones_none_is_fetched_while_one_is_in_hand() -> None:
    source = Source(3, size=20_000_000)
    ahead = begun(source, Asked(), Disk())
    next(ahead)
    assert source.fetched == 1


def test_what_came_before_the_connection_broke_off_is_given_first() -> None:
    ahead = begun(Source(2, breaks=True), Asked(), Disk())
    assert [next(ahead).batch.last_uid, next(ahead).batch.last_uid] == [1, 2]
    with pytest.raises(TransportError):
        next(ahead)


def test_whoever_records_a_batch_hears_that_it_could_not_be_kept() -> None:
    disk = Disk(room=1)
    first, second = begun(Source(2), Asked(), disk)
    assert first.kept.result() == []
    with pytest.raises(StoreError):
        second.kept.result()
