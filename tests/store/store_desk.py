"""A desk with a real store in a temporary folder, and the shortest way to let a message arrive there."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.mail.message import Address, Attachment, Automatic, Body, Location, Message, RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Draft, Letter
from mailtriage.store.database import Database
from mailtriage.store.ledger import Ledger, Recorded, Recorder
from mailtriage.store.outbox import Outbox
from mailtriage.store.views import Views
from mailtriage.triage.conversation import Link
from mailtriage.triage.decision import Decision
from mailtriage.triage.effects import Effect, Move, Reply
from mailtriage.triage.facts import Facts
from mailtriage.triage.history import History
from mailtriage.triage.outcome import Outcome

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUPPORT = "support@desk.example"
CUSTOMER = "anna@mail.example"


@dataclass(frozen=True)
class Arrival:
    """A message and what is to be decided about it; the defaults are a customer's first claim."""

    name: str
    sender: str = CUSTOMER
    subject: str = "Не пришли деньги"
    text: str = "Перевёл 990 рублей, не зачислены."
    verdict: Any = "accept"
    reason: str | None = None
    conversation: str | None = None
    final: bool = False
    suppressed: str | None = None
    due: date | None = date(2026, 3, 10)
    message: dict[str, Any] = field(default_factory=dict)
    identities: Identities = field(default_factory=Identities)
    now: datetime = NOON

    def octets(self) -> bytes:
        """Distinct by name."""
        return f"Message-ID: <{self.name}@mail.example>\r\n\r\n{self.name}\r\n".encode()

    def raw(self, location: Location | None = None) -> RawMessage:
        """As it came off the wire."""
        return RawMessage(self.octets(), self.now, location)

    def reading(self) -> Reading:
        """What a reader process would hand back."""
        values: dict[str, Any] = {
            "message_id": f"<{self.name}@mail.example>",
            "sender": Address("", self.sender),
            "to": (Address("", SUPPORT),),
            "subject": self.subject,
            "body": Body(text=self.text, new_text=self.text),
        }
        return Reading(
            message=Message(**(values | self.message)),
            readable_text=self.text,
            language="ru",
            identities=self.identities,
            legibility=Legibility(legible=True, script="russian", readable=self.text, because=""),
            rudeness=Rudeness(),
            requests=(),
            legible=True,
        )

    def outcome(self) -> Outcome:
        """The decision that the test wants."""
        return Outcome(
            facts=Facts(own_address=self.sender == SUPPORT),
            link=Link(self.conversation, "references" if self.conversation else None, 1.0),
            decision=Decision(
                verdict=self.verdict,
                reason=self.reason,
                category="claim",
                queue="claims",
                requests=1,
                several_tasks=False,
                counterparty=False,
                topics=(),
                documents=(),
                reply=None,
                rule="a rule",
                ruleset="0123456789ab",
                hits=(),
            ),
            effects=self._effects(),
            final=self.final,
        )

    def _effects(self) -> tuple[Effect, ...]:
        move = Move(f"Triage/{self.verdict or 'outgoing'}", "Triage")
        if self.verdict in {None, "skip"}:
            return (move,)
        event = f"reject:{self.reason}" if self.verdict == "reject" else "ack"
        draft = Draft(template="ack-claim", to=self.sender, language="ru", due=self.due)
        return (move, Reply(draft, event, self.suppressed))


def compose(name: str) -> Any:
    """A letter whose Message-ID tells what it answers."""

    def letter(draft: Draft, number: str | None, registered_on: date) -> Letter:
        text = f"{number} {registered_on}"
        return Letter(draft.to, f"Re: {number}", f"<re-{name}@desk.example>", text, text.encode())

    return letter


@dataclass(frozen=True)
class Desk:
    """A store and everything that works on it."""

    database: Database
    ledger: Ledger
    outbox: Outbox
    views: Views

    def receive(self, *arrivals: Arrival, uid: int | None = None) -> list[Recorded]:
        """Record messages in one batch, as the receiving loop does; `uid` is that of the first in INBOX."""
        with self.ledger.batch() as recorder:
            return [
                record(recorder, arrival, None if uid is None else at(uid + index))
                for index, arrival in enumerate(arrivals)
            ]

    def history(self, arrival: Arrival) -> History:
        """What a message that arrives now would be decided upon."""
        with self.ledger.batch() as recorder:
            return recorder.history(arrival.reading(), arrival.now).history

    def deliver(self, now: datetime) -> list[str]:
        """Send everything that is due, round by round; gives the recipients in order."""
        sent: list[str] = []
        while due := self.outbox.claim("reply", 10, now):
            for reply in due:
                self.outbox.settle(reply.id, now)
                sent.append(reply.recipient)
        return sent


def record(recorder: Recorder, arrival: Arrival, location: Location | None = None) -> Recorded:
    """Record one message in an open batch."""
    reading = arrival.reading()
    drawn_up = recorder.drawn_up(
        arrival.raw(location),
        reading,
        arrival.outcome(),
        past=recorder.history(reading, arrival.now),
        workload=Workload(),
        compose=compose(arrival.name),
        now=arrival.now,
    )
    return recorder.record(drawn_up)


def at(uid: int, uidvalidity: int = 1, folder: str = "INBOX") -> Location:
    """A place on the server."""
    return Location("support", folder, uidvalidity, uid)


def bounce_of(address: str, *, permanent: bool = True) -> dict[str, Any]:
    """Fields of a message that says that `address` could not be reached."""
    return {"automatic": Automatic("bounce", ("report",), (address,), permanent)}


def scan(digest: str) -> dict[str, Any]:
    """Fields of a message with one picture."""
    return {"attachments": (Attachment("scan.jpg", "image/jpeg", 10, digest),)}
