"""Remembers with which rules every example held, under the name that `mailtriage.proof` gives them.

The trap is the store that somebody wrote into: it may spare a start nothing but the examples, for rules are read and
compiled whatever stands here.
"""

from datetime import datetime

from sqlalchemy import delete, insert, select

from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.schema import SCHEMA


def is_proven(database: Database, proof: str) -> bool:
    """Whether the examples are known to hold; no where the store is of another release.

    Raises:
        StoreError: the database failed.
    """
    if database.schema_version() != SCHEMA:
        return False
    with database.read() as connection:
        return connection.scalar(select(t.proof.c.name).where(t.proof.c.name == proof)) is not None


def keep_proof(database: Database, proof: str, now: datetime) -> None:
    """Remember it in place of any other.

    Raises:
        StoreError: the database failed.
    """
    with database.write() as connection:
        connection.execute(delete(t.proof))
        connection.execute(insert(t.proof).values(name=proof, held_at=now))
