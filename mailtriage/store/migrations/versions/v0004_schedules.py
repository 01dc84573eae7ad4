"""What runs by the calendar, when replies were stopped, and letters of ours that answer no message."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("message_id", existing_type=columns.Id(), nullable=True)
    op.create_table(
        "schedule",
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("last_run_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_schedule"),
    )
    op.create_table(
        "standstill",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standstill"),
    )
