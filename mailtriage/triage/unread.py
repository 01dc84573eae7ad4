"""Which pictures must be read before anything can be decided about a message.

The trap is the cost: recognition takes seconds, and most pictures only illustrate what the customer wrote. So it is
asked for only where the words are missing: nothing is said in the body, or nothing says who writes.
"""

from dataclasses import dataclass

from mailtriage.mail.message import Attachment
from mailtriage.mail.reading import Reading
from mailtriage.mail.telling import silent, tells_who
from mailtriage.triage.ruleset import Ruleset

_MOST_FILES = 4
_LEAST_OCTETS = 3_000
"""A smaller picture is an icon."""
_ABOUT_PICTURES = ("attachment_problems", "illegible_because")


@dataclass(frozen=True, slots=True)
class Unread:
    """The files without whose words no decision is possible."""

    digests: tuple[str, ...]


def unread_pictures(reading: Reading) -> Unread | None:
    """Name the pictures and scans whose words this message's outcome depends on; None where it does not."""
    message = reading.message
    if reading.unread is not None or message.automatic.kind is not None:
        return None
    says_nothing = silent(reading)
    if not says_nothing and tells_who(reading):
        return None
    # A logo is shown inline under what was written; alone, an inline picture is the message.
    files = [file for file in message.attachments if _may_hold_words(file) and (says_nothing or not file.inline)]
    digests = tuple(dict.fromkeys(file.digest for file in files))[:_MOST_FILES]
    return Unread(digests) if digests else None


def asks_about_pictures(ruleset: Ruleset) -> bool:
    """Whether any rule asks what is wrong with files: then every picture is looked at."""
    return any(fact in text for text in ruleset.files.values() for fact in _ABOUT_PICTURES)


def _may_hold_words(file: Attachment) -> bool:
    picture = file.media_type.startswith("image/") or file.media_type == "application/pdf"
    return picture and file.text is None and file.problem in {None, "blurred"} and file.size >= _LEAST_OCTETS
