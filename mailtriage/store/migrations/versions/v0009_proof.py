"""With which rules every example held, in a table of its own; until now it stood among the schedules."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what was remembered is found anew at the next start."""
    op.execute("DELETE FROM schedule WHERE name LIKE 'examples hold: %'")
    op.create_table(
        "proof",
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("held_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_proof"),
    )
