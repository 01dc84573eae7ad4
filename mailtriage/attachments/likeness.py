"""What a file with words is known by when its octets differ: everything that stands in it, as one digest.

The trap is the form: two receipts of one bank say the same but for one digit or one word, so nothing may differ but the
typesetting. What says little is known by nothing: a scanner's stamp is on all its scans. Pictures are known by what
they show (same_document.py).
"""

import hashlib
import re

from mailtriage.language.cards import masked

_MOST = 150_000
"""Characters; of a longer text the end was not read."""
_LEAST = 10
"""Words and numbers with fewer of which a page says too little."""
_ICON = 1_500
"""Octets below which a picture is an ornament."""
_TOKEN = re.compile(r"(?<![\w-])[-−+]\d+|\w+")


def likeness(text: str, figures: str = "") -> str | None:
    """The digest of all words and numbers in their order; None where there are too few, or too many.

    Args:
        text: all that the file says.
        figures: whatever tells the pictures beside the text; two texts with other pictures are two documents.
    """
    found = tokens(text) if len(text) <= _MOST else []
    if len(found) < _LEAST:
        return None
    return hashlib.sha256(f"{figures}\n{' '.join(found)}".encode()).hexdigest()[:32]


def may_be_known(media_type: str, size: int) -> bool:
    """Whether a file may be what another file was under other octets: a picture that is no icon, or a PDF."""
    return media_type == "application/pdf" or (media_type.startswith("image/") and size >= _ICON)


def tokens(text: str) -> list[str]:
    """Words and numbers as they are compared: without case, ё and card numbers; a sign belongs to its number."""
    return _TOKEN.findall(masked(text).casefold().replace("ё", "е").replace("−", "-"))
