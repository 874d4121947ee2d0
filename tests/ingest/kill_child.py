"""What the kill test kills: one whole ingestion (read, embed, index) as a process of its own.

`python -m tests.ingest.kill_child HOME HOURS_LATER real|hashed URL...` says "ready" when its work begins. Each
process lives some hours after the one before it, so that the leases of the killed have run out.
"""

import hashlib
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.fetch import Fetcher
from ingest.sources import SOURCES
from ingest.update import refresh
from kb.embed import Embedder, load_embedder
from kb.embed_step import embed_pending
from kb.index import open_indexes
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft
from tests.ingest.conftest import make_settings

BEGINNING = datetime(2026, 11, 22, 12, tzinfo=UTC)


class HashedEmbedder:
    """Words into 32 buckets: no model to load, the same vector everywhere, and slow enough to be killed at it."""

    name, revision, dim = "hashed-words", "1", 32

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self.dim, dtype=np.float32)
        for word in text.lower().split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dim] += 1
        length = float(np.linalg.norm(vector)) or 1.0
        return vector / np.float32(length)

    def embed_passages(self, texts: list[str]) -> NDArray[np.float32]:
        time.sleep(0.003 * len(texts))
        return np.stack([self.embed_query(text) for text in texts])


def embedder_of(kind: str, settings: Settings) -> Embedder:
    return load_embedder(settings) if kind == "real" else HashedEmbedder()


def main(home: Path, hours: int, kind: str, urls: list[str]) -> None:
    settings = make_settings(home, full_text=False, fetch_workers=4)
    embedder = embedder_of(kind, settings)
    begun = datetime.now(UTC)

    def clock() -> datetime:
        return BEGINNING + timedelta(hours=hours) + (datetime.now(UTC) - begun)

    print("ready", flush=True)
    with Store.open(settings.url, clock=clock) as store, Fetcher(settings, clock) as fetcher:
        for url in urls:
            if store.sources.find(url) is None:
                store.sources.add(SourceDraft(kind="feed", url=url))
        owner = f"child {hours}"
        refresh(store, fetcher, SOURCES, settings, clock, random.Random(hours), owner=owner, all_sources=True)
        embed_pending(store, embedder, owner=owner)
        open_indexes(settings, store, embedder).close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
