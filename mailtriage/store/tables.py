"""The rows of the store; they never leave this room: callers get the frozen values of the modules beside this one.

Every question that is asked on the way of a message has its index here, so that its cost stays the same after a
million messages. UIDs and UIDVALIDITY are unsigned 32-bit numbers (RFC 9051 2.3.1.1), which a signed INTEGER of
PostgreSQL does not hold: they are BIGINT. What an index leaves out is said in SQLite's name alone, and `schema` tells
PostgreSQL the same: to name that one here would load all that speaks it in every process.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from mailtriage.store.columns import Id, Instant, Json, Key, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel, registry=registry(metadata=metadata)):
    """What all tables of this store share: their own metadata, with named constraints for later migrations."""

    metadata = metadata
    # No row is ever validated, and what would do it takes longer to build than the tables.
    model_config = {"defer_build": True}


_MERGED = text("merged_into IS NOT NULL")
_OPEN = text("status IN ('due', 'claimed', 'buried', 'unconfirmed', 'dropped')")
"""As outbox.py asks for it."""


class ConversationRow(Row, table=True):
    """A matter with its registration number."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("year", "sequence"),
        Index(None, "status", "waiting_since", "queue"),
        Index(None, "status", "id"),
        # Nearly all are NULL, and a planner that counts them takes the index for useless.
        Index(None, "merged_into", sqlite_where=_MERGED),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    year: int
    sequence: int
    number: str = Field(sa_type=Key, unique=True)
    subject: str = Field(sa_type=Words)
    sender: str = Field(sa_type=Key)
    status: str
    category: str | None
    queue: str | None
    registered_at: datetime = Field(sa_type=Instant)
    due: date | None
    last_message_at: datetime = Field(sa_type=Instant)
    waiting_since: datetime | None = Field(sa_type=Instant)
    """Since when the customer waits for support; NULL while it is his turn."""
    answered_at: datetime | None = Field(sa_type=Instant, index=True)
    decided_at: datetime | None = Field(sa_type=Instant)
    closed_at: datetime | None = Field(sa_type=Instant)
    promised: date | None
    """The first `due` that the customer was told; `due` may move, this is what a promise is measured by."""
    extended_at: datetime | None = Field(sa_type=Instant)
    """When the customer was told that the answer takes longer (442-FZ: once, by at most 10 working days)."""
    merged_into: int | None = Field(foreign_key="conversation.id", sa_type=Id)
    """Where its messages are since a person merged it; its own number stays taken."""


class ParticipantRow(Row, table=True):
    """A customer's address in a conversation."""

    __tablename__ = "participant"
    __table_args__ = (Index(None, "address", "last_message_at"),)

    conversation_id: int = Field(primary_key=True, foreign_key="conversation.id", sa_type=Id)
    address: str = Field(primary_key=True, sa_type=Key)
    last_message_at: datetime = Field(sa_type=Instant)


class MessageRow(Row, table=True):
    """A message, once, with all that was decided about it and upon what."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "sender", "id"),
        Index(None, "sender", "reason"),
        Index(None, "conversation_id", "id"),
        Index(None, "verdict", "reason"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    digest: str = Field(sa_type=Key, unique=True)
    fingerprint: str | None = Field(sa_type=Key, index=True)
    message_id: str | None = Field(sa_type=Key, index=True)
    direction: str
    mailbox: str | None
    sender: str = Field(sa_type=Key)
    received_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant, index=True)
    subject: str = Field(sa_type=Words)
    text: str = Field(sa_type=Words)
    verdict: str | None
    reason: str | None
    category: str | None
    queue: str | None
    rule: str | None
    ruleset: str
    conversation_id: int | None = Field(foreign_key="conversation.id", sa_type=Id)
    identities: Any = Field(sa_type=Json)
    record: Any = Field(sa_type=Json)
    """The contract's JSON; the facts that it was decided upon stand in it."""
    history: Any = Field(sa_type=Json)
    workload: Any = Field(sa_type=Json)
    final: bool
    size: int = Field(sa_type=BigInteger)


class LocationRow(Row, table=True):
    """A UID that the server showed, and its one outcome; never deleted."""

    __tablename__ = "location"
    __table_args__ = (UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    message_id: int = Field(foreign_key="message.id", sa_type=Id, index=True)
    mailbox: str = Field(sa_type=Key)
    folder: str = Field(sa_type=Key)
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    outcome: str
    """The verdict, "outgoing", "duplicate" or "renumbered"."""
    current: bool
    """False once the same message was found again under a new UIDVALIDITY."""


class AttachmentRow(Row, table=True):
    """A file of a message."""

    __tablename__ = "attachment"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    message_id: int = Field(foreign_key="message.id", sa_type=Id, index=True)
    digest: str = Field(sa_type=Key, index=True)
    filename: str = Field(sa_type=Words)
    media_type: str = Field(sa_type=Words)
    size: int = Field(sa_type=BigInteger)
    problem: str | None
    likeness: Any = Field(sa_type=Json(none_as_null=True), nullable=True)
    """What it is recognised by when its octets differ: the picture, the words on the page; NULL where there is none."""


class TraceRow(Row, table=True):
    """What the matter or the writer of a message is recognised by, in whatever conversation: a number, a file."""

    __tablename__ = "trace"

    value: str = Field(primary_key=True, sa_type=Key)
    kind: str = Field(primary_key=True)
    message_id: int = Field(primary_key=True, foreign_key="message.id", sa_type=Id, index=True)


class RulingRow(Row, table=True):
    """What a person decided over the rules, by moving a message or by command; the latest one holds."""

    __tablename__ = "ruling"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    message_id: int = Field(foreign_key="message.id", sa_type=Id, index=True)
    at: datetime = Field(sa_type=Instant, index=True)
    source: str
    """"mailbox" or "command"."""
    verdict: str
    reason: str | None
    category: str | None
    before: Any = Field(sa_type=Json)
    """Verdict, reason and category that it set aside."""


class JournalRow(Row, table=True):
    """What a person did to a conversation as a whole; what he decided about a message is a ruling."""

    __tablename__ = "journal"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=Id, index=True)
    at: datetime = Field(sa_type=Instant)
    source: str
    """As of a ruling."""
    who: str | None = Field(sa_type=Words)
    """The name that he was logged in under, where it is known."""
    deed: str
    """"closed", "decided", "split" or "merged"."""
    other_id: int | None = Field(foreign_key="conversation.id", sa_type=Id, index=True)
    """Where the split-off messages went, or whose messages these were before."""
    messages: Any = Field(sa_type=Json)
    """Row numbers of the messages that moved."""


class SigningKeyRow(Row, table=True):
    """What registration numbers in our subjects are signed with, made at first use; the newest signs, all verify."""

    __tablename__ = "signing_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    key: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Instant)


class OutboxRow(Row, table=True):
    """An effect that is owed to the world."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("message_id", "kind", "event"),
        Index(None, "kind", "status", "due_at", "id"),
        # Without statistics SQLite takes the index with the most columns of a question: one of a message's or a
        # place's rows alone must not lose to the one above, which holds every move that was ever made.
        Index(None, "message_id", "kind", "status"),
        Index(None, "location_id", "kind", "status"),
        Index(None, "conversation_id", "kind", "id"),
        Index(None, "recipient", "created_at"),
        # By conversation, for of each the earliest reply leaves first: without, each due one is compared with all.
        Index("ix_outbox_open", "conversation_id", "id", "status", sqlite_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    message_id: int | None = Field(foreign_key="message.id", sa_type=Id)
    """NULL for a report to the leads, which is about no message."""
    conversation_id: int | None = Field(foreign_key="conversation.id", sa_type=Id)
    location_id: int | None = Field(foreign_key="location.id", sa_type=Id)
    kind: str
    event: str = Field(sa_type=Key)
    status: str
    created_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    attempts: int
    claimed_at: datetime | None = Field(sa_type=Instant)
    claimed_by: str | None = Field(sa_type=Key)
    """The process that carries it out, by its name among several; NULL where one is alone on its store."""
    settled_at: datetime | None = Field(sa_type=Instant)
    last_error: str | None = Field(sa_type=Words)
    payload: Any = Field(sa_type=Json)
    recipient: str | None = Field(sa_type=Key)
    """Folded to lower case, for counting; the address that is written to stands in the payload."""
    reply_message_id: str | None = Field(sa_type=Key, index=True)
    octets: bytes | None = Field(sa_type=LargeBinary)


class ScheduleRow(Row, table=True):
    """When what runs by the calendar was last done to its end, so that a restart neither repeats nor forgets it."""

    __tablename__ = "schedule"

    name: str = Field(primary_key=True, sa_type=Key)
    last_run_at: datetime = Field(sa_type=Instant)


class StandstillRow(Row, table=True):
    """A time in which no reply left, because too many had left before it; the latest one counts."""

    __tablename__ = "standstill"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    since: datetime = Field(sa_type=Instant)
    until: datetime = Field(sa_type=Instant)


class CursorRow(Row, table=True):
    """Up to which UID a folder was read."""

    __tablename__ = "cursor"

    mailbox: str = Field(primary_key=True, sa_type=Key)
    folder: str = Field(primary_key=True, sa_type=Key)
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)


class RulesetRow(Row, table=True):
    """Rules as they were when they decided, so that each decision can be explained for ever."""

    __tablename__ = "ruleset_version"

    version: str = Field(primary_key=True, sa_type=Key)
    files: Any = Field(sa_type=Json)
    first_used_at: datetime = Field(sa_type=Instant)


class ProofRow(Row, table=True):
    """With which rules, read by which program, every example held; the last ones alone."""

    __tablename__ = "proof"

    name: str = Field(primary_key=True, sa_type=Key)
    held_at: datetime = Field(sa_type=Instant)


class BounceRow(Row, table=True):
    """An address of ours that came back."""

    __tablename__ = "bounce"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    address: str = Field(sa_type=Key, index=True)
    at: datetime = Field(sa_type=Instant)
    permanent: bool


class FileTextRow(Row, table=True):
    """What was read in a picture."""

    __tablename__ = "file_text"

    digest: str = Field(primary_key=True, sa_type=Key)
    reader_version: str = Field(primary_key=True, sa_type=Key)
    text: str = Field(sa_type=Words)


class HandedRow(Row, table=True):
    """A reading that a worker has made and nobody has fetched yet."""

    __tablename__ = "handed"

    key: str = Field(primary_key=True, sa_type=Key)
    reading: bytes | None = Field(sa_type=LargeBinary)
    failure: str | None = Field(sa_type=Words)
    handed_at: datetime = Field(sa_type=Instant)


conversation = metadata.tables["conversation"]
participant = metadata.tables["participant"]
message = metadata.tables["message"]
location = metadata.tables["location"]
attachment = metadata.tables["attachment"]
trace = metadata.tables["trace"]
ruling = metadata.tables["ruling"]
journal = metadata.tables["journal"]
signing_key = metadata.tables["signing_key"]
outbox = metadata.tables["outbox"]
schedule = metadata.tables["schedule"]
standstill = metadata.tables["standstill"]
cursor = metadata.tables["cursor"]
ruleset_version = metadata.tables["ruleset_version"]
proof = metadata.tables["proof"]
bounce = metadata.tables["bounce"]
file_text = metadata.tables["file_text"]
handed = metadata.tables["handed"]
