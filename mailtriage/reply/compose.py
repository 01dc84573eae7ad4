"""A reply as octets: text and HTML, 7-bit safe, marked as automatic, the same octets for the same arguments.

Two traps are guarded. Whatever a customer wrote must not become a header: `mime` refuses line breaks, and his subject
is cleaned. And an automatic reply says so (RFC 3834 5), or two robots answer each other for ever. Precedence is left
out on purpose: RFC 3834 does not ask for it, RFC 2076 discourages it, and relays put such mail last.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Final

from mailtriage.mail.message import Message
from mailtriage.reply import mime
from mailtriage.reply.draft import Draft, Letter
from mailtriage.reply.html import html
from mailtriage.reply.signature import sign
from mailtriage.reply.subject import reply_subject
from mailtriage.reply.templates import Templates
from mailtriage.reply.wording import flowed, local_time, long_date, wrapped

LOOP_HEADER: Final = "X-Mailtriage-Loop"
"""Mail that carries it was written by a program such as this one, whoever runs it; it is never answered."""
NUMBER_HEADER: Final = "X-Mailtriage-Number"

_SUPPRESSED: Final = "DR, RN, NRN, OOF, AutoReply"
"""What Exchange must not send back (MS-OXCMAIL): all but NDR, the bounces that we may want to read."""

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
_UNASKED: Final = frozenset({"extension"})
"""Templates that leave by the calendar and answer no message just received (RFC 3834 5: auto-generated)."""


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
    key: bytes | None = None,
    time_zone: str = "Europe/Moscow",
    with_html: bool = True,
) -> Letter:
    """The letter for a draft, as text and, `with_html`, in a second form that says the same.

    `sender` is our From ("Name <local@domain>"), `digest` the SHA-256 of the original octets in hex, `event` what the
    reply is about (the template where it is None), `reply_address` an address with {number} in it, `key` what signs the
    number where robots read it; the words of the letter tell it as people know it.

    Raises:
        ValueError: `draft.to` is not `deliverable`, or `sender` is no address.
    """
    to = deliverable(draft.to)
    own_name, own = _ourselves(sender)
    if to is None or own is None:
        raise ValueError("no letter is written to or from an address that cannot be written safely")
    number = number or draft.number
    known = replace(draft, number=number, registered_on=registered_on or draft.registered_on)
    ours, text = templates.render(known)
    theirs = "" if draft.template in _NEVER_ECHOED else original.subject
    message_id = _message_id(digest, event or draft.template, own)
    proved = sign(number, key) if number and key else number
    subject = reply_subject(theirs, ours, proved)
    headers = [
        ("From", mime.mailbox(own_name, own)),
        ("To", to),
        ("Subject", mime.words(subject, "Subject")),
        ("Date", format_datetime(local_time(now, time_zone).replace(microsecond=0))),
        ("Message-ID", message_id),
        *_marks(draft, original, own, number, proved, reply_address),
    ]
    parts = [mime.Part("text/plain; format=flowed", flowed(text))]
    if with_html:
        language = templates.language(known)
        due = long_date(known.due, language) if known.due else None
        parts.append(mime.Part("text/html", html(text, sender=own_name, language=language, bold=(number, due))))
    octets = mime.octets(headers, parts, boundary=f"=_{message_id[1:25]}")
    return Letter(to=to, subject=subject, message_id=message_id, text=wrapped(text), octets=octets)


@lru_cache(maxsize=16)
def _ourselves(sender: str) -> tuple[str, str | None]:
    """Our name and address, taken apart once and not for each letter."""
    name, address = parseaddr(sender)
    return name, deliverable(address)


def _message_id(digest: str, event: str, own: str) -> str:
    """Deterministic, so that one event of one message has one reply however often it is composed."""
    stem = hashlib.sha256(f"{digest}\n{event}".encode()).hexdigest()[:32]
    return f"<{stem}@{own.rpartition('@')[2]}>"


def _marks(  # noqa: PLR0917 - all that ties a letter to its conversation, named where it is called
    draft: Draft, original: Message, own: str, number: str | None, proved: str | None, reply_address: str | None
) -> Iterator[tuple[str, str]]:
    """The headers that tie the reply to its conversation and tell robots to keep quiet."""
    if (answered := original.message_id) and _MESSAGE_ID.fullmatch(answered):
        yield "In-Reply-To", answered
        yield "References", mime.ids(_references(original, answered))
    if proved and reply_address and (back := deliverable(reply_address.replace("{number}", proved.lower()))):
        yield "Reply-To", back
    yield "Auto-Submitted", "auto-generated" if draft.template in _UNASKED else "auto-replied"
    yield "X-Auto-Response-Suppress", _SUPPRESSED
    yield LOOP_HEADER, own
    if number:
        yield NUMBER_HEADER, number


def _references(original: Message, answered: str) -> list[str]:
    """The chain with the answered message last; of a long one the first and the latest (RFC 5537 3.4.4)."""
    parents = original.references or (original.in_reply_to if len(original.in_reply_to) == 1 else ())
    chain = [id_ for id_ in dict.fromkeys(parents) if _MESSAGE_ID.fullmatch(id_) and id_ != answered]
    if len(chain) >= _MAX_REFERENCES:
        chain = [chain[0], *chain[2 - _MAX_REFERENCES :]]
    return [*chain, answered]
