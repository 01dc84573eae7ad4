"""Messages out of files: single ones, folders of .eml, Maildir and mbox, in a stable order.

The trap is mbox: its ">From " quoting is part of the file, not of the message, and only a blank line before "From "
starts a new message (RFC 4155); the standard library's mailbox module knows that.
"""

import mailbox
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from mailtriage.errors import NotFound
from mailtriage.mail.message import RawMessage


def raw_messages(path: Path) -> Iterator[RawMessage]:
    """Every message at a path: .eml files sorted by name, a Maildir by file name, an mbox in its order.

    Raises:
        NotFound: there is nothing at that path, or a folder holds no message.
    """
    if path.is_dir() and (path / "cur").is_dir():
        yield from (
            _file(file)
            for file in sorted([*(path / "cur").iterdir(), *_entries(path / "new")], key=lambda file: file.name)
        )
    elif path.is_dir():
        files = sorted(path.glob("*.eml"))
        if not files:
            raise NotFound(f"{path}: no .eml file in this folder, and it is no Maildir")
        yield from map(_file, files)
    elif not path.is_file():
        raise NotFound(f"{path}: no such file or folder")
    elif _is_mbox(path):
        yield from _mbox(path)
    else:
        yield _file(path)


def count_messages(path: Path) -> int | None:
    """How many messages a progress bar has before it; None where counting would mean reading (mbox)."""
    if not path.is_dir():
        return None
    if (path / "cur").is_dir():
        return sum(1 for _ in (path / "cur").iterdir()) + len(_entries(path / "new"))
    return sum(1 for _ in path.glob("*.eml"))


def _file(path: Path) -> RawMessage:
    received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return RawMessage(path.read_bytes(), received_at, name=path.name)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(5) == b"From "


def _mbox(path: Path) -> Iterator[RawMessage]:
    received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield RawMessage(box.get_bytes(key), received_at, name=f"{path.name}#{int(key) + 1}")
    finally:
        box.close()


def must_exist(paths: Iterable[Path]) -> None:
    """Say at once which paths are missing, before the first message is recorded.

    Raises:
        NotFound: at least one is missing.
    """
    if missing := [str(path) for path in paths if not path.exists()]:
        raise NotFound(f"no such file or folder: {', '.join(missing)}")
