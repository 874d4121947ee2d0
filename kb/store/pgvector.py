"""The pgvector copy of the vectors: PostgreSQL only, and only where the server has the extension.

The column has no fixed dimension, so a model of another one can be stored; the HNSW index covers the packaged
model's 384. https://github.com/pgvector/pgvector#can-i-store-vectors-with-different-dimensions-in-the-same-column
"""

import struct
from collections.abc import Sequence

from sqlalchemy import Connection, exc, text

from kb.store.engine import Db

INDEXED_DIM = 384

_TABLE = """
CREATE TABLE IF NOT EXISTS passage_vectors (
    passage_id bigint PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    embedding vector NOT NULL
)"""
_INDEX = f"""
CREATE INDEX IF NOT EXISTS ix_passage_vectors_hnsw ON passage_vectors
USING hnsw ((embedding::vector({INDEXED_DIM})) vector_cosine_ops) WHERE vector_dims(embedding) = {INDEXED_DIM}"""
_FILL = text(
    "INSERT INTO passage_vectors (passage_id, embedding) VALUES (:passage_id, CAST(:embedding AS vector)) "
    "ON CONFLICT (passage_id) DO NOTHING"
)


def create(conn: Connection) -> bool:
    """Create the extension, table and index if the server can; idempotent. Says whether they are there."""
    known = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
    if conn.execute(text(known)).first() is None:
        return False
    try:
        with conn.begin_nested():
            conn.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    except exc.DBAPIError:  # not ours to create: a superuser's extension on some servers
        return False
    conn.execute(text(_TABLE))
    conn.execute(text(_INDEX))
    return True


def present(db: Db, conn: Connection) -> bool:
    return not db.sqlite and conn.scalar(text("SELECT to_regclass('passage_vectors')")) is not None


def fill(conn: Connection, rows: Sequence[tuple[int, bytes]]) -> None:
    """Copy float32 little-endian vectors into the vector column."""
    conn.execute(_FILL, [{"passage_id": passage_id, "embedding": _literal(data)} for passage_id, data in rows])


def clear(conn: Connection) -> None:
    conn.execute(text("TRUNCATE passage_vectors"))


def _literal(data: bytes) -> str:
    numbers = struct.unpack(f"<{len(data) // 4}f", data)
    return f"[{','.join(f'{number:.9g}' for number in numbers)}]"
