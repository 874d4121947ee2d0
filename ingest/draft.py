"""One raw entry made ready to be stored: extracted, classified, chunked. Pure but for the libraries it calls."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ingest.classify import classify, row_of, story_key
from ingest.extract import Extracted, extract_entry, extract_page
from ingest.identity import content_hash, entry_hash
from ingest.plan import known_from
from kb.chunk import chunk
from kb.types import ItemDraft, ItemHead, ItemVersion, RawItem, SourceRecord

EXTRACT: dict[str, Callable[[RawItem], Extracted]] = {"page": extract_page}  # every other kind: extract_entry
SUMMARY_CHARS = 800  # an entry with less text is taken for a summary of an article
ARTICLE_AGE = timedelta(days=60)  # the archive that a new source brings along is not fetched page by page


def draft_of(record: SourceRecord, raw: RawItem, head: ItemHead | None, now: datetime) -> ItemDraft:
    """An entry without a body says its title: what cannot be searched would be lost."""
    found = EXTRACT.get(record.kind, extract_entry)(raw)
    title = found.title or raw.title or raw.url
    text = found.text or title
    about = row_of(record.topic) if raw.record else classify(title, text, raw.url, record.topic)
    return ItemDraft(
        external_id=raw.external_id,
        url=raw.url,
        title=title,
        author=found.author or raw.author,
        published_at=raw.published_at or found.published_at,
        updated_at=raw.updated_at,
        known_from=known_from(raw, head, now),
        entry_hash=entry_hash(raw),
        content_hash=content_hash(raw),
        text=text,
        story_key=story_key(raw.url, title),
        topic=about.topic,
        importance=about.importance,
        importance_why=about.importance_why,
        places=about.places,
        language=found.language,
        flags=found.flags,
        record=raw.record,
        passages=() if raw.record else tuple(chunk(text, title=title)),
    )


def wants_article(record: SourceRecord, draft: ItemDraft, now: datetime) -> bool:
    """A recent feed entry that is only a summary of what stands behind its link."""
    if record.kind != "feed" or record.options.get("full_text") == "no":
        return False
    behind = draft.url.startswith(("http://", "https://")) and "#entry-" not in draft.url
    return behind and len(draft.text) < SUMMARY_CHARS and draft.known_from > now - ARTICLE_AGE


def enriched(entry: ItemVersion, found: Extracted) -> ItemDraft:
    """The full text of an entry's article. No edit, no news: dates and identity stay the entry's."""
    about = classify(entry.title, found.text, entry.url, entry.topic)
    return ItemDraft(
        external_id=entry.external_id,
        url=entry.url,
        title=entry.title,
        author=found.author,
        published_at=entry.published_at or found.published_at,
        updated_at=entry.updated_at,
        known_from=entry.known_from,
        entry_hash="",
        text=found.text,
        story_key=entry.story_key,
        topic=about.topic,
        importance=about.importance,
        importance_why=about.importance_why,
        places=about.places,
        language=found.language,
        flags=found.flags,
        reason="full_text",
        passages=tuple(chunk(found.text, title=entry.title)),
    )
