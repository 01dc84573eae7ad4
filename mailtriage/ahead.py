"""What is begun before its turn: batches are fetched, read and kept on the disk while earlier ones are recorded.

The trap is to run too far ahead: what is fetched lies in memory until it is recorded, and a mailbox of a hundred
thousand messages must not. And a server that breaks off always at the same place must not undo what came before it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

from mailtriage.errors import TransportError
from mailtriage.mail.reading import Reading
from mailtriage.pictures import Looking, Pictures
from mailtriage.store.octets import Octets
from mailtriage.transport.imap import Batch
from mailtriage.transport.readers import Pool
from mailtriage.triage.gathering import TOO_LARGE

WITHHELD = "the server lists it and does not hand it out"
_BATCHES = 2
"""That are begun behind the one in hand: the readers have work while the next is fetched."""
_OCTETS = 8 << 20
"""Of all batches that are begun; once they are so many, the first of them is handed on before another is fetched."""


@dataclass(frozen=True)
class Begun:
    """A batch of which all that takes long is under way."""

    batch: Batch
    readings: tuple[Future[Reading], ...]
    looks: tuple[Future[Looking | None], ...]
    """At the pictures of each, once it was read."""
    kept: Future[None]
    """The octets of all are durable."""

    @property
    def size(self) -> int:
        """Octets of all its messages."""
        return sum(len(raw.octets) for raw in self.batch.messages)


class Ahead:
    """Begins batches before their turn."""

    def __init__(self, readers: Pool, pictures: Pictures, octets: Octets) -> None:
        self._readers, self._pictures, self._octets = readers, pictures, octets

    def each(self, source: Iterable[Batch], *, briefly: Callable[[], bool]) -> Iterator[Begun]:
        """Every batch in its order, with those behind it begun; `briefly` as for `Pool.submit`.

        Raises:
            TransportError: the source broke off; what came until then was given first.
        """
        waiting, broken_off = deque[Begun](), None
        with ThreadPoolExecutor(1, "octets") as disk:
            try:
                for batch in source:
                    waiting.append(self._begin(batch, disk, briefly=briefly()))
                    while _are_enough(waiting):
                        yield waiting.popleft()
            except TransportError as error:
                # What was fetched until then is recorded: a server that always breaks off there must not undo it.
                broken_off = error
            while waiting:
                yield waiting.popleft()
        if broken_off is not None:
            raise broken_off

    def _begin(self, batch: Batch, disk: Executor, *, briefly: bool) -> Begun:
        # In a thread of its own, for each file waits for the disk.
        kept = disk.submit(self._octets.put, {raw.digest: raw.octets for raw in batch.messages})
        readings = tuple(
            self._readers.submit(raw.octets, briefly=briefly)
            if raw.full_size is None
            else self._readers.submit_headers(raw.octets, WITHHELD if raw.withheld else TOO_LARGE)
            for raw in batch.messages
        )
        return Begun(batch, readings, tuple(map(self._pictures.ahead, batch.messages, readings)), kept)


def _are_enough(waiting: deque[Begun]) -> bool:
    return len(waiting) > _BATCHES or (len(waiting) > 0 and sum(begun.size for begun in waiting) >= _OCTETS)
