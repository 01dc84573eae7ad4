"""What was read in pictures, kept by the digest of the file: the same picture is never read twice.

The trap is a better reader: its texts must not mix with those of the old one, so its version is part of the key.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import insert, select

from mailtriage.store import tables as t
from mailtriage.store.database import Database


class FileTexts:
    """The texts of one reader's version."""

    def __init__(self, database: Database, version: str) -> None:
        self._database = database
        self._version = version

    def known(self, digests: Collection[str]) -> dict[str, str]:
        """What is kept, by digest.

        Raises:
            StoreError: the database is away.
        """
        c = t.file_text.c
        with self._database.read() as connection:
            rows = connection.execute(
                select(c.digest, c.text).where(c.reader_version == self._version, c.digest.in_(list(digests)))
            )
            return {row.digest: row.text for row in rows}

    def keep(self, texts: Mapping[str, str]) -> None:
        """Remember new texts; one that is kept already stays as it is.

        Raises:
            StoreError: the database is away.
        """
        c = t.file_text.c
        with self._database.write() as connection:
            found = connection.scalars(
                select(c.digest).where(c.reader_version == self._version, c.digest.in_(list(texts)))
            )
            known = set(found)
            rows = [
                {"digest": digest, "reader_version": self._version, "text": text}
                for digest, text in texts.items()
                if digest not in known
            ]
            if rows:
                connection.execute(insert(t.file_text), rows)
