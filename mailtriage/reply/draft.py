"""What a reply is about, before it is words: every value that a template may name, and nothing of the customer's text.

The subject of the customer's mail is the one thing that is echoed, and only as `compose` cleans it.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Draft:
    """One automatic reply, undressed."""

    template: str
    """The stem of a file in config/replies without its language: "ack-claim", "reject-abusive"."""
    to: str
    language: str
    """"ru" or "en"."""
    due: date | None = None
    """The promised date of an answer."""
    working_days: int | None = None
    why_due: tuple[str, ...] = ()
    """What the promise depends on, as sentences in the reply's language."""
    documents: tuple[str, ...] = ()
    """What support will need, as keys of `reply.documents.DOCUMENTS`; an unknown key is left out of the letter."""
    requests: tuple[str, ...] = ()
    """The separate requests as keys of `reply.documents.TOPICS`, never his words; empty where there is one."""
    topics: tuple[str, ...] = ()
    """Keys of `reply.documents.TOPICS`: a template may ask for them, `{% if "refund" in topics %}`."""
    says: tuple[str, ...] = ()
    """Words of the rules' own, in the reply's language."""
    number: str | None = None
    """Registration number, where it is known already; a new conversation gets its own when it is recorded."""
    registered_on: date | None = None
    follow_up: bool = False
    """The message continues a conversation that was acknowledged before; its `working_days` are not told."""
    overdue: bool = False
    """The date promised earlier has passed: the letter admits it and names no date."""


@dataclass(frozen=True)
class Letter:
    """A reply, ready to leave: octets that never change again."""

    to: str
    subject: str
    message_id: str
    text: str
    octets: bytes
