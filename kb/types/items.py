"""From an entry as published to a passage that can be cited, and found."""

from dataclasses import dataclass
from datetime import date, datetime

from kb.types.sources import Tier, Topic

# Flags of text that no answer repeats; of "contradicts ..." the rest says what, and which better source says otherwise.
UNSAFE_FLAGS = ("instruction_like", "hidden_text", "encoded_text", "contradicts ")


def is_quotable(tier: Tier, flags: tuple[str, ...]) -> bool:
    """Whether words of an item may stand behind a statement: opinion never alone, and nothing under suspicion."""
    return tier < Tier.OPINION and not any(flag.startswith(UNSAFE_FLAGS) for flag in flags)


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
    `content_hash` is over title and body alone: equal hashes under two ids or links are one entry that moved.
    `known_from` is the stated publication or update date, else the time first seen.
    `text` is plain text; headings are lines that begin with `#`, table rows use ` | `.
    `reason`: "entry" for what the source sent, "full_text" for the article fetched afterwards (no edit, no news).
    `importance` in [0, 1] says how much it bears on a choice between open and closed models, `importance_why` says why.
    `places`: whose government, law or market it is about, by two letters or "eu".
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
    importance: float = 0.5
    importance_why: str = ""
    places: tuple[str, ...] = ()
    content_hash: str | None = None
    language: str = ""
    flags: tuple[str, ...] = ()  # "instruction_like", "hidden_text", ...
    reason: str = "entry"
    article_due_at: datetime | None = None  # when to fetch its full text; None: not wanted
    record: bool = False  # a row of a table; it has no passages
    passages: tuple[PassageDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHead:
    """What planning needs of a stored item. `url` and `published_at` are those of its current version."""

    item_id: int
    external_id: str
    entry_hash: str
    version: int
    known_from: datetime
    vanished: bool
    content_hash: str | None = None  # None: stored before contents were hashed
    url: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A known entry whose words are found at another address."""

    external_id: str
    url: str
    entry_hash: str
    content_hash: str


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
    importance: float = 0.5

    @property
    def quotable(self) -> bool:
        return is_quotable(self.tier, self.flags)


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
    importance: float = 0.5

    @property
    def quotable(self) -> bool:
        return is_quotable(self.tier, self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNotes:
    """What was noticed about an item beside its words. `entities` are subjects of facts, exact about versions."""

    importance_why: str = ""
    places: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """One row that a cache indexes."""

    passage_id: int
    text: str
