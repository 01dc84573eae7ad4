"""`backup`, `recover` and `db check`: the store saved, brought back, and looked over.

The trap is the backup that nobody has tried: `recover` needs nothing but the folder and the configuration, overwrites
nothing, and says what is to be done next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import join

from mailtriage.errors import SchemaMismatch, StoreError
from mailtriage.parts import Parts
from mailtriage.reconcile.kept import octets_against, todays
from mailtriage.store import backup as saving
from mailtriage.store.books import Books
from mailtriage.store.lock import file_lock
from mailtriage.store.octets import SHARDS, LocalOctets
from mailtriage.store.schema import SCHEMA
from mailtriage.store.signing import signing_keys

_KEY_OCTETS = 32


@dataclass(frozen=True)
class Saved:
    """What a backup did; `complete` where all of it is there."""

    lines: tuple[str, ...]
    complete: bool


def save(parts: Parts, folder: Path) -> Saved:
    """Save the store to a folder, which may hold an earlier backup: only what is new is copied then.

    Raises:
        StoreError: the store cannot be read, or the folder not be written.
    """
    folder = folder.absolute()
    target, database = LocalOctets(folder / saving.OCTETS), parts.database
    url = database.engine.url
    manifest, erased = saving.described(database, datetime.now(UTC))
    first = saving.save_octets(parts.octets, target, erased)
    if database.path is not None:
        saving.save_sqlite(database.path, folder / saving.SQLITE)
    elif not saving.save_postgresql(url, folder / saving.DUMP):
        command, _ = saving.dump_command(url, folder / saving.DUMP)
        told = ("pg_dump is not installed here; the octets are saved, the database is not. Where it is:", join(command))
        return Saved(told, complete=False)
    # What came while the database was copied may stand in the copy: its octets were durable before.
    second = saving.save_octets(parts.octets, target, erased)
    saving.write_manifest(folder, manifest)
    damaged = dict.fromkeys((*first.damaged, *second.damaged))
    copied = f"octets: {first.fresh + second.fresh} new, {first.kept} there already"
    lines = [f"{folder}: {manifest.messages} messages, schema {manifest.schema}; {copied}"]
    lines += [
        f"damaged, and not copied: octets {digest}; `mailtriage reconcile --octets --repair`" for digest in damaged
    ]
    return Saved(tuple(lines), complete=not damaged)


def bring_back(parts: Parts, folder: Path) -> Saved:
    """Bring a backup back into a store that is empty.

    Raises:
        StoreError: there is no finished backup, or the store is not empty.
        SchemaMismatch: a newer release made it.
    """
    folder, settings = folder.absolute(), parts.settings
    manifest = saving.read_manifest(folder)
    if manifest.schema > SCHEMA:
        raise SchemaMismatch(f"{folder}: made by a newer release: its schema is {manifest.schema}, not {SCHEMA}")
    url = saving.parsed(settings.database)
    if manifest.database != url.get_backend_name():
        raise StoreError(f"{folder}: a backup of {manifest.database}, but the configuration says {url.drivername}")
    if any(parts.octets.stored(shard) for shard in SHARDS):
        raise StoreError(f"{settings.octets}: there are octets already; move them away first, nothing is overwritten")
    followed = {mailbox.name: frozenset({mailbox.folder, mailbox.sent}) for mailbox in settings.mailboxes}
    if url.database and manifest.database == "sqlite":
        file = Path(url.database).absolute()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(file.with_name(file.name + ".lock"), str(file)):
            saving.refuse_store(file)
            copied = saving.save_octets(LocalOctets(folder / saving.OCTETS), parts.octets, link=False)
            doubted = saving.place_sqlite(folder / saving.SQLITE, file, followed)
    else:
        with parts.database.lock():
            if parts.database.schema_version() is not None:
                raise StoreError(f"{parts.database.name}: there is a store already; nothing is overwritten")
            copied = saving.save_octets(LocalOctets(folder / saving.OCTETS), parts.octets, link=False)
            saving.place_postgresql(folder / saving.DUMP, url)
            parts.database.upgrade()
            doubted = saving.settle(parts.database, followed)
    return Saved(tuple(_next(manifest, copied, doubted)), complete=not copied.damaged)


def _next(manifest: saving.Manifest, copied: saving.Copied, doubted: int) -> Iterator[str]:
    yield f"brought back as of {manifest.made_at}: {manifest.messages} messages, {copied.fresh} octets"
    if doubted:
        yield f"{doubted} letters were due then and may have left since: unconfirmed (`mailtriage outbox list`)"
    yield from (f"damaged in the backup: octets {digest}" for digest in copied.damaged)
    yield "now: `mailtriage reconcile --repair` tells and records what came since; then start the daemon"


def check(parts: Parts, *, octets: bool) -> tuple[str, ...]:
    """What is wrong with the store, a line each; empty when it is sound."""
    database, found = parts.database, list[str]()
    version = database.schema_version()
    if version != SCHEMA:
        found.append(f"{database.name}: schema {version}, expected {SCHEMA}; run mailtriage db upgrade")
        return tuple(found)
    found += [f"{database.name}: {line}" for line in database.integrity()]
    keys = signing_keys(database)
    if not keys:
        found.append("no key to sign registration numbers with; the daemon makes one when it starts")
    found += [f"key {index} is of {len(key)} octets" for index, key in enumerate(keys, 1) if len(key) != _KEY_OCTETS]
    read = frozenset(SHARDS) if octets else todays(datetime.now(UTC))
    found += [gap.sentence for gap in octets_against(Books(database), parts.octets, read)]
    return tuple(found)
