"""What the store knew at the instant of deciding: bounded, plain, and the only past that triage sees."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from mailtriage.language.identity import Identities
from mailtriage.language.once import once
from mailtriage.triage.gist import Gist, gist
from mailtriage.triage.nearness import ahead


@dataclass(frozen=True)
class EarlierFile:
    """A file that came before."""

    digest: str
    likeness: str | None = None


@dataclass(frozen=True)
class EarlierMessage:
    """A message that came before: of a candidate conversation, of the same sender, or with a shared fingerprint."""

    id: int
    conversation: str | None
    """Registration number, or None (automatic mail has none)."""
    outgoing: bool
    """Written by support."""
    message_id: str | None
    sender: str
    subject: str
    text: str
    """`readable_text` of its reading: the new words alone."""
    attachment_digests: tuple[str, ...]
    identities: Identities
    received_at: datetime
    verdict: str | None
    reason: str | None
    final: bool = False
    """An outgoing message that recorded a final decision."""
    files: tuple[EarlierFile, ...] = ()
    """The files of `attachment_digests`, with what they are recognised by."""

    @once
    def gist(self) -> Gist:
        """What the text leaves behind."""
        return gist(self.text)


@dataclass(frozen=True)
class Conversation:
    """A candidate that the message may continue."""

    number: str
    subject: str
    status: Literal["open", "decided", "closed"]
    category: str | None
    queue: str | None
    participants: frozenset[str]
    """Addresses of customers that wrote in it, folded to lower case."""
    message_ids: frozenset[str]
    """Of its messages and of our replies in it."""
    registered_at: datetime
    last_message_at: datetime
    due: date | None
    answered_at: datetime | None
    decided_at: datetime | None
    former_numbers: frozenset[str] = frozenset()
    """Numbers of conversations that were merged into it: who names one of them means this one."""


@dataclass(frozen=True)
class History:
    """Everything that may matter, newest last."""

    candidates: tuple[Conversation, ...] = ()
    earlier: tuple[EarlierMessage, ...] = ()
    same_person: frozenset[str] = frozenset()
    """Other addresses of the sender's, proved (triage/person.py), folded to lower case."""
    strikes: int = 0
    """Messages of this person that were rejected as abusive."""
    last_reply_at: datetime | None = None
    """When we last wrote to this address by ourselves."""
    replies_today: int = 0
    """Automatic replies to this person in the last 24 hours, of any kind."""
    bounced: bool = False
    """The address is known not to take mail."""
    notices: frozenset[tuple[str, str]] = frozenset()
    """(conversation number or "", reason) of rejection notices sent to this address in the notice period."""

    def seen_at(self, now: datetime) -> "History":
        """What a clock that was ahead stamped is as old as the message before it: what came after it is later."""
        if not any(ahead(message.received_at, now) for message in self.earlier):
            return self
        before = min(message.received_at for message in self.earlier)
        earlier = []
        for message in self.earlier:
            before = min(before, now) if ahead(message.received_at, now) else message.received_at
            earlier.append(replace(message, received_at=before))
        return replace(self, earlier=tuple(earlier))
