"""Which files of a message the customer sent before, be it under another name, turned or saved anew.

The trap is one digit: two receipts that differ by it look the same to any glance, and the second would be turned away
as a repeat. So a file is known by its octets, by all of its words, or because it was laid over the other and compared
place by place (mail/known_files.py); whatever is left in doubt is new.
"""

from collections.abc import Iterable

from mailtriage.mail.message import Attachment
from mailtriage.triage.history import EarlierMessage


def sent_before(file: Attachment, earlier: Iterable[EarlierMessage]) -> str | None:
    """By what a file is known from these messages, in words for people; None for a new one."""
    messages = tuple(earlier)
    digests = {digest for message in messages for digest in message.attachment_digests}
    if file.digest in digests:
        return "тот же файл"
    if file.same_as in digests:
        return f"тот же документ: {file.same_because}"
    if file.likeness and any(file.likeness == sent.likeness for message in messages for sent in message.files):
        return "тот же документ: те же слова и числа"
    return None
