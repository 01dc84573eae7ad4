"""Letters, pasts and policies for the tests of this room, built from the nouns alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.language.requests import Request
from mailtriage.mail.message import Address, Attachment, Body, Message
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Norms, WorkCalendar
from mailtriage.triage.history import Conversation, EarlierMessage, History
from mailtriage.triage.policy import Policy

CUSTOMER = "customer@mail.example"
SUPPORT = "support@cupis.example"
NUMBER = "26-000123"
NOON = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
POLICY = Policy(
    own_addresses=frozenset({SUPPORT}),
    norms=Norms(days={"": 5, "claim": 7}, counterparty=5, per_further_request=1),
    calendar=WorkCalendar(),
)
IDENTITIES = Identities()


def letter(text, *, subject="Платёж", sender=CUSTOMER, quoted="", files=(), identities=IDENTITIES, **message):
    """What a reader makes of a letter."""
    to = message.pop("to", (Address("", SUPPORT),))
    body = Body(text=text + quoted, new_text=text, quoted_text=quoted)
    return Reading(
        message=Message(
            message_id="<later@mail.example>",
            sender=Address(message.pop("name", "Мария Лесная"), sender),
            to=to,
            subject=subject,
            sent_at=NOON,
            body=body,
            attachments=tuple(attachment(digest) for digest in files),
            **message,
        ),
        readable_text=text,
        language="ru",
        identities=identities,
        legibility=Legibility(bool(text), "russian", text, ""),
        rudeness=Rudeness(),
        requests=(Request(text),) if text else (),
        legible=bool(text) or bool(files),
    )


def attachment(digest):
    """A file that is told by its digest alone."""
    return Attachment(f"{digest}.pdf", "application/pdf", 1000, digest)


def earlier(text, *, at=0, **changes):
    """A message of the conversation, `at` hours after its beginning."""
    found = EarlierMessage(
        id=at,
        conversation=NUMBER,
        outgoing=False,
        message_id=f"<earlier-{at}@mail.example>",
        sender=CUSTOMER,
        subject="Платёж",
        text=text,
        attachment_digests=(),
        identities=IDENTITIES,
        received_at=NOON - timedelta(days=5) + timedelta(hours=at),
        verdict="accept",
        reason=None,
    )
    return replace(found, **changes)


def support(text, *, at=1, final=False):
    """An answer of support in the conversation."""
    return earlier(text, at=at, outgoing=True, sender=SUPPORT, verdict=None, final=final)


def past(*messages, status="open", **changes):
    """A history of one conversation that holds these messages."""
    conversation = Conversation(
        number=NUMBER,
        subject="Платёж",
        status=status,
        category="claim",
        queue="claims",
        participants=frozenset({CUSTOMER}),
        message_ids=frozenset(message.message_id for message in messages),
        registered_at=NOON - timedelta(days=5),
        last_message_at=NOON - timedelta(days=4),
        due=changes.pop("due", date(2026, 3, 20)),
        answered_at=None,
        decided_at=None,
    )
    return History(candidates=(replace(conversation, **changes),), earlier=messages)
