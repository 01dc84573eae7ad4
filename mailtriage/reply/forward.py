"""A customer's message, handed on to colleagues octet by octet, as a file beside a few words of ours.

Two traps are guarded. What is inlined would leave under our name: so the original goes as an attachment, its headers
with it. And a message/rfc822 part must not be encoded (RFC 2046 5.2.1), so relays and libraries rewrite what they find
odd in it: as a file of octets it arrives as it was, and any mail program opens it by its name.
"""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from mailtriage.reply.compose import LOOP_HEADER, NUMBER_HEADER, deliverable
from mailtriage.reply.draft import Letter
from mailtriage.reply.subject import clean_subject
from mailtriage.reply.wording import local_time

LARGEST: Final = 20 << 20
"""Octets of an original that are attached; most relays refuse a letter of 25 MB, and base64 adds a third."""


def compose_forward(
    octets: bytes,
    *,
    to: str,
    sender: str,
    name: str,
    subject: str,
    number: str | None,
    digest: str,
    now: datetime,
    time_zone: str = "Europe/Moscow",
) -> Letter:
    """The letter that carries `octets` to the colleagues whom the configuration calls `name`.

    Raises:
        ValueError: `to` or `sender` cannot be written to.
    """
    own_name, own_address = parseaddr(sender)
    own, target = deliverable(own_address), deliverable(to)
    if own is None or target is None:
        raise ValueError("no letter is written to or from an address that cannot be written safely")
    title = " ".join(filter(None, ("Fwd:", clean_subject(subject), f"[№ {number}]" if number else "")))
    stem = hashlib.sha256(f"{digest}\nforward:{name}".encode()).hexdigest()[:32]
    message_id = f"<{stem}@{own.rpartition('@')[2]}>"
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(own_name, addr_spec=own)
    message["To"] = Address(addr_spec=target)
    message["Subject"] = title
    message["Date"] = format_datetime(local_time(now, time_zone).replace(microsecond=0))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message[LOOP_HEADER] = own
    if number:
        message[NUMBER_HEADER] = number
    text = _words(number, len(octets))
    message.set_content(text, cte="base64")
    if len(octets) <= LARGEST:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename="message.eml")
    return Letter(to=target, subject=title, message_id=message_id, text=text, octets=message.as_bytes())


def _words(number: str | None, size: int) -> str:
    about = f"Обращение № {number}. " if number else ""
    if size > LARGEST:
        return f"{about}Письмо клиента слишком велико для пересылки, оно лежит в почтовом ящике поддержки.\n"
    return f"{about}Письмо клиента — во вложении. Клиент об этой пересылке не знает.\n"
