"""Pairs of letters out of YAML, read as mail is read, so that a pair tells what a customer would meet."""

from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml
from triage_letters import CUSTOMER, NOON, NUMBER, SUPPORT, past

from mailtriage.mail.reading import Reading, ReadOptions, read
from mailtriage.triage.conversation import Link
from mailtriage.triage.history import EarlierMessage, History
from mailtriage.triage.novelty import Novelty, compare, outline

LINKED = Link(NUMBER, "references", 0.95)


@dataclass(frozen=True)
class Pair:
    """A later letter after a story's earlier ones, and what should be found new in it."""

    story: dict[str, Any] = field(repr=False)
    later: str
    new: tuple[str, ...]
    kind: str | None
    rest: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.story['story']}: {self.rest.get('subject', '')} {self.later}"[:90]


def pairs(path: Path) -> list[Pair]:
    """All pairs of a file."""
    return [
        Pair(story, pair.pop("later"), tuple(pair.pop("new")), pair.pop("kind", None), pair)
        for story in yaml.safe_load(path.read_text("utf-8"))
        for pair in story["pairs"]
    ]


def found(pair: Pair) -> Novelty:
    """What is made of the later letter; in outline it is the same."""
    story = pair.story
    before = [{"text": one} if isinstance(one, str) else dict(one) for one in story["before"]]
    history = _history(before, story)
    subject = pair.rest.get("subject", f"Re: {story['subject']}")
    quoted = pair.rest.get("quoted", "")
    text = pair.later
    if quoted:
        head = f"От: {story['name']} <{CUSTOMER}>\nКому: {SUPPORT}\nТема: {story['subject']}"
        text = f"{text}\n\n-------- Пересылаемое сообщение --------\n{head}\n\n{quoted}"
    letter = _read(text, story["name"], subject, pair.rest.get("files", ()))
    novelty = compare(letter, LINKED, history)
    assert outline(letter, LINKED, history) == (bool(novelty.new), novelty.empty)
    return novelty


def _history(before: list[dict[str, Any]], story: dict[str, Any]) -> History:
    messages = tuple(_earlier(at, one, story) for at, one in enumerate(before))
    decided = any(message.final for message in messages)
    return past(*messages, status="decided" if decided else "open")


def _earlier(at: int, one: dict[str, Any], story: dict[str, Any]) -> EarlierMessage:
    outgoing = "support" in one
    name = "Поддержка" if outgoing else story["name"]
    reading = _read(one.get("support") or one["text"], name, story["subject"], one.get("files", ()))
    return EarlierMessage(
        id=at,
        conversation=NUMBER,
        outgoing=outgoing,
        message_id=f"<earlier-{at}@mail.example>",
        sender=SUPPORT if outgoing else CUSTOMER,
        subject=reading.message.subject,
        text=reading.readable_text,
        attachment_digests=tuple(file.digest for file in reading.message.attachments),
        identities=reading.identities,
        received_at=NOON - timedelta(days=9 - at),
        verdict=None if outgoing else "accept",
        reason=None,
        final=one.get("final", False),
    )


def _read(text: str, name: str, subject: str, files: Any) -> Reading:
    mail = EmailMessage()
    mail["From"] = f"{name} <{SUPPORT if name == 'Поддержка' else CUSTOMER}>"
    mail["To"] = SUPPORT
    mail["Subject"] = subject
    mail.set_content(text)
    for filename in files:
        mail.add_attachment(filename.encode() * 50, maintype="application", subtype="pdf", filename=filename)
    return read(mail.as_bytes(), ReadOptions())
