"""An embedder that needs no model, and stores filled for searching."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import numpy as np

from kb.embed import Vector
from kb.embed_step import embed_pending
from kb.store import Store
from kb.types import Passage, PassageDraft, SourceDraft, Tier, Topic
from tests.kb.store_builders import a_source, an_item


@dataclass(frozen=True)
class BagEmbedder:
    """Implements Embedder: the sum of one random direction a word, so texts that share words are near."""

    name: str = "bag"
    revision: str = "1"
    dim: int = 384

    def embed_query(self, text: str) -> Vector:
        return self.embed_passages([text])[0]

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                rows[row] += np.random.default_rng(crc32(word.encode())).standard_normal(self.dim, np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def put(store: Store, texts: Sequence[str], *, source: SourceDraft | None = None, **changes: Any) -> int:
    """One item a text, each of one passage; the id of its source."""
    draft = source or a_source()
    found = store.sources.find(draft.url)
    record = found or store.sources.add(draft)
    for text in texts:
        known = {
            "title": "",
            "passages": (PassageDraft(ordinal=0, heading_path=(), start=0, end=len(text), text=text),),
        }
        store.items.write(record.id, an_item(f"{draft.url}#{crc32(text.encode())}", text, **{**known, **changes}))
    return record.id


def embed(store: Store, embedder: Any = BagEmbedder(), limit: int | None = None) -> int:
    return embed_pending(store, embedder, owner="test", limit=limit)


def a_passage(id: int = 1, **changes: Any) -> Passage:
    """One passage of an item of its own, with nothing to say; `changes` are fields that differ."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    plain = Passage(
        id=id,
        item_id=id,
        version_id=id,
        version=1,
        source_id=1,
        workspace_id=None,
        ordinal=0,
        heading_path=(),
        start=0,
        end=1,
        text="x",
        title="",
        url="",
        publisher="",
        tier=Tier.PRESS,
        topic=Topic.OTHER,
        published_at=now,
        known_from=now,
        known_until=None,
        story_key="",
        flags=(),
    )
    return replace(plain, **changes)
