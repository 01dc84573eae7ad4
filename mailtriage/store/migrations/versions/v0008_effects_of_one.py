"""The effects of one message, or from one place, are found without looking at every move that was ever made."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_outbox_location_id", "outbox")
    op.create_index("ix_outbox_location_id_kind_status", "outbox", ["location_id", "kind", "status"])
    op.create_index("ix_outbox_message_id_kind_status", "outbox", ["message_id", "kind", "status"])
