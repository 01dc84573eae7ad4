"""The keys that sign registration numbers: made at first use, the newest signs, all of them verify.

The trap is the second key: two processes that start together on one store must sign alike, so the key is looked for and
made in one write transaction. A key never leaves the store but as an argument, and stands in no log.
"""

import secrets
from datetime import datetime

from sqlalchemy import select

from mailtriage.store import tables as t
from mailtriage.store.database import Database, insert_row

_KEY_OCTETS = 32
_KEYS = select(t.signing_key.c.key).order_by(t.signing_key.c.id.desc())


def signing_keys(database: Database) -> tuple[bytes, ...]:
    """All keys, the newest first; none where nothing was signed yet.

    Raises:
        StoreError: the database failed.
    """
    with database.read() as connection:
        return tuple(bytes(key) for key in connection.scalars(_KEYS))


def made_keys(database: Database, now: datetime) -> tuple[bytes, ...]:
    """The same, with a new key where there was none.

    Raises:
        StoreError: the database failed.
    """
    if known := signing_keys(database):
        return known
    with database.write() as connection:
        if connection.scalar(_KEYS.limit(1)) is None:
            insert_row(connection, t.signing_key, key=secrets.token_bytes(_KEY_OCTETS), created_at=now)
    return signing_keys(database)
