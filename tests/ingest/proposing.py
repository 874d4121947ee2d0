"""Sentences as documents, for tests of what they propose."""

from datetime import date
from functools import cache

from ingest.propose import Document, Names, propose
from kb.facts.load import load_starter
from kb.types import FactDraft, Tier

PUBLISHED = date(2026, 9, 10)


@cache
def names() -> Names:
    return Names.of(load_starter())


def document(text: str, *, by: str = "OpenAI", title: str = "", published: date | None = PUBLISHED) -> Document:
    return Document(
        version_id=1,
        item_id=7,
        title=title,
        text=text,
        url="https://example.org/a",
        publisher=by,
        tier=Tier.RECOGNISED,
        known_from=published or date(2026, 9, 12),
        published=published,
    )


def proposed(text: str, *, by: str = "OpenAI", title: str = "", published: date | None = PUBLISHED) -> list[FactDraft]:
    return propose(document(text, by=by, title=title, published=published), names())


def told(text: str, **more: object) -> dict[str, str]:
    """Subject and field -> value and unit."""
    return {f"{d.subject} {d.field}": f"{d.value} {d.unit}".strip() for d in proposed(text, **more)}  # type: ignore[arg-type]
