"""All that the judgement "is it a person?" looks at, as one frozen value, with the readings that several share.

The trap: a bounce carries the mail that it is about, so what a robot says must be told from what it quotes; `text` is
what a person would see, `reports` and `returned` are what machines wrote for machines (RFC 3462).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailtriage.mail.fields import Header
from mailtriage.mail.message import Address

_NULL = re.compile(r"(?:mailer-daemon(?:@.*)?)?", re.IGNORECASE)
_NO = frozenset({"no", "false", "0", "none"})
_FORWARDED = re.compile(r"^\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|fw|wg|пересл?|переслано|пересланное)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything about one message that can betray a robot."""

    header: Header
    media_type: str
    sender: Address
    recipients: tuple[Address, ...]
    return_path: str | None
    subject: str
    text: str
    """The whole visible text."""
    new_text: str
    reports: tuple[tuple[str, bytes], ...] = ()
    """The machine-readable parts with their media types."""
    returned: bytes = b""
    """The returned message or its header, where a part holds one."""
    calendar: bool = False
    relayed: bool = False
    """It came through a form or relay that writes for customers."""
    after_header: bytes = b""
    """The first octets of the body, as they came."""

    @property
    def local_part(self) -> str:
        """The sender's, in lower case."""
        return self.sender.address.rpartition("@")[0].lower()

    @property
    def null_sender(self) -> bool:
        """Whether the envelope sender was null (RFC 5321 4.5.5), also as servers write it that cannot store that."""
        return self.return_path is not None and bool(_NULL.fullmatch(self.return_path))

    @property
    def answers(self) -> bool:
        """Whether it says that it answers a mail."""
        return self.header.first("in-reply-to") is not None

    @property
    def forwarded(self) -> bool:
        """Whether its subject says that somebody passes a mail on."""
        return bool(_FORWARDED.match(self.subject))

    def mark(self, names: Sequence[str]) -> str | None:
        """The first of these headers that stands there and does not say no."""
        there = [name for name in names if name in self.header.values]
        return next((name for name in there if self.header.text(name).lower() not in _NO), None)
