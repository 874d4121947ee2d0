"""One piece of news and everyone who tells it."""

from dataclasses import dataclass
from datetime import datetime

from kb.types.sources import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEntry:
    """What placing an item in a story needs of it: its current version, shortened.

    `published_at` is the earliest date that any of its versions stated: a copy that was re-dated is no newer.
    `asked` counts how often placing was asked for, so that an edit made meanwhile is not taken for placed.
    """

    item_id: int
    source_id: int
    workspace_id: str | None
    story_id: int | None
    asked: int
    url: str
    title: str
    text: str
    publisher: str
    source_title: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryKey:
    """A trait by which copies find each other: an address, a title, a text, a band of a signature.

    `place` and `says` tell entries of one source apart that share the trait. A source that has several kinds of either
    under one key shows that the key names no single piece of news, as a page of release notes or "Team update" does.
    """

    key: str
    place: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySource:
    """One item of a story. `first_at` is when it first appeared, whatever date it states by now."""

    story_key: str
    item_id: int
    title: str
    publisher: str
    url: str
    tier: Tier
    first_at: datetime
