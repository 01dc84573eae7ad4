"""From what was read, remembered and compared to the facts that rules see.

The trap is the fact that contradicts another: "!!!" over a quote is no language, yet in a known conversation everybody
understands it; so a reminder counts as legible there, and a known participant as identified however little he writes.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from mailtriage.language.cards import masked
from mailtriage.language.identity import personal_name
from mailtriage.language.tenor import tenor
from mailtriage.language.words import fold, tokens
from mailtriage.mail.reading import Reading
from mailtriage.triage.conversation import Link, same_subject
from mailtriage.triage.decision import CATEGORIES, Category
from mailtriage.triage.facts import Facts
from mailtriage.triage.history import Conversation, History
from mailtriage.triage.novelty import Novelty
from mailtriage.triage.policy import Policy

_IDENTIFIES = {
    "names": "имя",
    "phones": "телефон",
    "accounts": "кошелёк или счёт",
    "payments": "номер операции",
    "documents": "документ",
}
TOO_LARGE = "too_large"
"""The failure of a message of which only the headers were fetched."""


def make_facts(
    reading: Reading,
    history: History,
    link: Link,
    novelty: Novelty,
    policy: Policy,
    *,
    received_at: datetime,
    size: int = 0,
) -> Facts:
    """All facts of one message; `received_at` carries an offset, `size` is the whole message's, in octets."""
    message, found = reading.message, reading.identities
    files = message.attachments
    attachment_text = "\n".join(file.text for file in files if file.text)
    told = reading.tenor or tenor(message.subject, reading.readable_text, attachment_text)
    conversation = next((known for known in history.candidates if known.number == link.conversation), None)
    identified_by = _identified_by(reading, link)
    known = conversation is not None
    facts = Facts(
        subject=message.subject,
        text=reading.readable_text,
        said=told.said,
        asked=told.asked,
        resembles=told.resemblance.kind,
        resemblance=told.resemblance.share,
        resembles_because=told.resemblance.because,
        quoted_text=message.body.quoted_text,
        attachment_text=attachment_text,
        sender_address=message.sender.address,
        sender_name=message.sender.name,
        sender_domain=message.sender.domain,
        language="en" if reading.language == "en" else "ru",
        repaired=message.body.repaired or _undone(reading),
        automatic=message.automatic.kind,
        automatic_because=message.automatic.because,
        own_address=fold(message.sender.address) in policy.ours,
        authentic=message.authentication.aligned if policy.authserv_id else None,
        dkim=message.authentication.dkim,
        spf=message.authentication.spf,
        dmarc=message.authentication.dmarc,
        legible=reading.legible or (known and novelty.empty),
        illegible_because=reading.illegible_because,
        identified=bool(identified_by),
        identified_by=identified_by,
        obscenities=reading.rudeness.obscenities,
        obscenities_count=reading.rudeness.obscene_count,
        words=len(tokens(reading.readable_text).words),
        insults=reading.rudeness.insults,
        threats=reading.rudeness.threats,
        attachments=len(files),
        attachment_types=tuple(file.media_type for file in files),
        attachment_names=tuple(file.filename for file in files),
        attachment_problems=tuple(file.problem for file in files if file.problem),
        requests=len(reading.requests),
        sums=found.sums,
        dates=found.dates,
        payments=found.payments,
        accounts=found.accounts,
        phones=found.phones,
        names=found.names,
        new_conversation=not known,
        linked_by=_linked_by(link),
        conversation_status=conversation.status if conversation else None,
        conversation_category=_category(conversation),
        decided=_decided(reading, history, conversation),
        acknowledged=known,
        repeat=known and not novelty.new,
        same_as=novelty.same_as,
        similarity=novelty.similarity,
        new=novelty.new,
        nothing_new_kind=novelty.kind if known else None,
        known=novelty.equal,
        adds_nothing=known and novelty.empty,
        received_on=_day(received_at, policy),
        sent_on=_day(message.sent_at, policy) if message.sent_at else None,
        strikes=history.strikes,
        defects=message.defects,
        size=size,
        oversized=reading.unread == TOO_LARGE,
        reader_failed=reading.unread if reading.unread != TOO_LARGE else None,
    )
    return _without_cards(facts)


def _without_cards(facts: Facts) -> Facts:
    """Facts and the evidence that quotes them are kept and shown; whole card numbers stay in the message alone."""
    shown: dict[str, Any] = {}
    for name in ("subject", "text", "quoted_text", "attachment_text", "sender_name"):
        shown[name] = masked(getattr(facts, name))
    for name in ("attachment_names", "new", "known", "identified_by"):
        shown[name] = tuple(map(masked, getattr(facts, name)))
    other = {name: value for name, value in shown.items() if value != getattr(facts, name)}
    return replace(facts, **other) if other else facts


def _day(at: datetime, policy: Policy) -> date:
    """A header may carry the first or the last hour of all time, which no other zone can tell."""
    try:
        return at.astimezone(ZoneInfo(policy.time_zone)).date()
    except OverflowError:
        return at.date()


def _identified_by(reading: Reading, link: Link) -> tuple[str, ...]:
    found = []
    if name := personal_name(reading.message.sender.name):
        found.append(f"имя в поле «От»: {name}")
    for kind, called in _IDENTIFIES.items():
        found += [f"{called}: {value}" for value in getattr(reading.identities, kind)]
    if link.conversation is not None:
        found.append("известная переписка")
    return tuple(found)


def _undone(reading: Reading) -> str | None:
    """What was done to the text itself; a repaired charset is told by the body."""
    return reading.legibility.script if reading.legibility.script in {"layout", "translit"} else None


def _linked_by(link: Link) -> Literal["number", "references", "same matter"] | None:
    match link.linked_by:
        case "number" | "references" | "same matter":
            return link.linked_by
    return None


def _category(conversation: Conversation | None) -> Category | None:
    return next((known for known in CATEGORIES if conversation and known == conversation.category), None)


def _decided(reading: Reading, history: History, conversation: Conversation | None) -> bool:
    """The conversation that it continues; without one, a decided one of the same person under the same subject."""
    if conversation is not None:
        return conversation.status == "decided"
    sender = fold(reading.message.sender.address)
    return any(
        known.status == "decided" and sender in known.participants and same_subject(reading, known)
        for known in history.candidates
    )
