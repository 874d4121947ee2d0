"""The same two indexes inside PostgreSQL: pgvector for vectors, tsvector for words. The only SQL outside `kb.store`.

Index rows are written in the transactions of `kb.store`, so there is nothing to add, refresh or tear here. The tables
are described in kb/tables.py.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text

from kb.embed import Vector
from kb.index import ALSO_WEIGHT, Found, Ids
from kb.store import Store
from kb.store.engine import Db
from kb.store.pgvector import INDEXED_DIM

MAX_TERMS = 64
MAX_EF_SEARCH = 1000  # pgvector's own limit

_NEAREST = """
SELECT passage_id, 1 - (embedding{cast} <=> CAST(:vector AS vector)) AS score FROM passage_vectors
WHERE vector_dims(embedding) = {dim} ORDER BY embedding{cast} <=> CAST(:vector AS vector) LIMIT :k"""

_WORDS = """
SELECT id, ts_rank(tsv, query, 1) + :weight * ts_rank(tsv, also, 1) AS score
FROM passages, to_tsquery('english', :query) AS query, to_tsquery('english', :also) AS also
WHERE tsv @@ (query || also) {within} ORDER BY score DESC, id LIMIT :k"""


class PgVectors:
    """VectorIndex on `passage_vectors`; HNSW for the packaged model's dimension, a scan for another's."""

    def __init__(self, db: Db, dim: int) -> None:
        cast = f"::vector({dim})" if dim == INDEXED_DIM else ""
        self._db, self._nearest = (
            db,
            text(_NEAREST.replace("::", r"\:\:").format(cast=cast.replace("::", r"\:\:"), dim=dim)),
        )

    def add(self, ids: Ids, vectors: Vector) -> None:
        """Nothing: `VectorStore.save` wrote the row."""

    def remove(self, ids: Collection[int]) -> None:
        """Nothing: the row goes with its passage."""

    def search(self, vector: Vector, k: int) -> Found:
        """float32[dim]"""
        given = {"vector": f"[{','.join(f'{x:.9g}' for x in vector.tolist())}]", "k": k}
        with self._db.read() as conn:
            # HNSW returns at most ef_search rows. https://github.com/pgvector/pgvector#query-options
            conn.execute(
                text("SELECT set_config('hnsw.ef_search', :ef, true)"), {"ef": str(min(max(40, 2 * k), MAX_EF_SEARCH))}
            )
            return [(int(row.passage_id), float(row.score)) for row in conn.execute(self._nearest, given)]


class PgTexts:
    """TextIndex on `passages.tsv`."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Nothing: the column is generated."""

    def remove(self, ids: Collection[int]) -> None:
        """Nothing: the column goes with its row."""

    def search(self, query: str, k: int, within: Collection[int] | None = None, *, also: str = "") -> Found:
        own, lent = _any_of(query), _any_of(also)
        if not own and not lent:
            return []
        given: dict[str, Any] = {"query": own, "also": lent, "weight": ALSO_WEIGHT, "k": k}
        if within is not None:
            given["ids"] = [int(at) for at in within]
        statement = text(_WORDS.format(within="" if within is None else "AND id = ANY(:ids)"))
        with self._db.read() as conn:
            return [(int(row.id), float(row.score)) for row in conn.execute(statement, given)]


def _any_of(words: str) -> str:
    """Only letters and digits reach to_tsquery, each word quoted: nothing typed is read as its syntax."""
    found = list(dict.fromkeys(re.findall(r"[^\W_]+", words.lower())))[:MAX_TERMS]
    return " | ".join(f"'{word}'" for word in found)


class PostgresIndexes:
    def __init__(self, store: Store, dim: int) -> None:
        """ConfigurationError where the database is no PostgreSQL with pgvector."""
        store.vectors.require_pgvector()
        self.vectors, self.texts = PgVectors(store.db, dim), PgTexts(store.db)

    def sync(self) -> None:
        """Nothing: what is committed is indexed."""

    def refresh(self) -> None:
        """Nothing: what is committed is indexed."""

    def close(self) -> None:
        """Nothing is held."""
