"""Which item versions were examined for facts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when the tables do.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    version = sa.ForeignKey("item_versions.id", name="fk_examinations_version_id")
    op.create_table(
        "examinations",
        sa.Column("version_id", BIG, version, nullable=False, autoincrement=False),
        sa.Column("patterns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name="pk_examinations"),
    )
