"""Which of the two readers of the header is believed, field by field: mail-parser, unless there is a reason against it.

The trap: where two readers of one mail differ, senders are forged. So the rule is one function, `why_ours`, which looks
at nothing but the octets of the field, and a difference about the sender that is not explained by lost octets is told
as a defect. mail-parser is not believed about

- a field that stands several times: it gives a list, or silently the first (RFC 5322 3.6 allows none of it);
- raw 8-bit octets (RFC 6532 means utf-8, most senders do not): it drops or replaces them;
- control characters, and values that were cut for it;
- encoded words that are broken, inside quotes, split within a character, or whose charset is unknown or lies
  (RFC 2047 5): it leaves them as they stand, or decodes them to nonsense;
- dates whose zone is no number (RFC 5322 4.3): it takes Moscow time for UTC, and afternoon for morning;
- whatever it doubts itself, or says nothing about (`library`).

Group syntax and several mailboxes in one From it reads well. Read by us alone are ids, which are compared as octets and
hold no words, and Return-Path, List-Id, Authentication-Results and our own fields: of those the topmost counts, and
mail-parser joins them in a list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from mailtriage.mail import dates, headers
from mailtriage.mail.encoded_words import decode_header, flaw, without_words
from mailtriage.mail.fields import Header
from mailtriage.mail.library import LibraryReading
from mailtriage.mail.message import Address
from mailtriage.mail.structure import MAX_LINE

_T = TypeVar("_T")
_U = TypeVar("_U")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_PLAIN_DATE = re.compile(
    rb"\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UTC|Z)\s*(?:\([^()]*\))?\s*$"
)
_MAX_SUBJECT = 2_000
DIFFERENT_SENDERS = "two readers see different senders"


@lru_cache(maxsize=16)  # what letters are sent to is the same in all of them
def why_ours(values: tuple[bytes, ...]) -> str | None:
    """Why mail-parser is not believed about a field with these values, topmost first; None: it is."""
    if len(values) != 1:
        return "repeated" if values else "missing"
    value = values[0]
    if not value.isascii():
        return "raw 8-bit octets"
    if _CONTROL.search(value):
        return "control characters"
    if len(value) > MAX_LINE:
        return "cut"
    return flaw(value)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one header, each read by the reader that is believed about it."""

    header: Header
    library: LibraryReading
    """An empty one leaves all readings to us."""

    def _prefer(self, name: str, theirs: _T | None, ours: Callable[[], _U]) -> _T | _U:
        return ours() if theirs is None or why_ours(self.header.all(name)) else theirs

    def subject(self) -> str:
        """Subject, decoded, one line."""
        return self._prefer(
            "subject", self.library.subject, lambda: decode_header(self.header.first("subject") or b"")
        )[:_MAX_SUBJECT]

    def sent_at(self) -> datetime | None:
        """Date, with its offset."""
        value = self.header.first("date")
        theirs = self.library.sent_at if value and _PLAIN_DATE.search(value) else None
        return self._prefer("date", theirs, lambda: dates.sent_at(value))

    def message_id(self) -> str | None:
        """Message-ID, with angle brackets."""
        return next(iter(self._ids("message-id")), None)

    def in_reply_to(self) -> tuple[str, ...]:
        """In-Reply-To."""
        return self._ids("in-reply-to")

    def references(self) -> tuple[str, ...]:
        """References, oldest first."""
        return self._ids("references")

    def senders(self) -> tuple[Address, ...]:
        """Every mailbox of every From."""
        return self._addresses("from", self.library.sender)

    def recipients(self) -> tuple[Address, ...]:
        """To and Cc."""
        return (*self._addresses("to", self.library.to), *self._addresses("cc", self.library.cc))

    def reply_to(self) -> tuple[Address, ...]:
        """Reply-To, of several the topmost."""
        return self._prefer("reply-to", self.library.reply_to, lambda: headers.addresses(self.header.first("reply-to")))

    def disagreement(self) -> tuple[str, ...]:
        """A defect where both readers had all octets of From before them, and see other senders."""
        values = self.header.all("from")
        if not self.library.senders_seen or not all(value.isascii() for value in values):
            return ()
        # Names are left out: decoding them costs more than all the rest.
        ours = {one.address.casefold() for value in values for one in headers.addresses(without_words(value))} - {""}
        return () if ours == self.library.senders_seen else (DIFFERENT_SENDERS,)

    def _ids(self, name: str) -> tuple[str, ...]:
        return headers.message_ids(self.header.first(name))

    def _addresses(self, name: str, theirs: tuple[Address, ...] | None) -> tuple[Address, ...]:
        return self._prefer(
            name,
            theirs,
            lambda: tuple(one for value in self.header.all(name) for one in headers.addresses(value)),
        )
