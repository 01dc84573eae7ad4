"""A reply as octets: plain, 7-bit safe, marked as automatic, the same octets for the same arguments.

Three traps are guarded. Whatever a customer wrote must not become a header (EmailMessage refuses line breaks, and the
subject is cleaned). An automatic reply says so (RFC 3834 5), or two robots answer each other for ever. And Python's new
policies fold badly: a long Message-ID in References becomes an encoded word, which no client recognises, and a space in
a subject gets lost between two of them. Both are folded here (RFC 5322 3.6.4, RFC 2047 5).
"""

import hashlib
import re
from dataclasses import replace
from datetime import date, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any, Final

from mailtriage.mail.message import Message
from mailtriage.reply.draft import Draft, Letter
from mailtriage.reply.subject import reply_subject
from mailtriage.reply.templates import Templates
from mailtriage.reply.wording import flowed, local_time, wrapped

LOOP_HEADER: Final = "X-Mailtriage-Loop"
"""Mail that carries it was written by a program such as this one, whoever runs it; it is never answered."""
NUMBER_HEADER: Final = "X-Mailtriage-Number"

_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,250}>")
_MAX_REFERENCES: Final = 20
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_MAX_LOCAL_PART: Final = 64
_MAX_ADDRESS: Final = 254
_NEVER_ECHOED: Final = frozenset({"reject-abusive"})
"""Templates whose letters do not repeat the customer's subject: his obscenities are not ours to send."""


class _ReplyPolicy(EmailPolicy):
    """SMTP's policy, but message ids stay whole, one a line, and a subject is encoded whole, spaces and all."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in {"message-id", "in-reply-to", "references"}:
            one_a_line = "\r\n ".join(str(value).split())
            return f"{name}: {one_a_line}\r\n".encode("ascii")
        if name.lower() == "subject" and not str(value).isascii():
            encoded = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {encoded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY: Final = _ReplyPolicy(linesep="\r\n", cte_type="7bit", utf8=False)


def deliverable(address: str) -> str | None:
    """The address as it stands in To and in RCPT, its domain in ASCII (RFC 5891); None where it is not safe.

    Quoted local parts and those outside ASCII are not: hardly anyone has one, and most relays refuse them.
    """
    local, _, domain = address.rpartition("@")
    if len(local) > _MAX_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        return None
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    whole = f"{local}@{ascii_domain}"
    return whole if _DOMAIN.fullmatch(ascii_domain) and len(whole) <= _MAX_ADDRESS else None


def compose(
    draft: Draft,
    *,
    templates: Templates,
    original: Message,
    sender: str,
    number: str | None,
    registered_on: date | None,
    digest: str,
    now: datetime,
    event: str | None = None,
    reply_address: str | None = None,
    time_zone: str = "Europe/Moscow",
) -> Letter:
    """The letter for a draft.

    `sender` is our From ("Name <local@domain>"), `digest` the SHA-256 of the original octets in hex, `event` what the
    reply is about (the template where it is None), `reply_address` an address with {number} in it.

    Raises:
        ValueError: `draft.to` is not `deliverable`, or `sender` is no address.
    """
    to = deliverable(draft.to)
    own_name, own_address = parseaddr(sender)
    own = deliverable(own_address)
    if to is None or own is None:
        raise ValueError("no letter is written to or from an address that cannot be written safely")
    number = number or draft.number
    known = replace(draft, number=number, registered_on=registered_on or draft.registered_on)
    ours, text = templates.render(known)
    theirs = "" if draft.template in _NEVER_ECHOED else original.subject
    message_id = _message_id(digest, event or draft.template, own)
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(own_name, addr_spec=own)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject = reply_subject(theirs, ours, number)
    message["Date"] = format_datetime(local_time(now, time_zone).replace(microsecond=0))
    message["Message-ID"] = message_id
    for name, value in _marks(original, own, number, reply_address).items():
        message[name] = value
    _set_text(message, text)
    return Letter(to=to, subject=subject, message_id=message_id, text=wrapped(text), octets=message.as_bytes())


def _message_id(digest: str, event: str, own: str) -> str:
    """Deterministic, so that one event of one message has one reply however often it is composed."""
    stem = hashlib.sha256(f"{digest}\n{event}".encode()).hexdigest()[:32]
    return f"<{stem}@{own.rpartition('@')[2]}>"


def _marks(original: Message, own: str, number: str | None, reply_address: str | None) -> dict[str, Any]:
    """The headers that tie the reply to its conversation and tell robots to keep quiet."""
    marks: dict[str, Any] = {}
    if (answered := original.message_id) and _MESSAGE_ID.fullmatch(answered):
        marks["In-Reply-To"] = answered
        marks["References"] = " ".join(_references(original, answered))
    if number and reply_address:
        marks["Reply-To"] = Address(addr_spec=reply_address.replace("{number}", number))
    marks |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", LOOP_HEADER: own}
    return marks | {NUMBER_HEADER: number} if number else marks


def _references(original: Message, answered: str) -> list[str]:
    """The chain with the answered message last; of a long one the first and the latest (RFC 5537 3.4.4)."""
    parents = original.references or (original.in_reply_to if len(original.in_reply_to) == 1 else ())
    chain = [id_ for id_ in dict.fromkeys(parents) if _MESSAGE_ID.fullmatch(id_) and id_ != answered]
    if len(chain) >= _MAX_REFERENCES:
        chain = [chain[0], *chain[2 - _MAX_REFERENCES :]]
    return [*chain, answered]


def _set_text(message: EmailMessage, text: str) -> None:
    """The body as RFC 3676 flowed text; base64 for Cyrillic, else quoted-printable, which keeps spaces."""
    encoding = "quoted-printable" if sum(map(str.isascii, text)) > len(text) * 0.9 else "base64"
    message.set_content(flowed(text), subtype="plain", charset="utf-8", cte=encoding, params={"format": "flowed"})
