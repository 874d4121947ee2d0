"""Vectors: claimed once, stored once, of one model; on PostgreSQL also a vector column and a tsvector."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from kb.errors import BadInput, ConfigurationError, ModelMismatch
from kb.store import Store
from kb.tables import Passages, table
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_source, a_vector, an_item

Sql = Callable[[str], list[tuple[object, ...]]]
MODEL = {"name": "model", "revision": "1", "dim": 3}


@pytest.fixture
def passages(store: Store) -> list[int]:
    """The ids of six stored passages."""
    source = store.sources.add(a_source()).id
    store.items.write_many(source, [an_item(str(n), f"line {n}\nmore {n}") for n in range(3)])
    return [row.passage_id for row in store.vectors.texts_after(0, 99)]


def claim(store: Store, owner: str = "a", limit: int = 99) -> list[int]:
    return [row.passage_id for row in store.vectors.claim_unembedded(owner=owner, limit=limit, lease_s=60)]


def save(store: Store, ids: list[int], owner: str = "a", **changes: object) -> None:
    rows = [(n, a_vector(n, 0.5, -0.25)) for n in ids]
    store.vectors.save(owner, rows, **{**MODEL, **changes})  # type: ignore[arg-type]


def test_each_passage_is_claimed_by_one_and_embedded_once(store: Store, passages: list[int], clock: Clock) -> None:
    first, second = claim(store, "a", 4), claim(store, "b", 4)
    assert (first, second) == (passages[:4], passages[4:])
    save(store, first)
    clock.forward(seconds=61)
    assert claim(store, "c") == second  # b is late
    save(store, second, "c")
    save(store, second, "b")  # late, and too late: no harm
    assert claim(store, "d") == []
    assert store.vectors.unembedded() == 0
    assert store.vectors.count() == store.items.counts()["vectors"] == 6


def test_release_gives_back_what_one_owner_holds(store: Store, passages: list[int]) -> None:
    claim(store, "a", 2), claim(store, "b", 2)
    store.vectors.release(owner="a")
    assert claim(store, "c") == passages[:2] + passages[4:]


def test_a_passage_keeps_its_first_vector(store: Store, passages: list[int]) -> None:
    save(store, passages[:1])
    store.vectors.save("b", [(passages[0], a_vector(9, 9, 9))], name="model", revision="1", dim=3)
    assert store.vectors.get(passages) == {passages[0]: a_vector(passages[0], 0.5, -0.25)}


def test_reading_in_order_for_a_cache(store: Store, passages: list[int]) -> None:
    assert (store.vectors.max_id(), store.vectors.max_text_id()) == (0, passages[-1])
    save(store, [passages[4], passages[1], passages[3]])
    assert [n for n, _ in store.vectors.after(0, 2)] == [passages[1], passages[3]]
    assert store.vectors.after(passages[3], 9) == [(passages[4], a_vector(passages[4], 0.5, -0.25))]
    assert store.vectors.ids_after(passages[1], 9) == [passages[3], passages[4]]
    assert store.vectors.max_id() == passages[4]
    assert [row.passage_id for row in store.vectors.texts_after(passages[2], 2)] == passages[3:5]


@pytest.mark.parametrize("other", [{"name": "x"}, {"revision": "2"}, {"dim": 4}])
def test_another_model_is_refused_until_all_is_dropped(
    store: Store, passages: list[int], other: dict[str, object]
) -> None:
    store.vectors.check_model("model", "1", 3)
    store.vectors.check_model("model", "1", 3)
    save(store, passages[:2])
    changed = {**MODEL, **other}
    with pytest.raises(ModelMismatch, match="stored vectors are of model 1 \\(3 dim") as caught:
        store.vectors.check_model(**changed)  # type: ignore[arg-type]
    assert caught.value.hint == "run: steelyard ingest --reembed"
    with pytest.raises(ModelMismatch):
        store.vectors.save("a", [(passages[2], bytes(4 * int(str(changed["dim"]))))], **changed)  # type: ignore[arg-type]
    store.vectors.drop_all()
    store.vectors.check_model(**changed)  # type: ignore[arg-type]
    assert store.vectors.count() == 0
    assert claim(store) == passages


def test_saving_records_the_model_and_checks_the_length(store: Store, passages: list[int]) -> None:
    with pytest.raises(BadInput, match="12 bytes, not 16"):
        save(store, passages, dim=4)
    save(store, passages)
    with pytest.raises(ModelMismatch):
        store.vectors.check_model("other", "1", 3)


def test_claiming_a_few_of_many_scans_no_table(store: Store, sql: Sql) -> None:
    """The plan, since the cost only shows at a million passages."""
    if store.db.sqlite:
        plan = sql("EXPLAIN QUERY PLAN SELECT id FROM passages WHERE passages.embedded = 0 ORDER BY id LIMIT 5")
        assert "ix_passages_unembedded" in str(plan)
        return
    with store.db.read() as conn:
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        plan_rows = conn.execute(text("EXPLAIN SELECT id FROM passages WHERE NOT embedded ORDER BY id LIMIT 5")).all()
    assert "ix_passages_unembedded" in str(plan_rows)


@pytest.mark.parametrize("back_end", ["sqlite"], indirect=True)  # PostgreSQL compares predicates by their meaning
def test_the_sqlite_dialect_spells_the_predicate_as_its_index_does(store: Store) -> None:
    with store.db.read() as conn:
        spelled = str((~table(Passages).c.embedded).compile(conn))
    assert spelled == "passages.embedded = 0"


def test_the_postgres_index_on_sqlite_is_a_wrong_setting(store: Store) -> None:
    if store.db.sqlite:
        with pytest.raises(ConfigurationError, match="needs PostgreSQL"):
            store.vectors.require_pgvector()
    else:
        store.vectors.require_pgvector()


@pytest.mark.parametrize("back_end", ["postgresql"], indirect=True)
class TestPostgres:
    def test_the_vector_column_is_filled_and_dropped_with_the_rows(
        self, store: Store, passages: list[int], sql: Sql
    ) -> None:
        save(store, passages[:2])
        stored = sql("SELECT passage_id, embedding::text FROM passage_vectors ORDER BY 1")
        assert stored == [(n, f"[{n},0.5,-0.25]") for n in passages[:2]]
        store.vectors.drop_all()
        assert sql("SELECT count(*) FROM passage_vectors") == [(0,)]

    def test_the_hnsw_index_serves_the_packaged_models_dimension(
        self, store: Store, passages: list[int], sql: Sql
    ) -> None:
        rows = [(n, a_vector(*(1.0 if k == n else 0.0 for k in range(384)))) for n in passages]
        store.vectors.save("a", rows, name="model", revision="1", dim=384)
        ask = (
            "SELECT passage_id FROM passage_vectors WHERE vector_dims(embedding) = 384 ORDER BY embedding::vector(384) "
            f"<=> (SELECT embedding FROM passage_vectors WHERE passage_id = {passages[2]})::vector(384) LIMIT 1"
        )
        assert sql(ask) == [(passages[2],)]
        with store.db.read() as conn:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
            assert "ix_passage_vectors_hnsw" in str(conn.execute(text(f"EXPLAIN {ask}")).all())

    def test_words_are_indexed_in_the_items_transaction(self, store: Store, passages: list[int], sql: Sql) -> None:
        ask = "SELECT count(*) FROM passages WHERE tsv @@ plainto_tsquery('english', '{}')"
        assert sql(ask.format("lines")) == [(3,)]  # stemmed, in the text
        assert sql(ask.format("titles headings")) == [(6,)]  # above it

    def test_pgvector_that_comes_later_is_filled(self, store: Store, passages: list[int], sql: Sql) -> None:
        with store.db.write() as conn:
            conn.execute(text("DROP TABLE passage_vectors"))
            conn.execute(text("DROP EXTENSION vector"))
        save(store, passages)  # as on a server without it
        store.vectors.require_pgvector()
        store.vectors.require_pgvector()
        assert sql("SELECT count(*) FROM passage_vectors") == [(6,)]
