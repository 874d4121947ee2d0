"""SQLModel tables, private to `kb.store` (and read by `kb.index.postgres`). The class name gives the table name.

Rules: `workspace_id` NULL is shared; every `*_at` is aware UTC; leased tables have `lease_owner` and
`lease_until`; ids are never used twice. `items.workspace_id` is its source's.

A version is current when `known_until` is NULL. `item_versions.dated_at` is `published_at`, else `known_from`.
`passages.context` is the title and headings above a passage; `context`, newline, `text` is what is indexed.

On PostgreSQL only (migration 0001, not in this metadata):
- `passages.tsv tsvector GENERATED ALWAYS AS (to_tsvector('english', context || ' ' || text)) STORED`, GIN index
  `ix_passages_tsv`.
- `passage_vectors(passage_id bigint primary key references passages, embedding vector)`, where the server has pgvector
  (`VectorStore.require_pgvector` says so). `embedding` has no fixed dimension; the HNSW `ix_passage_vectors_hnsw` is on
  `(embedding::vector(384)) vector_cosine_ops where vector_dims(embedding) = 384`. To use it, order by
  `embedding::vector(384) <=> :query` and repeat the `where`.
"""

import re
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, MetaData, Table, Text, false
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from kb.columns import BigId, Json, Key, UtcDateTime, partial_index, unique_in_workspace

AUTOINCREMENT = {"sqlite_autoincrement": True}


class Row(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Numbered(Row):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)


class Leased(Numbered):
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Sources(Leased, table=True):
    workspace_id: str | None = None
    kind: str
    url: str
    title: str
    publisher: str
    topic: str
    tier: int
    options: dict[str, str] = Field(sa_type=Json)
    status: str
    pause_reason: str | None = None
    added_at: datetime = Field(sa_type=UtcDateTime)
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    next_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int
    last_error: str | None = None
    notices: list[str] = Field(sa_type=Json)
    rhythm: dict[str, Any] | None = Field(default=None, sa_type=Json)
    broken_since: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (
        *unique_in_workspace("sources_url", "url"),
        partial_index("ix_sources_due", "next_due_at", where="status = 'active'"),
        AUTOINCREMENT,
    )


class Items(Leased, table=True):
    source_id: int = Field(foreign_key="sources.id", sa_type=BigId)
    workspace_id: str | None = None
    external_id: str
    entry_hash: str
    content_hash: str | None = None
    version: int
    topic: str
    story_key: str
    known_from: datetime = Field(sa_type=UtcDateTime)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    vanished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    article_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    record: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    importance: float = Field(default=0.5, sa_column_kwargs={"server_default": "0.5"})

    __table_args__ = (
        Index("uq_items_source_id_external_id", "source_id", "external_id", unique=True),
        Index("ix_items_story_key", "story_key"),
        Index("ix_items_topic", "topic"),
        Index("ix_items_importance", "importance"),
        partial_index("ix_items_article_due", "article_due_at", where="article_due_at IS NOT NULL"),
        AUTOINCREMENT,
    )


class ItemVersions(Numbered, table=True):
    item_id: int = Field(foreign_key="items.id", sa_type=BigId)
    version: int
    url: str
    title: str
    author: str
    text: str = Field(sa_type=Text)
    language: str
    flags: list[str] = Field(sa_type=Json)
    reason: str
    entry_hash: str
    story_key: str
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    updated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dated_at: datetime = Field(sa_type=UtcDateTime)
    known_from: datetime = Field(sa_type=UtcDateTime)
    known_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (
        Index("uq_item_versions_item_id_version", "item_id", "version", unique=True),
        Index("ix_item_versions_dated_at", "dated_at"),
        Index("ix_item_versions_known_from", "known_from"),
        AUTOINCREMENT,
    )


class Passages(Leased, table=True):
    version_id: int = Field(foreign_key="item_versions.id", sa_type=BigId)
    ordinal: int
    heading_path: list[str] = Field(sa_type=Json)
    start_char: int
    end_char: int
    context: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    embedded: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

    __table_args__ = (
        Index("uq_passages_version_id_ordinal", "version_id", "ordinal", unique=True),
        # Without its first column SQLite takes the table itself for the quicker way to ascending ids.
        partial_index("ix_passages_unembedded", "embedded", "id", where="NOT embedded", on_sqlite="embedded = 0"),
        AUTOINCREMENT,
    )


class Vectors(Row, table=True):
    """The truth of every index: float32, little-endian, `dim` of them."""

    passage_id: int = Field(
        primary_key=True, foreign_key="passages.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    model: str
    revision: str
    dim: int
    data: bytes = Field(sa_type=LargeBinary)


class Facts(Numbered, table=True):
    workspace_id: str | None = None
    key: str = Field(sa_type=Key)
    subject: str = Field(sa_type=Key)
    field: str
    value: str = Field(sa_type=Text)
    unit: str
    statement: str = Field(sa_type=Text)
    source_url: str
    source_title: str
    publisher: str
    tier: int
    known_from: date
    valid_from: date | None = None
    valid_to: date | None = None
    qualifiers: dict[str, str] = Field(sa_type=Json)
    locator: str
    quote: str | None = Field(default=None, sa_type=Text)
    item_version_id: int | None = Field(default=None, foreign_key="item_versions.id", sa_type=BigId)
    amends: str | None = None
    checked_on: date | None = None
    source_id: int | None = Field(default=None, foreign_key="sources.id", sa_type=BigId, index=True)
    recorded_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (
        Index("ix_facts_key", "key"),
        Index("ix_facts_subject_field", "subject", "field"),
        Index("ix_facts_source_url", "source_url"),
        AUTOINCREMENT,
    )


class FactEvents(Numbered, table=True):
    fact_id: int = Field(foreign_key="facts.id", sa_type=BigId, index=True)
    workspace_id: str | None = None
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    other_fact_id: int | None = Field(default=None, foreign_key="facts.id", sa_type=BigId)
    note: str = Field(sa_type=Text)

    __table_args__ = (AUTOINCREMENT,)


class Confirmations(Numbered, table=True):
    """A day on which a source was read and told all its facts."""

    source_id: int = Field(foreign_key="sources.id", sa_type=BigId)
    day: date

    __table_args__ = (Index("uq_confirmations_source_id_day", "source_id", "day", unique=True), AUTOINCREMENT)


class Answers(Numbered, table=True):
    workspace_id: str | None = None
    door: str
    channel: str
    thread: str
    asker: str
    question: str = Field(sa_type=Text)
    kind: str
    as_of: date
    created_at: datetime = Field(sa_type=UtcDateTime)
    body: dict[str, Any] = Field(sa_type=Json)
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id", sa_type=BigId, unique=True)

    __table_args__ = (Index("ix_answers_thread", "channel", "thread"), AUTOINCREMENT)


class AnswerQueries(Numbered, table=True):
    answer_id: int = Field(foreign_key="answers.id", sa_type=BigId, index=True)
    subject_pattern: str
    field: str = Field(index=True)

    __table_args__ = (AUTOINCREMENT,)


class Feedback(Numbered, table=True):
    answer_id: int = Field(foreign_key="answers.id", sa_type=BigId)
    workspace_id: str | None = None
    asker: str
    verdict: str
    category: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reason: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("uq_feedback_answer_id_asker", "answer_id", "asker", unique=True), AUTOINCREMENT)


class Threads(Numbered, table=True):
    workspace_id: str | None = None
    door: str
    channel: str
    thread: str
    state: dict[str, Any] = Field(sa_type=Json)
    updated_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (*unique_in_workspace("threads", "door", "channel", "thread"), AUTOINCREMENT)


class Settings(Numbered, table=True):
    workspace_id: str | None = None
    scope: str
    key: str
    value: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (*unique_in_workspace("settings", "scope", "key"), AUTOINCREMENT)


class Leases(Row, table=True):
    name: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_type=UtcDateTime)


def table(row: type[Row]) -> Table:
    """The Core table behind a class; stores write Core statements, for speed and typing."""
    return row.__table__  # type: ignore[attr-defined,no-any-return]
