"""When two addresses belong to one person: the same phone or account number, and the same name.

The trap is the word of a stranger: whoever knows a customer's phone and name can write both. So it takes both and not
one of them, nothing of what failed DMARC (RFC 7489 6.6) proves anything, and forwarded words prove nothing about who
forwards them. What is proved lets a message join and counts strikes and replies together; it never shows what others
wrote. A name that many share, or half of one, is no name here: "Анна" alone proves nothing, "Шубина П." does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mailtriage.language.identity import personal_name
from mailtriage.language.words import fold, known, lemmas_of
from mailtriage.mail.reading import Reading
from mailtriage.triage.subjects import is_forward

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_NAMES: Final = 10
_NUMBERS: Final = 10
_LEAST_WORDS: Final = 2
_LONGEST_ENDING: Final = 3
"""Letters that differ between two cases of a name in no dictionary: "Нуруллаева", "Нуруллаевой"."""
_LEAST_ROOT: Final = 4


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody who wrote earlier and named a phone or an account that the message names, too."""

    address: str
    names: frozenset[str]
    """As he wrote them in those messages."""


def own_names(reading: Reading) -> tuple[str, ...]:
    """The writer's names: the one that he sends under; where that is none, those in his words."""
    sent_under = personal_name(reading.message.sender.name)
    return (sent_under,) if sent_under else reading.identities.names[:_NAMES]


def own_numbers(reading: Reading) -> tuple[tuple[str, str], ...]:
    """("phone" or "account", number) that may prove who writes; four digits of a card, which thousands share, do not.

    Empty where nothing in the message can be believed to be about its sender.
    """
    message = reading.message
    if message.authentication.dmarc == "fail" or message.automatic.kind is not None or is_forward(message.subject):
        return ()
    found = reading.identities
    numbers = [("phone", phone) for phone in found.phones]
    numbers += [("account", account) for account in found.accounts if not account.startswith("*")]
    return tuple(numbers[:_NUMBERS])


def same_person(reading: Reading, acquaintances: Iterable[Acquaintance]) -> frozenset[str]:
    """The addresses of those that bear one of the writer's names; all are taken to share a number with him."""
    sender = fold(reading.message.sender.address)
    names = own_names(reading) if own_numbers(reading) else ()
    return frozenset(
        other.address
        for other in acquaintances
        if other.address != sender and any(same_name(one, name) for one in names for name in other.names)
    )


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: two words or more in any order and case, one of them possibly an initial.

    Each word of the shorter must be in the longer: a second surname or another patronymic is another person.
    """
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if len(shorter) < _LEAST_WORDS:
        return False
    left, in_full = list(longer), 0
    # Whole words first, so that an initial does not take the place of one.
    for word in sorted(shorter, key=len, reverse=True):
        whole = next((held for held in left if len(word) > 1 and len(held) > 1 and _one_root(word, held)), None)
        match = whole or next((held for held in left if 1 in {len(word), len(held)} and word[0] == held[0]), None)
        if match is None:
            return False
        left.remove(match)
        in_full += whole is not None
    return in_full > 0


def _words(name: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(name))


def _one_root(one: str, other: str) -> bool:
    """The same word in whatever case; where no dictionary has either, the same but for an ending."""
    if one == other or lemmas_of(one) & lemmas_of(other):
        return True
    if known(one) or known(other):
        return False
    root = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return root >= max(_LEAST_ROOT, max(len(one), len(other)) - _LONGEST_ENDING)
