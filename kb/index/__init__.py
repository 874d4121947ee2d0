"""Vector and text search over stored passages: the ports, and the one function that opens them.

`local` keeps FAISS and tantivy caches under `settings.index_dir`; `postgres` asks pgvector and tsvector. Either way
the database is the truth: a cache may be deleted at any time.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedder, Vector
from kb.settings import Settings
from kb.store import Store

ALSO_WEIGHT = 0.7  # of a word that a thesaurus lent, beside 1 for the asker's own: tuned on our open questions

Ids = NDArray[np.int64]
Found = list[tuple[int, float]]
"""(passage id, score), best first."""


class VectorIndex(Protocol):
    """Inner product of L2-normalised vectors: the cosine. Ids are passage ids; adding one again replaces it."""

    def add(self, ids: Ids, vectors: Vector) -> None:
        """int64[n], float32[n, dim]"""

    def remove(self, ids: Collection[int]) -> None: ...

    def search(self, vector: Vector, k: int) -> Found:
        """float32[dim]; at most k, cosine in [-1, 1]."""


class TextIndex(Protocol):
    """Lexical search. A query is words, never syntax: any text may be given. Higher scores are better."""

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None: ...

    def remove(self, ids: Collection[int]) -> None: ...

    def search(self, query: str, k: int, within: Collection[int] | None = None, *, also: str = "") -> Found:
        """Passages with any of the words, at most k; only those of `within` if given. Words of `also` count less."""


class Indexes(Protocol):
    """Both indexes of one process, safe to share between its threads."""

    @property
    def vectors(self) -> VectorIndex: ...

    @property
    def texts(self) -> TextIndex: ...

    def sync(self) -> None:
        """See what was stored since; cheap, done before each search."""

    def refresh(self) -> None:
        """`sync`, then write the caches if they are due and no other process is writing them."""

    def close(self) -> None: ...


def open_indexes(settings: Settings, store: Store, embedder: Embedder) -> Indexes:
    """The indexes that the settings name, up to date. ModelMismatch if the stored vectors are another model's."""
    store.vectors.check_model(embedder.name, embedder.revision, embedder.dim)
    if settings.index == "postgres":
        from kb.index.postgres import PostgresIndexes

        return PostgresIndexes(store, embedder.dim)
    from kb.index.local import LocalIndexes

    indexes = LocalIndexes(settings.index_dir, store, embedder)
    indexes.refresh()
    return indexes
