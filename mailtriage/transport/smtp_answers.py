"""What an SMTP server may say to one mail, as values.

The trap is the moment after the final dot: a mail whose answer was lost may or may not have been delivered (RFC 5321
4.5.3.2.6), and sending it again would answer a customer twice. That is neither a success nor a failure but
`Unconfirmed`.
"""

import re
from dataclasses import dataclass

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
# RFC 4954 section 6: it is the login or the lack of it that is refused, not this mail.
_LOGIN_CODES = frozenset({432, 454, 530, 534, 535, 538})
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's own words; `text` may hold the recipient's address, so it belongs in the store and in no log."""

    code: int | None
    """The reply code of RFC 5321 4.2, or None where no server said anything."""
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
    """User or password are refused: a person has to change something."""


Outcome = Sent | Deferred | Refused | Unconfirmed


def answer_of(code: int, text: str) -> Sent | Deferred | Refused:
    """The meaning of a reply to MAIL, RCPT, DATA or the final dot."""
    words = quoted(text)
    match = _ENHANCED.match(words)
    enhanced = match[1] if match else None
    if code in _LOGIN_CODES:
        return Deferred(code, enhanced, words, every=True, login=True)
    if 200 <= code < 300:  # noqa: PLR2004 - the classes of RFC 5321 4.2.1
        return Sent(code, enhanced, words)
    if 500 <= code < 600:  # noqa: PLR2004
        return Refused(code, enhanced, words)
    return Deferred(code, enhanced, words, every=code == 421)  # noqa: PLR2004 - "closing transmission channel"


def quoted(text: str) -> str:
    """A server's words without control characters, shortened."""
    return "".join(character if character.isprintable() else " " for character in text)[:_MAX_TEXT].strip()
