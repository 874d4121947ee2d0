"""Our ranks against an independent library's (pymcdm) over 1,000 random problems of 6 to 20 options, ten criteria.

Measured (Kendall's tau, mean over the problems; `tests.bench.bench_decide` prints it):

- additive value (their WSM without normalisation): 1.000. It is the same formula; any difference would be a defect.
- PROMETHEE II with a linear preference over the whole scale: 1.000. Its net flow is the additive value less the mean.
- TOPSIS: about 0.8. It stretches each criterion to the range of the options at hand, so a criterion on which all are
  alike counts as much as one on which they differ, and it measures distances to an ideal made of the best values: both
  depend on the set, which is why it can reverse two options when a third is added. Ours cannot.
- PROMETHEE II with the usual preference: about 0.8. It counts who is better on a criterion, not by how much.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pymcdm.methods import PROMETHEE_II, TOPSIS, WSM
from scipy.stats import kendalltau

from kb.decide.table import Values, scores

PROBLEMS = 1000
CRITERIA = 10
Array = NDArray[np.float64]


def problem(seed: int) -> tuple[Array, Array]:
    """Values of the options, [options, 10], and weights."""
    rng = np.random.default_rng([seed, 97])
    return rng.random((int(rng.integers(6, 21)), CRITERIA)), rng.dirichlet(np.ones(CRITERIA))


def ours(values: Array, weights: Array) -> Array:
    """The engine's own scoring: cost and quality apart, the rest fixed."""
    fixed = values.copy()
    fixed[:, [0, 2]] = 0
    of = Values(cost=values[:, [0]], quality=values[:, [2]], fixed=fixed)
    return scores(of, weights.reshape(1, -1))[:, 0]


def topsis(values: Array, weights: Array) -> Array:
    ranked: Array = TOPSIS()(values, weights, np.ones(CRITERIA))
    return ranked


def as_it_is(column: Array, cost: bool = False) -> Array:
    return column


METHODS: dict[str, tuple[Callable[[], object], float, float]] = {  # least and most mean tau expected
    "additive value": (lambda: WSM(normalization_function=as_it_is), 1.0, 1.0),
    "PROMETHEE II, linear": (lambda: PROMETHEE_II("vshape_2", p=np.ones(CRITERIA), q=np.zeros(CRITERIA)), 1.0, 1.0),
    "TOPSIS": (TOPSIS, 0.7, 0.95),
    "PROMETHEE II, usual": (lambda: PROMETHEE_II("usual"), 0.7, 0.95),
}


def mean_tau(name: str, problems: int = PROBLEMS) -> float:
    taus = []
    for seed in range(problems):
        values, weights = problem(seed)
        method = METHODS[name][0]()  # PROMETHEE's preference functions are spent after one use
        theirs = method(values, weights, np.ones(CRITERIA))  # type: ignore[operator]
        taus.append(kendalltau(ours(values, weights), theirs).statistic)
    return float(np.mean(taus))


@pytest.mark.parametrize("name", METHODS)
def test_rank_agreement(name: str) -> None:
    _, least, most = METHODS[name]
    tau = mean_tau(name)
    print(f"{name}: mean Kendall tau {tau:.3f} over {PROBLEMS} problems")
    assert least - 1e-9 <= tau <= most + 1e-9


def test_topsis_reverses_ranks_and_ours_does_not() -> None:
    """Why additive value on fixed anchors: the reason for disagreeing, shown."""
    reversed_by: dict[str, int] = {"ours": 0, "TOPSIS": 0}
    for seed in range(100):
        values, weights = problem(seed)
        added = np.vstack([values, np.random.default_rng([seed, 3]).random(CRITERIA)])
        for name, rank in (("ours", ours), ("TOPSIS", topsis)):
            before, after = rank(values, weights), rank(added, weights)[:-1]
            reversed_by[name] += not np.array_equal(np.argsort(before), np.argsort(after))
    assert reversed_by["ours"] == 0
    assert reversed_by["TOPSIS"] > 0
