"""A copy of the store that is whole at every moment, made while the daemon writes; and the way back.

Three traps. A database file that is copied while it is written is no database. Octets are durable before the row that
names them, so they are copied before the database and once more after it: whatever the copy of the database names is
there. And a store that was brought back does not know what has left since: its letters that were due are in doubt.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from subprocess import CalledProcessError, run

from sqlalchemy import delete, func, make_url, or_, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from mailtriage.errors import NotFound, StoreError
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.due import MAIL
from mailtriage.store.octets import SHARDS, LocalOctets, Octets, sync_folder

SQLITE, DUMP, OCTETS, MANIFEST = "mailtriage.db", "mailtriage.dump", "octets", "manifest.json"
UNKNOWN_SINCE = "the store was brought back from a backup: it may have left since"
_POSTGRESQL = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a finished backup says of itself."""

    made_at: str
    schema: str
    database: str
    """"sqlite" or "postgresql"."""
    messages: int


@dataclass
class Copied:
    """What was copied of the octets."""

    fresh: int = 0
    kept: int = 0
    """That were there already."""
    damaged: tuple[str, ...] = ()
    """Digests of octets that are not what they were."""


def save_sqlite(source: Path, target: Path) -> None:
    """The database as it is at this moment, whole or not at all; writers are not held up.

    Raises:
        StoreError: it cannot be read, or the copy cannot be written or is damaged.
    """
    incoming = target.with_name(f"{target.name}.incoming")
    with _told(target):
        _made(incoming)
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(incoming)) as copy:
            # All pages in one step: a copy in several begins anew whenever somebody writes, and may never end.
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (found,) = copy.execute("PRAGMA quick_check").fetchone()
        if found != "ok":
            raise StoreError(f"{incoming}: the copy is damaged: {found}")
        _kept(incoming, target)


def save_octets(source: Octets, target: Octets, erased: frozenset[str] = frozenset(), *, link: bool = True) -> Copied:
    """Copy what is not there yet, by hard link where that goes; what was `erased` is taken out of the copy, too.

    Raises:
        StoreError: a folder cannot be read or written.
    """
    copied, damaged = Copied(), list[str]()
    for shard in SHARDS:
        there = target.stored(shard)
        copied.kept += len(there)
        for digest in there & erased:
            target.discard(digest)
        wanted = sorted(source.stored(shard) - there)
        linked = target.link(source, wanted) if link and isinstance(target, LocalOctets) else frozenset()
        copied.fresh += len(linked)
        for digest in wanted:
            if digest in linked:
                continue
            try:
                target.put({digest: source.get(digest)})
            except NotFound:
                continue  # erased meanwhile
            except StoreError:
                damaged.append(digest)
            else:
                copied.fresh += 1
    copied.damaged = tuple(damaged)
    return copied


def described(database: Database, now: datetime) -> tuple[Manifest, frozenset[str]]:
    """What the manifest says, and the digests of messages that were erased."""
    m = t.message.c
    with database.read() as connection:
        messages = connection.scalar(select(func.count()).select_from(t.message)) or 0
        erased = frozenset(connection.scalars(select(m.digest).where(m.size == 0)))
    kind = "sqlite" if database.path else "postgresql"
    return Manifest(now.isoformat(), database.schema_version() or "", kind, messages), erased


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Written last: without it a backup is none.

    Raises:
        StoreError: the folder cannot be written.
    """
    target = folder / MANIFEST
    incoming = target.with_name(f"{MANIFEST}.incoming")
    with _told(target):
        _made(incoming)
        incoming.write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        _kept(incoming, target)


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        StoreError: there is no finished backup.
    """
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise StoreError(f"{folder}: no finished backup there; expected {MANIFEST}, {OCTETS}/ and a database") from None


def place_sqlite(source: Path, target: Path, mailboxes: Mapping[str, frozenset[str]]) -> int:
    """Bring a database back to where nothing is; `mailboxes` are the folders of each that are read on from the backup.

    Gives how many letters are in doubt. The file is there only when it is whole.

    Raises:
        StoreError: something is there already, or cannot be written.
    """
    refuse_store(target)
    incoming = target.with_name(f"{target.name}.incoming")
    with _told(target):
        _made(incoming)
        shutil.copyfile(source, incoming)
        with closing(Database(f"sqlite:///{incoming}")) as database:
            database.upgrade()
            doubted = settle(database, mailboxes)
        with closing(sqlite3.connect(incoming)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
        _kept(incoming, target)
    return doubted


def refuse_store(file: Path) -> None:
    """Nothing is overwritten.

    Raises:
        StoreError: a database is there.
    """
    if file.exists() and file.stat().st_size:
        raise StoreError(f"{file}: there is a store already; move it away first, nothing is overwritten")


def parsed(url: str) -> URL:
    """The configured URL of the database.

    Raises:
        StoreError: it is none.
    """
    try:
        return make_url(url)
    except ArgumentError:
        raise StoreError("the database URL cannot be read") from None


def settle(database: Database, mailboxes: Mapping[str, frozenset[str]]) -> int:
    """Let a store that was brought back do no harm; gives how many letters are in doubt.

    Letters that were due may have left since. What lies in the folders of ours may have come there since, by our own
    hand: they are looked at as for the first time, so that nothing in them passes for what a person put there.
    """
    o, c = t.outbox.c, t.cursor.c
    pending = o.status.in_(("due", "claimed"))
    with database.write() as connection:
        letters = update(t.outbox).where(o.kind.in_(MAIL), pending)
        at = func.coalesce(o.claimed_at, o.created_at)
        doubted = connection.execute(letters.values(status="unconfirmed", settled_at=at, last_error=UNKNOWN_SINCE))
        moves = update(t.outbox).where(o.kind == "move", o.status == "claimed")
        connection.execute(moves.values(status="due", claimed_at=None, claimed_by=None))
        followed = [(c.mailbox == name) & c.folder.in_(folders) for name, folders in mailboxes.items()]
        connection.execute(delete(t.cursor).where(~or_(*followed)))
    return doubted.rowcount


def dump_command(url: URL, target: Path, program: str = "pg_dump") -> tuple[list[str], dict[str, str]]:
    """The command that saves a PostgreSQL database, and what of its environment is secret."""
    command = [program, "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_dsn(url)}"]
    return command, _secrets(url)


def save_postgresql(url: URL, target: Path) -> bool:
    """Let pg_dump save the database; False where there is none.

    Raises:
        StoreError: it failed; in its own words.
    """
    if (program := _program("pg_dump")) is None:
        return False
    incoming = target.with_name(f"{target.name}.incoming")
    with _told(target):
        _made(incoming)
        _run(*dump_command(url, incoming, program))
        _kept(incoming, target)
    return True


def place_postgresql(source: Path, url: URL) -> None:
    """Let pg_restore bring the database back, in one transaction.

    Raises:
        StoreError: it is not here, or failed; in its own words.
    """
    program = _program("pg_restore")
    if program is None:
        raise StoreError(f"pg_restore is not installed here; with it: pg_restore --dbname={_dsn(url)} {source}")
    with _told(source):
        options = ["--no-owner", "--exit-on-error", "--single-transaction"]
        _run([program, *options, f"--dbname={_dsn(url)}", str(source)], _secrets(url))


def _program(name: str) -> str | None:
    versions = sorted(_POSTGRESQL.glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, versions)) or os.defpath)


def _dsn(url: URL) -> str:
    known = {"host": url.host or url.query.get("host"), "port": url.port, "user": url.username, "dbname": url.database}
    quoted = {name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in known.items() if value}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def _secrets(url: URL) -> dict[str, str]:
    return {"PGPASSWORD": str(url.password)} if url.password else {}


def _run(command: list[str], secrets: Mapping[str, str]) -> None:
    try:
        run(command, check=True, capture_output=True, text=True, env={**os.environ, **secrets})  # noqa: S603 - with arguments of our own
    except CalledProcessError as error:
        raise StoreError(f"{Path(command[0]).name}: {error.stderr.strip().splitlines()[-1:]}") from None


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise StoreError(f"{place}: {error}") from None


def _made(path: Path) -> None:
    """An empty file that nobody else can read."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _kept(incoming: Path, target: Path) -> None:
    """Put a finished file in its place, durably."""
    descriptor = os.open(incoming, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    incoming.rename(target)
    sync_folder(target.parent)
