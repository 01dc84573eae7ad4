"""What a decision entails, as plain values; carrying them out is deliver's work.

The traps are the answer to a robot and the answer to many: nothing is written to automatic mail, our own addresses
or those that only send, and none gets more than its share a day (RFC 3834 2 and 5). A folder name is a template
of the owner's: what is filled in comes from fixed names and never breaks out of it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailtriage.mail.message import Message
from mailtriage.mail.reading import Reading
from mailtriage.reply.compose import deliverable
from mailtriage.reply.deadline import Promise, Task, Workload, counts_from, expect, registration_day
from mailtriage.reply.draft import Draft
from mailtriage.reply.wording import local_time
from mailtriage.triage.conversation import Link, is_nobody
from mailtriage.triage.decision import Decision
from mailtriage.triage.facts import Facts
from mailtriage.triage.history import Conversation, History
from mailtriage.triage.policy import Policy

FOLDERS = {
    "accept": "Triage/{category}",
    "reject": "Triage/Rejected/{reason}",
    "skip": "Triage/Automatic",
    "hold": "Triage/Hold",
    "outgoing": "Triage/Outgoing",
}
"""Where nothing is configured."""

_FOLDER_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Move:
    """Move the message to a folder, and mark it with a keyword where the server allows one."""

    folder: str
    keyword: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One automatic reply to the customer; at most one leaves per conversation and event."""

    draft: Draft
    event: str
    """What the reply is about: "ack", "follow-up", "reject:repeat"."""
    suppressed: str | None = None
    """Why it must not leave ("rate", "bounced", "told before", "unsafe address"); None lets it go."""


@dataclass(frozen=True, slots=True)
class Forward:
    """A copy of the message for colleagues whom a rule named."""

    name: str
    """Of the address in the configuration's `forwards`."""
    to: str


Effect = Move | Reply | Forward


def plan_effects(
    *,
    decision: Decision,
    facts: Facts,
    link: Link,
    history: History,
    workload: Workload,
    reading: Reading,
    policy: Policy,
    now: datetime,
    arrived_at: datetime | None = None,
) -> tuple[Effect, ...]:
    """The move, copies for colleagues, and the reply of the verdict; a reply that must not leave says why.

    `arrived_at` is when the server had the message, where that was not just now.
    """
    known = {name: policy.forwards[name] for name in decision.forwards if name in policy.forwards}
    copies = tuple(Forward(name, to) for name, to in known.items())
    silent: tuple[Effect, ...] = (move_for(decision, policy), *copies)
    template, event = _words(decision, facts, policy)
    if template is None:
        return silent
    conversation = next((found for found in history.candidates if found.number == link.conversation), None)
    arrived = arrived_at or now
    draft = _draft(template, decision, facts, conversation, history, workload, reading, policy, now, arrived)
    return *silent, Reply(draft, event, _suppressed(event, draft, facts, link, history, reading.message, policy))


def move_for(decision: Decision, policy: Policy) -> Move:
    """To the configured folder, with a keyword for the verdict."""
    return _move(decision.verdict, decision.reason, decision.category, decision.queue, policy)


def duplicate_move(verdict: str | None, reason: str | None, category: str | None, policy: Policy) -> Move:
    """Where a second delivery goes: beside the first."""
    return _move(verdict, reason, category, None, policy)


def _move(verdict: str | None, reason: str | None, category: str | None, queue: str | None, policy: Policy) -> Move:
    """An odd or missing name becomes "other", so that a folder is never left."""
    kind = verdict or "outgoing"
    folder = policy.folders.get(kind) or FOLDERS[kind]
    for name, value in (("category", category), ("reason", reason), ("queue", queue)):
        safe = value if value and _FOLDER_NAME.fullmatch(value) else "other"
        folder = folder.replace("{" + name + "}", safe)
    return Move(folder, f"Triage-{kind}")


def reply_address(message: Message, known: frozenset[str] | None = None) -> str:
    """Where an answer goes: the only Reply-To where there is exactly one that can be written to, else From.

    `known` are the addresses that may be told of a conversation, in lower case; None lets any.
    """
    if len(message.reply_to) == 1 and deliverable(message.reply_to[0].address):
        other = message.reply_to[0].address
        if known is None or other.lower() in known:
            return other
    return message.sender.address


def _words(decision: Decision, facts: Facts, policy: Policy) -> tuple[str | None, str]:
    """The template and the event, (None, "") where nothing is said."""
    match decision.verdict:
        case "accept" if facts.acknowledged and facts.conversation_status in {"decided", "closed"}:
            return decision.reply or "reopened", "follow-up"
        case "accept" if facts.acknowledged:
            return decision.reply or "follow-up", "follow-up"
        case "accept":
            return decision.reply or (f"ack-{decision.category}" if decision.category else "ack"), "ack"
        case "reject":
            return decision.reply or f"reject-{decision.reason}", f"reject:{decision.reason}"
        case "hold" if facts.automatic is None and not facts.own_address and decision.reason not in policy.silent_holds:
            return decision.reply or "ack-hold", "ack"
    return None, ""


def _draft(  # noqa: PLR0917 - all that a letter may depend on, named where it is called
    template: str,
    decision: Decision,
    facts: Facts,
    conversation: Conversation | None,
    history: History,
    workload: Workload,
    reading: Reading,
    policy: Policy,
    now: datetime,
    arrived_at: datetime,
) -> Draft:
    today = now.astimezone(ZoneInfo(policy.time_zone)).date()
    promised = conversation.due if conversation and _waits(conversation, history) else None
    overdue = promised is not None and promised < today
    answered = decision.verdict in {"accept", "hold"}
    promise = _promise(decision, reading, workload, policy, now, arrived_at) if answered else None
    if promise and promised and not overdue:
        # A promise that stands is kept: more mail on the matter does not put its answer off.
        promise = Promise(promised, promise.working_days, ())
    # Who forges a participant's From and asks for the answer elsewhere is not told his number and dates.
    known = None
    if conversation and facts.authentic is not True:
        known = conversation.participants | history.same_person
    return Draft(
        template=template,
        to=reply_address(reading.message, known),
        language=facts.language,
        # A broken promise is admitted, not replaced by another: what was due stays due.
        due=promise.due if promise and not overdue else promised,
        working_days=promise.working_days if promise else None,
        why_due=promise.why if promise else (),
        documents=decision.documents if answered else (),
        says=_said(decision, facts.language) if answered else (),
        requests=decision.topics if answered and decision.several_tasks and len(decision.topics) > 1 else (),
        topics=decision.topics,
        number=conversation.number if conversation else None,
        registered_on=_day(conversation.registered_at, policy) if conversation else None,
        follow_up=facts.acknowledged,
        overdue=overdue,
    )


def _waits(conversation: Conversation, history: History) -> bool:
    """Whether the customer waits for what was promised: nobody has answered since he last wrote what was taken up."""
    if conversation.status != "open":
        return False
    if conversation.answered_at is None:
        return True
    inside = [message for message in history.earlier if message.conversation == conversation.number]
    taken_up = max((m.id for m in inside if m.verdict in {"accept", "hold"}), default=0)
    return taken_up > max((m.id for m in inside if m.outgoing), default=taken_up)


def _said(decision: Decision, language: str) -> tuple[str, ...]:
    """The rules' own words, as far as they have any in the reply's language."""
    words = (phrase.en if language == "en" else phrase.ru for phrase in decision.says)
    return tuple(filter(None, words))


def _promise(  # noqa: PLR0917 - as above
    decision: Decision, reading: Reading, workload: Workload, policy: Policy, now: datetime, arrived_at: datetime
) -> Promise:
    since = counts_from(arrived_at, now, policy.calendar, policy.time_zone)
    task = Task(
        category=decision.category,
        queue=decision.queue,
        topics=decision.topics,
        requests=decision.requests,
        counterparty=decision.counterparty,
        missing_documents=bool(decision.documents) and not reading.message.attachments,
    )
    return expect(
        task,
        registered_on=registration_day(since, policy.calendar, policy.time_zone),
        # What lay too long came at another hour than it is seen, and nothing is told of either.
        arrived_on=local_time(since, policy.time_zone).date() if since == arrived_at else None,
        workload=workload,
        norms=policy.norms,
        calendar=policy.calendar,
        language=reading.language,
    )


def _suppressed(  # noqa: PLR0917 - as above
    event: str, draft: Draft, facts: Facts, link: Link, history: History, message: Message, policy: Policy
) -> str | None:
    """Why the reply must not leave; what is unsafe first, what is only too much last."""
    reason = event.removeprefix("reject:")
    told = (link.conversation or "", reason) in history.notices and event.startswith("reject:")
    checks = (
        (draft.to.lower() in {address.lower() for address in policy.own_addresses}, "own address"),
        (message.automatic.kind is not None, "automatic"),
        (not deliverable(draft.to), "unsafe address"),
        (is_nobody(draft.to), "no-reply address"),
        (facts.dmarc == "fail", "dmarc failed"),
        (history.bounced, "bounced"),
        (told, "told before"),
        (history.replies_today >= policy.replies_per_day, "rate"),
    )
    return next((why for holds, why in checks if holds), None)


def _day(instant: datetime, policy: Policy) -> date:
    return instant.astimezone(ZoneInfo(policy.time_zone)).date()
