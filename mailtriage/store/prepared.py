"""Statements whose SQL is made once: for SQLAlchemy to look one up costs ten times what SQLite needs to answer it.

The traps: what the types of columns do to values on their way in and out is done here as well, and an error of the
driver is told as SQLAlchemy tells it, or nobody could tell a row that cannot be written from a database that is away.
And a list of values has any length, each of which would be another statement: lists are filled up to a power of two.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Build = Callable[[int], Any]
"""Makes the statement (a SELECT) for so many values."""
Processor = Callable[[Any], Any] | None
"""What a type does to a value; None where nothing."""
_NONE: Mapping[str, Any] = MappingProxyType({})


def among(column: ColumnElement[Any], count: int) -> ColumnElement[bool]:
    """Whether a column is one of so many values, which are then given to `Prepared.of`."""
    return column.in_([bindparam(f"value_{at}", type_=column.type) for at in range(count)])


class Prepared:
    """A question, asked over and over with other values."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made: dict[tuple[str, int], _Made] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, Any], count: int = 1) -> list[Any]:
        """All rows, as named tuples, where the statement is made for `count` values.

        Raises:
            DBAPIError: the database says no.
        """
        made = self._made.get((connection.dialect.name, count))
        if made is None:
            made = _make(self._build(count), parameters, connection.dialect)
            self._made[connection.dialect.name, count] = made
        return made.rows(connection, parameters)

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any | None:
        """The first row, or None where there is none."""
        return next(iter(self.rows(connection, parameters)), None)

    def of(self, connection: Connection, values: Sequence[Any], parameters: Mapping[str, Any] = _NONE) -> list[Any]:
        """All rows for the values of `among`; none for none."""
        if not values:
            return []
        count = 1 << (len(values) - 1).bit_length()
        filled = (*values, *repeat(values[-1], count - len(values)))
        return self.rows(connection, {**parameters, **{f"value_{at}": value for at, value in enumerate(filled)}}, count)


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement in the words of one database."""

    sql: str
    positional: bool
    """Whether its parameters are told by their places, not by their names."""
    parameters: tuple[tuple[str, Processor], ...]
    constants: Mapping[str, Any]
    """The values that are part of the statement."""
    row: Callable[..., Any]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What the types do to columns on their way out, by their places."""

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows."""
        given = {**self.constants, **parameters}
        told = [(name, given[name] if process is None else process(given[name])) for name, process in self.parameters]
        found = carried_out(connection, self.sql, [value for _, value in told] if self.positional else dict(told))
        if not self.results:
            return list(map(self.row, found))
        return [self.row(self._processed(each)) for each in found]

    def _processed(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at, process in self.results:
            values[at] = process(values[at])
        return values


def _make(statement: Any, parameters: Iterable[str], dialect: Dialect) -> _Made:
    compiled: SQLCompiler = statement.compile(dialect=dialect)
    # The values themselves are of no consequence here: none is part of the SQL.
    state = compiled.construct_expanded_state(dict.fromkeys(parameters))
    order = state.positiontup if compiled.positional else list(state.parameters)
    processors = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
    }
    processors.update(state.processors)
    columns = statement.selected_columns
    results = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    # Only the statement knows its columns.
    row: Any = namedtuple("Row", columns.keys())  # type: ignore[misc]  # noqa: PYI024 - as said above
    return _Made(
        sql=state.statement,
        positional=compiled.positional,
        parameters=tuple((name, processors.get(name)) for name in order or ()),
        constants={name: value for name, value in state.parameters.items() if name not in parameters},
        row=row._make,
        results=tuple((at, process) for at, process in enumerate(results) if process),
    )


def carried_out(connection: Connection, sql: str, parameters: Any) -> Sequence[Any]:
    """The rows as the driver gives them, of SQL in its words; begins a transaction where there is none."""
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, sql, error) from error
    finally:
        cursor.close()


def _told(connection: Connection, sql: str, error: Any) -> DBAPIError:
    """The driver's error as SQLAlchemy's, without the values; a connection that broke is not used again."""
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if broken:
        connection.invalidate(error)
    told: DBAPIError = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=broken,
        dialect=dialect,
    )
    return told
