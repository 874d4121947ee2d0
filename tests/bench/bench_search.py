"""How fast is a question, and how good are its hits?

    python -m tests.bench.bench_search                     speed over 6,500 passages of recorded abstracts
    python -m tests.bench.bench_search --passages 50000    ... over more (abstracts are repeated with another title)
    python -m tests.bench.bench_search --cranfield         nDCG@10 on Cranfield with the real model (two minutes)

For speed, passages get the vectors of a bag of words, since embedding thousands takes minutes and search does not care;
questions are encoded by the real model, as users' are.
"""

import argparse
import gzip
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from math import log2
from pathlib import Path

import numpy as np

from kb.chunk import chunk
from kb.embed import Embedder, Vector, load_embedder
from kb.embed_step import embed_pending
from kb.index import open_indexes
from kb.retrieve import Retriever, Taste
from kb.settings import Settings, load_settings
from kb.store import Store
from kb.types import Filter, ItemDraft, SourceDraft, utc_now
from tests.kb.search_fixtures import BagEmbedder

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
QUESTIONS = (
    "Which open-weight model is best for code generation?",
    "What does the licence permit for commercial use above one hundred million users?",
    "How are retrieval augmented generation systems attacked by prompt injection?",
    "When do the duties for high-risk systems apply?",
    "price per million tokens of long context models",
    "diffusion",
)


@dataclass(frozen=True)
class FastPassages:
    """The real model for questions, a bag of words for passages."""

    real: Embedder
    bag: BagEmbedder = field(default_factory=BagEmbedder)
    name: str = "fast"
    revision: str = "1"
    dim: int = 384

    def embed_query(self, text: str) -> Vector:
        return self.real.embed_query(text)

    def embed_passages(self, texts: list[str]) -> Vector:
        return self.bag.embed_passages(texts)


def draft(external_id: str, title: str, text: str) -> ItemDraft:
    now = utc_now()
    return ItemDraft(
        external_id=external_id,
        url=f"https://example.org/{external_id}",
        title=title,
        author="",
        published_at=now,
        updated_at=None,
        known_from=now,
        entry_hash=external_id,
        text=text,
        story_key=external_id,
        topic="other",  # type: ignore[arg-type]
        passages=tuple(chunk(text, title=title)),
    )


def abstracts() -> Iterator[ItemDraft]:
    """Recorded abstracts, over and over."""
    for turn in count():
        with gzip.open(DATA / "text" / "arxiv_abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield draft(f"{row['arxiv_id']}-{turn}", f"{row['title']} {turn or ''}".strip(), row["abstract"])


def fill(store: Store, passages: int) -> None:
    source = store.sources.add(SourceDraft(kind="feed", url="https://example.org/abstracts", publisher="Recorded"))
    held, drafts = 0, abstracts()
    while held < passages:
        some = list(islice(drafts, 200))
        store.items.write_many(source.id, some)
        held += sum(len(item.passages) for item in some)


def timed(search: Retriever, filter: Filter, rounds: int = 40) -> str:
    times = []
    for n in range(rounds * len(QUESTIONS)):
        question = f"{QUESTIONS[n % len(QUESTIONS)]} {n}"
        start = time.perf_counter()
        search.search(question, filter=filter)
        times.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(times, [50, 95])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def speed(settings: Settings, real: Embedder, passages: int) -> None:
    with Store.open(settings.url) as store:
        embedder = FastPassages(real)
        fill(store, passages)
        embed_pending(store, embedder, owner="bench")
        start = time.perf_counter()
        open_indexes(settings, store, embedder)
        built = time.perf_counter()
        indexes = open_indexes(settings, store, embedder)
        opened = time.perf_counter()
        print(f"{store.vectors.count()} passages: caches built {built - start:.2f} s, opened {opened - built:.3f} s")
        search = Retriever(store, embedder, indexes, utc_now)
        search.search("warm up")
        print("no filter:        ", timed(search, Filter()))
        print("one year:         ", timed(search, Filter(since=utc_now().date())))
        print("nothing matches:  ", timed(search, Filter(publisher="Nobody"), 5))


# ---------------------------------------------------------------- Cranfield


def cranfield_records(file: str) -> Iterator[tuple[int, str, str]]:
    """(number, title, words)"""
    for record in re.split(r"^\.I ", (DATA / "benchmarks" / "cranfield" / file).read_text("latin-1"), flags=re.M)[1:]:
        parts = dict(re.findall(r"^\.([TW])\n(.*?)(?=^\.[A-Z]\n|\Z)", record, flags=re.M | re.S))
        yield int(record.split()[0]), " ".join(parts.get("T", "").split()), " ".join(parts.get("W", "").split())


def judgements() -> dict[int, set[int]]:
    """Relevant documents by the position of their question."""
    found: dict[int, set[int]] = {}
    for line in (DATA / "benchmarks" / "cranfield" / "cranqrel").read_text().splitlines():
        question, document, grade = map(int, line.split())
        if 1 <= grade <= 4:
            found.setdefault(question, set()).add(document)
    return found


def ndcg(ranked: list[int], relevant: set[int]) -> float:
    gained = sum(1 / log2(at + 2) for at, document in enumerate(ranked[:10]) if document in relevant)
    return gained / sum(1 / log2(at + 2) for at in range(min(10, len(relevant))))


def cranfield(settings: Settings, real: Embedder) -> None:
    with Store.open(settings.url) as store:
        source = store.sources.add(SourceDraft(kind="feed", url="https://example.org/cranfield"))
        store.items.write_many(
            source.id, [draft(str(n), title, text or title) for n, title, text in cranfield_records("cran.all.1400")]
        )
        embed_pending(store, real, owner="bench", progress=lambda done: print(f"\r{done} embedded", end=""))
        indexes, relevant = open_indexes(settings, store, real), judgements()
        questions = [text for _, _, text in cranfield_records("cran.qry")][: max(relevant)]  # the last is no question
        for weight in (0.0, 0.3, 0.5, 0.7, 1.0):
            search = Retriever(store, real, indexes, utc_now, taste=Taste(dense_weight=weight))
            scores = []
            for n, question in enumerate(questions, 1):
                hits = search.search(question, k=20)
                ranked = list(dict.fromkeys(int(hit.passage.url.rpartition("/")[2]) for hit in hits))
                scores.append(ndcg(ranked, relevant[n]))
            print(f"\ndense weight {weight}: nDCG@10 {np.mean(scores):.3f}", end="")
        print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=6500)
    parser.add_argument("--cranfield", action="store_true")
    given = parser.parse_args()
    real = load_embedder(load_settings(home=ROOT / "tests" / ".cache"))
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home))
        if given.cranfield:
            cranfield(settings, real)
        else:
            speed(settings, real, given.passages)


if __name__ == "__main__":
    main()
