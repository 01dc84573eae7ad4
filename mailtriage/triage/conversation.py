"""Which conversation a message continues, and how sure.

A number or a reference alone proves nothing: whoever guesses a number must not see another customer's matter
(CONTRACT.md). Only together with a known participant does it join; without one it is "possibly related". References are
written by the sender's program (RFC 5322 3.6.4) and may be missing or hijacked: what is new is judged elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailtriage.language.words import fold
from mailtriage.mail.reading import Reading
from mailtriage.triage.history import Conversation, EarlierMessage, History
from mailtriage.triage.matter import containment, matter, registration_numbers, root_subject, unseen
from mailtriage.triage.policy import Policy

_ALIKE = 0.6
_COMPARED = 10
"""The latest messages of each candidate that are looked at."""


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
    """Numbers of conversations that it names without proof of taking part."""


def link(reading: Reading, history: History, policy: Policy, now: datetime) -> Link:
    """Choose among the candidates: by number, by references, by the same matter of the same person."""
    message = reading.message
    people = _people(reading, policy)
    ids = {*message.in_reply_to, *message.references}
    named = registration_numbers(f"{message.subject}\n{reading.readable_text}")
    by_number = [found for number in named for found in history.candidates if found.number == number]
    by_reference = sorted((found for found in history.candidates if ids & found.message_ids), key=_latest, reverse=True)
    strangers = tuple(
        dict.fromkeys(found.number for found in (*by_number, *by_reference) if not people & found.participants)
    )
    for reason, confidence, choice in (("number", 1.0, by_number), ("references", 0.95, by_reference)):
        known = [found for found in choice if people & found.participants]
        if known:
            return Link(known[0].number, reason, confidence, strangers)
    recent = [
        found
        for found in history.candidates
        if people & found.participants and now - found.last_message_at <= policy.same_matter_within
    ]
    best = max(((_sameness(reading, found, history), found) for found in recent), key=_surest, default=None)
    if best and best[0] > 0:
        return Link(best[1].number, "same matter", best[0], strangers)
    if _is_own(reading, policy) or _says_nothing(reading):
        waiting = sorted((found for found in recent if found.status != "closed"), key=_latest)
        if waiting:
            return Link(waiting[-1].number, "same matter", 0.5, strangers)
    return Link(None, None, 1.0 if not history.candidates else 0.8, strangers)


def same_subject(reading: Reading, conversation: Conversation) -> bool:
    """Whether the subjects are one but for Re, Fwd, tags and marks."""
    root = root_subject(reading.message.subject)
    return bool(root) and root == root_subject(conversation.subject)


def _people(reading: Reading, policy: Policy) -> frozenset[str]:
    """The customers' addresses of a message: its sender, or of our own mail those that it goes to."""
    own = {fold(address) for address in policy.own_addresses}
    sender = fold(reading.message.sender.address)
    addresses = (fold(to.address) for to in reading.message.to) if sender in own else (sender,)
    return frozenset(address for address in addresses if address and address not in own)


def _is_own(reading: Reading, policy: Policy) -> bool:
    return fold(reading.message.sender.address) in {fold(address) for address in policy.own_addresses}


def _says_nothing(reading: Reading) -> bool:
    """A reminder without a matter of its own belongs to whatever is waiting."""
    own = matter(f"{reading.message.subject}.\n\n{reading.readable_text}")
    return not own.concepts and not own.numbers and not reading.message.attachments


def _sameness(reading: Reading, conversation: Conversation, history: History) -> float:
    """0 to 1, how surely the message is about the matter of a conversation of the same person."""
    earlier = tuple(m for m in history.earlier if m.conversation == conversation.number)[-_COMPARED:]
    if _shares_proof(reading, earlier):
        return 0.9
    text = matter(reading.readable_text)
    theirs = [matter(m.text) for m in earlier if not m.outgoing]
    quoted = matter(reading.message.body.quoted_text).shingles
    if any(_alike(text.shingles, m.shingles) or containment(m.shingles, quoted) >= _ALIKE for m in theirs):
        return 0.9
    known = _concepts(earlier, conversation)
    subject = matter(reading.message.subject).concepts
    shared = len(text.concepts) - len(unseen(text.concepts, known))
    if same_subject(reading, conversation) and _subject_tells(subject, text.concepts, shared):
        return 0.8
    told = len(subject | text.concepts) - len(unseen(subject | text.concepts, known))
    if told >= 4 and told >= _ALIKE * len(subject | text.concepts):  # noqa: PLR2004 - fewer are shared by chance
        return 0.7
    if subject and not unseen(subject, known) and shared >= 2:  # noqa: PLR2004 - fewer are shared by chance
        return 0.6
    return 0.0


def _subject_tells(subject: frozenset[str], text: frozenset[str], shared: int) -> bool:
    """A subject of its own needs little support, "Вопрос" or "Обращение" needs the text's."""
    if subject:
        return shared > 0 or not text
    return shared >= max(2, len(text) / 2)


def _shares_proof(reading: Reading, earlier: Iterable[EarlierMessage]) -> bool:
    payments = {fold(payment) for payment in reading.identities.payments}
    digests = {file.digest for file in reading.message.attachments if file.size}
    return any(
        payments & {fold(payment) for payment in message.identities.payments}
        or digests & set(message.attachment_digests)
        for message in earlier
    )


def _alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    return min(containment(one, other), containment(other, one)) >= _ALIKE


def _concepts(earlier: Iterable[EarlierMessage], conversation: Conversation) -> frozenset[str]:
    found = set(matter(conversation.subject).concepts)
    for message in earlier:
        found |= matter(message.text).concepts
    return frozenset(found)


def _latest(conversation: Conversation) -> tuple[datetime, str]:
    return conversation.last_message_at, conversation.number


def _surest(scored: tuple[float, Conversation]) -> tuple[float, datetime, str]:
    return scored[0], *_latest(scored[1])
