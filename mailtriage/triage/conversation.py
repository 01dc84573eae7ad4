"""Which conversation a message continues, and how sure.

A number or a reference alone proves nothing: whoever guesses a number must not see another customer's matter
(CONTRACT.md). Only together with a known participant does it join; without one it is "possibly related". From is easily
forged (RFC 5322 3.6.2): who failed DMARC takes part in nothing, nor does an address behind which is nobody. References
are written by the sender's program (RFC 5322 3.6.4) and may be missing, reused or hijacked: an answer to what was
decided or closed long ago that only asks something else begins a conversation of its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mailtriage.language.words import fold
from mailtriage.mail.message import Message
from mailtriage.mail.reading import Reading
from mailtriage.reply.signature import in_addresses, numbers, plain_numbers, signed_numbers
from mailtriage.triage.history import Conversation, History
from mailtriage.triage.nearness import lately
from mailtriage.triage.policy import Policy
from mailtriage.triage.sameness import another_matter, same_subject, sameness, says_nothing, shares_proof, within

__all__ = ["Link", "is_nobody", "link", "same_subject"]

_SIGNED, _PLAIN, _REFERRED, _MENTIONED, _WAITING, _ALONE = 1.0, 0.9, 0.9, 0.8, 0.5, 0.8
"""How sure: by a signed number, one in the subject, a reference, one in the text; a reminder; new beside candidates."""
_NOBODY: Final = re.compile(
    r"(?:no|not|non|dont|do-not|donot)[-_.]?(?:reply|answer|respond)[a-z0-9]*|mailer-daemon|postmaster|bounces?"
    r"|nobody|devnull|auto-?(?:reply|responder|confirm)|.*[-_.]no-?reply|.*-(?:bounces?|owner|request)|owner-.*",
)


@dataclass(frozen=True, slots=True)
class Link:
    """The choice, with its reason."""

    conversation: str | None
    """Registration number, None for a new conversation or none at all."""
    linked_by: str | None
    """"number", "references", "same matter", or None."""
    confidence: float
    """0 to 1; 1.0 for a new conversation that had no candidate."""
    possibly_related: tuple[str, ...] = ()
    """Numbers of conversations that it names, or shares a payment or file with, without proof of taking part."""


def link(reading: Reading, history: History, policy: Policy, now: datetime) -> Link:
    """Choose among the candidates: by number, by references, by the same matter of the same person."""
    people = _people(reading.message, history, policy)
    outgoing = _is_own(reading.message, policy)
    ways = tuple(_ways(reading, history, policy))
    strangers = tuple(dict.fromkeys(found.number for found in _strangers(reading, history, people, ways)))
    for reason, confidence, choice in ways:
        mine = [found for found in choice if people & found.participants]
        fitting = [found for found in mine if outgoing or not _left_behind(reading, found, history, policy, now)]
        if fitting:
            return Link(_best(reading, fitting, history).number, reason, confidence, strangers)
    recent = [
        found
        for found in history.candidates
        if people & found.participants
        and lately(found.last_message_at, now, policy.same_matter_within)
        and (outgoing or not _left_behind(reading, found, history, policy, now))
    ]
    best = max(((sameness(reading, found, history), found) for found in recent), key=_surest, default=None)
    if best and best[0] > 0:
        return Link(best[1].number, "same matter", best[0], strangers)
    waiting = [found for found in recent if found.status != "closed"]
    if waiting and (outgoing or says_nothing(reading)):
        return Link(max(waiting, key=_latest).number, "same matter", _WAITING, strangers)
    return Link(None, None, _ALONE if history.candidates else 1.0, strangers)


def is_nobody(address: str) -> bool:
    """Whether an address says of itself that nobody reads it, or that it stands for many."""
    return bool(_NOBODY.fullmatch(address.rpartition("@")[0].lower()))


def _ways(reading: Reading, history: History, policy: Policy) -> Iterator[tuple[str, float, tuple[Conversation, ...]]]:
    """How a message may name a conversation, the surest way first, with those that it names."""
    message = reading.message
    answered = in_addresses((to.address for to in message.to), policy.reply_address)
    tagged = f"{message.subject}\n{answered}" if answered else message.subject
    ids = {*message.in_reply_to, *message.references}
    yield "number", _SIGNED, _numbered(signed_numbers(tagged, policy.keys), history)
    yield "number", _PLAIN, _numbered(plain_numbers(tagged), history)
    yield "references", _REFERRED, tuple(found for found in history.candidates if ids & found.message_ids)
    mentioned = (*signed_numbers(reading.readable_text, policy.keys), *plain_numbers(reading.readable_text))
    yield "number", _MENTIONED, _numbered(mentioned, history)


def _numbered(named: Iterable[str], history: History) -> tuple[Conversation, ...]:
    """In the order in which they are named; the number of a merged one means the one that has its messages."""
    return tuple(
        found for number in named for found in history.candidates if number in {found.number, *found.former_numbers}
    )


def _strangers(
    reading: Reading,
    history: History,
    people: frozenset[str],
    ways: Iterable[tuple[str, float, tuple[Conversation, ...]]],
) -> Iterator[Conversation]:
    """Conversations of others that the message has to do with."""
    named = [found for _, _, choice in ways for found in choice]
    # A number whose signature is wrong was not copied from a letter of ours: it joins nothing, but is told.
    named += _numbered((*numbers(reading.message.subject), *numbers(reading.readable_text)), history)
    named += [found for found in history.candidates if shares_proof(reading, within(found, history))]
    return (found for found in named if not people & found.participants)


def _left_behind(reading: Reading, found: Conversation, history: History, policy: Policy, now: datetime) -> bool:
    """Whether an old letter of ours was answered only because it was at hand; what was just decided is one talk yet."""
    talk = lately(found.last_message_at, now, policy.old_matter_after)
    return not talk and another_matter(reading, found, history)


def _people(message: Message, history: History, policy: Policy) -> frozenset[str]:
    """The customers' addresses of a message that may be believed: its sender, or of our own mail whom it goes to."""
    sender = fold(message.sender.address)
    if sender in policy.ours:
        believed = policy.authserv_id is None or message.authentication.aligned
        return frozenset(fold(to.address) for to in message.to if believed and to.address) - policy.ours
    if not sender or message.authentication.dmarc == "fail" or is_nobody(sender):
        return frozenset()
    return (history.same_person | {sender}) - policy.ours


def _is_own(message: Message, policy: Policy) -> bool:
    return fold(message.sender.address) in policy.ours


def _best(reading: Reading, fitting: list[Conversation], history: History) -> Conversation:
    """Of several that one id or subject names, the one whose matter it is, else the latest: ids are used twice."""
    if len(fitting) == 1:
        return fitting[0]
    return max(((sameness(reading, found, history), found) for found in fitting), key=_surest)[1]


def _latest(conversation: Conversation) -> tuple[datetime, str]:
    return conversation.last_message_at, conversation.number


def _surest(scored: tuple[float, Conversation]) -> tuple[float, datetime, str]:
    return scored[0], *_latest(scored[1])
