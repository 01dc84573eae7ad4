"""What can be set right without asking anybody, is; and it is said what was done.

The trap is the repair that does harm. Nothing is deleted, nobody is written to about a letter that he may have had, and
what only a person can know is left to a person, with the reason.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from mailtriage.arrival import DELIVERED, Arrival
from mailtriage.errors import MailtriageError, NotFound
from mailtriage.following.instructions import Instructions
from mailtriage.mail.message import Location, RawMessage
from mailtriage.receive import Receiver
from mailtriage.reconcile.gaps import Gap, Kind
from mailtriage.store.books import Books, Entry
from mailtriage.store.database import Database
from mailtriage.store.octets import Octets
from mailtriage.store.outbox import Outbox
from mailtriage.transport.imap import Batch, Mailbox
from mailtriage.triage.effects import duplicate_move
from mailtriage.triage.policy import Policy

BY_DAEMON = "it will be moved by the daemon, or by `mailtriage once`"


class Repair:
    """Mends gaps one by one; a context, for it opens connections when it needs them."""

    def __init__(
        self,
        database: Database,
        octets: Octets,
        policy: Policy,
        *,
        connect: Callable[[str], Mailbox],
        receiver: Callable[[], Receiver],
        sent: frozenset[tuple[str, str]],
        max_size: int,
    ) -> None:
        self._books, self._outbox, self._octets = Books(database), Outbox(database), octets
        self._policy, self._connect, self._receiver = policy, connect, receiver
        self._sent, self._max_size = sent, max_size
        self._instructions = Instructions(policy)
        self._connections: dict[str, Mailbox] = {}
        self._open = ExitStack()
        self._ways: dict[Kind, Callable[[Gap, datetime], str]] = {
            "no_outcome": self._read,
            "unread_in_folder": self._read,
            "unrecorded_place": self._note,
            "moved_unseen": self._note,
            "taken_away": self._gone,
            "nowhere": self._gone,
            "back_again": self._back,
            "still_there": self._move_again,
            "unmoved": self._owe_move,
            "move_buried": self._retry,
            "octets_missing": self._fetch_octets,
            "octets_damaged": self._fetch_octets,
        }

    def close(self) -> None:
        """Say goodbye to the servers."""
        self._open.close()

    def mend(self, gap: Gap, now: datetime) -> Gap:
        """The same, with what was done about it, or why nothing could be."""
        if (way := self._ways.get(gap.kind)) is None:
            return replace(gap, left="only a person can tell")
        try:
            return replace(gap, mended=way(gap, now))
        except MailtriageError as error:
            return replace(gap, left=str(error))

    def _read(self, gap: Gap, _now: datetime) -> str:
        place = _place(gap)
        raw = self._fetch(place)
        arrival = DELIVERED
        if (place.mailbox, place.folder) in self._sent:
            arrival = Arrival(outgoing=True)
        elif gap.kind == "unread_in_folder":
            arrival = Arrival(wanted=self._instructions.told(place.folder), belated=True)
        alone = Batch((raw,), place.folder, place.uidvalidity, place.uid)
        recorded = list(self._receiver().receive([alone], None)) if arrival == DELIVERED else [
            each for batch in self._receiver().batches([alone], None, arrival=arrival) for each in batch
        ]  # fmt: skip
        verdicts = [each.record["decision"]["verdict"] or "outgoing" for each in recorded]
        return f"read and recorded: {verdicts[0]}" if verdicts else "recorded meanwhile"

    def _note(self, gap: Gap, _now: datetime) -> str:
        if gap.location is not None:
            self._books.mark([gap.location], current=False)
        self._books.note(_number(gap.message), _place(gap))
        return "written down that it lies there"

    def _gone(self, gap: Gap, _now: datetime) -> str:
        self._books.mark([_number(gap.location)], current=False)
        return "written down that it is gone from there"

    def _back(self, gap: Gap, _now: datetime) -> str:
        self._books.mark([_number(gap.location)], current=True)
        return "written down that it lies there"

    def _move_again(self, gap: Gap, now: datetime) -> str:
        self._books.move_again(_number(gap.location), now)
        return BY_DAEMON

    def _owe_move(self, gap: Gap, now: datetime) -> str:
        message, place = _number(gap.message), _place(gap)
        entry = Entry(_number(gap.location), place.uid, message, gap.digest or "", standing=True)
        self._books.owe_move(entry, duplicate_move(*self._books.decided(message), self._policy), now)
        return BY_DAEMON

    def _retry(self, gap: Gap, now: datetime) -> str:
        self._outbox.retry(_number(gap.row), now)
        return BY_DAEMON

    def _fetch_octets(self, gap: Gap, _now: datetime) -> str:
        if gap.place is None:
            raise NotFound("it lies nowhere that we know of, and there is nowhere to fetch it from but a backup")
        raw = self._fetch(gap.place)
        if raw.digest != gap.digest:
            raise NotFound("what lies there now are other octets, for the server has changed them; look for a backup")
        self._octets.discard(raw.digest)
        self._octets.put({raw.digest: raw.octets})
        return "fetched again"

    def _fetch(self, place: Location) -> RawMessage:
        if place.mailbox not in self._connections:
            self._connections[place.mailbox] = self._open.enter_context(self._connect(place.mailbox))
        connection = self._connections[place.mailbox]
        listed = connection.sized(place.folder, place.uidvalidity, [place.uid])
        found: Sequence[RawMessage] = [
            raw for batch in connection.fetch(listed, batch=1, max_size=self._max_size) for raw in batch.messages
        ]
        if not found:
            raise NotFound("it lies there no more")
        return found[0]


def _place(gap: Gap) -> Location:
    assert gap.place is not None  # noqa: S101 - gaps of these kinds have one
    return gap.place


def _number(value: int | None) -> int:
    assert value is not None  # noqa: S101 - as above
    return value
