"""What workers have read and nobody has fetched yet."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "handed",
        sa.Column("key", columns.Key(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("failure", columns.Words(), nullable=True),
        sa.Column("handed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_handed"),
    )
