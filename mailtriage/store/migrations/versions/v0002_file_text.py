"""What was read in pictures, by the digest of the file."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "file_text",
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("reader_version", columns.Key(), nullable=False),
        sa.Column("text", columns.Words(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "reader_version", name="pk_file_text"),
    )
