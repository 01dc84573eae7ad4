"""The subject of a reply: the customer's own words, of which nothing dangerous is left.

It is the one thing of his that we send on, and From is easily forged: what stands in the subject may be written for the
person who gets our reply. So links, addresses, control and bidi characters go, and so do numbers that look like ours,
for they would file the reply under somebody else's matter. Card numbers are masked.
"""

import re
import unicodedata
from typing import Final

from mailtriage.language.cards import masked
from mailtriage.reply.signature import NUMBER
from mailtriage.reply.wording import tidy

MAX_SUBJECT: Final = 80
"""Characters of the customer's subject that are kept."""

_READ_AT_MOST: Final = 2_000
_PREFIX: Final = re.compile(r"^(?:(?:re|fwd?|aw|отв|ответ|на|пересл|ha)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_NUMBER: Final = re.compile(rf"\[?\s*(?:(?:№|no\.?|n°|#)\s*)?{NUMBER.pattern}\s*\]?", re.IGNORECASE)
_ENCODED_WORD: Final = re.compile(r"=\?[^\s?]*\?[^\s?]*\?[^\s?]*\?=|=\?|\?=")
"""Decoded once already; what still looks encoded would be decoded again by the reader's client (RFC 2047)."""
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}:\s?//[^\s)>\]»]*|\bwww\.[^\s)>\]»]+|\b(?:mailto|tel|javascript|data):\S+", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"[^\s<>@]{1,254}@[^\s<>@]{1,254}")
_DOMAIN: Final = re.compile(
    r"(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|рф|рус|дети|онлайн|сайт|орг|москва)(?![\w-])"
    r"(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_HOST_NUMBER: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:[:/]\S*)?")
_EMPTY_BRACKETS: Final = re.compile(r"[<(\[«\"'„“]\s*[>)\]»\"'“”]")
_EDGES: Final = " \t-–—:;,.|/\\<>«»\"'"


def clean_subject(subject: str) -> str:
    """The customer's subject as it may be echoed: one line, shortened, "" where nothing is left of it."""
    text = unicodedata.normalize("NFC", subject[:_READ_AT_MOST])
    if not text.isprintable():
        text = "".join(map(_visible, text))
    text = tidy(text)
    text = _PREFIX.sub("", text)
    # Links before domains, addresses before both: what is left of one must not read as another.
    for pattern in (_ENCODED_WORD, _ADDRESS, _LINK, _DOMAIN, _HOST_NUMBER, _NUMBER, _EMPTY_BRACKETS):
        text = pattern.sub(" ", text)
    text = _PREFIX.sub("", tidy(text).strip(_EDGES)).strip(_EDGES)
    if not any(map(str.isalnum, text)):
        return ""
    return _shortened(text)


def _visible(character: str) -> str:
    """The character, a space for anything that breaks a line, nothing for what no reader sees."""
    category = unicodedata.category(character)
    if category in {"Zl", "Zp", "Zs", "Cc"}:
        return " "
    return "" if category in {"Cf", "Co", "Cs", "Cn"} else character


def _shortened(text: str) -> str:
    if len(text) <= MAX_SUBJECT:
        return text
    head, _, _ = text[:MAX_SUBJECT].rpartition(" ")
    # One endless word is cut where it must be.
    kept = head if len(head) > MAX_SUBJECT // 2 else text[: MAX_SUBJECT - 1]
    return kept.rstrip(_EDGES) + "…"


def reply_subject(theirs: str, ours: str, number: str | None) -> str:
    """Such as "Re: <theirs> [№ 26-000123-K7Q4]", with our own words where nothing of theirs can be echoed."""
    echoed = clean_subject(masked(theirs))
    words = f"Re: {echoed}" if echoed else ours
    return f"{words} [№ {number}]" if number else words
