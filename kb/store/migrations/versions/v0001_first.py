"""Everything that the first release stores."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kb.store import pgvector

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen here: a migration must not change when kb.tables does.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NAME, TEXT, INT, BOOL, DATE, BYTES = sa.String(), sa.Text(), sa.Integer(), sa.Boolean(), sa.Date(), sa.LargeBinary()
OPEN_WORK = "state IN ('waiting', 'leased')"


def upgrade() -> None:
    _sources()
    _items()
    _item_versions()
    _passages()
    _vectors()
    _facts()
    _fact_events()
    _inbox()
    _outbox()
    _probes()
    _answers()
    _answer_queries()
    _feedback()
    _threads()
    _settings()
    _leases()
    if op.get_bind().dialect.name == "postgresql":
        _full_text_search()
        pgvector.create(op.get_bind())


def _table(name: str, *parts: Any) -> None:
    """A table with an `id` that is never used twice."""
    key = (sa.Column("id", BIG, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))
    op.create_table(name, *key, *parts, sqlite_autoincrement=True)


def _required(kind: Any, names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names.split()]


def _optional(kind: Any, names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names.split()]


def _lease() -> list[sa.Column[Any]]:
    return [*_optional(NAME, "lease_owner"), *_optional(TIME, "lease_until")]


def _index(name: str, table: str, columns: str, *, where: str | None = None, unique: bool = False) -> None:
    only: dict[str, Any] = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, columns.split(), unique=unique, **only)


def _unique(name: str, table: str, columns: str, *, where: str | None = None) -> None:
    _index(name, table, columns, where=where, unique=True)


def _full_text_search() -> None:
    op.execute(
        "ALTER TABLE passages ADD COLUMN tsv tsvector "
        "GENERATED ALWAYS AS (to_tsvector('english', context || ' ' || text)) STORED"
    )
    op.create_index("ix_passages_tsv", "passages", ["tsv"], postgresql_using="gin")


def _sources() -> None:
    _table(
        "sources",
        *_lease(),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "kind url title publisher topic"),
        *_required(INT, "tier"),
        *_required(JSON, "options"),
        *_required(NAME, "status"),
        *_optional(NAME, "pause_reason"),
        *_required(TIME, "added_at"),
        *_optional(NAME, "etag last_modified body_sha256"),
        *_optional(TIME, "next_due_at blocked_until last_attempt_at last_success_at last_changed_at"),
        *_required(INT, "failures"),
        *_optional(NAME, "last_error"),
        *_required(JSON, "notices"),
    )
    _index("ix_sources_due", "sources", "next_due_at", where="status = 'active'")
    _unique("uq_sources_url_shared", "sources", "url", where="workspace_id IS NULL")
    _unique("uq_sources_url_workspace", "sources", "workspace_id url", where="workspace_id IS NOT NULL")


def _items() -> None:
    _table(
        "items",
        *_lease(),
        sa.Column("source_id", BIG, sa.ForeignKey("sources.id", name="fk_items_source_id"), nullable=False),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "external_id entry_hash"),
        *_required(INT, "version"),
        *_required(NAME, "topic story_key"),
        *_required(TIME, "known_from first_seen_at"),
        *_optional(TIME, "vanished_at article_due_at"),
    )
    _index("ix_items_article_due", "items", "article_due_at", where="article_due_at IS NOT NULL")
    _index("ix_items_story_key", "items", "story_key")
    _index("ix_items_topic", "items", "topic")
    _unique("uq_items_source_id_external_id", "items", "source_id external_id")


def _item_versions() -> None:
    _table(
        "item_versions",
        sa.Column("item_id", BIG, sa.ForeignKey("items.id", name="fk_item_versions_item_id"), nullable=False),
        *_required(INT, "version"),
        *_required(NAME, "url title author"),
        *_required(TEXT, "text"),
        *_required(NAME, "language"),
        *_required(JSON, "flags"),
        *_required(NAME, "reason entry_hash story_key"),
        *_optional(TIME, "published_at updated_at"),
        *_required(TIME, "dated_at known_from"),
        *_optional(TIME, "known_until"),
        *_required(TIME, "first_seen_at"),
    )
    _index("ix_item_versions_dated_at", "item_versions", "dated_at")
    _index("ix_item_versions_known_from", "item_versions", "known_from")
    _unique("uq_item_versions_item_id_version", "item_versions", "item_id version")


def _passages() -> None:
    _table(
        "passages",
        *_lease(),
        sa.Column("version_id", BIG, sa.ForeignKey("item_versions.id", name="fk_passages_version_id"), nullable=False),
        *_required(INT, "ordinal"),
        *_required(JSON, "heading_path"),
        *_required(INT, "start_char end_char"),
        *_required(TEXT, "context text"),
        sa.Column("embedded", BOOL, server_default=sa.false(), nullable=False),
    )
    unembedded: dict[str, Any] = {"sqlite_where": sa.text("embedded = 0"), "postgresql_where": sa.text("NOT embedded")}
    op.create_index("ix_passages_unembedded", "passages", ["embedded", "id"], unique=False, **unembedded)
    _unique("uq_passages_version_id_ordinal", "passages", "version_id ordinal")


def _vectors() -> None:
    op.create_table(
        "vectors",
        sa.Column(
            "passage_id",
            BIG,
            sa.ForeignKey("passages.id", name="fk_vectors_passage_id"),
            primary_key=True,
            autoincrement=False,
            nullable=False,
        ),
        *_required(NAME, "model revision"),
        *_required(INT, "dim"),
        *_required(BYTES, "data"),
        sa.PrimaryKeyConstraint("passage_id", name="pk_vectors"),
    )


def _facts() -> None:
    _table(
        "facts",
        *_optional(NAME, "workspace_id"),
        *_required(KEY, "key subject"),
        *_required(NAME, "field"),
        *_required(TEXT, "value"),
        *_required(NAME, "unit"),
        *_required(TEXT, "statement"),
        *_required(NAME, "source_url source_title publisher"),
        *_required(INT, "tier"),
        *_required(DATE, "known_from"),
        *_optional(DATE, "valid_from valid_to"),
        *_required(JSON, "qualifiers"),
        *_required(NAME, "locator"),
        *_optional(TEXT, "quote"),
        sa.Column(
            "item_version_id", BIG, sa.ForeignKey("item_versions.id", name="fk_facts_item_version_id"), nullable=True
        ),
        *_optional(NAME, "amends"),
        *_optional(DATE, "checked_on"),
        *_required(TIME, "recorded_at"),
    )
    _index("ix_facts_key", "facts", "key")
    _index("ix_facts_source_url", "facts", "source_url")
    _index("ix_facts_subject_field", "facts", "subject field")


def _fact_events() -> None:
    _table(
        "fact_events",
        sa.Column("fact_id", BIG, sa.ForeignKey("facts.id", name="fk_fact_events_fact_id"), nullable=False),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "kind"),
        *_required(TIME, "at recorded_at"),
        *_required(NAME, "actor"),
        sa.Column("other_fact_id", BIG, sa.ForeignKey("facts.id", name="fk_fact_events_other_fact_id"), nullable=True),
        *_required(TEXT, "note"),
    )
    _index("ix_fact_events_fact_id", "fact_events", "fact_id")


def _inbox() -> None:
    _table(
        "inbox",
        *_lease(),
        *_required(NAME, "event_id door"),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "channel thread asker"),
        *_required(TEXT, "text"),
        *_optional(NAME, "message_key"),
        *_required(JSON, "payload"),
        *_required(NAME, "state"),
        *_required(INT, "attempts"),
        *_required(TIME, "received_at next_at"),
        *_optional(TIME, "finished_at"),
        *_optional(TEXT, "error"),
    )
    _index("ix_inbox_open", "inbox", "next_at id", where=OPEN_WORK)
    _unique("uq_inbox_door_event_id", "inbox", "door event_id")
    _unique("uq_inbox_door_message_key", "inbox", "door message_key")


def _outbox() -> None:
    _table(
        "outbox",
        *_lease(),
        *_required(NAME, "idempotency_key door"),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "channel thread kind"),
        *_required(JSON, "payload"),
        *_optional(TIME, "not_before"),
        *_required(NAME, "state"),
        *_required(INT, "attempts"),
        *_required(TIME, "created_at next_at"),
        *_optional(TIME, "finished_at"),
        *_optional(NAME, "sent_ref"),
        *_optional(TEXT, "error"),
        sa.UniqueConstraint("idempotency_key", name="uq_outbox_idempotency_key"),
    )
    _index("ix_outbox_open", "outbox", "next_at id", where=OPEN_WORK)


def _probes() -> None:
    _table(
        "probes",
        *_lease(),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "kind"),
        *_required(JSON, "payload"),
        *_optional(JSON, "result"),
        *_required(NAME, "state"),
        *_required(INT, "attempts"),
        *_required(TIME, "created_at next_at"),
        *_optional(TIME, "finished_at"),
    )
    _index("ix_probes_open", "probes", "next_at id", where=OPEN_WORK)


def _answers() -> None:
    _table(
        "answers",
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "door channel thread asker"),
        *_required(TEXT, "question"),
        *_required(NAME, "kind"),
        *_required(DATE, "as_of"),
        *_required(TIME, "created_at"),
        *_required(JSON, "body"),
        sa.Column("inbox_id", BIG, sa.ForeignKey("inbox.id", name="fk_answers_inbox_id"), nullable=True),
        sa.UniqueConstraint("inbox_id", name="uq_answers_inbox_id"),
    )
    _index("ix_answers_thread", "answers", "channel thread")


def _answer_queries() -> None:
    _table(
        "answer_queries",
        sa.Column("answer_id", BIG, sa.ForeignKey("answers.id", name="fk_answer_queries_answer_id"), nullable=False),
        *_required(NAME, "subject_pattern field"),
    )
    _index("ix_answer_queries_answer_id", "answer_queries", "answer_id")
    _index("ix_answer_queries_field", "answer_queries", "field")


def _feedback() -> None:
    _table(
        "feedback",
        sa.Column("answer_id", BIG, sa.ForeignKey("answers.id", name="fk_feedback_answer_id"), nullable=False),
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "asker verdict"),
        *_required(TEXT, "reason"),
        *_required(TIME, "created_at"),
    )
    _unique("uq_feedback_answer_id_asker", "feedback", "answer_id asker")


def _threads() -> None:
    _table(
        "threads",
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "door channel thread"),
        *_required(JSON, "state"),
        *_required(TIME, "updated_at"),
    )
    _unique("uq_threads_shared", "threads", "door channel thread", where="workspace_id IS NULL")
    _unique("uq_threads_workspace", "threads", "workspace_id door channel thread", where="workspace_id IS NOT NULL")


def _settings() -> None:
    _table(
        "settings",
        *_optional(NAME, "workspace_id"),
        *_required(NAME, "scope key"),
        *_required(TEXT, "value"),
        *_required(TIME, "updated_at"),
    )
    _unique("uq_settings_shared", "settings", "scope key", where="workspace_id IS NULL")
    _unique("uq_settings_workspace", "settings", "workspace_id scope key", where="workspace_id IS NOT NULL")


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", NAME, primary_key=True, autoincrement=False, nullable=False),
        *_required(NAME, "owner"),
        *_required(TIME, "until"),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
