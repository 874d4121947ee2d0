"""Caches follow the store: written whole, read whole, rebuilt when missing, torn, stale or another database's."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ConfigurationError, ModelMismatch
from kb.index import Indexes, open_indexes
from kb.index.cache import MANIFEST
from kb.index.local import LEASE
from kb.settings import load_settings
from kb.store import Store
from tests.kb.conftest import Clock
from tests.kb.search_fixtures import BagEmbedder, embed, put

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
TEXTS = [f"Passage number {n} speaks of {word}." for n, word in enumerate(WORDS * 8)]
BAG = BagEmbedder()


def generations(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "index").glob("gen-*"))


def opened(home: Path, store: Store, index: str = "local", embedder: BagEmbedder = BAG) -> Indexes:
    return open_indexes(load_settings(home=home, index=index), store, embedder)


def nearest(indexes: Indexes, text: str) -> int:
    return indexes.vectors.search(BAG.embed_query(text), 1)[0][0]


def with_words(indexes: Indexes, text: str, k: int = 100) -> set[int]:
    return {at for at, _ in indexes.texts.search(text, k)}


@pytest.fixture(params=["local", "postgres"])
def indexes(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Indexes:
    """Each kind of index over the same forty passages."""
    if request.param == "postgres" and store.url.startswith("sqlite"):
        pytest.skip("the postgres index needs PostgreSQL")
    put(store, TEXTS)
    embed(store)
    return opened(tmp_path, store, request.param)


def test_both_kinds_find_the_same(indexes: Indexes) -> None:
    vector = BAG.embed_query(TEXTS[7])

    found = indexes.vectors.search(vector, 5)
    assert found[0] == (8, pytest.approx(1.0, abs=1e-5))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len(indexes.vectors.search(vector, 1000)) == 40

    assert with_words(indexes, "GAMMAS?") == {n for n, text in enumerate(TEXTS, 1) if "gamma" in text}
    assert with_words(indexes, "gamma delta", k=3) < with_words(indexes, "gamma delta")
    assert {at for at, _ in indexes.texts.search("gamma", 9, within=[3, 4, 8])} == {3, 8}
    assert indexes.texts.search("gamma", 9, within=[]) == []
    assert indexes.texts.search("the of ?! ", 9) == [] == indexes.texts.search("", 9)


@pytest.mark.parametrize(
    "question",
    ['body:gamma AND (id:[1 TO 3] OR "gamma"', "gamma^99 -gamma *", "gamma'; DROP TABLE passages; --",
     "\\' & !gamma | <->", "gamma:* \x00 ''", "gamma " * 5000, "🙂 gamma ' \" ` :::"],
)  # fmt: skip
def test_a_question_is_words_never_syntax(indexes: Indexes, question: str) -> None:
    gammas = {n for n, text in enumerate(TEXTS, 1) if "gamma" in text}

    assert with_words(indexes, question) >= gammas
    assert with_words(indexes, "NOT gamma") >= gammas


def test_what_is_stored_later_is_found_at_once(indexes: Indexes, store: Store) -> None:
    put(store, ["A zebra model is released.", "Passage of gamma and gamma."])
    indexes.sync()
    assert with_words(indexes, "zebras") == {41}
    assert indexes.texts.search("gamma", 1)[0][0] == 42, "the tail is scored like the rest"

    embed(store)
    indexes.sync()
    assert nearest(indexes, "a zebra model is released") == 41


def test_postgres_index_needs_postgres(store: Store, tmp_path: Path) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("here it is")
    with pytest.raises(ConfigurationError, match="needs PostgreSQL"):
        opened(tmp_path, store, "postgres")


# ---------------------------------------------------------------- the local caches


def test_a_second_process_uses_the_files(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    opened(tmp_path, store).close()
    before = generations(tmp_path)

    again = opened(tmp_path, store)

    assert generations(tmp_path) == before
    assert nearest(again, TEXTS[7]) == 8
    assert len(with_words(again, "gamma")) == 8


def test_a_reader_follows_what_another_process_wrote(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    reader, writer = opened(tmp_path, store), opened(tmp_path, store)
    put(store, [f"Later text {n} about zebras." for n in range(30)])
    embed(store)
    writer.refresh()

    reader.sync()

    assert len(generations(tmp_path)) == 1, "old generations are swept"
    assert len(with_words(reader, "zebra")) == 30
    assert nearest(reader, TEXTS[7]) == 8


def test_vectors_that_come_out_of_order_are_found(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    slow = store.vectors.claim_unembedded(owner="slow", limit=5, lease_s=60)
    embed(store)
    indexes = opened(tmp_path, store)
    vectors = BAG.embed_passages([row.text for row in slow])
    rows = [(row.passage_id, vector.tobytes()) for row, vector in zip(slow, vectors, strict=True)]
    store.vectors.save("slow", rows, name=BAG.name, revision=BAG.revision, dim=BAG.dim)

    indexes.refresh()

    assert nearest(indexes, TEXTS[2]) == 3
    assert nearest(opened(tmp_path, store), TEXTS[2]) == 3


@pytest.mark.parametrize("harm", ["truncate", "flip", "delete", "empty", "no_manifest", "bad_manifest", "all"])
def test_torn_caches_are_rebuilt(store: Store, tmp_path: Path, harm: str) -> None:
    put(store, TEXTS)
    embed(store)
    opened(tmp_path, store).close()
    index = tmp_path / "index"
    for file in [path for path in index.rglob("*") if path.is_file() and path.name != MANIFEST]:
        data = file.read_bytes()
        if harm == "truncate":
            file.write_bytes(data[: len(data) // 2])
        elif harm == "flip" and data:
            file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        elif harm == "delete":
            file.unlink()
        elif harm == "empty":
            file.write_bytes(b"")
    if harm == "no_manifest":
        (index / MANIFEST).unlink()
    if harm == "bad_manifest":
        (index / MANIFEST).write_text('{"format": 1, "files": 7}')
    if harm == "all":
        shutil.rmtree(index)

    indexes = opened(tmp_path, store)

    assert nearest(indexes, TEXTS[7]) == 8
    assert len(with_words(indexes, "gamma")) == 8
    assert len(generations(tmp_path)) == 1


def test_caches_of_another_database_are_rebuilt(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    opened(tmp_path, store).close()
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        put(other, [*reversed(TEXTS), "One more text."])
        words_only = opened(tmp_path, other)
        assert nearest(opened(tmp_path, store), TEXTS[0]) == 1
        assert words_only.vectors.search(BAG.embed_query("one more text"), 1) == []
        embed(other)
        assert nearest(opened(tmp_path, other), TEXTS[0]) == 40


def test_vectors_of_another_model_are_refused_until_dropped(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    opened(tmp_path, store).close()
    other = BagEmbedder(revision="2", dim=16)

    with pytest.raises(ModelMismatch, match=r"bag 1 .384 dimensions., not of bag 2"):
        opened(tmp_path, store, embedder=other)

    store.vectors.drop_all()
    indexes = opened(tmp_path, store, embedder=other)
    assert indexes.vectors.search(other.embed_query("gamma"), 3) == []
    embed(store, other)
    indexes.refresh()
    assert indexes.vectors.search(other.embed_query(TEXTS[7]), 1)[0][0] == 8


def test_a_dropped_and_remade_store_of_vectors_is_seen(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    indexes = opened(tmp_path, store)
    store.vectors.drop_all()
    embed(store, limit=10)

    indexes.refresh()

    assert len(indexes.vectors.search(BAG.embed_query("gamma"), 100)) == 10


def test_while_another_holds_the_lease_everything_is_still_found(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    assert store.lease(LEASE, "somebody", 60)

    indexes = opened(tmp_path, store)

    assert generations(tmp_path) == []
    assert nearest(indexes, TEXTS[7]) == 8
    assert len(with_words(indexes, "gamma")) == 8
    store.unlease(LEASE, "somebody")
    indexes.refresh()
    assert len(generations(tmp_path)) == 1
    assert len(with_words(indexes, "gamma")) == 8


def test_few_new_rows_do_not_rewrite_a_large_cache(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    indexes = opened(tmp_path, store)
    before = generations(tmp_path)
    put(store, ["A zebra."])
    indexes.refresh()
    assert generations(tmp_path) == before
    assert with_words(indexes, "zebra") == {41}

    put(store, ["Another zebra."])
    indexes.refresh()
    assert generations(tmp_path) != before
    assert with_words(indexes, "zebra") == {41, 42}


def test_removed_ids_stay_away(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    indexes = opened(tmp_path, store)
    put(store, ["gamma in the tail"])
    indexes.sync()

    indexes.vectors.remove([8])
    indexes.texts.remove([8, 41])

    assert 8 not in [at for at, _ in indexes.vectors.search(BAG.embed_query(TEXTS[7]), 40)]
    assert len(indexes.vectors.search(BAG.embed_query(TEXTS[7]), 5)) == 5
    assert with_words(indexes, "gamma").isdisjoint({8, 41})
    assert len(indexes.texts.search("gamma", 7)) == 7


def test_adding_an_id_again_replaces_it(store: Store, tmp_path: Path) -> None:
    put(store, TEXTS)
    embed(store)
    indexes = opened(tmp_path, store)
    indexes.vectors.add(np.array([8]), BAG.embed_passages(["something else"]))

    assert nearest(indexes, "something else") == 8
    assert len(indexes.vectors.search(BAG.embed_query("x"), 100)) == 40


@pytest.mark.parametrize("step", ["after text", "before manifest", "before sweep"])
def test_a_writer_killed_at_any_moment_harms_nothing(store: Store, tmp_path: Path, clock: Clock, step: str) -> None:
    """SIGKILL between two steps of writing a generation."""
    if not store.url.startswith("sqlite"):
        pytest.skip("the files are the same on both")
    put(store, TEXTS)
    embed(store)
    opened(tmp_path, store).close()
    put(store, ["A zebra one.", "A zebra two.", "A zebra three."])
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from kb.index import cache, local
        from kb.store import Store
        from tests.kb.search_fixtures import BagEmbedder
        def die(*_): os.kill(os.getpid(), signal.SIGKILL)
        if sys.argv[1] == "after text": local.FaissIndex.save = die
        if sys.argv[1] == "before manifest": cache.write_manifest = die
        if sys.argv[1] == "before sweep": cache.sweep = die
        with Store.open(sys.argv[2]) as store:
            local.LocalIndexes(Path(sys.argv[3]), store, BagEmbedder()).refresh()
    """)
    command = [sys.executable, "-c", script, step, store.url, str(tmp_path / "index")]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}).returncode == -signal.SIGKILL

    for _ in range(2):
        reader = opened(tmp_path, store)
        assert len(with_words(reader, "gamma")) == 8
        assert len(with_words(reader, "zebra")) == 3
        assert nearest(reader, TEXTS[7]) == 8
        clock.now = datetime.now(UTC) + timedelta(hours=1)  # the dead writer's lease has run out
    assert len(generations(tmp_path)) <= 2, "what the dead writer left goes with the next generation"
