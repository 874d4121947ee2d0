"""Which source of a story leads: the most primary. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, date
from urllib.parse import urlsplit

from kb.types import ItemVersion, StorySource

_NO_NAME = frozenset(
    ("www", "blog", "blogs", "news", "feed", "feeds", "com", "org", "net", "docs", "press", "research")
)
_SHORTEST = 3


def primary_first(sources: Iterable[StorySource]) -> list[StorySource]:
    """The lowest tier, then who links to a page of its own, then the earliest."""
    return sorted(sources, key=lambda s: (s.tier, not is_own(s.publisher, s.url), s.first_at, s.item_id))


def is_own(publisher: str, url: str) -> bool:
    """Does a publisher tell its own news? Its name is in the address: "Hugging Face" is huggingface.co."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    name = re.sub(r"[^a-z0-9]", "", publisher.lower())
    labels = [re.sub(r"[^a-z0-9]", "", label) for label in host.lower().split(".")]
    telling = [label for label in labels if len(label) >= _SHORTEST and label not in _NO_NAME]
    return any(label in name or (len(name) >= _SHORTEST and name in label) for label in telling)


def teller(item: ItemVersion) -> StorySource:
    """An item as the source of its story, where nothing else is known of that."""
    return StorySource(
        story_key=item.story_key,
        item_id=item.item_id,
        title=item.title,
        publisher=item.publisher,
        url=item.url,
        tier=item.tier,
        first_at=item.published_at or item.known_from,
    )


def first_day(source: StorySource) -> date:
    """The day in UTC on which it first told the story."""
    return source.first_at.astimezone(UTC).date()
