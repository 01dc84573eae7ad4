"""The facts of a message are kept once: as they stand in its record.

The trap is a store of ten years, whose messages are all written anew for it: a fifth of it is free afterwards.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("message") as message:
        message.drop_column("facts")
