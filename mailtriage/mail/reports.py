"""Reads what machines write for machines: delivery reports, receipts, complaints (RFC 3464, 8098, 5965, 8460, 7489).

The trap: a report also tells of delivery that succeeded (a receipt) or is only late; servers write half of its fields
wrong; a refusal may come in the dress of a receipt (RFC 5429 2.2); and a person who attaches a report is a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailtriage.mail.encoded_words import clean
from mailtriage.mail.fields import Header, split_header
from mailtriage.mail.headers import message_ids

_DELIVERED = frozenset({"delivered", "relayed", "expanded"})
_RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
"""In this order: the original recipient is the one that we wrote to."""
_ADDRESS = re.compile(r"[^\s<>;,\"()\[\]]{1,200}@[^\s<>;,\"()\[\]]{1,200}")
_STATUS = re.compile(r"(?<![\w.])([245])\.\d{1,3}\.\d{1,3}(?![\w.]*\d)")
_CODE = re.compile(r"(?<![\d.])([245])\d\d(?![\d.])")
_FIRST_FIELD = re.compile(
    rb"^(?:reporting-mta|original-recipient|final-recipient)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_ID = re.compile(
    rb"^>?[ \t]?(?:x-original-|original-)?message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,400}>)",
    re.IGNORECASE | re.MULTILINE,
)
_DISPOSITION = re.compile(rb"^disposition[ \t]*:[ \t]*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_UNREAD = frozenset({"deleted", "failed", "denied", "error"})
_TYPE = re.compile(rb"^feedback-type[ \t]*:[ \t]*([a-z-]{1,40})", re.IGNORECASE | re.MULTILINE)
_MAX_GROUPS = 400


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """The fields of one message/delivery-status (RFC 3464 2.3)."""

    recipients: tuple[str, ...] = ()
    """Those that failed or are late."""
    actions: frozenset[str] = frozenset()
    status: str | None = None
    """The first status of a failed recipient: enhanced (RFC 3463), or the bare SMTP code where that is all there is."""
    original_message_id: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether it tells of success alone."""
        if self.actions:
            return self.actions <= _DELIVERED
        return bool(self.status and self.status.startswith("2"))

    @property
    def permanent(self) -> bool | None:
        """Whether another try is in vain; None where nothing says so."""
        if "delayed" in self.actions:
            return False
        if self.status:
            return self.status.startswith("5")
        return True if any(action.startswith(("fail", "error")) for action in self.actions) else None


def delivery_status(octets: bytes) -> DeliveryStatus:
    """Read the groups of fields; what is not a field is skipped."""
    recipients, actions, status = list[str](), set[str](), None
    for fields in _groups(octets):
        action = re.split(r"[\s;(]", fields.get("action", "").lower())[0]
        named = [fields[name] for name in _RECIPIENT_FIELDS if name in fields]
        if not named and not action:
            continue
        actions |= {action} if action else set()
        if action in _DELIVERED:
            continue
        found = [match[0].strip("'") for value in named if (match := _ADDRESS.search(value.rpartition(";")[2]))]
        recipients += found[:1]
        status = status or _status(fields)
    return DeliveryStatus(tuple(dict.fromkeys(recipients)), frozenset(actions), status, returned_message_id(octets))


def _groups(octets: bytes) -> Iterator[dict[str, str]]:
    """One mapping a recipient; where no blank line stands between two recipients, the repeated field parts them."""
    position = 0
    for _ in range(_MAX_GROUPS):
        header = split_header(octets, position)
        if header.body_start <= position:
            # A line that is no field: some servers put the notice itself into the report.
            position = octets.find(b"\n", position) + 1
            if not position:
                return
            continue
        position = header.body_start
        group: dict[str, str] = {}
        for field in header.fields:
            if field.name in group and field.name in {*_RECIPIENT_FIELDS, "action"}:
                yield group
                group = {}
            group[field.name] = clean(field.value.decode("utf-8", "replace"))
        yield group


def _status(fields: dict[str, str]) -> str | None:
    """The enhanced status of the Status field, else of the diagnostic, else a bare SMTP code."""
    for pattern in (_STATUS, _CODE):
        for name in ("status", "diagnostic-code"):
            if match := pattern.search(fields.get(name, "")):
                return match[0]
    return None


def embedded_status(octets: bytes) -> DeliveryStatus:
    """The fields of a report that stand in the open, as broken boundaries and relays leave them."""
    match = _FIRST_FIELD.search(octets)
    return delivery_status(octets[match.start() :]) if match else DeliveryStatus()


def returned_message_id(octets: bytes) -> str | None:
    """The Message-ID of the mail that came back, wherever its header stands in these octets."""
    match = _MESSAGE_ID.search(octets)
    return next(iter(message_ids(match[1])), None) if match else None


@dataclass(frozen=True, slots=True)
class Disposition:
    """The fields of one message/disposition-notification (RFC 8098 3.1)."""

    kind: str
    """What became of the mail: "displayed", "deleted" ... or ""."""
    automatic: bool
    """Whether no person did it."""
    recipients: tuple[str, ...]
    original_message_id: str | None

    @property
    def unread(self) -> bool:
        """Whether a machine disposed of the mail without showing it."""
        return self.automatic and self.kind in _UNREAD


def disposition(octets: bytes) -> Disposition:
    """Read the fields of a receipt; what is missing is empty."""
    match = _DISPOSITION.search(octets)
    said = match[1].decode("latin-1").lower() if match else ""
    kind = re.split(r"[\s/,;]", said.partition(";")[2].strip())[0]
    status = delivery_status(octets)
    return Disposition(kind, said.startswith("automatic-action"), status.recipients, status.original_message_id)


def feedback_type(octets: bytes) -> str:
    """What an RFC 5965 report complains of: "abuse", "fraud" ... or ""."""
    match = _TYPE.search(octets)
    return match[1].decode("ascii").lower() if match else ""


def report_type(header: Header) -> str:
    """The report-type parameter of the Content-Type, in lower case, or ""."""
    return header.content_type.plain("report-type").lower()
