"""When a message counts as recorded: now, or when it says that it was sent.

The trap is a Date before there was mail, or so late that no promise could be counted from it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading

YEARS_OF_MAIL = range(1971, 2200)
"""In which a promise can be counted from a message's time."""
Clock = Callable[[RawMessage, Reading], datetime]


def wall_clock(_raw: RawMessage, _reading: Reading) -> datetime:
    """The time of recording is now."""
    return datetime.now(UTC)


def message_clock(raw: RawMessage, reading: Reading) -> datetime:
    """The time of recording is what the message says of itself; for replaying old mail.

    A Date before there was mail, or so late that no promise could be counted from it, says nothing.
    """
    sent_at = reading.message.sent_at
    return sent_at if sent_at is not None and sent_at.year in YEARS_OF_MAIL else raw.received_at
