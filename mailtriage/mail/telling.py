"""Whether the words of a letter tell enough by themselves, so that nobody need look into its pictures.

The trap is the cost: to decode a photo takes longer than to read ten letters, and most pictures only illustrate what
was written. So a picture is looked at only where the words are missing: nothing is said, or nothing says who writes.
"""

import re

from mailtriage.language.identity import personal_name
from mailtriage.mail.illegible import readable_body
from mailtriage.mail.reading import Reading

_FEW_WORDS = 8
"""«Добрый день, посмотрите, пожалуйста, что во вложении» says nothing yet."""
_WORD = re.compile(r"[^\W_]{3,}")


def silent(reading: Reading) -> bool:
    """Whether the writer's own words say nothing yet."""
    return len(_WORD.findall(reading.readable_text)) <= _FEW_WORDS


def tells_who(reading: Reading) -> bool:
    """Whether words, files or From say who writes."""
    found = reading.identities
    known = found.names or found.phones or found.accounts or found.payments or found.documents
    return bool(known or personal_name(reading.message.sender.name))


def pictures_matter(reading: Reading) -> bool:
    """Whether the outcome may depend on what the pictures of a message show, or on whether they show anything."""
    if not readable_body(reading.message, reading.legibility):
        return True
    return reading.message.automatic.kind is None and (silent(reading) or not tells_who(reading))
