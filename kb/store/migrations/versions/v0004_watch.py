"""Watching sources: their rhythm and since when they are broken, what entries say, subscriptions to hubs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sources", sa.Column("rhythm", JSON, nullable=True))
    op.add_column("sources", sa.Column("broken_since", TIME, nullable=True))
    op.add_column("items", sa.Column("content_hash", sa.String(), nullable=True))
    op.create_table(
        "subscriptions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("source_id", BIG, sa.ForeignKey("sources.id", name="fk_subscriptions_source_id"), nullable=False),
        sa.Column("hub_url", sa.String(), nullable=False),
        sa.Column("topic_url", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("notified_at", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_subscriptions_source_id", "subscriptions", ["source_id"], unique=True)
    op.create_index("uq_subscriptions_token", "subscriptions", ["token"], unique=True)
