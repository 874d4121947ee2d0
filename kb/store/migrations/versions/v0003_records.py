"""Rows of tables: which items they are, which source tells a fact, and the days on which it did."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("items", sa.Column("record", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "confirmations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source_id", BIG, sa.ForeignKey("sources.id", name="fk_confirmations_source_id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_confirmations_source_id_day", "confirmations", ["source_id", "day"], unique=True)
    _tell_sources()


def _tell_sources() -> None:
    """SQLite takes a foreign key with a new column when it is written in place, and in no other way."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE facts ADD COLUMN source_id INTEGER CONSTRAINT fk_facts_source_id REFERENCES sources (id)"
        )
    else:
        op.add_column("facts", sa.Column("source_id", BIG, nullable=True))
        op.create_foreign_key("fk_facts_source_id", "facts", "sources", ["source_id"], ["id"])
    op.create_index("ix_facts_source_id", "facts", ["source_id"])
