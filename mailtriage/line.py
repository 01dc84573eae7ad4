"""Messages in the order of their arrival: the files of some are compared while those before them are recorded.

The trap is what came a moment ago: it came before as well. A message whose files may be those of one that is not
recorded yet is compared after that one only; and what earlier messages hold lies in memory until it is compared.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from mailtriage.arrival import Arrival, Recorded
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.pictures import Looking
from mailtriage.resent import Marking, make_room, whose_files
from mailtriage.transport.imap import Batch


@dataclass(frozen=True, slots=True)
class Source:
    """Where the messages of a batch come from; files are in no mailbox."""

    mailbox: str | None
    folder: str
    uidvalidity: int
    arrival: Arrival


@dataclass(slots=True)
class Standing:
    """A message that is read and not recorded."""

    raw: RawMessage
    reading: Reading
    looking: Future[Looking | None]
    whose_files: str | None = field(init=False)
    marking: Marking | None = None
    """None until its turn: what its files may repeat is not recorded yet, or its pictures are being looked at."""

    def __post_init__(self) -> None:
        self.whose_files = whose_files(self.reading)


@dataclass(slots=True)
class _Lot:
    """What of a batch is not recorded yet."""

    source: Source
    last_uid: int
    messages: list[Standing] = field(default_factory=list)


Begin = Callable[[Standing], Marking]
"""Has the files of a message compared with what was recorded until now."""
Record = Callable[[Sequence[Marking], Source, int], list[Recorded]]
"""Records messages, and that their folder was read up to a UID."""


class Line:
    """Batches one behind the other, of which the first is recorded while the files of the next are compared."""

    def __init__(self, begin: Begin, record: Record) -> None:
        self._begin, self._record = begin, record
        self._lots = deque[_Lot]()

    def __len__(self) -> int:
        """Batches that are not recorded yet."""
        return len(self._lots)

    def open(self, batch: Batch, source: Source) -> None:
        """What joins from now on is of this batch, which may stay empty."""
        self._lots.append(_Lot(source, batch.last_uid))

    def join(self, message: Standing) -> None:
        """The next message of the batch that was opened last."""
        self._lots[-1].messages.append(message)
        self._begin_what_may()

    def record_first(self) -> list[Recorded]:
        """Record the first batch and that it was read, in as few transactions as its repetitions allow."""
        lot, recorded = self._lots[0], list[Recorded]()
        while True:
            ready = self._ready(lot)
            lot.messages = lot.messages[len(ready) :]
            recorded += self._record(ready, lot.source, _uid(ready[-1], lot) if lot.messages else lot.last_uid)
            self._begin_what_may()
            if not lot.messages:
                self._lots.popleft()
                return recorded

    def _ready(self, lot: _Lot) -> list[Marking]:
        """The first messages of a batch, up to the one whose files may be those of one before it."""
        if lot.messages and lot.messages[0].marking is None:
            self._compare(lot.messages[0])  # only its own pictures were in its way
        ready = list[Marking]()
        for each in lot.messages:
            if each.marking is None:
                break
            ready.append(each.marking)
        return ready

    def _begin_what_may(self) -> None:
        ahead = set[str]()
        for each in self._standing():
            if each.marking is None and each.whose_files not in ahead and each.looking.done():
                self._compare(each)
            if each.whose_files is not None:
                ahead.add(each.whose_files)

    def _compare(self, message: Standing) -> None:
        make_room(each.marking for each in self._standing() if each.marking)
        message.marking = self._begin(message)

    def _standing(self) -> Iterator[Standing]:
        return (each for lot in self._lots for each in lot.messages)


def _uid(last: Marking, lot: _Lot) -> int:
    """Up to where a folder was read when this was the last; files have no UIDs."""
    return last.raw.location.uid if last.raw.location else lot.last_uid
