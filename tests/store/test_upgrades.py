"""Every released schema, with rows in all its tables, comes up to today's and loses nothing."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from servers.postgres import Postgres

from mailtriage.errors import StoreError
from mailtriage.store import tables as t
from mailtriage.store.database import Database, insert_row
from mailtriage.store.schema import MIGRATIONS, SCHEMA

RELEASED = sorted(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
ROWS = 3
VALUES: dict[type, Callable[[int], Any]] = {
    str: lambda row: f"слово {row}",
    int: lambda row: row,
    bool: lambda row: row == 1,
    bytes: lambda row: bytes([0, 255, row]),
    date: lambda row: date(2026, 3, row),
    datetime: lambda row: datetime(2026, 3, 2, 9, row, tzinfo=UTC),
    object: lambda row: {"ключ": [row, None]},
}
TWICE = {"message": {"facts"}}
"""Columns that are gone, for what stood in them stands elsewhere in its row as well."""
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def empties(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URLs of databases without a schema."""
    if request.param == "sqlite":
        return (f"sqlite:///{tmp_path}/{number}.db" for number in itertools.count())
    server: Postgres = request.getfixturevalue("postgres")
    return iter(server.fresh, "")


@pytest.fixture
def empty(empties: Iterator[str]) -> str:
    """One of them."""
    return next(empties)


@pytest.mark.parametrize("released", RELEASED)
def test_a_store_of_any_release_comes_up_to_this_one_with_all_that_it_held(empty: str, released: str) -> None:
    with closing(Database(empty)) as database:
        _migrate(database, released)
        before = _fill(database)
        assert before["message"], "it holds something"

        database.upgrade()

        assert database.schema_version() == SCHEMA
        assert database.integrity() == ()
        with database.read() as connection:
            assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
            after = _rows(connection)
        for table, rows in before.items():
            kept = rows[0].keys() - TWICE.get(table, set())
            assert kept <= after[table][0].keys(), table
            assert [{name: row[name] for name in kept} for row in after[table]] == [
                {name: row[name] for name in kept} for row in rows
            ], table
        with database.write() as connection:
            if database.path:
                assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
            added = {"address": "anna@mail.example", "at": datetime.now(UTC), "permanent": True}
            assert insert_row(connection, t.bounce, **added) == ROWS + 1


def test_a_new_store_is_made_as_all_scripts_together_make_it(empties: Iterator[str]) -> None:
    with closing(Database(next(empties))) as made, closing(Database(next(empties))) as migrated:
        made.upgrade()
        _migrate(migrated, SCHEMA)
        shapes = _shapes(made)
        assert shapes == _shapes(migrated)
        assert shapes.keys() == {*t.metadata.tables, "alembic_version"}
        assert made.schema_version() == migrated.schema_version() == SCHEMA


def test_what_was_promised_before_promises_were_kept_is_what_was_due(empty: str) -> None:
    with closing(Database(empty)) as database:
        _migrate(database, "0002")
        before = _fill(database)["conversation"]
        database.upgrade()
        with database.read() as connection:
            after = _rows(connection)["conversation"]
    assert [row["promised"] for row in after] == [row["due"] for row in before]
    assert {row["extended_at"] for row in after} == {None}


def test_a_store_whose_rows_refer_to_none_is_left_as_it_was_and_told(tmp_path: Path) -> None:
    file = tmp_path / "mailtriage.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        _migrate(database, "0002")
        _fill(database)
        with closing(sqlite3.connect(file)) as careless, careless:
            careless.execute("DELETE FROM message WHERE id = 2")
        with pytest.raises(StoreError, match="attachment row 2 refers to no message"):
            database.upgrade()
        assert database.schema_version() == "0002"


def _shapes(database: Database) -> dict[str, list[str]]:
    """What a database says of each table, in whatever order it was told."""
    found = sa.inspect(database.engine)
    asked = (
        *(found.get_columns, found.get_indexes, found.get_foreign_keys, found.get_unique_constraints),
        lambda table: [found.get_pk_constraint(table)],
    )
    return {table: sorted(_said(each) for ask in asked for each in ask(table)) for table in found.get_table_names()}


def _said(what: Any) -> str:
    """In words, also of a condition, which is an object."""
    return str({name: _said(inner) for name, inner in what.items()} if isinstance(what, dict) else what)


def _migrate(database: Database, revision: str) -> None:
    with database.write() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)


def _fill(database: Database) -> Rows:
    """Put rows into every table that there is; as they come out again."""
    with database.write() as connection:
        for table in _tables(connection):
            connection.execute(sa.insert(table), [_row(table, number) for number in range(1, ROWS + 1)])
    if database.path is None:
        with database.write() as connection:
            for table in _tables(connection):
                if "id" in table.c:
                    # Rows with numbers of our own do not move the counter of the server's.
                    after = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {ROWS})"
                    connection.execute(sa.text(after))
    with database.read() as connection:
        return _rows(connection)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    return {column.name: VALUES[column.type.python_type](number) for column in table.columns}


def _rows(connection: sa.Connection) -> Rows:
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]
        for table in _tables(connection)
    }
