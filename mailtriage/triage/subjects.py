"""What a subject tells of its thread: whether it answers or forwards, and the words that stay the same.

The trap is the client: each puts its own "Re", "Отв" and "[tag]" in front of what is there, and help-desks the number.
"""

import re
from functools import lru_cache

from mailtriage.language.words import spoken
from mailtriage.reply.signature import NUMBER

_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|отв|ответ|на|пересл\w*|fw|ha|hа)\s*(?:\[\d+\])?\s*:\s*|\[[^\]]{0,40}\]\s*)", re.IGNORECASE
)
_FORWARD_PREFIX = re.compile(r"^\s*(?:(?:re|отв|на)\s*:\s*)*(?:fwd?|fw|пересл\w*)\s*:", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(
    r"^\s*(?:\[[^\]]{0,40}\]\s*)?(?:re|fwd?|aw|отв|ответ|на|пересл\w*|fw|ha)\s*(?:\[\d+\])?\s*:", re.IGNORECASE
)
_MAX_SUBJECT = 400


@lru_cache(maxsize=1024)
def root_subject(subject: str) -> tuple[str, ...]:
    """The words of a subject without Re, Fwd and tags: what stays the same within a conversation."""
    subject = subject[:_MAX_SUBJECT]
    while match := _REPLY_PREFIX.match(subject):
        subject = subject[match.end() :]
    return tuple(word.form for word in spoken(NUMBER.sub(" ", subject).replace("№", " ")))


def is_forward(subject: str) -> bool:
    """Whether a subject says that the mail was forwarded."""
    return bool(_FORWARD_PREFIX.match(subject))


def is_reply(subject: str) -> bool:
    """Whether a subject begins as a reply's or a forward's: its words are the thread's, not the writer's."""
    return bool(_ANSWER_PREFIX.match(subject)) or bool(NUMBER.search(subject))
