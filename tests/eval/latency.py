"""How long an answer takes over six thousand recorded entries: `python -m tests.eval.latency [--home DIR] [-n 200]`.

Entries, law and licences are really stored, cut and indexed. Vectors are random unit vectors unless `--embed` is given:
a search takes as long whatever the vectors say, and embedding everything takes a quarter of an hour.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.draft import draft_of
from ingest.source import Response
from ingest.sources.feed import FeedSource
from kb.embed import load_embedder
from kb.errors import ParseError
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, Tier
from tests.eval.knowledge import NOW, open_knowledge
from tests.eval.questions import SHARED, questions

_BATCH = 512
_MORE = (
    "What did Cohere announce about agents?",
    "What is new at Google DeepMind?",
    "Is GLM-5.3 MIT licensed?",
    "What are the penalties under the EU AI Act?",
    "Which models accept audio input?",
    "How far behind are open models?",
    "Any news on Gemini since June 2026?",
    "Can we use Claude to screen CVs in Germany?",
    "What does an H100 cost per hour?",
    "When do the high-risk duties apply?",
)


def ingest_feeds(store: Store, shared: Path) -> int:
    """Every recorded feed through the feed source; how many entries were stored."""
    stored = 0
    for file in sorted((shared / "data" / "feeds").rglob("*.xml")):
        url = f"https://feeds.example/{file.parent.name}/{file.name}"
        if store.sources.find(url):
            continue
        record = store.sources.add(SourceDraft(kind="feed", url=url, publisher=file.stem, tier=Tier.PRESS))
        body = Response(
            url=url, status=200, body=file.read_bytes(), headers={"content-type": "text/xml"}, received_at=NOW
        )
        try:
            items = FeedSource().parse(record, body).items
        except ParseError as error:
            print(f"{file.name}: {error}")
            continue
        stored += len(store.items.write_many(record.id, [draft_of(record, item, None, NOW) for item in items]))
    return stored


def random_vectors(store: Store, name: str, revision: str, dim: int) -> int:
    """A unit vector for each passage that has none."""
    rng, done = np.random.default_rng(0), 0
    store.vectors.check_model(name, revision, dim)
    while rows := store.vectors.claim_unembedded(owner="latency", limit=_BATCH, lease_s=60):
        drawn = rng.standard_normal((len(rows), dim), np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        made = [(row.passage_id, vector.astype("<f4").tobytes()) for row, vector in zip(rows, drawn, strict=True)]
        store.vectors.save("latency", made, name=name, revision=revision, dim=dim)
        done += len(rows)
    return done


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--embed", action="store_true", help="embed for real")
    parser.add_argument("-n", type=int, default=200)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.home or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        return _measure(home, chosen.shared, embed=chosen.embed, count=chosen.n)


def _measure(home: Path, shared: Path, *, embed: bool, count: int) -> int:
    embedder = load_embedder(Settings(home=home))
    with Store.open(Settings(home=home).url, clock=lambda: NOW) as store:
        ingest_feeds(store, shared)
        if not embed:
            random_vectors(store, embedder.name, embedder.revision, embedder.dim)
    knowledge = open_knowledge(home, shared, embedder, embed=embed)
    if not embed:
        random_vectors(knowledge.store, embedder.name, embedder.revision, embedder.dim)
        knowledge.indexes.refresh()
    print(knowledge.store.items.counts())
    asked = [*questions(shared).values(), *_MORE]
    begun = time.perf_counter()
    knowledge.steelyard.ask(asked[0])
    print(f"first answer {(time.perf_counter() - begun) * 1000:.0f} ms")
    for question in asked:
        knowledge.steelyard.ask(question)
    spent = []
    for i in range(count):
        begun = time.perf_counter()
        knowledge.steelyard.ask(asked[i % len(asked)])
        spent.append((time.perf_counter() - begun) * 1000)
    p50, p95, p99 = np.percentile(spent, [50, 95, 99])
    print(f"{count} answers, warm: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, worst {max(spent):.0f} ms")
    knowledge.close()
    return 0 if p95 < 300 else 1


if __name__ == "__main__":
    sys.exit(main())
