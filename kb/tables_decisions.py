"""The decision record's tables, private to `kb.store`. Same rules as `kb.tables`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.columns import BigId, Json, UtcDateTime
from kb.tables import AUTOINCREMENT, Numbered


class Decisions(Numbered, table=True):
    """`inputs` is everything that the engine was given, `verdict` the report as published."""

    workspace_id: str | None = None
    door: str
    channel: str
    thread: str
    asker: str
    owner: str
    question: str = Field(sa_type=Text)
    engine_version: str
    seed: int = Field(sa_type=BigId)
    as_of: date
    review_on: date | None = None
    use_case: dict[str, Any] = Field(sa_type=Json)
    inputs: dict[str, Any] = Field(sa_type=Json)
    verdict: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("ix_decisions_thread", "channel", "thread"), AUTOINCREMENT)


class DecisionQueries(Numbered, table=True):
    decision_id: int = Field(foreign_key="decisions.id", sa_type=BigId, index=True)
    subject_pattern: str
    field: str = Field(index=True)

    __table_args__ = (AUTOINCREMENT,)
