"""The schema of a store: an older one is brought up script by script, in a new one it is made at once.

The scripts take six times as long, and what carries them out takes longer still to load. The trap is two ways to one
schema, which end differently: a test holds one against the other.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from mailtriage.errors import SchemaMismatch
from mailtriage.store.tables import metadata

SCHEMA: Final = "0011"
"""The newest migration; known here so that an up-to-date start need not load alembic."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"

_KEPT_BY_ALEMBIC: Final = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


def version_of(connection: Connection) -> str | None:
    """The migration that a database stands at; None where there is no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def make(connection: Connection) -> None:
    """Make the schema of this release where there is none."""
    if connection.dialect.name == "postgresql":
        _tell_what_indices_leave_out()
    metadata.create_all(connection, checkfirst=False)
    connection.execute(text(_KEPT_BY_ALEMBIC))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": SCHEMA})


def _tell_what_indices_leave_out() -> None:
    """To PostgreSQL the same as to SQLite, in whose name alone `tables` says it."""
    for index in (index for table in metadata.tables.values() for index in table.indexes):
        if (where := index.dialect_options["sqlite"]["where"]) is not None:
            index.dialect_kwargs["postgresql_where"] = where


def migrate(connection: Connection, version: str, name: str) -> None:
    """Bring the schema up from `version` to that of this release.

    Raises:
        SchemaMismatch: the database, which has this `name`, is newer than this program.
    """
    # Loaded only when there is work to do: alembic costs a fifth of the start.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version not in known:
        raise SchemaMismatch(
            f"{name} was written by a newer release: its schema is {version}, this release knows up to {SCHEMA}"
        )
    command.upgrade(config, "head")
