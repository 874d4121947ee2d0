"""Frozen values that cross rooms: one noun a stage. No behaviour beyond what reads the value itself.

All instants are aware UTC. Money is `Decimal`, as text in `Fact.value`. `workspace_id` None means shared.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum


class Topic(StrEnum):
    RELEASE = "release"
    LICENCE = "licence"
    REGULATION = "regulation"
    PRICE = "price"
    SECURITY = "security"
    CAPABILITY = "capability"
    OTHER = "other"


class Tier(IntEnum):
    """How much a source is worth as evidence."""

    PRIMARY = 1  # law, licence text, vendor price page or machine feed, model config, regulator's evaluation
    RECOGNISED = 2  # recognised data set, independent measurement, vendor blog
    PRESS = 3  # press, law firms, dated trackers
    OPINION = 4  # opinion, marketing; never stands alone behind a statement


# ---------------------------------------------------------------- sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """What a person or `ingest/sources.yaml` says of a source."""

    kind: str  # a key of ingest.sources.SOURCES: "feed", "page", ...
    url: str
    title: str = ""
    publisher: str = ""
    topic: Topic = Topic.OTHER
    tier: Tier = Tier.PRESS
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we know of a source's last readings. `etag` and `last_modified` are those of the last body that parsed."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    next_due_at: datetime | None = None  # None: due now
    blocked_until: datetime | None = None  # Retry-After: not even `--all` reads before
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None  # a 200 that parsed, or a 304
    last_changed_at: datetime | None = None
    failures: int = 0  # in a row
    last_error: str | None = None  # in words, None after a success
    notices: tuple[str, ...] = ()  # "moved permanently to ...", latest last, at most 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    id: int
    workspace_id: str | None
    kind: str
    url: str
    title: str
    publisher: str
    topic: Topic
    tier: Tier
    options: Mapping[str, str]
    status: str  # "active" | "paused" | "removed"
    pause_reason: str | None
    added_at: datetime
    state: SourceState


# ---------------------------------------------------------------- items and passages


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One entry or page as `Source.parse` found it: nothing sanitised, nothing decided.

    `external_id` is the entry's own id, else its link, else a hash of what it says. Identity is (source, external_id).
    """

    external_id: str
    url: str
    title: str
    html: str  # body as published, may be empty; `media_type` says how to read it
    media_type: str = "text/html"  # or "text/plain"
    author: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    record: bool = False  # a row of a table: kept to be quoted, neither news nor searched


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageDraft:
    """`version.text[start:end] == text`, always. `heading_path` is the headings above it, outermost first."""

    ordinal: int
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item ready to be stored: extracted, sanitised, classified, chunked.

    `entry_hash` is over what the publisher sent (title, link, body), not over dates: equal hash means unchanged.
    `known_from` is the stated publication or update date, else the time first seen.
    `text` is plain text; headings are lines that begin with `#`, table rows use ` | `.
    `reason`: "entry" for what the source sent, "full_text" for the article fetched afterwards (no edit, no news).
    """

    external_id: str
    url: str
    title: str
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    known_from: datetime
    entry_hash: str
    text: str
    story_key: str
    topic: Topic
    language: str = ""
    flags: tuple[str, ...] = ()  # "instruction_like", "hidden_text", ...
    reason: str = "entry"
    article_due_at: datetime | None = None  # when to fetch its full text; None: not wanted
    record: bool = False  # a row of a table; it has no passages
    passages: tuple[PassageDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHead:
    """What planning needs of a stored item."""

    item_id: int
    external_id: str
    entry_hash: str
    version: int
    known_from: datetime
    vanished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemVersion:
    id: int
    item_id: int
    source_id: int
    workspace_id: str | None
    version: int
    external_id: str
    url: str
    title: str
    publisher: str
    tier: Tier
    topic: Topic
    text: str
    published_at: datetime | None
    updated_at: datetime | None
    known_from: datetime
    known_until: datetime | None  # known_from of the next version
    first_seen_at: datetime
    story_key: str
    flags: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stored passage with what a citation needs. Tier, topic and publisher are the source's, read at query time."""

    id: int
    item_id: int
    version_id: int
    version: int
    source_id: int
    workspace_id: str | None
    ordinal: int
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str
    title: str
    url: str
    publisher: str
    tier: Tier
    topic: Topic
    published_at: datetime | None
    known_from: datetime
    known_until: datetime | None
    story_key: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which passages may be seen. As-of D: the version known at the end of D (UTC); None: the current one.

    `since` and `until` bound `published_at` (else `known_from`), both days included.
    """

    workspace_id: str | None = None  # sees shared rows and this workspace's
    as_of: date | None = None
    topics: tuple[Topic, ...] = ()
    max_tier: Tier = Tier.OPINION
    publisher: str | None = None
    since: date | None = None
    until: date | None = None
    source_ids: tuple[int, ...] = ()
    records: bool = False  # rows of tables too, which are no news


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found. `score` in [0, 1] orders hits; `cosine` is the dense similarity, None if not embedded."""

    passage: Passage
    score: float
    cosine: float | None = None
    lexical: float | None = None


# ---------------------------------------------------------------- facts


class Status(StrEnum):
    """Computed by `kb.facts.view` for a date; never stored."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDraft:
    """One dated statement about one field of one subject. See kb/facts/fields.py for subjects and fields.

    `valid_from`/`valid_to` (exclusive end): when it holds in the world. `known_from`: when its source was published.
    `qualifiers` narrow it (region, side, context, jurisdiction ...): facts compare only at equal qualifiers.
    `statement` is a full sentence in our own words that says exactly this fact. `locator` is the place inside
    the source ("Article 113(b)", "s.2"). `quote` is verbatim text of a stored item version, else None.
    `amends` names the `key` of the fact that this one replaces. `key` is stable: starter facts are upserted by it.
    """

    key: str
    subject: str
    field: str
    value: str
    statement: str
    source_url: str
    source_title: str
    publisher: str
    tier: Tier
    known_from: date
    unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    qualifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)  # `field` names a column here
    locator: str = ""
    quote: str | None = None
    item_version_id: int | None = None
    amends: str | None = None
    checked_on: date | None = None  # when a person or source last confirmed it
    source_id: int | None = None  # the source whose table tells it; None: a person or a shipped file does


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(FactDraft):
    id: int
    workspace_id: str | None
    recorded_at: datetime
    confirmed_on: tuple[date, ...] = ()  # days on which `source_id` was read and told it; ascending, one tuple a source


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEvent:
    """Append-only. `at`: when it happened in the world; `recorded_at`: when we stored it."""

    fact_id: int
    kind: str  # "proposed" | "approved" | "rejected" | "confirmed" | "retracted" | "amended"
    at: datetime
    recorded_at: datetime
    actor: str = ""
    other_fact_id: int | None = None  # for "amended": the fact that replaced it
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact as seen on a date: its status, what replaced it or disagrees with it, and whether it is stale."""

    fact: Fact
    status: Status
    superseded_by: Fact | None = None
    disagrees_with: tuple[Fact, ...] = ()
    stale: bool = False


# ---------------------------------------------------------------- doors, answers, work


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question as a door accepted it. `event_id` deduplicates; `message_key` does too (channel and ts)."""

    event_id: str
    door: str  # "slack", "cli", ...
    workspace_id: str | None
    channel: str
    thread: str
    user: str
    text: str
    message_key: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    id: int
    inquiry: Inquiry
    state: str  # "waiting" | "leased" | "answered" | "failed"
    attempts: int
    received_at: datetime
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDraft:
    """Something to tell. `idempotency_key` is unique: saying it twice stores it once."""

    idempotency_key: str
    door: str
    workspace_id: str | None
    channel: str
    thread: str
    kind: str  # "digest" | "notice" | "alert"
    payload: Mapping[str, object] = field(default_factory=dict)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    id: int
    draft: OutboxDraft
    state: str  # "waiting" | "leased" | "sent" | "failed"
    attempts: int
    created_at: datetime
    sent_ref: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRow:
    """A small job that one process asks of another ("preview" of a source), and its result once done."""

    id: int
    workspace_id: str | None
    kind: str
    payload: Mapping[str, object]
    state: str  # "waiting" | "leased" | "done" | "failed"
    result: Mapping[str, object] | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuery:
    """What an answer stands on: every fact whose subject matches the glob pattern and whose field is `field`."""

    subject_pattern: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    id: int
    workspace_id: str | None
    door: str
    channel: str
    thread: str
    user: str
    question: str
    kind: str
    as_of: date
    created_at: datetime
    body: Mapping[str, object]  # the Answer as JSON
    stands_on: tuple[FactQuery, ...]
    inbox_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """One row that a cache indexes."""

    passage_id: int
    text: str


def utc_now() -> datetime:
    return datetime.now(UTC)
