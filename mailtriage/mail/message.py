"""The nouns of arrived mail, frozen: every later stage sees these and nothing of the libraries that made them.

They are plain enough to cross a process boundary as JSON (`pydantic.TypeAdapter` reads and validates them), because
what a reader process hands back comes from a process that has just touched hostile files.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

AutomaticKind = Literal["bounce", "auto_reply", "list", "receipt", "loop", "report"]
"""RFC 3464 bounce, RFC 3834 auto-reply, RFC 2919/2369 list, RFC 8098 receipt, our own mail again, RFC 5965 report."""

AttachmentProblem = Literal["encrypted", "damaged", "empty", "blank", "blurred", "too_large", "bomb", "unsupported"]
"""Why a person could not read a file either."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the server keeps a message, while `uidvalidity` lasts (RFC 9051 2.3.1.1)."""

    mailbox: str
    """The configured name of the account, not its address."""
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True)
class RawMessage:
    """A message as it came off the wire, before anybody looked inside."""

    octets: bytes
    received_at: datetime
    """INTERNALDATE, or the file's time; always with an offset."""
    location: Location | None = None
    """None for a message out of a file."""
    name: str = ""
    """The file it came from, for `ingest` and `explain`."""
    full_size: int | None = None
    """Set when the message was over the limit: `octets` then holds its headers alone, the server said this size."""
    withheld: bool = False
    """The same, but because the server lists the message and does not hand it out."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the octets, in hex: the identity of a message wherever it is found."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 3.4, decoded; `address` is lower-case in its domain and "" where none could be read."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the last @, or ""."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of the message, also one that is shown inline."""

    filename: str
    """Safe: no folder, no control characters, never empty."""
    media_type: str
    """What libmagic saw in the octets, not what the sender declared."""
    size: int
    """Octets after decoding."""
    digest: str
    """SHA-256 of the decoded octets, in hex."""
    inline: bool = False
    text: str | None = None
    """What can be read in it; None where nothing was read (a picture without OCR)."""
    problem: AttachmentProblem | None = None
    """Why it cannot be read; None also for a picture that a person can read."""
    likeness: str | None = None
    """What its words are known by when its octets differ; None for a picture, and where there are too few."""
    judged: bool = True
    """False for a picture or scan that nothing depended on, so that nobody looked whether it is legible."""
    same_as: str | None = None
    """Digest of a file of other octets that the customer sent before and that shows the same; None where none does."""
    same_because: str = ""
    """By what it was known, in words for people."""

    @property
    def legible(self) -> bool:
        """Whether a person at the desk could make something of it."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class Body:
    """What a person reads in the message. Cutting is a view: `text` holds all."""

    text: str = ""
    new_text: str = ""
    """The writer's own new words: without quotes, signature and client footers; never empty when he wrote something."""
    quoted_text: str = ""
    signature: str = ""
    charset: str = "us-ascii"
    """What it really was, not what was declared."""
    repaired: str | None = None
    """What was done to make it readable ("koi8-r declared as windows-1251"), or None."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """Whether a person wrote this; `kind` None means yes. `because` quotes the headers or words that said so."""

    kind: AutomaticKind | None = None
    because: tuple[str, ...] = ()
    failed_recipients: tuple[str, ...] = ()
    """Of a bounce: the addresses that could not be reached (RFC 3464 Final-Recipient, or as worded)."""
    permanent: bool | None = None
    """Of a bounce: whether another try is in vain (5.x.x); None where nothing says so."""
    original_message_id: str | None = None
    """Of a bounce or receipt: the Message-ID of ours that it is about."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results of our own server's checks (RFC 8601), each "pass", "fail", "none" ... or None where it said nothing."""

    dkim: str | None = None
    spf: str | None = None
    dmarc: str | None = None
    aligned: bool = False
    """A dkim pass for the From domain, or a dmarc pass: the From can be believed."""


@dataclass(frozen=True)
class Message:
    """A message as a person would see it, with everything that had to be forgiven."""

    message_id: str | None = None
    """With its angle brackets, or None."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address = Address("", "")
    """From; of several the first. The address is "" where there is none to read."""
    return_path: str | None = None
    """"" is the null sender; None where the server wrote no Return-Path."""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    """To and Cc."""
    subject: str = ""
    sent_at: datetime | None = None
    """Date, with its offset; None where unreadable."""
    automatic: Automatic = Automatic()
    list_id: str | None = None
    authentication: Authentication = Authentication()
    own_headers: dict[str, str] = field(default_factory=dict)
    """Our own X-Mailtriage-... headers, lower-case names: loop marks and decisions."""
    body: Body = Body()
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    """What the parser had to forgive, in words."""
