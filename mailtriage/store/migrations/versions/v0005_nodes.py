"""Who carries an effect out, where several processes may."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("outbox", sa.Column("claimed_by", columns.Key(), nullable=True))
