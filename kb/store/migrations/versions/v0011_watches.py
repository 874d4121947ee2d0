"""Watches: who hears when an answer or a decision comes out otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("answer_id", BIG, sa.ForeignKey("answers.id", name="fk_watches_answer_id"), nullable=True),
        sa.Column("decision_id", BIG, sa.ForeignKey("decisions.id", name="fk_watches_decision_id"), nullable=True),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("watcher", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("outcome", JSON, nullable=True),
        sa.Column("warned", JSON, nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_watches_answer_id", "watches", ["answer_id"])
    op.create_index("ix_watches_decision_id", "watches", ["decision_id"])
    place = ["subject", "door", "channel", "thread"]
    op.create_index("uq_watches_subject_door_channel_thread", "watches", place, unique=True)
    on = sa.text("state = 'on'")
    op.create_index("ix_watches_on", "watches", ["id"], sqlite_where=on, postgresql_where=on)
