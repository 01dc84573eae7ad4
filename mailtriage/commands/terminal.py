"""What the commands print: lines, JSON and tables, on a terminal, into a pipe or a file.

The traps are the pipe whose reader has left (`| head -1`), which must not end in a traceback, and the locale without
Cyrillic: JSON is UTF-8 whatever the locale says (RFC 8259 8.1), and one line stays one line in every reader.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import TextIOWrapper
from typing import Any, Literal

from mailtriage.commands.lead_words import clean
from mailtriage.errors import Problem

Language = Literal["en", "ru"]

_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Legal inside a JSON string, but many readers of lines take them for the end of one."""


def prepare() -> None:
    """Make sure that no character of a stranger can fail to be printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish() -> None:
    """Write what is still held; a reader that has left does not mind."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def language(environment: Mapping[str, str] = os.environ) -> Language:
    """In which language mistakes are told: MAILTRIAGE_LANGUAGE, else the locale's by POSIX precedence."""
    # Reading settings costs as much as a small command, and only a mistake needs this.
    from mailtriage.configuration import LANGUAGE_VARIABLE  # noqa: PLC0415

    chosen = environment.get(LANGUAGE_VARIABLE, "").lower()
    if chosen in {"ru", "en"}:
        return "ru" if chosen == "ru" else "en"
    locale = next((set_ for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (set_ := environment.get(name))), "")
    return "ru" if locale.lower().startswith("ru") else "en"


def told(problems: Iterable[Problem]) -> list[str]:
    """A line for each problem, in the reader's language."""
    return [problem.told(language()) for problem in problems]


def warned(problems: Iterable[Problem]) -> list[str]:
    """A line for each that is no mistake yet, marked so."""
    mark = either("warning", "предупреждение")
    return [f"{line} ({mark})" for line in told(problems)]


def either(en: str, ru: str) -> str:
    """The one that the reader reads."""
    return ru if language() == "ru" else en


def say(*lines: str) -> None:
    """Lines of text on stdout."""
    for line in lines:
        sys.stdout.write(f"{line}\n")


def complain(*lines: str) -> None:
    """Lines of text on stderr."""
    for line in lines:
        sys.stderr.write(f"{line}\n")


def say_json(value: Mapping[str, Any]) -> None:
    """One line of JSON on stdout, at once."""
    text = json.dumps(value, ensure_ascii=False)
    for character, escaped in _LINE_ENDS.items():
        text = text.replace(character, escaped)
    # A lone surrogate has no UTF-8; its backslash form is what JSON calls it, too.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def say_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; else a line for each row, whole, its cells parted by tabs."""
    cells = [tuple(clean(cell) for cell in row) for row in rows]
    if not sys.stdout.isatty():
        say("\t".join(headings), *("\t".join(row) for row in cells))
        return
    # Only a terminal needs it, and it costs as much as a small command.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*headings)
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)
