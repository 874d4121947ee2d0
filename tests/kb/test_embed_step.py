"""Embedding is leased work: any number of workers, killed at any moment, each passage once."""

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from kb.embed_step import BATCH, embed_pending
from kb.errors import ModelMismatch
from kb.store import Store
from tests.kb.conftest import Clock
from tests.kb.search_fixtures import BagEmbedder, put

BAG = BagEmbedder()
TEXTS = [f"Passage {n}." for n in range(3 * BATCH)]


def test_every_passage_gets_its_own_vector(store: Store) -> None:
    put(store, TEXTS)
    heard: list[int] = []

    assert embed_pending(store, BAG, owner="one", limit=BATCH + 3, progress=heard.append) == BATCH + 3
    assert embed_pending(store, BAG, owner="one", progress=heard.append) == 2 * BATCH - 3
    assert embed_pending(store, BAG, owner="one") == 0

    assert heard == [BATCH, BATCH + 3, BATCH, 2 * BATCH - 3]
    rows = {row.passage_id: row.text for row in store.vectors.texts_after(0, 1000)}
    stored = store.vectors.get(list(rows))
    assert stored == {at: BAG.embed_query(text).astype("<f4").tobytes() for at, text in rows.items()}


def test_another_model_is_refused_before_any_work(store: Store) -> None:
    put(store, TEXTS[:2])
    embed_pending(store, BAG, owner="one", limit=1)
    with pytest.raises(ModelMismatch):
        embed_pending(store, BagEmbedder(revision="2"), owner="one")
    assert store.vectors.unembedded() == 1


def test_workers_share_the_work(store: Store) -> None:
    put(store, TEXTS)
    done: dict[str, int] = {}

    def work(owner: str) -> None:
        done[owner] = embed_pending(store, BAG, owner=owner)

    threads = [threading.Thread(target=work, args=(f"worker-{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(done.values()) == len(TEXTS) == store.vectors.count()


def test_a_killed_worker_loses_and_repeats_nothing(store: Store, clock: Clock) -> None:
    put(store, TEXTS)
    script = textwrap.dedent("""
        import os, signal, sys
        from datetime import datetime
        from kb.embed_step import embed_pending
        from kb.store import Store
        from tests.kb.search_fixtures import BagEmbedder
        class Dies(BagEmbedder):
            def embed_passages(self, texts):
                if store.vectors.count() >= 64:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().embed_passages(texts)
        now = datetime.fromisoformat(sys.argv[2])
        with Store.open(sys.argv[1], clock=lambda: now) as store:
            embed_pending(store, Dies(), owner="doomed")
    """)
    command = [sys.executable, "-c", script, store.url, clock.now.isoformat()]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}).returncode == -signal.SIGKILL
    assert store.vectors.count() == BATCH

    assert embed_pending(store, BAG, owner="heir") == BATCH, "the doomed worker's second batch is still leased"
    clock.forward(hours=1)
    assert embed_pending(store, BAG, owner="heir") == BATCH
    assert store.vectors.count() == len(TEXTS)
