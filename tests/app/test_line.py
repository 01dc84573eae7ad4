"""Files are compared while what came before is recorded, but never before that which they may repeat."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mailtriage.arrival import DELIVERED, Recorded
from mailtriage.line import Line, Source, Standing
from mailtriage.mail.message import Address, Attachment, Location, RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.pictures import Looking
from mailtriage.resent import Marking
from mailtriage.transport.imap import Batch

INBOX = Source("support", "INBOX", 7, DELIVERED)
SCAN = Attachment("scan.pdf", "application/pdf", 20_000, "00")
WHEN = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class Office:
    """Notes in which order messages are compared and recorded, by their UIDs."""

    happened: list[str] = field(default_factory=list)
    recorded_until: list[int] = field(default_factory=list)

    def begin(self, message: Standing) -> Marking:
        """As `line.Begin`."""
        assert message.raw.location is not None
        self.happened.append(f"compare {message.raw.location.uid}")
        return Marking(message.raw, message.reading)

    def record(self, ready: Sequence[Marking], source: Source, last_uid: int) -> list[Recorded]:
        """As `line.Record`."""
        assert source is INBOX
        self.happened.append(f"record {[each.raw.location.uid for each in ready if each.raw.location]}")
        self.recorded_until.append(last_uid)
        return []


def looked_at() -> Future[Looking | None]:
    nothing = Future[Looking | None]()
    nothing.set_result(None)
    return nothing


def letter(uid: int, writer: str, *files: Attachment, looking: Future[Looking | None] | None = None) -> Standing:
    raw = RawMessage(b"", WHEN, location=Location("support", "INBOX", 7, uid))
    return Standing(raw, by(writer, *files), looking or looked_at())


def by(writer: str, *files: Attachment) -> Reading:
    nothing = unread("nothing")
    return replace(nothing, message=replace(nothing.message, sender=Address("", writer), attachments=files))


def line_of(office: Office, *batches: Sequence[Standing]) -> Line:
    line = Line(office.begin, office.record)
    for number, letters in enumerate(batches, 1):
        line.open(Batch((), "INBOX", 7, number * 10), INBOX)
        for each in letters:
            line.join(each)
    return line


def test_the_files_of_the_next_batch_are_compared_before_the_first_is_recorded() -> None:
    office = Office()
    line = line_of(office, [letter(1, "anna@mail.example", SCAN)], [letter(11, "oleg@mail.example", SCAN)])
    assert len(line) == 2
    line.record_first()
    assert office.happened == ["compare 1", "compare 11", "record [1]"]
    assert len(line) == 1


def test_what_may_repeat_a_message_is_compared_once_that_is_recorded() -> None:
    office = Office()
    again = letter(11, "Anna@mail.example", SCAN)
    line = line_of(office, [letter(1, "anna@mail.example", SCAN)], [again, letter(12, "oleg@mail.example", SCAN)])
    line.record_first()
    assert office.happened == ["compare 1", "compare 12", "record [1]", "compare 11"]


def test_a_repetition_within_a_batch_divides_it_and_the_cursor_stops_there() -> None:
    office = Office()
    letters = [letter(uid, writer, SCAN) for uid, writer in ((1, "anna@mail.example"), (2, "oleg@mail.example"))]
    line = line_of(office, [*letters, letter(3, "anna@mail.example", SCAN), letter(4, "vera@mail.example", SCAN)])
    line.record_first()
    told = ["compare 1", "compare 2", "compare 4", "record [1, 2]", "compare 3", "record [3, 4]"]
    assert office.happened == told
    assert office.recorded_until == [2, 10]


def test_letters_without_files_wait_for_nobody() -> None:
    office = Office()
    line = line_of(office, [letter(1, "anna@mail.example", SCAN), letter(2, "anna@mail.example")])
    line.record_first()
    assert office.happened == ["compare 1", "compare 2", "record [1, 2]"]


def test_pictures_that_are_still_looked_at_hold_up_only_what_comes_behind_them() -> None:
    office = Office()
    slow = Future[Looking | None]()
    line = line_of(
        office, [letter(1, "anna@mail.example"), letter(2, "oleg@mail.example", looking=slow)], [letter(11, "")]
    )
    assert office.happened == ["compare 1", "compare 11"]
    line.record_first()
    assert office.happened[2:] == ["record [1]", "compare 2", "record [2]"], "whoever compares it waits for it"


def test_that_an_empty_batch_was_read_is_recorded() -> None:
    office = Office()
    line = line_of(office, [])
    line.record_first()
    assert office.recorded_until == [10]
    assert len(line) == 0
