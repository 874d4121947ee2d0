"""What would come of an address: is it a feed, a page that names one, or a page to watch? Nothing is stored."""

from dataclasses import dataclass, replace

from ingest.discover import feed_links, looks_like_feed
from ingest.fetch import Fetcher
from ingest.source import Page, Request, Response
from ingest.sources import SOURCES
from ingest.suggest import suggest
from kb.errors import BadInput, FetchError, ParseError
from kb.types import SourceDraft, SourceRecord, SourceState, Tier, Topic, utc_now

NEWEST = 3
MOST_OTHERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`newest`: (date or "undated", title, link) of the newest entries; `others`: more feeds that the page names.

    `topic`, `tier` and `publisher` are proposals (`ingest.suggest`).
    """

    kind: str
    url: str
    title: str
    publisher: str
    entries: int
    newest: tuple[tuple[str, str, str], ...]
    refused: tuple[str, ...]
    others: tuple[str, ...] = ()
    topic: Topic = Topic.OTHER
    tier: Tier = Tier.PRESS

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "url": self.url,
            "title": self.title,
            "publisher": self.publisher,
            "entries": self.entries,
            "newest": [dict(zip(("published", "title", "link"), row, strict=True)) for row in self.newest],
            "refused": list(self.refused),
            "others": list(self.others),
            "topic": self.topic.value,
            "tier": int(self.tier),
        }


def preview(url: str, fetcher: Fetcher, *, kind: str = "") -> Preview:
    """Read `url` once; an HTML page that names a feed leads to that feed, unless `kind` says "page"."""
    if kind and kind not in SOURCES:
        raise BadInput(f"no kind of source is called {kind!r}", hint=f"one of: {', '.join(SOURCES)}")
    if not url.lower().startswith(("http://", "https://")):
        raise BadInput(f"{url} is no web address", hint="give one that begins with https://")
    response = fetcher.fetch(Request(url=url))
    if kind:
        return _read(kind, url, response)
    if looks_like_feed(response.body, response.content_type):
        return _read("feed", url, response)
    missed: list[str] = []
    links = feed_links(response.body, response.url, response.content_type)
    for link in links:
        try:
            named = fetcher.fetch(Request(url=link.url))
        except FetchError as error:
            missed.append(f"{link.url}: {error}")
            continue
        if looks_like_feed(named.body, named.content_type):
            others = [other.url for other in links if other.url != link.url]
            return replace(_read("feed", link.url, named), others=tuple(others[:MOST_OTHERS]))
    seen = _read("page", url, response)
    return replace(seen, refused=(*seen.refused, *missed))


def _read(kind: str, url: str, response: Response) -> Preview:
    record = _unsaved(SourceDraft(kind=kind, url=url))
    page: Page = SOURCES[kind].parse(record, response)
    if not page.items and not page.title:
        raise ParseError(f"{url} holds nothing that can be read as a {kind}")
    items = sorted(page.items, key=lambda i: (i.published_at is not None, i.published_at), reverse=True)
    newest = [(i.published_at.date().isoformat() if i.published_at else "undated", i.title, i.url) for i in items]
    title = page.title or (page.items[0].title if page.items else "")
    address = response.moved_to or url
    guess = suggest(address, [(item.title, item.url) for item in items])
    return Preview(
        kind=kind,
        url=address,
        title=title,
        publisher=guess.publisher,
        topic=guess.topic,
        tier=guess.tier,
        entries=len(page.items),
        newest=tuple(newest[:NEWEST]),
        refused=page.refused,
    )


def _unsaved(draft: SourceDraft) -> SourceRecord:
    """A source that exists only for one look."""
    return SourceRecord(
        id=0,
        workspace_id=None,
        kind=draft.kind,
        url=draft.url,
        title=draft.title,
        publisher=draft.publisher,
        topic=Topic.OTHER,
        tier=Tier.PRESS,
        options=draft.options,
        status="active",
        pause_reason=None,
        added_at=utc_now(),
        state=SourceState(),
    )
