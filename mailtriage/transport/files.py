"""Messages out of files: single ones, folders of .eml, Maildir and mbox, in a stable order.

The trap is mbox (RFC 4155): what separates two messages is an envelope line after an empty line, and the ">From "
quoting is part of the file, not of the message. The standard library splits at every line that begins with "From ", so
a customer's sentence would become a message of its own.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from mailtriage.errors import Place, Problem, Problems
from mailtriage.mail.message import RawMessage

_ENVELOPE = re.compile(rb"From \S+ (?=.*[0-9]:[0-5][0-9])(?=.*\b(19|20)[0-9]{2}\b)")
"""The line between two messages of an mbox: who, and a time and a year in whichever order."""
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEADER = 1 << 20
_QUOTED = re.compile(rb">+From ")


def raw_messages(path: Path) -> Iterator[RawMessage]:
    """Every message at a path: .eml files sorted by name, a Maildir by file name, an mbox in its order.

    Raises:
        Problems: there is nothing to read at that path.
    """
    must_exist([path])
    try:
        if path.is_dir():
            for file in _files(path):
                yield _whole(file)
        else:
            yield from _single(path)
    except OSError as error:
        raise _unreadable(Path(error.filename or path), error) from None


def within(raw: RawMessage, max_size: int) -> RawMessage:
    """The message, or its header alone where it is over `max_size` octets, as it would come from a mailbox."""
    if len(raw.octets) <= max_size:
        return raw
    end = _HEADER_END.search(raw.octets, 0, _LONGEST_HEADER)
    header = raw.octets[: end.end() if end else _LONGEST_HEADER]
    return replace(raw, octets=header, full_size=len(raw.octets))


def count_messages(path: Path) -> int | None:
    """How many messages a progress bar has before it; None where counting would mean reading (mbox)."""
    if path.is_dir():
        return len(_files(path))
    return 1 if _is_eml(path) else None


def must_exist(paths: Iterable[Path]) -> None:
    """Say at once at which paths there is nothing to read, before the first message is recorded.

    Raises:
        Problems: at least one is missing or unreadable, or is a folder that is neither of .eml files nor a Maildir.
    """
    problems = []
    for path in paths:
        try:
            if not path.exists():
                problems.append(Problem(Place(str(path)), "no such file or folder"))
            elif not os.access(path, os.R_OK):
                problems.append(Problem(Place(str(path)), "may not be read: permission denied"))
            elif path.is_dir() and not _is_maildir(path) and not _files(path):
                text = "no message here: expected files *.eml, or a Maildir with its folders cur and new"
                problems.append(Problem(Place(str(path)), text))
        except OSError as error:
            problems += _unreadable(path, error).problems
    if problems:
        raise Problems(problems)


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() or (folder / "new").is_dir()


def _is_eml(path: Path) -> bool:
    return path.suffix.lower() == ".eml"


def _files(folder: Path) -> list[Path]:
    """The messages of a folder in their order; a Maildir's names begin with the time of delivery."""
    if _is_maildir(folder):
        found = [file for part in ("cur", "new") if (folder / part).is_dir() for file in (folder / part).iterdir()]
    else:
        found = [file for file in folder.iterdir() if _is_eml(file)]
    return sorted((file for file in found if file.name[:1] != "." and file.is_file()), key=lambda file: file.name)


def _whole(path: Path) -> RawMessage:
    with path.open("rb") as stream:
        return RawMessage(stream.read(), _changed_at(stream), name=_name(path))


def _single(path: Path) -> Iterator[RawMessage]:
    """A message or an mbox; also out of a pipe, which has no name to tell by and can be read only once."""
    with path.open("rb") as stream:
        received_at = _changed_at(stream)
        first = stream.readline()
        # An .eml is one message, even when a program that saved it left the envelope line at its top.
        if _is_eml(path) or not first.startswith(b"From "):
            if first or path.suffix.lower() != ".mbox":
                yield RawMessage(first + stream.read(), received_at, name=_name(path))
            return
        for number, octets in enumerate(_split(stream), start=1):
            yield RawMessage(octets, received_at, name=f"{_name(path)}#{number}")


def _split(stream: BinaryIO) -> Iterator[bytes]:
    """The messages of an mbox, whose first envelope line has been read already."""
    lines: list[bytes] = []
    for line in stream:
        if (not lines or not lines[-1].strip(b"\r\n")) and _ENVELOPE.match(line):
            # The empty line belongs to the envelope, not to the message.
            yield b"".join(lines[:-1])
            lines = []
        else:
            lines.append(line[1:] if _QUOTED.match(line) else line)
    if lines and not lines[-1].strip(b"\r\n"):
        lines.pop()
    yield b"".join(lines)


def _changed_at(stream: BinaryIO) -> datetime:
    return datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC)


def _name(path: Path) -> str:
    """The file's name; octets that are no UTF-8 in it are told, for a name must fit into JSON and the database."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _unreadable(path: Path, error: OSError) -> Problems:
    return Problems([Problem(Place(str(path)), f"cannot be read: {error.strerror or error}")])
