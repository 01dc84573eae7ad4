"""The letters as customers read them: each template filled in, and what an edit changed in what they will read.

The trap is the edit that looks right in the file: a sentence moved out of its `{% if %}`, or a part that ten letters
share. So the letters are compared, not the files, filled in with facts of every shape; each change is shown once, for
the first facts that bring it out, and the letters that have it are named.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from mailtriage.commands import terminal
from mailtriage.configuration import shipped
from mailtriage.edited import read_templates
from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.reply.draft import Draft
from mailtriage.reply.templates import Templates
from mailtriage.reply.wording import wrapped

_NUMBER: Final[dict[str, Any]] = {"number": "26-000123", "registered_on": date(2026, 12, 7)}
_DUE: Final[dict[str, Any]] = _NUMBER | {"due": date(2026, 12, 14), "working_days": 5}
_ASKED: Final[dict[str, Any]] = {"documents": ("receipt", "payment_number"), "requests": ("refund", "commission")}
_FACTS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("usual", "как обычно"): _DUE,
    ("nothing is known", "почти ничего не известно"): {},
    ("the date has passed", "срок прошёл"): _DUE | {"overdue": True},
    ("documents and several requests", "документы и несколько просьб"): _DUE | _ASKED,
    ("all documents", "все документы"): _DUE | {"documents": tuple(DOCUMENTS)},
    ("words of a rule", "слова правила"): _DUE | {"says": ("…",)},
    ("why it takes so long", "почему так долго"): _DUE | {"why_due": ("…", "…")},
    ("a further letter", "ещё одно письмо"): _DUE | {"follow_up": True},
    **{(f"topic {key}", f"тема {key}: {topic.ru}"): _DUE | {"topics": (key,)} for key, topic in TOPICS.items()},
}
"""By its name in English and Russian, what may be known of a customer's message."""
_SHOWN: Final = 4
"""So many of them are shown of a whole letter."""


@dataclass(frozen=True)
class _Change:
    lines: tuple[str, ...]
    facts: tuple[str, str]
    letters: list[str]


def page(templates: Templates, folder: Path, against: Path | None) -> Iterator[str]:
    """What there is to show, line by line: the changes, or all letters where there is nothing to hold them against.

    Args:
        templates: as they are now.
        folder: where they stand.
        against: a folder of others; None for the shipped ones.

    Raises:
        Problems: the other templates are wrong, or there are none.
    """
    other = against or shipped() / "config" / "replies"
    if other.resolve() == folder.resolve():
        yield from letters(templates)
        return
    found = list(changes(read_templates(other), templates))
    yield from found
    if not found:
        yield terminal.either(f"every letter reads as in {other}", f"все письма читаются так же, как в {other}")


def letters(templates: Templates) -> Iterator[str]:
    """Every letter in every language, filled in with a few sets of facts."""
    for name, language in sorted(templates.files):
        seen: set[str] = set()
        for facts, values in list(_FACTS.items())[:_SHOWN]:
            subject, text = _filled(templates, name, language, values)
            if text not in seen:
                seen.add(text)
                yield from ("", f"=== {name}.{language} — {terminal.either(*facts)}", f"Subject: {subject}", "")
                yield from text.splitlines()


def changes(before: Templates, now: Templates) -> Iterator[str]:
    """A unified diff for each change in what customers read."""
    found: dict[tuple[str, ...], _Change] = {}
    for name, language in sorted({**before.files, **now.files}):
        title = f"{name}.{language}"
        if (name, language) not in before.files:
            yield terminal.either(f"new letter: {title}", f"новое письмо: {title}")
            continue
        if (name, language) not in now.files:
            yield terminal.either(f"letter is gone: {title}", f"письма больше нет: {title}")
            continue
        for facts, values in _FACTS.items():
            for lines in _hunks(_filled(before, name, language, values), _filled(now, name, language, values)):
                change = found.setdefault(lines, _Change(lines, facts, []))
                if title not in change.letters:
                    change.letters.append(title)
    for change in found.values():
        yield from ("", f"=== {', '.join(change.letters)} — {terminal.either(*change.facts)}", *change.lines)


def _filled(templates: Templates, name: str, language: str, values: dict[str, Any]) -> tuple[str, str]:
    subject, text = templates.render(replace(Draft(name, "customer@mail.example", language), **values))
    return subject, wrapped(text)


def _hunks(before: tuple[str, str], now: tuple[str, str]) -> Iterator[tuple[str, ...]]:
    """Each stretch that differs, with a line around it; where it stands in the letter is left out."""
    old, new = ([f"Subject: {subject}", "", *text.splitlines()] for subject, text in (before, now))
    lines: list[str] = []
    for line in [*list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:], "@@"]:
        if not line.startswith("@@"):
            lines.append(line)
        elif lines:
            yield tuple(lines)
            lines = []
