"""Subscriptions of sources to their hubs, private to `kb.store`. Same rules as `kb.tables`."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.columns import BigId, UtcDateTime
from kb.tables import AUTOINCREMENT, Leased


class Subscriptions(Leased, table=True):
    """`token` names it in the callback's path; `next_at` is when to ask the hub (again)."""

    source_id: int = Field(foreign_key="sources.id", sa_type=BigId)
    hub_url: str
    topic_url: str
    token: str
    secret: str
    state: str
    failures: int
    next_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    notified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, sa_type=Text)

    __table_args__ = (
        Index("uq_subscriptions_source_id", "source_id", unique=True),
        Index("uq_subscriptions_token", "token", unique=True),
        AUTOINCREMENT,
    )
