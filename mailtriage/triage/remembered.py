"""A reading put together from what was recorded of it, as far as a decision or a reply asks for it: `record` undone.

The trap is a second reading: readers improve, and the octets may be gone; what was decided upon is what was recorded.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.language.requests import Request
from mailtriage.mail.message import Address, Attachment, Authentication, Automatic, Body, Message
from mailtriage.mail.reading import Reading
from mailtriage.triage.gathering import TOO_LARGE


def remembered(record: Mapping[str, Any], *, text: str, identities: Identities) -> Reading:
    """The reading behind the contract's JSON; `text` are the readable new words as they were read."""
    told, facts = record["message"], record["facts"]
    undone = facts["repaired"] if facts["repaired"] != told["repaired"] else None
    unread = TOO_LARGE if facts["oversized"] else facts["reader_failed"]
    return Reading(
        message=_message(told, record),
        readable_text=text,
        language=facts["language"],
        identities=identities,
        legibility=Legibility(facts["legible"], undone or "none", text, ""),
        rudeness=Rudeness(
            tuple(facts["obscenities"]),
            tuple(facts["insults"]),
            tuple(facts["threats"]),
            obscene_count=facts.get("obscenities_count", 0),
        ),
        requests=(Request(""),) * facts["requests"],
        legible=facts["legible"],
        illegible_because=tuple(facts["illegible_because"]),
        unread=unread,
    )


def _message(told: Mapping[str, Any], record: Mapping[str, Any]) -> Message:
    facts, automatic = record["facts"], record["automatic"]
    return Message(
        message_id=told["message_id"],
        in_reply_to=tuple(told["in_reply_to"]),
        references=tuple(told["references"]),
        sender=Address(**told["from"]),
        reply_to=tuple(Address(**address) for address in told["reply_to"]),
        to=tuple(Address(**address) for address in told["to"]),
        subject=told["subject"],
        sent_at=datetime.fromisoformat(told["date"]) if told["date"] else None,
        automatic=Automatic(automatic["kind"], tuple(automatic["because"])),
        authentication=Authentication(facts["dkim"], facts["spf"], facts["dmarc"], facts["authentic"] is True),
        body=Body(
            told["text"], told["new_text"], told["quoted_text"], told["signature"], told["charset"], told["repaired"]
        ),
        attachments=tuple(Attachment(**file) for file in told["attachments"]),
        defects=tuple(told["defects"]),
    )


def as_compared(reading: Reading, record: Mapping[str, Any]) -> Reading:
    """A reading made anew, with its files known as they were: the earlier ones are not compared again."""
    known = {file["digest"]: file for file in record["message"]["attachments"] if file.get("same_as")}
    if not known:
        return reading
    files = tuple(
        replace(file, same_as=known[file.digest]["same_as"], same_because=known[file.digest]["same_because"])
        if file.digest in known
        else file
        for file in reading.message.attachments
    )
    return replace(reading, message=replace(reading.message, attachments=files))
