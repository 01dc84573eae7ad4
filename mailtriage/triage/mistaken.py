"""What to tell an author who named something that is not there: what he meant, or what there is.

The trap is the bare "there is no such thing": who writes «тема» or `said/phrase` has no slip to mend, but a word of the
language to learn.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from mailtriage.errors import Told
from mailtriage.located import nearest
from mailtriage.triage.facts import FIELDS
from mailtriage.triage.operators import OPERATORS

_IN_RUSSIAN: Final[Mapping[str, str]] = {
    "тема": "subject",
    "текст": "said",
    "письмо": "said",
    "сообщение": "said",
    "отправитель": "sender_address",
    "от": "sender_address",
    "адрес": "sender_address",
    "имя": "sender_name",
    "вложения": "attachments",
    "вложение": "attachments",
    "язык": "language",
    "размер": "size",
    "дата": "received_on",
}
"""What leads call the most usual facts."""
_BETWEEN: Final = " \t/\\|.,:;_-"
_MOST: Final = 40
"""Names that a message lists."""


def near_or_all(word: str, known: Iterable[str]) -> Told:
    """The nearest of these names; where none is near, all of them."""
    names = list(known)
    hint = nearest(word, names)
    if hint.en or not names:
        return hint
    among = ", ".join(names[:_MOST]) + (", …" if len(names) > _MOST else "")
    return Told(f"; there are: {among}", f"; есть: {among}")


def question(key: str) -> Told | None:
    """Of `said/phrase`, `said phrase` or `saidphrase` how it is written; None where it is not that."""
    bare = key.strip()
    for operator in sorted(OPERATORS, key=len, reverse=True):
        name = bare.removesuffix(operator).rstrip(_BETWEEN)
        if name in FIELDS and bare != name:
            return Told(
                f'between a fact and its operator stands |, without blanks: "{name}|{operator}"',
                f"между полем и оператором ставят | без пробелов: «{name}|{operator}»",
            )
    return None


def fact(name: str, others: Iterable[str]) -> Told:
    """A fact that is not there; `others` are the words that may stand in its place."""
    text = Told(f'there is no fact "{name}"', f"нет такого поля: «{name}»")
    if meant := _IN_RUSSIAN.get(name.strip().casefold()):
        return text + Told(f'; it is called "{meant}"', f"; оно называется «{meant}»")
    hint = nearest(name, [*FIELDS, *others])
    every = Told("; all of them: `mailtriage rules reference`", "; все поля: `mailtriage rules reference`")
    return text + (hint if hint.en else every)


def operator(name: str) -> Told:
    """An operator that is not there."""
    return Told(f'there is no operator "{name}"', f"нет такого оператора: «{name}»") + near_or_all(name, OPERATORS)
