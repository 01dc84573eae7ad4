"""The JSON of one message, as the contract with the outside names it.

Everything comes from typed values, never from the customer's own structures; what is not JSON (tuples, dates) becomes
so here and nowhere else, so that the stored line and the printed line are the same.
"""

from typing import Any

from mailtriage.mail.message import Address, Attachment, Message, RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.reply.draft import Letter
from mailtriage.triage.decision import Decision
from mailtriage.triage.effects import Reply
from mailtriage.triage.facts import FACTS_JSON
from mailtriage.triage.outcome import Outcome


def record(
    raw: RawMessage,
    reading: Reading,
    outcome: Outcome,
    *,
    letter: Letter | None,
    number: str | None,
    message_name: str | None = None,
) -> dict[str, Any]:
    """One line of `ingest --json` and `explain --json`; `number` is the registration number that it got or joined."""
    message = reading.message
    return {
        "file": message_name or raw.name or None,
        "digest": raw.digest,
        "received_at": raw.received_at.isoformat(),
        "message": _message(message),
        "automatic": {"kind": message.automatic.kind, "because": list(message.automatic.because)},
        "conversation": _conversation(outcome, number),
        "facts": FACTS_JSON.dump_python(outcome.facts, mode="json"),
        "decision": _decision(outcome.decision),
        "reply": _reply(outcome, letter),
        "final": outcome.final,
        "final_because": list(outcome.final_because),
    }


def _message(message: Message) -> dict[str, Any]:
    body = message.body
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "from": _address(message.sender),
        "reply_to": [_address(address) for address in message.reply_to],
        "to": [_address(address) for address in message.to],
        "date": message.sent_at.isoformat() if message.sent_at else None,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": body.text,
        "new_text": body.new_text,
        "quoted_text": body.quoted_text,
        "signature": body.signature,
        "charset": body.charset,
        "repaired": body.repaired,
        "attachments": [_attachment(file) for file in message.attachments],
        "defects": list(message.defects),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _attachment(file: Attachment) -> dict[str, Any]:
    return {
        "filename": file.filename,
        "media_type": file.media_type,
        "size": file.size,
        "digest": file.digest,
        "inline": file.inline,
        "text": file.text,
        "problem": file.problem,
        "judged": file.judged,
        "likeness": file.likeness,
        "same_as": file.same_as,
        "same_because": file.same_because,
    }


def _conversation(outcome: Outcome, number: str | None) -> dict[str, Any]:
    chosen = outcome.link
    return {
        "number": number or chosen.conversation,
        "new": chosen.conversation is None and number is not None,
        "linked_by": chosen.linked_by,
        "confidence": chosen.confidence,
        "possibly_related": list(chosen.possibly_related),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "reason": decision.reason,
        "category": decision.category,
        "requests": decision.requests,
        "several_tasks": decision.several_tasks,
        "counterparty": decision.counterparty,
        "queue": decision.queue,
        "topics": list(decision.topics),
        "documents": list(decision.documents),
        "priority": decision.priority,
        "tags": list(decision.tags),
        "says": [phrase.ru or phrase.en for phrase in decision.says],
        "forwards": list(decision.forwards),
        "rule": decision.rule,
        "ruleset": decision.ruleset,
        "hits": [{"rule": hit.rule, "reason": hit.reason, "evidence": list(hit.evidence)} for hit in decision.hits],
    }


def _reply(outcome: Outcome, letter: Letter | None) -> dict[str, Any] | None:
    reply = next((effect for effect in outcome.effects if isinstance(effect, Reply)), None)
    if reply is None:
        return None
    draft = reply.draft
    return {
        "template": draft.template,
        "event": reply.event,
        "to": letter.to if letter else draft.to,
        "subject": letter.subject if letter else None,
        "message_id": letter.message_id if letter else None,
        "due": draft.due.isoformat() if draft.due else None,
        "working_days": draft.working_days,
        "why_due": list(draft.why_due),
        "text": letter.text if letter else None,
        "suppressed": reply.suppressed,
    }
