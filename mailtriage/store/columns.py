"""Column types that store what a hostile mail says without harm and without loss of meaning.

The traps: SQLite drops the offset of a datetime; PostgreSQL refuses NUL in text and keys of more than 2,700 octets in
an index; sqlite3 refuses lone surrogates. A message that trips one of these must be recorded like any other.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python
from sqlalchemy import JSON, BigInteger, BindParameter, ColumnElement, DateTime, Dialect, Integer, Text, cast
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

KEY_LENGTH = 500
"""Characters kept of an indexed text: at four octets each still below PostgreSQL's limit."""


_WITHOUT_OFFSET = len("2026-12-14 09:00:00.000000")


class Instant(TypeDecorator[datetime]):
    """A moment with its offset, stored and given back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Refuse a moment without an offset: which one was meant cannot be known later."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the offset back that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """As SQLAlchemy writes it for SQLite, without its four calls for each of fifty moments in a letter."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """The way back."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs an offset")
    return moment.astimezone(UTC)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else _in_utc(moment).isoformat(" ", "microseconds")[:_WITHOUT_OFFSET]


def _read(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(f"{written}+00:00")


class Words(TypeDecorator[str]):
    """Text of any length that somebody outside wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Make it storable everywhere."""
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text that is searched for by equality; values and questions are cut at the same length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Cut alike on the way in and in a comparison."""
        return None if value is None else storable(value[:KEY_LENGTH])


class Json(TypeDecorator[Any]):
    """JSON, handed over as the octets that `json_octets` makes: as text it would be decoded and encoded once more."""

    impl = JSON
    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Have SQLite take the octets for text; PostgreSQL knows what they are."""
        return cast(bindvalue, _TEXT_IN_SQLITE)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """What stands in brackets behind a column is a key, not JSON."""
        return self.impl_instance.coerce_compared_value(op, value)


_TEXT_IN_SQLITE = Text().with_variant(JSON(), "postgresql")


class Id(TypeDecorator[int]):
    """A 64-bit row number; SQLite numbers rows by itself only in a column that is called INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, BIGINT elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which no database takes everywhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "\ufffd") if "\0" in text else text


def json_octets(value: Any) -> bytes:
    """JSON for a JSON column, cleaned like any other text."""
    with suppress(PydanticSerializationError):  # a lone surrogate, which Python's own takes
        octets = to_json(value)
        if b"\\u0000" not in octets:
            return octets
    return storable(json.dumps(_without_nul(value), ensure_ascii=False, separators=(",", ":"))).encode()


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(held) for held in value]
    return _without_nul(to_jsonable_python(value)) if is_dataclass(value) else value
