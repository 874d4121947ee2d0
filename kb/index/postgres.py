"""The same two indexes inside PostgreSQL: pgvector for vectors, tsvector for words. The only SQL outside `kb.store`.

Index rows are written in the transactions of `kb.store`, so there is nothing to add, refresh or tear here. The tables
are described in kb/tables.py.
"""

from collections.abc import Collection

from sqlalchemy import text

from kb.embed import Vector
from kb.index import Found, Ids
from kb.index.postgres_words import PgTexts
from kb.store import Store
from kb.store.engine import Db
from kb.store.pgvector import INDEXED_DIM

MAX_EF_SEARCH = 1000  # pgvector's own limit

_NEAREST = """
SELECT passage_id, 1 - (embedding{cast} <=> CAST(:vector AS vector)) AS score FROM passage_vectors
WHERE vector_dims(embedding) = {dim} ORDER BY embedding{cast} <=> CAST(:vector AS vector) LIMIT :k"""


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
