"""`export` and `erase`: what is stored of a person, handed out or taken out.

The trap is the file that outlives its purpose: what is handed out is readable by nobody but who asked for it, and an
existing file is never written over.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mailtriage import log
from mailtriage.errors import NotFound, StoreError
from mailtriage.parts import Parts
from mailtriage.store.persons import Persons

_log = log.get("persons")
Put = Callable[[str, bytes], None]


def export(parts: Parts, whom: str, target: Path) -> str:
    """Write everything to a folder, or to a zip file where the name ends so; says what.

    Raises:
        NotFound: nothing is stored of him.
        StoreError: something is there already, or cannot be written.
    """
    persons = Persons(parts.database)
    dossier = persons.dossier(whom)
    octets = letters = 0
    with _opened(target) as put:
        told = json.dumps(persons.told(dossier), ensure_ascii=False, indent=1, default=_plain)
        put("stored.json", told.encode("utf-8", "backslashreplace"))
        for digest in dossier.digests:
            try:
                put(f"messages/{digest}.eml", parts.octets.get(digest))
            except NotFound:
                continue
            octets += 1
        for letter in persons.letters(dossier):
            put(f"letters/{letter.id}.eml", letter.octets)
            letters += 1
    return f"{target}: {len(dossier.messages)} messages ({octets} with their octets), {letters} letters of ours"


def erase(parts: Parts, whom: str) -> Iterator[str]:
    """Erase; says what is left to do by hand.

    Raises:
        NotFound: nothing is stored of him.
        StoreError: the database or the disk failed; to try again does no harm.
    """
    persons = Persons(parts.database)
    dossier = persons.dossier(whom)
    # The octets first: what is erased half is found again by its rows, and not the other way round.
    gone = sum(parts.octets.discard(digest) for digest in dossier.digests)
    persons.erase(dossier, datetime.now(UTC))
    _log.info("person_erased", messages=len(dossier.messages), octets=gone, conversations=len(dossier.conversations))
    messages, conversations = len(dossier.messages), len(dossier.conversations)
    yield f"erased: {messages} messages, {gone} of them with octets, {conversations} conversations"
    if dossier.places:
        yield "the mail itself lies in the mailbox; delete it there:"
        yield from (f"  {at.mailbox}: {at.folder}, UID {at.uid}" for at in dossier.places)
    yield "backups keep it until the next `mailtriage backup` to the same folder"


def summary(parts: Parts, whom: str) -> str:
    """What `erase` would take."""
    dossier = Persons(parts.database).dossier(whom)
    return f"{len(dossier.messages)} messages and {len(dossier.conversations)} conversations"


@contextmanager
def _opened(target: Path) -> Iterator[Put]:
    try:
        if target.suffix == ".zip":
            with (
                open(target, "xb", opener=_private) as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            ):
                yield archive.writestr
        else:
            target.mkdir(mode=0o700, parents=True)
            yield lambda name, content: _write(target / name, content)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(path, "xb", opener=_private) as file:
        file.write(content)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
