"""Statements whose SQL is made once: for SQLAlchemy to look one up costs ten times what SQLite needs to answer it.

The traps: what the types of columns do to values on their way in and out is done here as well, and an error of the
driver is told as SQLAlchemy tells it, or nobody could tell a row that cannot be written from a database that is away.
And a list of values has any length, each of which would be another statement: lists are filled up to a power of two.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Build = Callable[[int], Any]
"""Makes the statement for so many values."""
Processor = Callable[[Any], Any] | None
"""What a type does to a value; None where nothing."""
_T = TypeVar("_T")
_NONE: Mapping[str, Any] = MappingProxyType({})


def among(column: ColumnElement[Any], count: int) -> ColumnElement[bool]:
    """Whether a column is one of so many values, which are then given to `Prepared.of`."""
    return column.in_([bindparam(name, type_=column.type) for name in _names(count)])


class Prepared:
    """A question, asked over and over with other values."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made: dict[tuple[str, int], tuple[_Spoken, _Row]] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, Any], count: int = 1) -> list[Any]:
        """All rows, as named tuples, where the statement is made for `count` values.

        Raises:
            DBAPIError: the database says no.
        """
        made = self._made.get((connection.dialect.name, count))
        if made is None:
            statement = self._build(count)
            made = _spoken(statement, parameters, connection.dialect), _row_of(statement, connection.dialect)
            self._made[connection.dialect.name, count] = made
        spoken, row = made
        found = carried_out(connection, spoken.sql, spoken.told(parameters))
        return row.all(found)

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any | None:
        """The first row, or None where there is none."""
        return next(iter(self.rows(connection, parameters)), None)

    def of(self, connection: Connection, values: Sequence[Any], parameters: Mapping[str, Any] = _NONE) -> list[Any]:
        """All rows for the values of `among`; none for none."""
        if not values:
            return []
        count, filled = _filled(values)
        return self.rows(connection, {**parameters, **filled}, count)


class Change:
    """An INSERT or UPDATE, carried out over and over with other values; it sets the columns that it is given.

    Every method raises DBAPIError where the database says no.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made: dict[tuple[str, int, tuple[str, ...]], _Spoken] = {}

    def one(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """With these values; gives how many rows were changed."""
        return self._carried_out(connection, values, 1)

    def of(self, connection: Connection, values: Sequence[Any], parameters: Mapping[str, Any] = _NONE) -> int:
        """For the values of `among`, nothing for none; gives how many rows were changed."""
        if not values:
            return 0
        count, filled = _filled(values)
        return self._carried_out(connection, {**parameters, **filled}, count)

    def each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """With each of these, which have the same names; nothing for none."""
        if rows:
            made = self._of(connection, rows[0], 1)
            told = list(map(made.told, rows))
            _on_cursor(connection, made.sql, lambda cursor: cursor.executemany(made.sql, told))

    def numbered(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Insert one row into a table that numbers its rows; gives the number."""
        made = self._of(connection, values, 1)

        def insert(cursor: Any) -> int:
            cursor.execute(made.sql, made.told(values))
            # PostgreSQL is asked for it in the statement itself.
            return int(cursor.fetchone()[0] if cursor.description else cursor.lastrowid)

        return _on_cursor(connection, made.sql, insert)

    def _carried_out(self, connection: Connection, values: Mapping[str, Any], count: int) -> int:
        made = self._of(connection, values, count)
        return _on_cursor(
            connection, made.sql, lambda cursor: int(cursor.execute(made.sql, made.told(values)).rowcount)
        )

    def _of(self, connection: Connection, names: Iterable[str], count: int) -> "_Spoken":
        wanted = connection.dialect.name, count, tuple(names)
        made = self._made.get(wanted)
        if made is None:
            made = self._made[wanted] = _spoken(self._build(count), wanted[2], connection.dialect)
        return made


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A statement in the words of one database."""

    sql: str
    positional: bool
    """Whether its parameters are told by their places, not by their names."""
    parameters: tuple[tuple[str, Processor], ...]
    constants: Mapping[str, Any]
    """The values that are part of the statement."""

    def told(self, parameters: Mapping[str, Any]) -> Any:
        """The values as the driver wants them."""
        given = {**self.constants, **parameters}
        if self.positional:
            return [given[name] if process is None else process(given[name]) for name, process in self.parameters]
        return {name: given[name] if process is None else process(given[name]) for name, process in self.parameters}


@dataclass(frozen=True, slots=True)
class _Row:
    """How a statement's rows are given."""

    make: Callable[..., Any]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What the types do to columns on their way out, by their places."""

    def all(self, found: Sequence[Any]) -> list[Any]:
        """All rows."""
        if not self.results:
            return list(map(self.make, found))
        return [self.make(self._processed(each)) for each in found]

    def _processed(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at, process in self.results:
            values[at] = process(values[at])
        return values


def power_of_two(count: int) -> int:
    """The first that is not below: for so many values a statement is made."""
    return 1 << (count - 1).bit_length()


def _filled(values: Sequence[Any]) -> tuple[int, dict[str, Any]]:
    """The values of `among`, filled up, with how many they are then."""
    count = power_of_two(len(values))
    return count, dict(zip(_names(count), chain(values, repeat(values[-1])), strict=False))


@cache
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"value_{at}" for at in range(count))


def _spoken(statement: Any, parameters: Iterable[str], dialect: Dialect) -> _Spoken:
    names = list(parameters)
    # A question has no columns to set, and takes no harm of their names.
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=names)
    # The values themselves are of no consequence here: none is part of the SQL.
    state = compiled.construct_expanded_state(dict.fromkeys(names))
    order = state.positiontup if compiled.positional else list(state.parameters)
    processors = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
    }
    processors.update(state.processors)
    return _Spoken(
        sql=state.statement,
        positional=compiled.positional,
        parameters=tuple((name, processors.get(name)) for name in order or ()),
        constants={name: value for name, value in state.parameters.items() if name not in names},
    )


def _row_of(question: Any, dialect: Dialect) -> _Row:
    columns = question.selected_columns
    results = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    # Only the statement knows its columns.
    row: Any = namedtuple("Row", columns.keys())  # type: ignore[misc]  # noqa: PYI024 - as said above
    return _Row(make=row._make, results=tuple((at, process) for at, process in enumerate(results) if process))


def carried_out(connection: Connection, sql: str, parameters: Any) -> Sequence[Any]:
    """The rows as the driver gives them, of SQL in its words; begins a transaction where there is none."""

    def ask(cursor: Any) -> Sequence[Any]:
        cursor.execute(sql, parameters)
        rows: Sequence[Any] = cursor.fetchall()
        return rows

    return _on_cursor(connection, sql, ask)


def say(connection: Connection, sql: str) -> None:
    """Carry out SQL that has neither values nor rows."""
    _on_cursor(connection, sql, lambda cursor: cursor.execute(sql))


def _on_cursor(connection: Connection, sql: str, work: Callable[[Any], _T]) -> _T:
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    try:
        return work(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _error_told(connection, sql, error) from error
    finally:
        cursor.close()


def _error_told(connection: Connection, sql: str, error: Any) -> DBAPIError:
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
