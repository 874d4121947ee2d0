"""What a question asks of the database is found through indexes, whatever the filter: no large table is read whole.

Both databases prefer to read small tables whole. SQLite is told that these are large, by its own statistics; PostgreSQL
not to read them so: what it then still reads whole has no index.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from kb.index import open_indexes
from kb.retrieve import Retriever
from kb.settings import load_settings
from kb.store import Store
from kb.types import Filter, Topic, utc_now
from tests.kb.search_fixtures import BagEmbedder, embed, put

LARGE = r"passages|passage_vectors|vectors|item_versions|items|story_items|p|v|i"
FILTERS = {
    "none": Filter(),
    "since": Filter(since=datetime(2100, 1, 1, tzinfo=UTC).date()),
    "until": Filter(until=datetime(2001, 1, 1, tzinfo=UTC).date()),
    "as of": Filter(as_of=datetime(2030, 1, 1, tzinfo=UTC).date()),
    "publisher": Filter(publisher="Nobody"),
    "workspace": Filter(workspace_id="T1"),
    "topic": Filter(topics=frozenset({Topic.PRICE})),
}


@contextmanager
def listened(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are run meanwhile, as the driver gets them."""
    heard: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            heard.append((statement, given))

    with store.db.read() as conn:
        engine = conn.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(store: Store, statement: str, given: Any) -> list[str]:
    with store.db.read() as conn:
        if store.db.sqlite:
            rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            return [row[3] for row in rows]
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        return [row[0] for row in conn.exec_driver_sql(f"EXPLAIN {statement}", given).all()]


def whole_tables(steps: list[str]) -> list[str]:
    """Steps that read all of a large table. A scan along an index, cut off by a LIMIT, reads no more than that."""
    return [step for step in steps if re.match(rf"SCAN ({LARGE})\b(?! USING)|.*Seq Scan on ({LARGE})\b", step)]


def as_if_large(store: Store) -> None:
    """Statistics of twenty thousand times as many rows; a value that all rows share is shared by all of those."""
    with store.db.write() as conn:
        conn.execute(text("ANALYZE"))
        if not store.db.sqlite:
            return
        for table, index, stat in conn.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1")).all():
            rows, *shared = stat.split()
            many = [str(int(n) * 20_000) if n == rows else n for n in (rows, *shared)]
            conn.execute(
                text("UPDATE sqlite_stat1 SET stat = :stat WHERE tbl = :tbl AND idx IS :idx"),
                {"stat": " ".join(many), "tbl": table, "idx": index},
            )


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("index", ["local", "postgres"])
def test_no_question_reads_a_large_table_whole(store: Store, tmp_path: Any, index: str, name: str) -> None:
    if index == "postgres" and store.db.sqlite:
        pytest.skip("the postgres index needs PostgreSQL")
    put(store, [f"Passage number {n} speaks of price and licence." for n in range(60)])
    embed(store)
    one = BagEmbedder()
    indexes = open_indexes(load_settings(home=tmp_path, index=index), store, one)
    search = Retriever(store, one, indexes, utc_now)

    with listened(store) as heard:
        search.search("what is the price?", filter=FILTERS[name])
    as_if_large(store)

    assert heard
    with Store.open(store.url) as again:  # statistics are read when a database is opened
        for statement, given in heard:
            steps = plan(again, statement, given)
            assert not whole_tables(steps), "\n".join([statement, *steps])
