"""Which files of a message the customer sent before, be it under another name, turned or saved anew.

The trap is one digit: two receipts that differ by it look the same to any fingerprint, and the second would be turned
away as a repeat. So what stands on the page decides, and where it could not be read the file is new. Only the latest
files are held against each other.
"""

from collections.abc import Iterable

from mailtriage.mail.message import Attachment
from mailtriage.triage.history import EarlierMessage

_COMPARED = 40
"""The latest files that one is held against, where octets differ."""


def sent_before(file: Attachment, earlier: Iterable[EarlierMessage]) -> str | None:
    """By what a file is known from these messages, in words for people; None for a new one."""
    messages = tuple(earlier)
    if any(file.digest in message.attachment_digests for message in messages):
        return "тот же файл"
    if file.likeness is None:
        return None
    if any(file.likeness == sent.likeness for message in messages for sent in message.files):
        return "тот же документ: те же слова и числа"
    return None
