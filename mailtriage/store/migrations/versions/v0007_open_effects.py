"""An index of the few effects that somebody may yet have to do with, among millions that are done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('due', 'claimed', 'buried', 'unconfirmed', 'dropped')")


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_outbox_open", "outbox", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
