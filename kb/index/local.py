"""FAISS and tantivy as caches of the store.

::

    sync     manifest replaced? -> open that generation; then read rows above the greatest id that is held here
    refresh  sync -> vectors that came late (lower ids) -> enough that is new, or nothing valid?
             -> lease "indexer" -> a new generation -> manifest -> others see it at their next sync

Every process holds all vectors in its own memory and the texts that no generation has yet in a `Tail`; so what was
stored is found at the next search, whoever writes the files, and nobody waits for the lease.
"""

import os
import socket
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from threading import Lock
from uuid import uuid4
from zlib import crc32

import numpy as np

from kb.embed import Embedder, Vector
from kb.index import Found, Ids, cache
from kb.index.faiss import FaissIndex
from kb.index.tail import Tail
from kb.index.tantivy import TantivyIndex
from kb.store import Store
from kb.types import SearchRow

LEASE, LEASE_S = "indexer", 300.0
PAGE = 2000
WRITE_PAGE = 25_000  # texts in one commit: each ends in a new segment, and merging many is most of the work
WRITE_AT_ROWS = 1000  # new rows that make writing due, or ...
WRITE_AT_SHARE = 0.05  # ... this share of what is cached
PROBES = 8
SAME = 1e-3  # largest difference of a coordinate


class LocalVectors:
    """VectorIndex of every vector in the store."""

    def __init__(self, dim: int) -> None:
        self.index = FaissIndex(dim)

    def use(self, index: FaissIndex) -> None:
        """Who searches the old one meanwhile keeps it."""
        self.index = index

    def add(self, ids: Ids, vectors: Vector) -> None:
        """int64[n], float32[n, dim]"""
        self.index.add(ids, vectors)

    def remove(self, ids: Collection[int]) -> None:
        self.index.remove(ids)

    def search(self, vector: Vector, k: int) -> Found:
        """float32[dim]"""
        return self.index.search(vector, k)


class LocalTexts:
    """TextIndex: a generation's tantivy index and the tail that came after it."""

    def __init__(self) -> None:
        self.base: TantivyIndex | None = None
        self.tail = Tail()
        self._removed: set[int] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.tail) + (len(self.base) if self.base else 0)

    def use(self, base: TantivyIndex | None) -> None:
        """Search this one, with nothing after it yet."""
        with self._lock:
            self.base, self.tail = base, Tail()

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        with self._lock:
            self.tail.add(ids, texts)
            self._removed.difference_update(ids)

    def remove(self, ids: Collection[int]) -> None:
        with self._lock:
            self._removed.update(ids)

    def search(self, query: str, k: int, within: Collection[int] | None = None, *, also: str = "") -> Found:
        with self._lock:  # the tail may be added to; a generation is not, and is searched by many at once
            removed, base = self._removed.copy(), self.base
            wanted = k + len(removed)
            found = self.tail.search(query, wanted, base, within, also=also)
        found += base.search(query, wanted, within, also=also) if base else []
        kept = [row for row in found if row[0] not in removed]
        return sorted(kept, key=lambda row: -row[1])[:k]


class LocalIndexes:
    """One thread at a time syncs or refreshes; others search what is there meanwhile."""

    def __init__(self, root: Path, store: Store, embedder: Embedder) -> None:
        self._root, self._store, self._embedder = root, store, embedder
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._work = Lock()
        self._stamp: tuple[int, int] | None = None
        self._manifest: cache.Manifest | None = None
        self._max_vector = self._max_text = 0
        self.vectors = LocalVectors(embedder.dim)
        self.texts = LocalTexts()

    def sync(self) -> None:
        if not self._work.acquire(blocking=False):
            return  # another thread is at it
        try:
            self._open_new_generation()
            self._read_new()
        finally:
            self._work.release()

    def refresh(self) -> None:
        with self._work:
            self._store.vectors.check_model(self._embedder.name, self._embedder.revision, self._embedder.dim)
            self._open_new_generation()
            if self._manifest is None and self._write(whole=True):
                return
            self._read_new()
            late, incomplete = self._read_late_vectors(), self._texts_are_incomplete()
            if late or incomplete or self._due():
                self._write(whole=incomplete)

    def close(self) -> None:
        self._store.unlease(LEASE, self._owner)

    # ------------------------------------------------------------ reading

    def _open_new_generation(self) -> None:
        """Use the generation that the manifest names, if it is another one, whole, and of this store and model."""
        stamp = cache.stamp(self._root)
        if stamp == self._stamp and stamp is not None:
            return
        self._stamp = stamp
        manifest = cache.read_manifest(self._root) if stamp else None
        if manifest is not None and self._load(manifest):
            self._manifest = manifest
        elif self._manifest is not None:
            self._forget()

    def _load(self, manifest: cache.Manifest) -> bool:
        made_by = (manifest.model, manifest.revision, manifest.dim)
        if made_by != (self._embedder.name, self._embedder.revision, self._embedder.dim):
            return False
        folder = self._root / manifest.generation
        try:
            vectors, texts = FaissIndex.load(folder / cache.VECTORS), TantivyIndex(folder / cache.TEXT)
        except (OSError, ValueError, RuntimeError):  # swept meanwhile, or torn in a way that checksums cannot show
            return False
        if not (self._same_vectors(vectors) and self._same_texts(manifest)):
            return False
        self.vectors.use(vectors)
        self.texts.use(texts)
        self._max_vector, self._max_text = int(vectors.ids.max(initial=0)), texts.max_id
        return True

    def _forget(self) -> None:
        self._manifest, self._max_vector, self._max_text = None, 0, 0
        self.vectors.use(FaissIndex(self._embedder.dim))
        self.texts.use(None)

    def _same_vectors(self, vectors: FaissIndex) -> bool:
        """A few cached vectors are the store's: the folder may be left from another database."""
        some = vectors.ids[:: max(1, len(vectors) // PROBES)][:PROBES].tolist()
        stored = self._store.vectors.get(some)
        return all(at in stored and _near(stored[at], vectors.vector(at)) for at in some)

    def _same_texts(self, manifest: cache.Manifest) -> bool:
        return self._text_probes([int(at) for at in manifest.text_probes]) == dict(manifest.text_probes)

    def _text_probes(self, ids: Collection[int]) -> dict[str, int]:
        rows = [row for at in ids for row in self._store.vectors.texts_after(at - 1, 1) if row.passage_id == at]
        return {str(row.passage_id): crc32(row.text.encode()) for row in rows}

    def _read_new(self) -> None:
        if self._store.vectors.max_id() > self._max_vector:
            self._read_vectors(self._max_vector)
        if self._store.vectors.max_text_id() > self._max_text:
            for rows in self._text_pages(self._max_text):
                self.texts.add([row.passage_id for row in rows], [row.text for row in rows])
                self._max_text = rows[-1].passage_id

    def _read_vectors(self, after: int) -> None:
        while rows := self._store.vectors.after(after, PAGE):
            after = rows[-1][0]
            self._add_vectors(rows)

    def _add_vectors(self, rows: Sequence[tuple[int, bytes]]) -> None:
        ids = np.array([at for at, _ in rows], np.int64)
        data = np.frombuffer(b"".join(data for _, data in rows), "<f4").reshape(len(rows), self._embedder.dim)
        self.vectors.add(ids, data.astype(np.float32, copy=False))
        self._max_vector = max(self._max_vector, int(ids.max()))

    def _read_late_vectors(self) -> bool:
        """Workers embed in any order, so a vector may come with a lower id than one that is here. Were there any?"""
        count = self._store.vectors.count()
        if count == len(self.vectors.index):
            return False
        if count < len(self.vectors.index):  # dropped and made anew meanwhile
            self.vectors.use(FaissIndex(self._embedder.dim))
            self._max_vector = 0
            self._read_vectors(0)
            return True
        known, after = set(self.vectors.index.ids.tolist()), 0
        while ids := self._store.vectors.ids_after(after, PAGE):
            after = ids[-1]
            if missing := [at for at in ids if at not in known]:
                self._add_vectors(sorted(self._store.vectors.get(missing).items()))
        return True

    def _text_pages(self, after: int, page: int = PAGE) -> Iterator[list[SearchRow]]:
        while rows := self._store.vectors.texts_after(after, page):
            yield rows
            after = rows[-1].passage_id

    def _texts_are_incomplete(self) -> bool:
        """On PostgreSQL a passage with a lower id may be committed after one with a higher id was read."""
        return len(self.texts) != self._store.items.counts()["passages"]

    # ------------------------------------------------------------ writing

    def _due(self) -> bool:
        held = self._manifest
        if held is None:
            return True
        new = max(len(self.texts.tail), len(self.vectors.index) - held.vector_count)
        return new >= max(1, min(WRITE_AT_ROWS, WRITE_AT_SHARE * min(held.vector_count, held.text_count)))

    def _write(self, *, whole: bool) -> bool:
        """Write a generation, its texts from the store if `whole`. False if another process is at it."""
        if not self._store.lease(LEASE, self._owner, LEASE_S):
            return False
        try:
            if self._overtaken():
                return True
            folder = cache.new_generation(self._root)
            self._write_texts(folder / cache.TEXT, whole=whole)
            self._read_vectors(self._max_vector)
            self.vectors.index.save(folder / cache.VECTORS)
            self.vectors.use(FaissIndex.load(folder / cache.VECTORS))  # mapped: frees what was built in memory
            manifest = self._describe(folder.name)
            cache.write_manifest(self._root, manifest)
            self._manifest, self._stamp = manifest, cache.stamp(self._root)
        finally:
            self._store.unlease(LEASE, self._owner)
        return True

    def _overtaken(self) -> bool:
        """Another process wrote between our look and our lease, and nothing is due any more."""
        if cache.stamp(self._root) == self._stamp:
            return False
        self._open_new_generation()
        self._read_new()
        return not self._due()

    def _write_texts(self, folder: Path, *, whole: bool) -> None:
        """The generation in use and its tail, or everything in the store."""
        if self.texts.base is None or self._manifest is None or whole:
            new = TantivyIndex(folder)
            for rows in self._text_pages(0, WRITE_PAGE):
                new.add([row.passage_id for row in rows], [row.text for row in rows])
                self._store.lease(LEASE, self._owner, LEASE_S)
        else:
            cache.copy_text(self._root / self._manifest.generation / cache.TEXT, folder)
            new = TantivyIndex(folder)
            new.add(*self.texts.tail.rows)
        self.texts.use(new)
        self._max_text = new.max_id

    def _describe(self, generation: str) -> cache.Manifest:
        some = sorted({self._max_text, self._max_text // 2, 1})
        return cache.Manifest(
            generation=generation,
            model=self._embedder.name,
            revision=self._embedder.revision,
            dim=self._embedder.dim,
            vector_count=len(self.vectors.index),
            vector_max_id=self._max_vector,
            text_count=len(self.texts),
            text_max_id=self._max_text,
            text_probes=self._text_probes(some),
        )


def _near(stored: bytes, cached: Vector) -> bool:
    """The same but for what float16 rounds off."""
    return bool(np.abs(np.frombuffer(stored, "<f4") - cached).max() < SAME)
