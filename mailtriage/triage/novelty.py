"""What is new in a message against what the customer sent before; a repeat is a message in which nothing is.

Similarity alone is wrong both ways: a re-send with one new payment number is 94 % the same, and a complete rewording
shares hardly a phrase. So facts are compared one by one, and words only decide what facts leave open. Doubt is new:
nobody is turned away because his news was short.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailtriage.language.words import fold
from mailtriage.mail.reading import Reading
from mailtriage.triage import lexicon
from mailtriage.triage.conversation import Link
from mailtriage.triage.history import EarlierMessage, History
from mailtriage.triage.matter import (
    Matter,
    containment,
    is_forward,
    matter,
    plain,
    registration_numbers,
    root_subject,
    unseen,
)
from mailtriage.triage.wording import MAX_CHARACTERS, wording

_ALIKE = 0.6
_NEARLY_IDENTICAL = 0.75
_NAME_ROOT = 4
_COMPARED = 40
"""The latest messages of a conversation that a new one is held against."""
_HEADER_LINE = re.compile(
    r"^[ \t>*-]*(?:от|кому|копия|дата|тема|отправлено|from|to|cc|date|sent|subject)[ \t]*:.*$|^[ \t>]*-{3,}.*$",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS = {
    "sums": "сумма",
    "payments": "номер операции",
    "accounts": "счёт или кошелёк",
    "phones": "телефон",
    "documents": "документ",
    "emails": "адрес почты",
}


@dataclass(frozen=True, slots=True)
class Novelty:
    """The comparison with everything earlier in the conversation, or of the sender."""

    same_as: str | None
    """Message-ID or "№ 26-000123" of the earlier message that holds the same, or None."""
    similarity: float
    """0 to 1: share of this message's word shingles that were there before."""
    new: tuple[str, ...]
    """What was not there before, in words for people: "сумма 990", "вопрос", "вложение scan.pdf"."""
    empty: bool
    """The message adds nothing at all: "спасибо", "ну что?", "up", marks alone."""


def compare(reading: Reading, link: Link, history: History) -> Novelty:
    """Compare a message with what its conversation holds; without a conversation everything is new."""
    within = tuple(
        earlier for earlier in history.earlier if earlier.conversation and earlier.conversation == link.conversation
    )[-_COMPARED:]
    told = tuple(earlier for earlier in within if not earlier.outgoing and considered(earlier))
    own = matter(_own_text(reading, within))
    empty = _adds_nothing(reading, own, within)
    best, similarity = _most_alike(reading, own, told)
    if link.conversation is None or not told:
        return Novelty(None, similarity, ("новое обращение",), empty and link.conversation is not None)
    # What support itself wrote was known to the customer too: repeating it against a decision is no argument.
    decided = _decided(link, history)
    known = within if decided else told
    before = _before(known, reading)
    new = (*_new_facts(reading, own, within), *_new_words(own, before, within, decided=decided))
    new = (*new, *_forwarded(reading, within), *_answer(reading, own, within))
    same_as = None if new else _name(best) or f"№ {link.conversation}"
    return Novelty(same_as, similarity, tuple(dict.fromkeys(new)), empty and not new)


def considered(earlier: EarlierMessage) -> bool:
    """Whether it was taken up at all: what was rejected as unreadable or anonymous may be sent anew."""
    return earlier.verdict in {"accept", "hold"} or earlier.reason in {"repeat", "decided"}


def _own_text(reading: Reading, within: tuple[EarlierMessage, ...]) -> str:
    """The new words, with the subject where it is not the conversation's own."""
    subject = reading.message.subject
    roots = {root_subject(earlier.subject) for earlier in within}
    if root_subject(subject) in roots or not within:
        return reading.readable_text
    return f"{subject}.\n\n{reading.readable_text}"


def _before(known: tuple[EarlierMessage, ...], reading: Reading) -> frozenset[str]:
    concepts: set[str] = set(matter(reading.message.sender.name).concepts)
    for earlier in known:
        concepts |= matter(earlier.text).concepts | matter(earlier.subject).concepts
    return frozenset(concepts)


def _adds_nothing(reading: Reading, own: Matter, within: tuple[EarlierMessage, ...]) -> bool:
    if _new_attachments(reading, within):
        return False
    signed = matter(f"{reading.message.sender.name}\n{reading.message.body.signature}").concepts
    return not unseen(own.concepts, signed) and not own.numbers


def _most_alike(reading: Reading, own: Matter, told: tuple[EarlierMessage, ...]) -> tuple[EarlierMessage | None, float]:
    """The earlier message that holds most of this one; of equals the latest."""
    best, similarity = None, 0.0
    quoted = (
        matter(_HEADER_LINE.sub("", reading.message.body.quoted_text)) if is_forward(reading.message.subject) else None
    )
    for earlier in told:
        there = matter(earlier.text)
        share = containment(own.shingles, there.shingles)
        if quoted is not None:
            share = max(share, containment(quoted.shingles, there.shingles))
        if share >= similarity and share > 0:
            best, similarity = earlier, share
    return best, round(similarity, 3)


def _name(earlier: EarlierMessage | None) -> str | None:
    return (earlier.message_id or f"№ {earlier.conversation}") if earlier else None


def _decided(link: Link, history: History) -> bool:
    return any(found.number == link.conversation and found.status == "decided" for found in history.candidates)


def _new_attachments(reading: Reading, within: tuple[EarlierMessage, ...]) -> list[str]:
    known = {digest for earlier in within for digest in earlier.attachment_digests}
    return [file.filename for file in reading.message.attachments if file.digest not in known]


def _new_facts(reading: Reading, own: Matter, within: tuple[EarlierMessage, ...]) -> list[str]:
    """Files, sums, numbers, dates and names that nobody in the conversation has mentioned."""
    found = [f"вложение {name}" for name in _new_attachments(reading, within)]
    ours = {fold(reading.message.sender.address), *(fold(to.address) for to in reading.message.to)}
    mentioned = frozenset[str]().union(*(matter(earlier.text).mentioned for earlier in within))
    for kind, called in _KINDS.items():
        known = {fold(value) for earlier in within for value in getattr(earlier.identities, kind)}
        for value in getattr(reading.identities, kind):
            numbered = re.sub(r"\D", "", value)
            if fold(value) not in known | ours and not registration_numbers(value) and numbered not in mentioned:
                found.append(f"{called} {value}")
    found += [f"дата {date}" for date in reading.identities.dates if not _known_date(date, within)]
    found += [f"имя {name}" for name in reading.identities.names if not _known_name(name, reading, within)]
    told = " ".join(found)
    found += [f"число {number}" for number in sorted(own.numbers - mentioned) if number not in told]
    if len(reading.readable_text) > MAX_CHARACTERS and all(reading.readable_text != m.text for m in within):
        found.append("длинное письмо")
    return found


def _known_date(date: str, within: tuple[EarlierMessage, ...]) -> bool:
    """Mentioned before, or the day of a letter in the conversation ("моё письмо от 31 августа")."""
    day = date[-5:]
    return any(
        day == known[-5:] and (date.startswith("-") or known.startswith("-") or date == known)
        for earlier in within
        for known in (*earlier.identities.dates, earlier.received_at.date().isoformat())
    )


def _known_name(name: str, reading: Reading, within: tuple[EarlierMessage, ...]) -> bool:
    """Any part of it is known: people sign with a first name, with initials, in another case."""
    known = {word.form for word in wording(reading.message.sender.name).words}
    known |= {form for earlier in within for form in matter(earlier.text).forms}
    roots = {form[:_NAME_ROOT] for form in known}
    return any(word.form[:_NAME_ROOT] in roots for word in wording(name).words if len(word.form) > 1)


def _new_words(own: Matter, before: frozenset[str], within: tuple[EarlierMessage, ...], *, decided: bool) -> list[str]:
    """Concepts that are new beyond what a retelling brings with it, each question and each "again" on its own."""
    told = [matter(earlier.text) for earlier in within]
    mentioned = frozenset(plain(concept) for concept in before)
    asked = frozenset[str]().union(*own.questions)
    asked_news = unseen(asked, mentioned)
    permissions = frozenset[str]().union(*own.permissions)
    if asked_news or (permissions and not any(earlier.permissions for earlier in told)):
        return ["вопрос: " + ", ".join(sorted(asked_news or permissions))]
    stated = frozenset(concept for concept in own.concepts if plain(concept) not in asked)
    news = unseen(stated, before)
    if evidence := sorted(news & lexicon.EVIDENCE):
        return ["новое обстоятельство: " + ", ".join(evidence)]
    if afresh := own.afresh - frozenset(concept for earlier in told for concept in earlier.afresh):
        return ["снова: " + ", ".join(sorted(afresh))]
    nearly = any(containment(own.shingles, earlier.shingles) >= _NEARLY_IDENTICAL for earlier in told)
    return ["слова: " + ", ".join(sorted(news))] if len(news) > _allowed(own, decided=decided, nearly=nearly) else []


def _allowed(own: Matter, *, decided: bool, nearly: bool) -> int:
    """How many new concepts a retelling may have: few words leave no room for doubt, so none."""
    size = len(own.concepts)
    if decided:
        return 0 if size < 3 else max(1, size * 3 // 10)  # noqa: PLR2004 - shares, explained above
    return max(size // 5 if size > 3 else 0, 1 if nearly else 0)  # noqa: PLR2004 - shares, explained above


def _forwarded(reading: Reading, within: tuple[EarlierMessage, ...]) -> Iterable[str]:
    """A forward brings what it holds: one's own earlier mail is nothing new, a bank's letter is."""
    quoted = _HEADER_LINE.sub("", reading.message.body.quoted_text)
    if not is_forward(reading.message.subject) or not quoted.strip():
        return
    shingles = matter(quoted).shingles
    known = frozenset(shingle for earlier in within for shingle in matter(earlier.text).shingles)
    if containment(shingles, known) < _ALIKE:
        yield "пересланное письмо"


def _answer(reading: Reading, own: Matter, within: tuple[EarlierMessage, ...]) -> Iterable[str]:
    """After a question of support any answer is new, however short; thanks and reminders are none."""
    last = max(within, key=lambda earlier: (earlier.received_at, earlier.id))
    if not last.outgoing or last.final:
        return
    asked = "?" in last.text or any(word.lemmas & lexicon.ASKING for word in wording(last.text).words)
    answered = own.concepts or own.numbers or own.forms & lexicon.ANSWERS or reading.message.attachments
    if asked and answered:
        yield "ответ на вопрос поддержки"
