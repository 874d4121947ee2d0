"""How the weights of kb/answerable are fitted: python -m tests.eval.answerability

A regularised logistic model over the signs of the development questions. Folds hold both wordings of one question, and
the threshold is chosen inside each fold, so the F1 printed is what new questions may expect; ten plans of folds show
how much of it is chance.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kb.answerable import Signs, signs
from kb.embed import load_embedder
from kb.index import open_indexes
from kb.retrieve import Retriever
from kb.settings import Settings
from tests.eval import house, retrieval
from tests.eval.corpus import open_corpus
from tests.eval.kept import CACHE, KeptEmbedder
from tests.eval.knowledge import NOW
from tests.eval.questions import SHARED
from tests.eval.retrieval_set import Question, development

FOLDS, PLANS, REGULARISED, K = 5, 10, 0.5, 10
THRESHOLDS = np.linspace(0.3, 0.9, 61)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def signs_of(asked: Sequence[Question]) -> Floats:
    """float[n, signs]"""
    embedder = KeptEmbedder(load_embedder(Settings(home=CACHE.parent)))
    with tempfile.TemporaryDirectory() as home, open_corpus(Path(home), SHARED, embedder) as store:
        indexes = open_indexes(Settings(home=Path(home)), store, embedder)
        search = Retriever(store, embedder, indexes, clock=lambda: NOW).search
        return np.array([astuple(signs(q.text, search(q.text, filter=retrieval.filter_of(q), k=K))) for q in asked])


def fitted(found: Floats, answerable: Flags) -> tuple[Floats, float]:
    """Weights of the signs as they are, and the bias."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISED, max_iter=1000)).fit(found, answerable)
    scale, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scale.scale_
    return weights, float(logistic.intercept_[0] - weights @ scale.mean_)


def best_threshold(chances: Floats, answerable: Flags) -> float:
    """Where abstaining below it has its best F1."""

    def f1(threshold: float) -> float:
        said = chances < threshold
        return float(2 * (said & ~answerable).sum() / (said.sum() + (~answerable).sum()))

    return float(max(THRESHOLDS, key=f1))


def chances_of(found: Floats, weights: Floats, bias: float) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-(found @ weights + bias)))
    return chances


def cross_validated(found: Floats, answerable: Flags, fold: NDArray[np.int64]) -> tuple[Flags, Floats]:
    """For each question what a model says that did not see it, and its chance."""
    said, chances = np.zeros(len(fold), bool), np.zeros(len(fold))
    for part in range(FOLDS):
        seen = fold != part
        weights, bias = fitted(found[seen], answerable[seen])
        threshold = best_threshold(chances_of(found[seen], weights, bias), answerable[seen])
        chances[~seen] = chances_of(found[~seen], weights, bias)
        said[~seen] = chances[~seen] < threshold
    return said, chances


def folds_of(asked: Sequence[Question], seed: int) -> NDArray[np.int64]:
    """int[n]: both wordings of one question in one fold."""
    texts = sorted({q.text.lower() for q in asked})
    shuffled = np.random.default_rng(seed).permutation(len(texts)) % FOLDS
    place = dict(zip(texts, shuffled, strict=True))
    return np.array([place[q.text.lower()] for q in asked])


def main() -> None:
    asked = development()
    found, answerable = signs_of(asked), np.array([q.answerable for q in asked])
    thresholds = []
    for seed in range(PLANS):
        said, chances = cross_validated(found, answerable, folds_of(asked, seed))
        thresholds.append(best_threshold(chances, answerable))
        rows = house.f1_row("answerability", f"plan {seed}", "abstention", list(said), list(~answerable))
        print(*(f"{row.measure} {row.value:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in rows))
    weights, bias = fitted(found, answerable)
    print(f"BIAS = {bias:.2f}", *(f"{f.name}={w:.2f}" for f, w in zip(fields(Signs), weights, strict=True)))
    print(f"THRESHOLD = {np.median(thresholds):.2f}")


if __name__ == "__main__":
    main()
