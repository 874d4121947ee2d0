"""What a source is worth, what was said of it, and how its readings went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
class Rhythm:
    """How often a source speaks (as we observed) and how often it wants to be asked (as it says itself).

    `skip_hours` (0 to 23, UTC) and `skip_days` (0 is Monday) are those in which it does not want to be asked.
    """

    usual_s: float | None = None  # the interval that its publishing rate led to; None: too little is known
    ttl_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


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
    rhythm: Rhythm = Rhythm()
    broken_since: datetime | None = None  # when its admins were told that it fails; None: it is well, or a blip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source fares. `lag_s`: median from publication to evidence, None while nothing new was published."""

    entries_per_week: float = 0.0
    lag_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A source's subscription to its hub (WebSub). `state`: "wanted", "asked", "subscribed" or "denied"."""

    id: int
    source_id: int
    hub_url: str
    topic_url: str
    token: str  # names it in the callback's path
    secret: str  # signs what the hub sends
    state: str
    failures: int
    expires_at: datetime | None
