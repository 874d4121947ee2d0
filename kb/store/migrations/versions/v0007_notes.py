"""How much an item matters, what was noticed about it, and which versions were vetted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("items", sa.Column("importance", sa.Float(), server_default="0.5", nullable=False))
    op.create_index("ix_items_importance", "items", ["importance"])
    op.create_table(
        "item_notes",
        sa.Column(
            "item_id", BIG, sa.ForeignKey("items.id", name="fk_item_notes_item_id"), nullable=False, autoincrement=False
        ),
        sa.Column("importance_why", sa.String(), nullable=False),
        sa.Column("places", JSON, nullable=False),
        sa.Column("entities", JSON, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_item_notes"),
    )
    version = sa.ForeignKey("item_versions.id", name="fk_vettings_version_id")
    op.create_table(
        "vettings",
        sa.Column("version_id", BIG, version, nullable=False, autoincrement=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name="pk_vettings"),
    )
