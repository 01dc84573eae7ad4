"""A word of assent that answers: "понимаю" to "подтвердите, что понимаете".

The trap is the same word as thanks: "понял, жду" after a notice answers nobody. So it answers only where support asked
whether the customer agrees, understands or is sure.
"""

import re

from mailtriage.language.words import fold, spoken
from mailtriage.triage import lexicon

_ASKS_ASSENT = re.compile(
    r"подтверд\w+(?: \w+,?){0,3},? что\b|подтверждаете|\bпонима(?:ете|ешь)\b|\bсогласн[аы]?\b|\bосозна(?:ете|ешь)"
    r"|\bознаком\w+|\bустраива\w+|\bне (?:против|возражаете)\b|\bуверены?\b|\bготовы ли\b"
    r"|\byou (?:agree|understand|confirm)\b|\bare you sure\b"
)


def assents(text: str, asked: str) -> bool:
    """Whether a text says that its writer agrees or understands, after support asked just that."""
    if "?" in text or not _ASKS_ASSENT.search(fold(asked)):
        return False
    said = spoken(text)
    return any(word.form in lexicon.ASSENT or not word.lemmas.isdisjoint(lexicon.ASSENT) for word in said)
