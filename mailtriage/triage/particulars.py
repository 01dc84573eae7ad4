"""Sums, numbers, dates, names and files of a message, one by one: which were there before, and which are new.

The trap is the form: one phone is written five ways, a name in six cases and with initials, a date without its year,
and the number of our own registration is no number of the customer's. Facts that stand in the file that was sent before
were told with it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from mailtriage.language.identity import Identities, find_identities
from mailtriage.language.once import once
from mailtriage.language.words import fold, readings, spoken
from mailtriage.mail.message import Attachment
from mailtriage.mail.reading import Reading
from mailtriage.triage.documents import sent_before
from mailtriage.triage.gist import ROOT, roots_of
from mailtriage.triage.headed import Headed
from mailtriage.triage.history import EarlierMessage
from mailtriage.triage.matter import numbers_in, registration_numbers
from mailtriage.triage.subjects import is_reply
from mailtriage.triage.wording import MAX_CHARACTERS

_TELEPHONE = 11
_KINDS = {
    "sums": "сумма",
    "payments": "номер операции",
    "accounts": "счёт или кошелёк",
    "phones": "телефон",
    "documents": "документ",
    "emails": "адрес почты",
}
_IN_FIGURES = ("payments", "accounts", "phones", "documents")
"""Kinds that are found only where their last figures stand, with nothing but marks and letters between them."""
_LAST = 4
_NO_FIGURES = re.compile(r"\D+")


@dataclass(frozen=True)
class Particulars:
    """Every fact of a message, held against the messages of its conversation; in words: "сумма 990"."""

    reading: Reading
    own: Headed
    within: tuple[EarlierMessage, ...]

    @once
    def new_files(self) -> tuple[str, ...]:
        """Names of the files that nobody sent before."""
        files = self.reading.message.attachments
        return tuple(file.filename for file in files if sent_before(file, self.within) is None)

    @once
    def old_files(self) -> tuple[Attachment, ...]:
        """All others."""
        return tuple(file for file in self.reading.message.attachments if file.filename not in self.new_files)

    @once
    def equal(self) -> tuple[str, ...]:
        """What was told before."""
        known = (f"{called} {value}" for called, value, known in self._facts if known)
        return (*(f"вложение {file.filename}" for file in self.old_files), *known)

    def news(self) -> Iterator[str]:
        """What was not, files first."""
        new = [f"вложение {name}" for name in self.new_files]
        yield from new
        facts = [f"{called} {value}" for called, value, known in self._facts if not known]
        yield from facts
        told = " ".join((*new, *facts, *self.equal))
        yield from (f"число {number}" for number in self._new_numbers() if _national(number) not in told)
        text = self.reading.readable_text
        if len(text) > MAX_CHARACTERS and all(text != earlier.text for earlier in self.within):
            yield "длинное письмо"

    @once
    def has_new_figures(self) -> bool:
        """Whether a number of a payment, an account, a phone or a document is new, which is told with little work."""
        return any(not self._is_told(kind, folded) for kind, _, folded in self._own_values(_IN_FIGURES))

    def _new_numbers(self) -> list[str]:
        return sorted(self.own.numbers - self._numbers_before)

    @once
    def _in_files(self) -> str:
        return "\n".join(file.text for file in self.old_files if file.text)

    @once
    def _figures_in_files(self) -> str:
        return _NO_FIGURES.sub("", self._in_files)

    @once
    def _numbers_before(self) -> frozenset[str]:
        """Digits of every number that was told before."""
        return numbers_in(self._in_files).union(*(earlier.gist.mentioned for earlier in self.within))

    def _is_rooted(self, form: str) -> bool:
        """Whether a word of all that was told before, or of the sender's name, begins as this one does."""
        return (
            form[:ROOT] in self._roots_of_name
            or any(earlier.gist.has_root(form) for earlier in self.within)
            or form[:ROOT] in self._roots_in_files
        )

    @once
    def _roots_of_name(self) -> frozenset[str]:
        return roots_of(self.reading.message.sender.name)

    @once
    def _roots_in_files(self) -> frozenset[str]:
        return roots_of(self._in_files)

    @once
    def _told_in_files(self) -> Identities:
        """Facts that stand in the files; of a long document it takes as long as all the rest."""
        return find_identities(self._in_files)

    @once
    def _facts(self) -> tuple[tuple[str, str, bool], ...]:
        return tuple(self._held())

    def _held(self) -> Iterator[tuple[str, str, bool]]:
        """(what it is called, its value, whether it was known) of each fact that is the customer's own to tell."""
        found = self.reading.identities
        for kind, value, folded in self._own_values(_KINDS):
            yield _KINDS[kind], value, self._is_told(kind, folded)
        for date in found.dates:
            yield "дата", f"{date[-2:]}-е число" if date.startswith("---") else date, self._is_known_date(date)
        for name in found.names:
            yield "имя", name, _is_known_name(name, self._is_rooted)

    def _own_values(self, kinds: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """(kind, value, the value folded) of what is neither ours nor the header's."""
        for kind in kinds:
            for value in getattr(self.reading.identities, kind):
                folded = fold(value)
                if not (folded in self._ours or registration_numbers(value)):
                    yield kind, value, folded

    @once
    def _ours(self) -> frozenset[str]:
        """The addresses of the message's own header, and what stands in a reply's subject alone."""
        message = self.reading.message
        return self._in_subject_alone().union((fold(message.sender.address),), (fold(to.address) for to in message.to))

    def _is_told(self, kind: str, folded: str) -> bool:
        figures = _NO_FIGURES.sub("", folded)
        if figures in self._numbers_before or any(
            folded in map(fold, getattr(earlier.identities, kind)) for earlier in self.within
        ):
            return True
        if not self._in_files or (kind in _IN_FIGURES and figures[-_LAST:] not in self._figures_in_files):
            return False
        return folded in map(fold, getattr(self._told_in_files, kind))

    def _is_known_date(self, date: str) -> bool:
        """Mentioned before, or the day of a letter in the conversation ("моё письмо от 31 августа")."""
        letters = (earlier.received_at.date().isoformat() for earlier in self.within)
        mentioned = chain.from_iterable(earlier.identities.dates for earlier in self.within)
        return any(_one_day(date, known) for known in chain(letters, mentioned)) or (
            bool(self._in_files) and any(_one_day(date, known) for known in self._told_in_files.dates)
        )

    def _in_subject_alone(self) -> frozenset[str]:
        """Tokens of a reply's subject: clients and help-desks put theirs there, the customer did not write them."""
        if not is_reply(self.reading.message.subject):
            return frozenset()
        subject, text = fold(self.reading.message.subject), fold(self.reading.message.body.text)
        return frozenset(token for token in re.findall(r"[\w*-]+", subject) if token not in text)


def _national(number: str) -> str:
    """Without the 8 or 7 in front of a Russian telephone number: +7 900 is 8 900."""
    return number[1:] if len(number) == _TELEPHONE and number[0] in "78" else number


def _one_day(one: str, other: str) -> bool:
    """What one of them leaves open, the month or the year, is the other's."""
    if one.startswith("---") or other.startswith("---"):
        return one[-2:] == other[-2:]
    return one[-5:] == other[-5:] and (one.startswith("-") or other.startswith("-") or one == other)


def _is_known_name(name: str, begun: Callable[[str], bool]) -> bool:
    """Any part of it is known, and every given name: people sign with initials, a wife bears the same surname."""
    parts = [word.form for word in spoken(name) if len(word.form) > 1]
    given = [part for part in parts if any("Name" in tags and score >= _SURE for _, tags, score in readings(part))]
    return any(map(begun, parts)) and all(map(begun, given))


_SURE = 0.3
