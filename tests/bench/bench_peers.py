"""Steelyard beside txtai and haiku.rag: the same documents, model and questions, one after the other in one run.

    bash tests/bench/peers/install_search.sh DIR       once
    python -m tests.bench.bench_peers --peers DIR      Cranfield: quality, speed, memory, indexing

All have all-MiniLM-L6-v2 on this machine's processor. txtai loads it itself, haiku.rag asks a server of ours for
vectors (sentence-transformers, float32; its memory is told apart), we run our int8 copy. Peers hold a document as one
passage, we cut it as we cut everything. Each runs in a process of its own; memory is what that holds at the end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from kb.embed import find_model
from kb.settings import DEFAULT_MODEL
from tests.bench.bench_search import cranfield_records, draft, judgements, ndcg

HERE = Path(__file__).resolve().parent / "peers"
K = 10


def given(limit: int, most: int) -> dict[str, Any]:
    documents = [(n, f"{title}\n{text or title}") for n, title, text in cranfield_records("cran.all.1400")]
    questions = [text for _, _, text in cranfield_records("cran.qry")][: max(judgements())]
    model = str(find_model(DEFAULT_MODEL).folder)
    return {"documents": documents[: limit or None], "questions": questions[: most or None], "model": model}


def ours() -> dict[str, Any]:
    """In this process; documents come on standard input as they do to the peers."""
    from kb.embed_step import embed_pending
    from kb.index import open_indexes
    from kb.retrieve import Retriever
    from kb.settings import load_settings
    from kb.store import Store
    from kb.types import SourceDraft, utc_now
    from tests.bench.bench_embed import embedder

    asked, one = json.load(sys.stdin), embedder(int8=True)
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home))
        with Store.open(settings.url) as store:
            source = store.sources.add(SourceDraft(kind="feed", url="https://example.org/cranfield"))
            begun = time.perf_counter()
            parts = [(str(n), *text.split("\n", 1)) for n, text in asked["documents"]]
            store.items.write_many(source.id, [draft(number, title, text) for number, title, text in parts])
            embed_pending(store, one, owner="bench")
            indexes = open_indexes(settings, store, one)
            indexed = time.perf_counter() - begun
            search = Retriever(store, one, indexes, utc_now)
            search.search("warm up")
            times, ranked = [], []
            for question in asked["questions"]:
                begun = time.perf_counter()
                hits = search.search(question, k=2 * K)
                times.append((time.perf_counter() - begun) * 1e3)
                named = dict.fromkeys(int(hit.passage.url.rpartition("/")[2]) for hit in hits)
                ranked.append(list(named)[:K])
            indexes.close()
    memory = psutil.Process().memory_info().rss
    return {"index_s": indexed, "times_ms": times, "ranked": ranked, "rss": memory}


@contextmanager
def embedding_server() -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-m", "tests.bench.peers.embedding_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip(), psutil.Process(process.pid)
        process.stdin.close()


def run(command: list[str], asked: dict[str, Any]) -> dict[str, Any]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def tell(name: str, told: dict[str, Any], documents: int, beside: str = "") -> None:
    relevant = judgements()
    scores = [ndcg(ranked, relevant[n]) for n, ranked in enumerate(told["ranked"], 1)]
    p50, p95 = np.percentile(told["times_ms"], [50, 95])
    print(
        f"{name:12} nDCG@10 {np.mean(scores):.4f}; search p50 {p50:.1f} ms, p95 {p95:.1f}; "
        f"{told['rss'] / 1e6:.0f} MB{beside}; {documents / told['index_s']:.1f} documents indexed a second "
        f"(load {os.getloadavg()[0]:.1f})",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--documents", type=int, default=0, help="only the first so many, to try the script")
    parser.add_argument("--questions", type=int, default=0, help="the same")
    parser.add_argument("--only", choices=("ours", "txtai", "haiku.rag"))
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ours:
        print(json.dumps(ours()))
        return
    asked = given(chosen.documents, chosen.questions)
    count = len(asked["documents"])
    if chosen.only in (None, "ours"):
        tell("steelyard", run([sys.executable, "-m", "tests.bench.bench_peers", "--ours"], asked), count)
    if chosen.only in (None, "txtai"):
        tell("txtai", run([str(chosen.peers / "txtai/bin/python"), str(HERE / "txtai_search.py")], asked), count)
    if chosen.only in (None, "haiku.rag"):
        with embedding_server() as (url, server):
            command = [str(chosen.peers / "haiku/bin/python"), str(HERE / "haiku_search.py")]
            told = run(command, {**asked, "url": url})
            tell("haiku.rag", told, count, f" and {server.memory_info().rss / 1e6:.0f} MB of its embedding server")


if __name__ == "__main__":
    main()
