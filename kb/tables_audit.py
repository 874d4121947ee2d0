"""What admins did, private to `kb.store`. Same rules as `kb.tables`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from kb.columns import Json, UtcDateTime
from kb.tables import AUTOINCREMENT, Numbered


class Audit(Numbered, table=True):
    """Append-only. `before` and `after` are what changed, in small JSON; NULL where there was nothing."""

    workspace_id: str | None = None
    actor: str
    action: str
    subject: str
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
    at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("ix_audit_workspace_id_id", "workspace_id", "id"), AUTOINCREMENT)
