"""Work that waits: what was asked, what is to be said, what one process asks of another. Same rules as `kb.tables`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.columns import Json, UtcDateTime, partial_index
from kb.tables import AUTOINCREMENT, Leased

OPEN_WORK = "state IN ('waiting', 'leased')"


class Inbox(Leased, table=True):
    event_id: str
    door: str
    workspace_id: str | None = None
    channel: str
    thread: str
    asker: str
    text: str = Field(sa_type=Text)
    message_key: str | None = None
    payload: dict[str, str] = Field(sa_type=Json)
    state: str
    attempts: int
    received_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, sa_type=Text)
    repeats: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    stopped_by: str | None = None

    __table_args__ = (
        Index("uq_inbox_door_event_id", "door", "event_id", unique=True),
        Index("uq_inbox_door_message_key", "door", "message_key", unique=True),
        partial_index("ix_inbox_open", "next_at", "id", where=OPEN_WORK),
        AUTOINCREMENT,
    )


class Outbox(Leased, table=True):
    idempotency_key: str = Field(unique=True)
    door: str
    workspace_id: str | None = None
    channel: str
    thread: str
    kind: str
    payload: dict[str, Any] = Field(sa_type=Json)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str
    attempts: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_ref: str | None = None
    error: str | None = Field(default=None, sa_type=Text)

    __table_args__ = (partial_index("ix_outbox_open", "next_at", "id", where=OPEN_WORK), AUTOINCREMENT)


class Probes(Leased, table=True):
    """Small jobs one process asks of another, such as the preview of a source."""

    workspace_id: str | None = None
    kind: str
    payload: dict[str, Any] = Field(sa_type=Json)
    result: dict[str, Any] | None = Field(default=None, sa_type=Json)
    state: str
    attempts: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (partial_index("ix_probes_open", "next_at", "id", where=OPEN_WORK), AUTOINCREMENT)
