"""Decision records and what they stand on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("door", "channel", "thread", "asker", "owner")),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("seed", BIG, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        *(sa.Column(name, JSON, nullable=False) for name in ("use_case", "inputs", "verdict")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_thread", "decisions", ["channel", "thread"])
    op.create_table(
        "decision_queries",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "decision_id", BIG, sa.ForeignKey("decisions.id", name="fk_decision_queries_decision_id"), nullable=False
        ),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("subject_pattern", "field")),
        sa.PrimaryKeyConstraint("id", name="pk_decision_queries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_queries_decision_id", "decision_queries", ["decision_id"])
    op.create_index("ix_decision_queries_field", "decision_queries", ["field"])
