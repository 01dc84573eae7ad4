"""Whose fault a failed write is: that of the rows, or of the database.

The trap is to confuse them: rows that cannot be written come again for ever if they are taken for an outage, and a full
disk would put every message on hold if it were taken for a fault of the rows.
"""

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

from mailtriage.errors import MailtriageError, StoreError

_DATA_ERRORS = (DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError)


def is_about_data(error: Exception) -> bool:
    """Whether it was these rows that could not be written, and not the database that was away, full or damaged."""
    if isinstance(error, StoreError):
        # The store keeps the driver's error as context only, for its words may quote a row.
        return isinstance(error.__context__, _DATA_ERRORS)
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return not isinstance(error, OSError | MailtriageError)
