"""Who wants to hear when an answer changes, private to `kb.store`. Same rules as `kb.tables`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from kb.columns import BigId, Json, UtcDateTime, partial_index
from kb.tables import AUTOINCREMENT, Numbered


class Watches(Numbered, table=True):
    """`subject` is "decision:12" or "answer:5". `outcome` is what was last told, `told` how often something was."""

    workspace_id: str | None = None
    subject: str
    answer_id: int | None = Field(default=None, foreign_key="answers.id", sa_type=BigId, index=True)
    decision_id: int | None = Field(default=None, foreign_key="decisions.id", sa_type=BigId, index=True)
    door: str
    channel: str
    thread: str
    watcher: str
    role: str
    state: str
    told: int
    outcome: dict[str, Any] | None = Field(default=None, sa_type=Json)
    warned: list[str] = Field(sa_type=Json)
    basis: str
    checked_on: date | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (
        Index("uq_watches_subject_door_channel_thread", "subject", "door", "channel", "thread", unique=True),
        partial_index("ix_watches_on", "id", where="state = 'on'"),
        AUTOINCREMENT,
    )
