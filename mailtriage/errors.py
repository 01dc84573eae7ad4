"""What can go wrong, as a tree; every error carries the place and says what was expected.

    MailtriageError
    ├── Problems            all that is wrong with what a person wrote: configuration, rules, templates, calendar
    ├── StoreError
    │   ├── AlreadyRunning  another daemon holds the store's lock
    │   └── SchemaMismatch  the database is newer than this program
    ├── TransportError      a server is away or said no; worth another try
    │   └── LoginRefused    it will say no again until a person changes something
    └── NotFound            a conversation, message or outbox row that is not there

A bad message is never an exception: it is a normal message with defects and, at worst, the verdict hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file that a person edits; line and column count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence in both languages: leads read Russian, and ops may read either."""

    en: str
    ru: str

    def __str__(self) -> str:
        return self.en

    def __add__(self, more: "Told") -> "Told":
        return Told(self.en + more.en, self.ru + more.ru)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what was expected there; a plain text is English alone."""

    place: Place
    text: Told | str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"

    def told(self, language: Literal["en", "ru"]) -> str:
        """The line in that language, as far as it is known in it."""
        text = self.text if isinstance(self.text, str) else getattr(self.text, language)
        return f"{self.place}: {text}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each once, in the order of the files."""
    return tuple(sorted(set(problems), key=lambda problem: (problem.place, str(problem.text))))


class MailtriageError(Exception):
    """Any error that this program raises on purpose."""


class Problems(MailtriageError):  # noqa: N818 - it is what it says: problems, in the plural
    """Everything found wrong in files that people edit, at once and in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(map(str, self.problems)))


class StoreError(MailtriageError):
    """The store cannot be used as it is."""


class AlreadyRunning(StoreError):  # noqa: N818 - read aloud where it is raised
    """Another process holds this store; two would answer every customer twice."""


class SchemaMismatch(StoreError):  # noqa: N818
    """The database was written by a newer release than this one."""


class TransportError(MailtriageError):
    """A mail server is away, broke off or refused; another try may succeed."""


class LoginRefused(TransportError):  # noqa: N818
    """The server does not take the user name or password."""


class NotFound(MailtriageError):  # noqa: N818
    """What was asked for is not in the store."""
