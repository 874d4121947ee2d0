"""Nearest vectors with FAISS: a trained part on disk, mapped and never changed, and an exact part in memory after it.

::

    add  -> exact part (Flat)             found at the next search, nothing is trained
    save -> few: everything Flat; many: inverted lists of float16, trained on a sample once and again when four times
            as many are held, else filled up -> lists looked into until self-check says recall -> file
    load -> mapped: opened in milliseconds, its pages shared by every process that searches

`faiss` is imported here alone. A removed id stays as a tombstone until the index is built anew.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kb.embed import Vector
from kb.index import Found, Ids

FLAT_MAX = 20_000  # up to so many, looking at each takes 3 ms and finds exactly the nearest
TRAIN_PER_LIST = 40  # FAISS asks for 39 a list; more do not help
TRAIN_ROUNDS = 8
RETRAIN_GROWTH = 4  # lists are too few, and their centres of another time
RECALL = 0.985  # of the nearest CHECK_K, over vectors that lie about as near to a stored one as a question does
CHECK_QUERIES, CHECK_K, CHECK_NOISE = 128, 50, 1.0
PAGE = 10_000
_OFFSET_BITS = 32


class FaissIndex:
    """Safe to search and to add to at once; `save` is for one at a time."""

    def __init__(self, dim: int, *, flat_max: int = FLAT_MAX) -> None:
        import faiss

        # One question is too little work to share out: on a busy machine its threads wait 10 ms for each other.
        faiss.omp_set_num_threads(1)
        self.dim, self._flat_max = dim, flat_max
        self.recall = 1.0  # as measured when the trained part was written
        self._base: Any = None
        # int64[2, n]: ids, ascending, and where each lies in the trained part
        self._places: NDArray[np.int64] = np.empty((2, 0), np.int64)
        self._added: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._max_added = 0
        self._hidden: set[int] = set()  # of the trained part: replaced since
        self._removed: set[int] = set()
        self._lock = Lock()

    @classmethod
    def load(cls, file: Path, *, flat_max: int = FLAT_MAX) -> Self:
        """RuntimeError (FAISS's own) or ValueError when the files are no index."""
        import faiss

        base = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
        self = cls(int(base.d), flat_max=flat_max)
        self._base, self._places = base, np.load(_beside(file), mmap_mode="r")
        if self._places.shape != (2, base.ntotal):
            raise ValueError(f"{file} holds {base.ntotal} vectors, the list beside it {self._places.shape}")
        return self

    @property
    def kind(self) -> str:
        """What the trained part is, in words."""
        if not _in_lists(self._base):
            return "flat"
        return f"{self._base.nlist} lists of float16, {self._base.nprobe} looked into"

    @property
    def ids(self) -> Ids:
        """int64[n], ascending in the trained part, then as added; tombstones included."""
        import faiss

        with self._lock:
            added: Ids = faiss.vector_to_array(self._added.id_map)
            kept = self._places[0]
            if self._hidden:
                kept = kept[~np.isin(kept, list(self._hidden))]
        return np.concatenate([kept, added])

    def __len__(self) -> int:
        return int(self._places.shape[1]) - len(self._hidden) + int(self._added.ntotal)

    def vector(self, passage_id: int) -> Vector:
        """float32[dim]; of the trained part as near as float16 comes. KeyError if it is not held."""
        at = int(np.searchsorted(self._places[0], passage_id))
        if at < self._places.shape[1] and self._places[0, at] == passage_id and passage_id not in self._hidden:
            vector: Vector = self._reconstruct(int(self._places[1, at]))
            return vector
        try:
            with self._lock:
                vector = self._added.reconstruct(passage_id)
        except RuntimeError as error:  # FAISS's own
            raise KeyError(passage_id) from error
        return vector

    def add(self, ids: Ids, vectors: Vector) -> None:
        """int64[n], float32[n, dim]; an id that is held gets the new vector."""
        if not len(ids):
            return
        with self._lock:
            kept = self._places[0]
            if len(kept) and ids.min() <= kept[-1]:
                at = np.minimum(np.searchsorted(kept, ids), len(kept) - 1)
                self._hidden.update(ids[kept[at] == ids].tolist())
            if ids.min() <= self._max_added:
                self._added.remove_ids(np.ascontiguousarray(ids, np.int64))
            self._added.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))
            self._max_added = max(self._max_added, int(ids.max()))
            self._removed.difference_update(ids.tolist())

    def remove(self, ids: Collection[int]) -> None:
        with self._lock:
            self._removed.update(ids)

    def search(self, vector: Vector, k: int) -> Found:
        """float32[dim]"""
        query = np.ascontiguousarray(vector[None, :], np.float32)
        with self._lock:
            gone, hidden = self._removed.copy(), self._hidden.copy()
            found = _search(self._added, query, k + len(gone))
        if self._base is not None:  # never changed, so nobody waits
            rows = _search(self._base, query, k + len(gone) + len(hidden))
            flat = not _in_lists(self._base)
            named = [(int(self._places[0, at]) if flat else at, score) for at, score in rows]
            found += [row for row in named if row[0] not in hidden]
        return sorted((row for row in found if row[0] not in gone), key=lambda row: -row[1])[:k]

    def save(self, file: Path) -> None:
        """Write everything held as one trained part; the file beside it says where each id lies."""
        import faiss

        faiss.omp_set_num_threads(os.cpu_count() or 1)
        try:
            made = self._flat() if len(self) <= self._flat_max else self._lists()
        finally:
            faiss.omp_set_num_threads(1)
        index, places = made
        faiss.write_index(index, str(file))
        with _beside(file).open("wb") as stream:
            np.save(stream, places)

    # ------------------------------------------------------------ building

    def _flat(self) -> tuple[Any, NDArray[np.int64]]:
        import faiss

        index, ids = faiss.IndexFlatIP(self.dim), []
        for some, vectors in self._pages():
            index.add(vectors)
            ids.append(some)
        held = np.concatenate([*ids, np.empty(0, np.int64)])
        order = np.argsort(held)
        sorted_index = faiss.IndexFlatIP(self.dim)
        sorted_index.add(index.reconstruct_n(0, len(held))[order] if len(held) else np.empty((0, self.dim), np.float32))
        return sorted_index, np.stack([held[order], np.arange(len(held))])

    def _lists(self) -> tuple[Any, NDArray[np.int64]]:
        """The lists that there are with what was added, or new ones."""
        import faiss

        base, added = self._base, self._added
        fits = _in_lists(base) and not self._hidden
        if fits and list_count(len(self)) < RETRAIN_GROWTH**0.5 * base.nlist:
            index = self._empty_lists(base.quantizer.reconstruct_n(0, base.nlist))
            lists: Any = faiss.InvertedLists  # its constants are unknown to its types
            base.copy_subset_to(index, lists.SUBSET_TYPE_ID_RANGE, 0, int(self._places[0, -1]) + 1)
            ids = faiss.vector_to_array(added.id_map)
            index.add_with_ids(added.index.reconstruct_n(0, added.ntotal), ids)
        else:
            index = self._trained()
            for ids, vectors in self._pages():
                index.add_with_ids(vectors, ids)
        self._check(index)
        return index, _places_in(index)

    def _trained(self) -> Any:
        """Empty lists around the centres of a sample."""
        import faiss

        lists = list_count(len(self))
        share, rng = min(1.0, TRAIN_PER_LIST * lists / len(self)), np.random.default_rng(0)
        sample = np.concatenate([vectors[rng.random(len(vectors)) < share] for _, vectors in self._pages()])
        means = faiss.Kmeans(self.dim, lists, niter=TRAIN_ROUNDS, seed=1, spherical=True)
        means.train(sample)
        return self._empty_lists(np.asarray(means.centroids))

    def _empty_lists(self, centres: Vector) -> Any:
        """A text's vector is kept as float16 of its difference from its list's centre."""
        import faiss

        nearest = faiss.IndexFlatIP(self.dim)
        nearest.add(centres)
        half, inner = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexIVFScalarQuantizer(nearest, self.dim, len(centres), half, inner)
        index.train(centres)  # the centres stay: they are there
        return index

    def _check(self, index: Any) -> None:
        """Look into as many lists as recall against exact search needs."""
        questions = self._questions()
        nearest = self._exact(questions)
        index.nprobe = max(8, index.nlist // 64)
        while True:
            _, found = index.search(questions, CHECK_K)
            hits = [len(set(a.tolist()) & set(b.tolist())) for a, b in zip(found, nearest, strict=True)]
            self.recall = float(np.mean(hits)) / CHECK_K
            if self.recall >= RECALL or index.nprobe >= index.nlist:
                return
            index.nprobe = min(index.nlist, index.nprobe * 3 // 2)

    def _questions(self) -> Vector:
        """Stored vectors with noise: cosine about 0.7 to the one that each was made from."""
        rng = np.random.default_rng(1)
        some = np.stack([self.vector(int(at)) for at in rng.choice(self.ids, CHECK_QUERIES, replace=False)])
        noise = rng.standard_normal(some.shape)
        some = some + CHECK_NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        return np.ascontiguousarray(some / np.linalg.norm(some, axis=1, keepdims=True), np.float32)

    def _exact(self, questions: Vector) -> Ids:
        """int64[questions, CHECK_K] by looking at each vector."""
        best = np.full((len(questions), CHECK_K), -2.0, np.float32)
        ids = np.zeros(best.shape, np.int64)
        for some, vectors in self._pages():
            scores = np.concatenate([best, questions @ vectors.T], axis=1)
            every = np.concatenate([ids, np.broadcast_to(some, (len(questions), len(some)))], axis=1)
            top = np.argpartition(-scores, CHECK_K - 1, axis=1)[:, :CHECK_K]
            best, ids = np.take_along_axis(scores, top, axis=1), np.take_along_axis(every, top, axis=1)
        return ids

    # ------------------------------------------------------------ what is held

    def _pages(self) -> Iterator[tuple[Ids, Vector]]:
        """(ids, vectors) of everything, in no order."""
        import faiss

        kept, places = np.asarray(self._places[0]), np.asarray(self._places[1])
        for first in range(0, len(kept), PAGE):
            some = [
                (int(at), int(place))
                for at, place in zip(kept[first : first + PAGE], places[first : first + PAGE], strict=True)
                if int(at) not in self._hidden
            ]
            if some:
                yield np.array([at for at, _ in some]), np.stack([self._reconstruct(place) for _, place in some])
        ids = faiss.vector_to_array(self._added.id_map)
        for first in range(0, len(ids), PAGE):
            some_ids = ids[first : first + PAGE]
            yield some_ids, self._added.index.reconstruct_n(first, len(some_ids))

    def _reconstruct(self, place: int) -> Vector:
        if not _in_lists(self._base):
            flat: Vector = self._base.reconstruct(place)
            return flat
        vector = np.empty(self.dim, np.float32)
        import faiss

        at, offset = place >> _OFFSET_BITS, place & ((1 << _OFFSET_BITS) - 1)
        self._base.reconstruct_from_offset(at, offset, faiss.swig_ptr(vector))
        return vector


def list_count(vectors: int) -> int:
    """Twice the square root, as a power of two: few enough to compare with all centres, small enough to look into."""
    return int(2 ** round(np.log2(2 * vectors**0.5)))


def _search(index: Any, query: Vector, k: int) -> Found:
    wanted = min(k, index.ntotal)
    if wanted < 1:
        return []
    scores, ids = index.search(query, wanted)
    return [(at, score) for at, score in zip(ids[0].tolist(), scores[0].tolist(), strict=True) if at >= 0]


def _places_in(index: Any) -> NDArray[np.int64]:
    """int64[2, n]: ids, ascending, and list and offset of each in one number."""
    import faiss

    ids, places = [], []
    for at in range(index.nlist):
        size = index.invlists.list_size(at)
        if size:
            ids.append(faiss.rev_swig_ptr(index.invlists.get_ids(at), size).copy())
            places.append((at << _OFFSET_BITS) + np.arange(size))
    held = np.concatenate(ids)
    order = np.argsort(held)
    return np.stack([held[order], np.concatenate(places)[order]])


def _beside(file: Path) -> Path:
    return file.with_suffix(".npy")


def _in_lists(index: Any) -> bool:
    import faiss

    return isinstance(index, faiss.IndexIVFScalarQuantizer)
