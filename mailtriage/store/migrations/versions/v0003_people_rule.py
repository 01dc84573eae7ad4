"""What people decide over the rules, what a message is recognised by, merged conversations, promises and extensions."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversation") as conversation:
        conversation.add_column(sa.Column("promised", sa.Date(), nullable=True))
        conversation.add_column(sa.Column("extended_at", columns.Instant(), nullable=True))
        conversation.add_column(sa.Column("merged_into", columns.Id(), nullable=True))
        conversation.create_foreign_key("fk_conversation_merged_into", "conversation", ["merged_into"], ["id"])
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_conversation_merged_into", "conversation", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )
    op.execute("UPDATE conversation SET promised = due")
    op.add_column("attachment", sa.Column("likeness", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "trace",
        sa.Column("value", columns.Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", columns.Id(), nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "message_id", name="pk_trace"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_trace_message_id"),
    )
    op.create_index("ix_trace_message_id", "trace", ["message_id"])
    op.create_table(
        "ruling",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("message_id", columns.Id(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ruling"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_ruling_message_id"),
    )
    op.create_index("ix_ruling_message_id", "ruling", ["message_id"])
    op.create_index("ix_ruling_at", "ruling", ["at"])
    op.create_table(
        "journal",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("conversation_id", columns.Id(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("who", columns.Words(), nullable=True),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("other_id", columns.Id(), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_journal_conversation_id"),
        sa.ForeignKeyConstraint(["other_id"], ["conversation.id"], name="fk_journal_other_id"),
    )
    op.create_index("ix_journal_conversation_id", "journal", ["conversation_id"])
    op.create_index("ix_journal_other_id", "journal", ["other_id"])
    op.create_table(
        "signing_key",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )
