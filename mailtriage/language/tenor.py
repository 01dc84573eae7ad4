"""What a letter says and what of it asks, without what is over, and which kind of letter it resembles by that.

The trap is the card number: sentences are taken apart here, and half a number is no longer known
for one, so numbers are masked first.
"""

import re
from dataclasses import dataclass
from typing import Final

from mailtriage.language.asking import asked
from mailtriage.language.cards import masked
from mailtriage.language.resemblance import Resemblance, vocabulary
from mailtriage.language.settled import undenied, unsettled
from mailtriage.language.text import looked_through

_ANSWERS: Final = re.compile(r"\s*(?:re|aw|отв|ответ|на)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Tenor:
    """A letter by what is said in it; whole card numbers are masked."""

    said: str
    asked: str
    resemblance: Resemblance


def tenor(subject: str, text: str, attachment_text: str) -> Tenor:
    """The tenor of a letter; `text` are the customer's own words, `attachment_text` those of all his files."""
    what_is_said = masked(said(subject, text, attachment_text))
    what_is_asked = masked(asked_in(masked(subject), masked(text), masked(attachment_text)))
    return Tenor(what_is_said, what_is_asked, vocabulary().resemblance(what_is_said, what_is_asked))


def said(subject: str, text: str, attachment_text: str) -> str:
    """What the customer said, without what is over; the attachments speak only where he himself is silent."""
    own = text if text.strip() else attachment_text
    return f"{unsettled(subject)}\n{unsettled(own)}"


def asked_in(subject: str, text: str, attachment_text: str) -> str:
    """Of the same words those that ask for something; the subject of an answer is what was asked before."""
    begun = "" if _ANSWERS.match(subject) and text.strip() else subject
    own = text if text.strip() else attachment_text
    return undenied(begun, asked(looked_through(own)))
