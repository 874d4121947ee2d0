"""Stories: the item's place among those that tell the same news, and the traits by which they find each other."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "story_items",
        sa.Column("item_id", BIG, sa.ForeignKey("items.id", name="fk_story_items_item_id"), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("story_id", BIG, nullable=True),
        sa.Column("due", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_story_items"),
    )
    op.create_index("ix_story_items_story_id", "story_items", ["story_id"])
    op.create_index(
        "ix_story_items_due",
        "story_items",
        ["due", "item_id"],
        sqlite_where=sa.text("due = 1"),
        postgresql_where=sa.text("due"),
    )
    op.create_table(
        "story_keys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("item_id", BIG, sa.ForeignKey("items.id", name="fk_story_keys_item_id"), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("key", KEY, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("place", "says")),
        sa.PrimaryKeyConstraint("id", name="pk_story_keys"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_story_keys_item_id", "story_keys", ["item_id"])
    op.create_index("ix_story_keys_key", "story_keys", ["key"])
    op.execute(
        "INSERT INTO story_items (item_id, workspace_id, due, asked)"
        " SELECT id, workspace_id, true, 1 FROM items WHERE NOT record"
    )
