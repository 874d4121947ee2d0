"""The corpus that questions are asked of: law and licences as pages, and the feeds that retrieval_feeds.txt names."""

from pathlib import Path

from ingest.draft import draft_of
from ingest.source import Response
from ingest.sources.feed import FeedSource
from kb.embed import Embedder
from kb.embed_step import embed_pending
from kb.facts.load import load_starter
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, Tier, Topic
from tests.eval.knowledge import NOW, ingest_documents

FEEDS = Path(__file__).with_name("retrieval_feeds.txt")
_PRESS = ("aibase_daily", "deeplearning_ai_batch")


def feed_names() -> list[str]:
    """Paths under data/feeds, in order."""
    lines = FEEDS.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def feed_url(name: str) -> str:
    """The address under which a recorded feed is stored."""
    return f"https://feeds.example/{name}"


def ingest_listed_feeds(store: Store, shared: Path) -> int:
    """Each listed feed that is not stored yet; how many entries were."""
    return sum(_ingest(store, shared, name) for name in feed_names() if not store.sources.find(feed_url(name)))


def _ingest(store: Store, shared: Path, name: str) -> int:
    file = shared / "data" / "feeds" / name
    tier = Tier.PRESS if file.stem in _PRESS else Tier.RECOGNISED
    publisher = file.stem.removeprefix("feed_").replace("_", " ")
    record = store.sources.add(
        SourceDraft(kind="feed", url=feed_url(name), publisher=publisher, topic=Topic.RELEASE, tier=tier)
    )
    body = Response(
        url=feed_url(name), status=200, body=file.read_bytes(), headers={"content-type": "text/xml"}, received_at=NOW
    )
    items = FeedSource().parse(record, body).items
    return len(store.items.write_many(record.id, [draft_of(record, item, None, NOW) for item in items]))


def open_corpus(home: Path, shared: Path, embedder: Embedder) -> Store:
    """Everything stored and embedded under `home`; a second opening finds it there."""
    home.mkdir(parents=True, exist_ok=True)
    store = Store.open(Settings(home=home).url, clock=lambda: NOW)
    store.facts.upsert_starter(load_starter())
    ingest_documents(store, shared)
    ingest_listed_feeds(store, shared)
    embed_pending(store, embedder, owner="eval")
    return store
