"""Repeated events counted where their question is, who stopped a question, and why an answer was no help."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("inbox", sa.Column("stopped_by", sa.String()))
    op.add_column("feedback", sa.Column("category", sa.String(), nullable=False, server_default=""))
