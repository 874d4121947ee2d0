"""kill -9 at random instants over reading, embedding and indexing leaves what an undisturbed run leaves.

A round is one database that is ingested into again and again, each process killed, until one lives to its end;
then database and index are compared, and the next round begins with nothing.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from kb.index import open_indexes
from kb.store import Store
from kb.tables import Items, ItemVersions, Passages, Sources, Vectors, table
from tests.ingest.conftest import make_settings
from tests.ingest.kill_child import BEGINNING, embedder_of
from tests.servers import ReplayServer

FEEDS = (
    "chanderramesh",
    "google_ai",
    "transluce",
    "anthropic_research",
    "cursor",
    "timaeus",
    "anthropic_red",
    "cohere",
)
QUESTIONS = ("agents", "open weights", "security of language models", "price", "interpretability", "safety")


class Ingestion:
    """Child processes over one home; each `run` is a later one."""

    def __init__(self, home: Path, kind: str, urls: list[str]) -> None:
        self.home, self.kind, self.urls = home, kind, urls
        self.runs = 0
        home.mkdir()
        models = home.parent / "models"
        models.mkdir(exist_ok=True)
        (home / "models").symlink_to(models)

    def run(self, kill_after_s: float | None = None) -> tuple[bool, float]:
        """Whether the process lived to its end, and how long its work took."""
        command = [
            sys.executable,
            "-m",
            "tests.ingest.kill_child",
            str(self.home),
            str(self.runs),
            self.kind,
            *self.urls,
        ]
        self.runs += 1
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            begun = time.monotonic()
            try:
                code = child.wait(timeout=kill_after_s)
            except subprocess.TimeoutExpired:
                os.kill(child.pid, signal.SIGKILL)
                code = child.wait()
        assert code in (0, -signal.SIGKILL)
        return code == 0, time.monotonic() - begun


def contents(home: Path) -> dict[str, list[Any]]:
    """Every row that ingestion wrote, without row ids and without the times at which it happened to be written."""
    s, i, v, p, x = (table(t) for t in (Sources, Items, ItemVersions, Passages, Vectors))
    joined = s.join(i, i.c.source_id == s.c.id).join(v, v.c.item_id == i.c.id)
    passages = joined.join(p, p.c.version_id == v.c.id)
    key = (s.c.url, i.c.external_id, v.c.version)
    queries = {
        "sources": select(s.c.url, s.c.title, s.c.status, s.c.etag, s.c.last_modified, s.c.body_sha256, s.c.failures),
        "items": select(s.c.url, *_said(i, "entry_hash", "version", "topic", "story_key", "vanished_at", "lease_owner"))
        .select_from(s.join(i, i.c.source_id == s.c.id))
        .add_columns(i.c.external_id),
        "versions": select(
            *key, *_said(v, "title", "text", "reason", "published_at", "flags", "language", "known_until")
        ).select_from(joined),
        "known": select(*key, v.c.known_from).select_from(joined).where(v.c.known_from < BEGINNING),
        "passages": select(
            *key, *_said(p, "ordinal", "text", "start_char", "end_char", "context", "heading_path", "embedded")
        ).select_from(passages),
        "vectors": select(*key, p.c.ordinal, x.c.data).select_from(passages.join(x, x.c.passage_id == p.c.id)),
    }
    with Store.open(make_settings(home).url) as store, store.db.read() as conn:
        return {name: sorted(map(tuple, conn.execute(query)), key=repr) for name, query in queries.items()}


def _said(of: Any, *names: str) -> list[Any]:
    return [of.c[name] for name in names]


def found(home: Path, kind: str) -> dict[str, list[tuple[str, float]]]:
    """What both indexes answer, as texts and scores."""
    settings = make_settings(home)
    embedder = embedder_of(kind, settings)
    with Store.open(settings.url) as store:
        texts = {row.passage_id: row.text for row in store.vectors.texts_after(0, 100_000)}
        indexes = open_indexes(settings, store, embedder)
        answers = {}
        for question in QUESTIONS:
            dense = indexes.vectors.search(embedder.embed_query(question), 400)
            lexical = indexes.texts.search(question, 400)
            assert len(dense) == len(texts)
            for name, hits in (("dense", dense), ("lexical", lexical)):
                answers[f"{name} {question}"] = sorted((texts[n], round(score, 3)) for n, score in hits)
        indexes.close()
    return answers


def assert_same(home: Path, reference: dict[str, list[Any]], answers: object, kind: str) -> None:
    ours = contents(home)
    assert {name: rows for name, rows in ours.items() if name != "vectors"} == {
        name: rows for name, rows in reference.items() if name != "vectors"
    }
    assert [row[:4] for row in ours["vectors"]] == [row[:4] for row in reference["vectors"]]
    for (*_, one), (*_, other) in zip(ours["vectors"], reference["vectors"], strict=True):
        # A passage's neighbours in its batch move the last bits of what the real model says of it.
        assert np.allclose(np.frombuffer(one, "<f4"), np.frombuffer(other, "<f4"), atol=1e-5)
    assert found(home, kind) == answers


# CI kills fifty times; on a laptop a few keep the suite under ten minutes.
KILLS = int(os.environ.get("STEELYARD_KILLS", "6"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("kind", "kills", "feeds"), [("hashed", KILLS, 8), ("real", 2, 2)])
def test_nothing_is_lost_or_doubled(shared: Path, tmp_path: Path, kind: str, kills: int, feeds: int) -> None:
    rng, killed, rounds = random.Random(2026), 0, 0
    with ReplayServer(shared / "data" / "feeds") as server:
        urls = [server.url(f"olshansk/feed_{name}.xml") for name in FEEDS[:feeds]]
        undisturbed = Ingestion(tmp_path / "undisturbed", kind, urls)
        lived, seconds = undisturbed.run()
        assert lived
        reference, answers = contents(undisturbed.home), found(undisturbed.home, kind)
        assert len(reference["vectors"]) == len(reference["passages"]) >= len(reference["items"]) > 0
        while killed < kills:
            disturbed = Ingestion(tmp_path / f"round{rounds}", kind, urls)
            while killed < kills:
                lived, took = disturbed.run(kill_after_s=rng.uniform(0, 0.9 * seconds))
                if lived:
                    break
                killed += 1
            if lived and disturbed.runs == 1:
                seconds = min(seconds, took)  # the machine was busier before: aim at the work, not behind it
            assert lived or disturbed.run()[0]
            assert_same(disturbed.home, reference, answers, kind)
            rounds += 1
    print(f"{killed} kills in {rounds} rounds; undisturbed work takes {seconds:.1f} s")
