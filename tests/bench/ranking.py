"""BM25 over whole documents, and its sum with a cosine: what a bench of embedding alone needs of ranking."""

import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.index.tantivy import TantivyIndex

POOL = 200
_FOLDER = tempfile.TemporaryDirectory()


@lru_cache(maxsize=1)
def _index(documents: tuple[tuple[int, str], ...]) -> TantivyIndex:
    index = TantivyIndex(Path(_FOLDER.name))
    index.add([n for n, _ in documents], [text for _, text in documents])
    return index


def bm25_scores(documents: Sequence[tuple[int, str]], question: str) -> NDArray[np.float64]:
    """One score a document, in their order; 0 for what is not among the best."""
    found = dict(_index(tuple(documents)).search(question, POOL))
    return np.array([found.get(n, 0.0) for n, _ in documents])


def fused(cosines: NDArray[np.float32], words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half and half of both scores, each from 0 to 1 over the candidates of either; the rest is -1."""
    pool = np.union1d(np.argsort(-cosines)[:POOL], np.flatnonzero(words))
    total = np.full(len(cosines), -1.0)
    total[pool] = 0.5 * _scaled(cosines[pool].astype(np.float64)) + 0.5 * _scaled(words[pool])
    return total


def _scaled(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    span = float(np.ptp(scores))
    return (scores - scores.min()) / span if span else np.ones_like(scores)
