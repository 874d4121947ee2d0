"""Vectors: the truth that every index caches, and the one model that made them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from kb.errors import BadInput, ConfigurationError, ModelMismatch
from kb.store import claims, pgvector
from kb.store.engine import IN_CLAUSE, Db
from kb.store.rows import to_search_row
from kb.tables import Passages, Settings, Vectors, table
from kb.types import SearchRow

SCOPE, KEY = "embedding", "model"

_p, _v, _settings = table(Passages), table(Vectors), table(Settings)


class VectorStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def check_model(self, name: str, revision: str, dim: int) -> None:
        """Record the model on first use; afterwards any other is a ModelMismatch."""
        with self._db.read() as conn:
            known = _recorded(conn)
        if known is None:
            with self._db.write() as conn:
                known = self._record(conn, name, revision, dim)
        _compare(known, (name, revision, dim))

    def claim_unembedded(self, *, owner: str, limit: int, lease_s: float) -> list[SearchRow]:
        """Lease passages without a vector, oldest first; the text is what is to be embedded."""
        want = claims.Claim(owner, limit, lease_s)
        rows = claims.claim(self._db, _p, want, ~_p.c.embedded, order=(_p.c.id,))
        return [to_search_row(row) for row in rows]

    def release(self, *, owner: str) -> None:
        """Give back every passage that `owner` still holds (an embedder that stops early)."""
        with self._db.write() as conn:
            held = _p.update().where(~_p.c.embedded, _p.c.lease_owner == owner)
            conn.execute(held.values(**claims.FREE))

    def save(self, owner: str, rows: Sequence[tuple[int, bytes]], *, name: str, revision: str, dim: int) -> None:
        """Store (passage id, float32 little-endian) rows; a passage that got its vector meanwhile keeps it."""
        for passage_id, data in rows:
            if len(data) != 4 * dim:
                raise BadInput(f"the vector of passage {passage_id} has {len(data)} bytes, not {4 * dim}")
        if not rows:
            return
        made = {"model": name, "revision": revision, "dim": dim}
        with self._db.write() as conn:
            _compare(self._record(conn, name, revision, dim), (name, revision, dim))
            values = [{"passage_id": passage_id, "data": data, **made} for passage_id, data in rows]
            conn.execute(self._db.insert(_v).on_conflict_do_nothing(), values)
            if pgvector.present(self._db, conn):
                pgvector.fill(conn, rows)
            for first in range(0, len(rows), IN_CLAUSE):
                ids = [passage_id for passage_id, _ in rows[first : first + IN_CLAUSE]]
                conn.execute(_p.update().where(_p.c.id.in_(ids)).values(embedded=True, **claims.FREE))

    def after(self, passage_id: int, limit: int) -> list[tuple[int, bytes]]:
        """(passage id, vector) with greater ids, ascending."""
        query = select(_v.c.passage_id, _v.c.data).where(_v.c.passage_id > passage_id)
        with self._db.read() as conn:
            return [(row.passage_id, row.data) for row in conn.execute(query.order_by(_v.c.passage_id).limit(limit))]

    def texts_after(self, passage_id: int, limit: int) -> list[SearchRow]:
        """Passages with greater ids, ascending, as indexed: what stands above them, then their text."""
        query: Select[Any] = select(_p.c.id, _p.c.context, _p.c.text).where(_p.c.id > passage_id)
        with self._db.read() as conn:
            return [to_search_row(row) for row in conn.execute(query.order_by(_p.c.id).limit(limit))]

    def get(self, ids: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        with self._db.read() as conn:
            for first in range(0, len(ids), IN_CLAUSE):
                some = _v.c.passage_id.in_([int(n) for n in ids[first : first + IN_CLAUSE]])
                found.update({row.passage_id: row.data for row in conn.execute(select(_v).where(some))})
        return found

    def ids_after(self, passage_id: int, limit: int) -> list[int]:
        """Ids of passages that have a vector, ascending: cheap, to find what a cache lacks."""
        query = select(_v.c.passage_id).where(_v.c.passage_id > passage_id).order_by(_v.c.passage_id).limit(limit)
        with self._db.read() as conn:
            return list(conn.scalars(query))

    def count(self) -> int:
        return self._number(select(func.count()).select_from(_v))

    def max_id(self) -> int:
        """The greatest passage id that has a vector, 0 if none has."""
        return self._number(select(func.max(_v.c.passage_id)))

    def max_text_id(self) -> int:
        return self._number(select(func.max(_p.c.id)))

    def unembedded(self) -> int:
        """How many passages wait for their vector."""
        return self._number(select(func.count()).select_from(_p).where(~_p.c.embedded))

    def drop_all(self) -> None:
        """Forget every vector and the model: each passage waits for a new one."""
        with self._db.write() as conn:
            if pgvector.present(self._db, conn):
                pgvector.clear(conn)
            conn.execute(_v.delete())
            conn.execute(_p.update().where(_p.c.embedded).values(embedded=False, **claims.FREE))
            conn.execute(_settings.delete().where(_settings.c.scope == SCOPE, _settings.c.key == KEY))

    def require_pgvector(self) -> None:
        """Make sure that `passage_vectors` is there and filled; ConfigurationError where the server cannot."""
        if self._db.sqlite:
            raise ConfigurationError("the postgres index needs PostgreSQL", hint="set STEELYARD_INDEX=local")
        with self._db.write() as conn:
            if pgvector.present(self._db, conn):
                return
            if not pgvector.create(conn):
                raise ConfigurationError(
                    "the database server has no pgvector extension",
                    hint="install pgvector and run CREATE EXTENSION vector, or set STEELYARD_INDEX=local",
                )
            last = 0
            while rows := conn.execute(_batch_after(last)).all():
                pgvector.fill(conn, [(row.passage_id, row.data) for row in rows])
                last = rows[-1].passage_id

    def _number(self, query: Any) -> int:
        with self._db.read() as conn:
            return int(conn.scalar(query) or 0)

    def _record(self, conn: Connection, name: str, revision: str, dim: int) -> tuple[str, str, int]:
        known = _recorded(conn)
        if known is not None:
            return known
        value = json.dumps([name, revision, dim])
        row = {"scope": SCOPE, "key": KEY, "value": value, "updated_at": self._db.now(), "workspace_id": None}
        conn.execute(self._db.insert(_settings).on_conflict_do_nothing(), row)
        return _recorded(conn) or (name, revision, dim)


def _batch_after(passage_id: int) -> Any:
    after = select(_v.c.passage_id, _v.c.data).where(_v.c.passage_id > passage_id)
    return after.order_by(_v.c.passage_id).limit(IN_CLAUSE)


def _recorded(conn: Connection) -> tuple[str, str, int] | None:
    here = (_settings.c.scope == SCOPE, _settings.c.key == KEY, _settings.c.workspace_id.is_(None))
    value = conn.scalar(select(_settings.c.value).where(*here))
    if value is None:
        return None
    name, revision, dim = json.loads(value)
    return str(name), str(revision), int(dim)


def _compare(known: tuple[str, str, int], given: tuple[str, str, int]) -> None:
    if known != given:
        stored, wanted = (f"{name} {revision} ({dim} dimensions)" for name, revision, dim in (known, given))
        raise ModelMismatch(
            f"the stored vectors are of {stored}, not of {wanted}", hint="run: steelyard ingest --reembed"
        )
