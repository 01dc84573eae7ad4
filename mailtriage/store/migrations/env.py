"""What alembic runs: the scripts, inside the transaction that the caller opened.

The trap: alembic would commit for itself after each script; the upgrade must be whole or not at all, so the
connection comes with a transaction already begun.
"""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from mailtriage.store.tables import metadata


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Name our column types in a new script as a person would write them."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and type(item).__module__ == "mailtriage.store.columns":
        return f"columns.{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
