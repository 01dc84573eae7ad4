"""The index of what somebody may yet have to do with goes by conversation: there a reply looks for earlier ones.

The trap was a backlog on PostgreSQL: each due reply was compared with all that had been there before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('due', 'claimed', 'buried', 'unconfirmed', 'dropped')")


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_outbox_open", "outbox")
    op.create_index(
        "ix_outbox_open", "outbox", ["conversation_id", "id", "status"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
