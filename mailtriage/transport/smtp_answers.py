"""What an SMTP server may say to one mail, as values.

Two traps. After the final dot a mail whose answer was lost may or may not have been delivered (RFC 5321 4.5.3.2.6), and
sending it again would answer a customer twice: that is neither a success nor a failure but `Unconfirmed`. And not every
5xx is about the mail: what is said to MAIL is said of our sender, and burying the mails for it, one by one, would
silence us for ever (RFC 5321 4.5.5 wants the null sender taken; not every relay does).
"""

import re
from dataclasses import dataclass
from typing import Literal

from mailtriage.transport.smtp_line import Reply

Stage = Literal["MAIL", "RCPT", "DATA", "dot"]
"""To which command a reply was given."""

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
# RFC 4954 section 6: it is the login or the lack of it that is refused, not this mail.
_LOGIN_CODES = frozenset({432, 454, 530, 534, 535, 538})
_CLOSING = 421
_EXCEEDED_STORAGE = 552
# RFC 3463 3.3, 3.4 and RFC 1870 section 6: this mail is too large.
_TOO_LARGE = frozenset({"5.2.3", "5.3.4"})
# RFC 3463 3.3: his mailbox is full, which he will see to; servers say so with a 5xx all the same.
_MAILBOX_FULL = "5.2.2"
# RFC 3463 3.2: "bad sender's mailbox", "bad sender's system".
_SENDER_STATUS = frozenset({"4.1.7", "4.1.8", "5.1.7", "5.1.8"})
_SENDER_WORDS = re.compile(
    r"sender address rejected|sender verif\w+ failed|(?:null|empty|blank) (?:envelope[- ])?(?:sender|return[- ]?path)"
    r"|(?:null|empty|blank) MAIL FROM",
    re.IGNORECASE,
)
_GREYLISTED = re.compile(r"gr[ea]y[- ]?list", re.IGNORECASE)
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's own words; `text` may hold the recipient's address, so it belongs in the store and in no log."""

    code: int | None
    """The reply code of RFC 5321 4.2, or None where no server said anything of this mail."""
    enhanced: str | None
    """The enhanced status code of RFC 3463, such as "5.1.1"."""
    text: str


class Sent(Answer):
    """The server has taken responsibility for the mail."""

    __slots__ = ()


class Refused(Answer):
    """This mail will never be taken (5xx)."""

    __slots__ = ()


class Unconfirmed(Answer):
    """The mail was handed over whole and the answer is not known: never to be sent again without a person's look."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Deferred(Answer):
    """Nothing was delivered; another try may succeed (4xx, no connection)."""

    every: bool = False
    """It is no matter of this mail: the server is away or lets nobody in, and the next mail would fare alike."""
    login: bool = False
    """User, password or envelope sender are refused: a person has to change something, and until then mail waits."""


Outcome = Sent | Deferred | Refused | Unconfirmed


def answer_of(code: int, text: str, stage: Stage = "dot") -> Sent | Deferred | Refused:
    """The meaning of a reply, by the command that it was given to; 5xx to MAIL is `sender_refused`."""
    words = quoted(text)
    enhanced = _enhanced(words)
    if code in _LOGIN_CODES:
        return Deferred(code, enhanced, words, every=True, login=True)
    if 200 <= code < 300:  # noqa: PLR2004 - the classes of RFC 5321 4.2.1
        return Sent(code, enhanced, words)
    if _full_for_now(code, enhanced, stage):
        return Deferred(code, enhanced, words)
    if 500 <= code < 600:  # noqa: PLR2004
        return Refused(code, enhanced, words)
    # Greylisting (RFC 6647) is of this recipient, and all is well with the server, even where it hangs up with it.
    every = (code == _CLOSING or stage == "MAIL") and not _GREYLISTED.search(words)
    return Deferred(code, enhanced, words, every=every)


def is_about_sender(reply: Reply, stage: Stage) -> bool:
    """Whether a 5xx seems to be said of the envelope sender; at RCPT (where Postfix says it) it only may be."""
    words = quoted(reply.text)
    enhanced = _enhanced(words)
    if not 500 <= reply.code < 600 or reply.code in _LOGIN_CODES:  # noqa: PLR2004
        return False
    if stage == "MAIL":
        return reply.code != _EXCEEDED_STORAGE and enhanced not in _TOO_LARGE
    return stage == "RCPT" and (enhanced in _SENDER_STATUS or bool(_SENDER_WORDS.search(words)))


def sender_refused(place: str, sender: str, reply: Reply) -> Deferred:
    """The server takes nothing from this envelope sender: said in words that tell what to do.

    It has no code, for no server said anything of this mail.
    """
    words = quoted(reply.text)
    who = f"the envelope sender {sender}" if sender else "the null sender"
    what = "an address that it takes" if sender else "an address of this account whose bounces are read"
    told = f"{place} does not take mail from {who} (MAIL FROM:<{sender}>); set smtp.envelope_from to {what}"
    return Deferred(None, _enhanced(words), f"{told}. It says: {reply.code} {words}", every=True, login=True)


def quoted(text: str) -> str:
    """A server's words without control characters, shortened."""
    return "".join(character if character.isprintable() else " " for character in text)[:_MAX_TEXT].strip()


def _enhanced(words: str) -> str | None:
    match = _ENHANCED.match(words)
    return match[1] if match else None


def _full_for_now(code: int, enhanced: str | None, stage: Stage) -> bool:
    if enhanced == _MAILBOX_FULL:
        return True
    # RFC 5321 4.5.3.1.10: a bare 552 to RCPT is to be read as 452.
    return code == _EXCEEDED_STORAGE and stage == "RCPT" and enhanced not in _TOO_LARGE
