"""The first schema: ledger, conversations, outbox."""

import sqlalchemy as sa
from alembic import op

from mailtriage.store import columns

# Names and shapes are written out: a script tells what was, whatever the tables become later.
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bounce",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("address", columns.Key(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bounce"),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index("ix_bounce_address", ["address"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", columns.Key(), nullable=False),
        sa.Column("subject", columns.Words(), nullable=False),
        sa.Column("sender", columns.Key(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("registered_at", columns.Instant(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("last_message_at", columns.Instant(), nullable=False),
        sa.Column("waiting_since", columns.Instant(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("decided_at", columns.Instant(), nullable=True),
        sa.Column("closed_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("number", name="uq_conversation_number"),
        sa.UniqueConstraint("year", "sequence", name="uq_conversation_year_sequence"),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_answered_at", ["answered_at"], unique=False)
        batch_op.create_index("ix_conversation_status_id", ["status", "id"], unique=False)
        batch_op.create_index(
            "ix_conversation_status_waiting_since_queue", ["status", "waiting_since", "queue"], unique=False
        )

    op.create_table(
        "cursor",
        sa.Column("mailbox", columns.Key(), nullable=False),
        sa.Column("folder", columns.Key(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="pk_cursor"),
    )
    op.create_table(
        "ruleset_version",
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("first_used_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_ruleset_version"),
    )
    op.create_table(
        "message",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("fingerprint", columns.Key(), nullable=True),
        sa.Column("message_id", columns.Key(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("sender", columns.Key(), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("subject", columns.Words(), nullable=False),
        sa.Column("text", columns.Words(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("ruleset", sa.String(), nullable=False),
        sa.Column("conversation_id", columns.Id(), nullable=True),
        sa.Column("identities", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("workload", sa.JSON(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_message_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("digest", name="uq_message_digest"),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_conversation_id_id", ["conversation_id", "id"], unique=False)
        batch_op.create_index("ix_message_fingerprint", ["fingerprint"], unique=False)
        batch_op.create_index("ix_message_message_id", ["message_id"], unique=False)
        batch_op.create_index("ix_message_recorded_at", ["recorded_at"], unique=False)
        batch_op.create_index("ix_message_sender_id", ["sender", "id"], unique=False)
        batch_op.create_index("ix_message_sender_reason", ["sender", "reason"], unique=False)
        batch_op.create_index("ix_message_verdict_reason", ["verdict", "reason"], unique=False)

    op.create_table(
        "participant",
        sa.Column("conversation_id", columns.Id(), nullable=False),
        sa.Column("address", columns.Key(), nullable=False),
        sa.Column("last_message_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_participant_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "address", name="pk_participant"),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index("ix_participant_address_last_message_at", ["address", "last_message_at"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("message_id", columns.Id(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("filename", columns.Words(), nullable=False),
        sa.Column("media_type", columns.Words(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_attachment_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_digest", ["digest"], unique=False)
        batch_op.create_index("ix_attachment_message_id", ["message_id"], unique=False)

    op.create_table(
        "location",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("message_id", columns.Id(), nullable=False),
        sa.Column("mailbox", columns.Key(), nullable=False),
        sa.Column("folder", columns.Key(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_location_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
        sa.UniqueConstraint(
            "mailbox", "folder", "uidvalidity", "uid", name="uq_location_mailbox_folder_uidvalidity_uid"
        ),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index("ix_location_message_id", ["message_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("message_id", columns.Id(), nullable=False),
        sa.Column("conversation_id", columns.Id(), nullable=True),
        sa.Column("location_id", columns.Id(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event", columns.Key(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", columns.Instant(), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("last_error", columns.Words(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("recipient", columns.Key(), nullable=True),
        sa.Column("reply_message_id", columns.Key(), nullable=True),
        sa.Column("octets", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_outbox_conversation_id"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_outbox_location_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_outbox_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", "kind", "event", name="uq_outbox_message_id_kind_event"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_conversation_id_kind_id", ["conversation_id", "kind", "id"], unique=False)
        batch_op.create_index("ix_outbox_kind_status_due_at_id", ["kind", "status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_location_id", ["location_id"], unique=False)
        batch_op.create_index("ix_outbox_recipient_created_at", ["recipient", "created_at"], unique=False)
        batch_op.create_index("ix_outbox_reply_message_id", ["reply_message_id"], unique=False)
