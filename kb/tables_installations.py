"""Slack workspaces that installed us, and those to be forgotten. Private to `kb.store`; same rules as `kb.tables`."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.columns import Json, UtcDateTime
from kb.tables import AUTOINCREMENT, Numbered, Row


class Installations(Numbered, table=True):
    """`sealed` holds the tokens, encrypted by who stores them; `token_expires_at` is NULL for tokens that last."""

    workspace_id: str
    name: str
    app_id: str
    bot_id: str
    bot_user_id: str
    scopes: list[str] = Field(sa_type=Json)
    sealed: str = Field(sa_type=Text)
    token_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    installed_by: str
    installed_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("uq_installations_workspace_id", "workspace_id", unique=True), AUTOINCREMENT)


class OauthStates(Row, table=True):
    """Installations under way, by the SHA-256 of the state that went to the browser. Each is used once."""

    state_sha256: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Erasures(Row, table=True):
    """A workspace whose rows are to be deleted at `due_at`; more than once, for what was still being written."""

    workspace_id: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    passes: int
