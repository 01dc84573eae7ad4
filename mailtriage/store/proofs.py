"""Remembers with which rules every example held, under the name that `mailtriage.proof` gives them.

The trap is the store that somebody wrote into: it may spare a start nothing but the examples, for rules are read and
compiled whatever stands here.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select

from mailtriage.store import tables as t
from mailtriage.store.database import SCHEMA, Database

_c = t.schedule.c
_PREFIX: Final = "examples hold: "


def is_proven(database: Database, proof: str) -> bool:
    """Whether the examples are known to hold; no where the store is of another release.

    Raises:
        StoreError: the database failed.
    """
    if database.schema_version() != SCHEMA:
        return False
    with database.read() as connection:
        return connection.scalar(select(_c.name).where(_c.name == _PREFIX + proof)) is not None


def keep_proof(database: Database, proof: str, now: datetime) -> None:
    """Remember it in place of any other.

    Raises:
        StoreError: the database failed.
    """
    with database.write() as connection:
        connection.execute(delete(t.schedule).where(_c.name.startswith(_PREFIX, autoescape=True)))
        connection.execute(insert(t.schedule).values(name=_PREFIX + proof, last_run_at=now))
