"""Sums, numbers, dates, names and files of a message, one by one: which were there before, and which are new.

The trap is the form: one phone is written five ways, a name in six cases and with initials, a date without its year,
and the number of our own registration is no number of the customer's. Facts that stand in the file that was sent before
were told with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailtriage.language.identity import Identities, find_identities
from mailtriage.language.words import fold, readings
from mailtriage.mail.reading import Reading
from mailtriage.triage.documents import sent_before
from mailtriage.triage.history import EarlierMessage
from mailtriage.triage.matter import Matter, is_reply, matter, registration_numbers
from mailtriage.triage.wording import MAX_CHARACTERS, wording

_NAME_ROOT = 4
_TELEPHONE = 11
_KINDS = {
    "sums": "сумма",
    "payments": "номер операции",
    "accounts": "счёт или кошелёк",
    "phones": "телефон",
    "documents": "документ",
    "emails": "адрес почты",
}


@dataclass(frozen=True, slots=True)
class Particulars:
    """Each in words for people: "сумма 990", "вложение scan.pdf"."""

    new: tuple[str, ...]
    equal: tuple[str, ...]
    new_files: tuple[str, ...]
    """Names of the files that nobody sent before."""


def particulars(reading: Reading, own: Matter, within: tuple[EarlierMessage, ...]) -> Particulars:
    """Hold every fact of a message against the messages of its conversation."""
    new_files = _new_files(reading, within)
    old_files = [file for file in reading.message.attachments if file.filename not in new_files]
    new = [f"вложение {name}" for name in new_files]
    equal = [f"вложение {file.filename}" for file in old_files]
    before = [matter(earlier.text) for earlier in within]
    in_files = "\n".join(file.text for file in old_files if file.text)
    before.append(matter(in_files))
    mentioned = frozenset[str]().union(*(there.mentioned for there in before))
    forms = frozenset[str]().union(*(there.forms for there in before))
    told_before = [*(earlier.identities for earlier in within), find_identities(in_files)]
    for called, value, known in _facts(reading, within, told_before, mentioned, forms):
        (equal if known else new).append(f"{called} {value}")
    told = " ".join((*new, *equal))
    new += [f"число {number}" for number in sorted(own.numbers - mentioned) if _national(number) not in told]
    if len(reading.readable_text) > MAX_CHARACTERS and all(reading.readable_text != m.text for m in within):
        new.append("длинное письмо")
    return Particulars(tuple(new), tuple(equal), new_files)


def _facts(
    reading: Reading,
    within: tuple[EarlierMessage, ...],
    told_before: Iterable[Identities],
    mentioned: frozenset[str],
    forms: frozenset[str],
) -> Iterable[tuple[str, str, bool]]:
    """(what it is called, its value, whether it was known) of each fact that is the customer's own to tell."""
    ours = {fold(reading.message.sender.address), *(fold(to.address) for to in reading.message.to)}
    threads = _in_subject_alone(reading)
    for kind, called in _KINDS.items():
        known = {fold(value) for told in told_before for value in getattr(told, kind)}
        for value in getattr(reading.identities, kind):
            digits = re.sub(r"\D", "", value)
            if not (fold(value) in ours or registration_numbers(value) or fold(value) in threads):
                yield called, value, fold(value) in known or digits in mentioned
    for date in reading.identities.dates:
        yield "дата", f"{date[-2:]}-е число" if date.startswith("---") else date, _known_date(date, within, told_before)
    given = {word.form for word in wording(reading.message.sender.name).words} | forms
    roots = frozenset(form[:_NAME_ROOT] for form in given) if reading.identities.names else frozenset()
    for name in reading.identities.names:
        yield "имя", name, _known_name(name, roots)


def _national(number: str) -> str:
    """Without the 8 or 7 in front of a Russian telephone number: +7 900 is 8 900."""
    return number[1:] if len(number) == _TELEPHONE and number[0] in "78" else number


def _new_files(reading: Reading, within: tuple[EarlierMessage, ...]) -> tuple[str, ...]:
    return tuple(file.filename for file in reading.message.attachments if sent_before(file, within) is None)


def _in_subject_alone(reading: Reading) -> frozenset[str]:
    """Tokens of the subject of a reply: clients and help-desks put theirs there, the customer did not write them."""
    if not is_reply(reading.message.subject):
        return frozenset()
    subject, text = fold(reading.message.subject), fold(reading.message.body.text)
    return frozenset(token for token in re.findall(r"[\w*-]+", subject) if token not in text)


def _known_date(date: str, within: tuple[EarlierMessage, ...], told_before: Iterable[Identities]) -> bool:
    """Mentioned before, or the day of a letter in the conversation ("моё письмо от 31 августа")."""
    dates = [known for told in told_before for known in told.dates]
    dates += [earlier.received_at.date().isoformat() for earlier in within]
    return any(_one_day(date, known) for known in dates)


def _one_day(one: str, other: str) -> bool:
    """What one of them leaves open, the month or the year, is the other's."""
    if one.startswith("---") or other.startswith("---"):
        return one[-2:] == other[-2:]
    return one[-5:] == other[-5:] and (one.startswith("-") or other.startswith("-") or one == other)


def _known_name(name: str, roots: frozenset[str]) -> bool:
    """Any part of it is known, and every given name: people sign with initials, a wife bears the same surname."""
    parts = [word.form for word in wording(name).words if len(word.form) > 1]
    given = [part for part in parts if any("Name" in tags and score >= _SURE for _, tags, score in readings(part))]
    return any(part[:_NAME_ROOT] in roots for part in parts) and all(part[:_NAME_ROOT] in roots for part in given)


_SURE = 0.3
