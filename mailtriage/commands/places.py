"""Where the words stand that made a rule hold: in which part of the letter, on which line, among which neighbours.

The trap is a place in a text that nobody sees. Rules are asked about texts that were joined for them (the subject and
the words, or only the sentences that ask), so a place there is turned into one in the letter; where that cannot be done
for sure, no place is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mailtriage.commands.lead_words import clean
from mailtriage.triage.facts import Facts
from mailtriage.triage.match import Found

PARTS: Final[Mapping[str, str]] = {
    "subject": "тема",
    "text": "письмо",
    "quoted_text": "цитата",
    "attachment_text": "вложение",
    "sender_name": "имя отправителя",
}
"""The parts of a letter in which words stand, as leads call them."""
_SEARCHED = ("text", "subject", "attachment_text", "sender_name")
_AROUND = 32
"""Characters shown on each side."""


@dataclass(frozen=True)
class Spot:
    """A piece in its part of the letter."""

    part: str
    """A key of `PARTS`."""
    line: int
    column: int
    """Both from 1, in characters."""
    before: str
    words: str
    after: str

    def __str__(self) -> str:
        where = PARTS[self.part] if self.part == "subject" else f"{PARTS[self.part]} {self.line}:{self.column}"
        return f"{where}  {self.before}«{self.words}»{self.after}"


def spot(found: Found, facts: Facts) -> Spot | None:
    """Where a piece stands in the letter; None for what is no piece of it, such as a number of attachments."""
    if found.end <= found.start and found.item is None:
        return None
    if found.item is not None or found.field not in {*PARTS, "said", "asked"}:
        return _searched(found.text, facts)
    if found.field in PARTS:
        return _cut(found.field, getattr(facts, found.field), found.start, found.end)
    begins = len(facts.subject) + 1
    if found.start < begins:
        return _cut("subject", facts.subject, found.start, min(found.end, len(facts.subject)))
    part = "text" if facts.text.strip() else "attachment_text"
    if found.field == "said" and facts.said[begins:] == getattr(facts, part):
        return _cut(part, getattr(facts, part), found.start - begins, found.end - begins)
    return _by_sentence(found, facts, part)


def _by_sentence(found: Found, facts: Facts, part: str) -> Spot | None:
    """A piece of sentences that were picked out of the text: by the line of them that it stands on."""
    picked: str = getattr(facts, found.field)
    begins = picked.rfind("\n", 0, found.start) + 1
    ends = picked.find("\n", found.end)
    sentence = picked[begins : ends if ends >= 0 else len(picked)]
    text: str = getattr(facts, part)
    at = text.find(sentence)
    if at < 0:
        return _searched(found.text, facts)
    return _cut(part, text, at + found.start - begins, at + found.end - begins)


def _searched(words: str, facts: Facts) -> Spot | None:
    """The first place where the very words stand."""
    for part in _SEARCHED:
        text: str = getattr(facts, part)
        if words.strip() and (at := text.find(words)) >= 0:
            return _cut(part, text, at, at + len(words))
    return None


def _cut(part: str, text: str, start: int, end: int) -> Spot:
    line = text.count("\n", 0, start) + 1
    begins = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", end)
    ends = ends if ends >= 0 else len(text)
    left, right = text[max(begins, start - _AROUND) : start], text[end : min(ends, end + _AROUND)]
    return Spot(
        part,
        line,
        start - begins + 1,
        ("…" if start - _AROUND > begins else "") + _one_line(left),
        clean(text[start:end]),
        _one_line(right) + ("…" if end + _AROUND < ends else ""),
    )


def _one_line(text: str) -> str:
    """Harmless and on one line, with the spaces at its ends, which part it from the words."""
    inner = clean(text)
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")
