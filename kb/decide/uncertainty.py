"""Seeded draws over weights and inputs: how often is each option the best one?

Every drawn input has a stream of its own, keyed by the seed and its name: adding an option leaves the others' draws
as they were, and the first n draws are the same however many are taken.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kb.decide import table as t
from kb.decide.arrays import column, work_array
from kb.decide.assumptions import (
    DERATE,
    ESCALATED,
    OVERHEAD,
    PEAK,
    PEAK_STATED,
    STAFF,
    TOKENISER,
    VOLUME_ASSUMED,
    VOLUME_STATED,
    Assumptions,
    Range,
    salary_range,
)
from kb.decide.cost import work_of
from kb.decide.formulas import FloatArray, Work
from kb.decide.table import Table
from kb.decide.types import Option
from kb.decide.use_case import UseCase
from kb.decide.value import NAMES

DRAWS = 5000
ALPHA = 20.0  # Dirichlet concentration around the stated weights
RANKS = 5
_LEAST_WEIGHT = 1e-6
_FEW = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """What varies for all options alike."""

    seed: int
    count: int
    work: Work[FloatArray]
    weights: FloatArray  # [draws, 10]


def stream(seed: int, name: str) -> np.random.Generator:
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
    return np.random.default_rng([seed, key])


def triangular(uniform: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
    """Inverse of the triangular distribution; a range of no width gives its one value."""
    width = np.maximum(high - low, 1e-12)
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1 - uniform) * width * (high - mode))
    return np.where(uniform * width < mode - low, rising, falling)


def _drawn(seed: int, name: str, count: int, of: Range) -> FloatArray:
    low, mode, high = (np.float64(part) for part in of)
    return triangular(stream(seed, name).random(count), np.array(low), np.array(mode), np.array(high))


def _volume(use_case: UseCase) -> Range:
    return VOLUME_STATED if use_case.is_known("requests_per_month") else VOLUME_ASSUMED


def _peak(use_case: UseCase) -> Range:
    if use_case.is_known("peak_factor") and use_case.peak_factor is not None:
        return PEAK_STATED.times(use_case.peak_factor)
    return PEAK


def draw_weights(weights: Mapping[str, float], seed: int, count: int) -> FloatArray:
    """[draws, 10], each row summing to one. A weight of zero stays (nearly) zero."""
    alpha = ALPHA * np.maximum([weights[name] for name in NAMES], _LEAST_WEIGHT)
    return stream(seed, "weights").dirichlet(alpha, size=count)


def make_draws(
    use_case: UseCase, assumed: Assumptions, weights: Mapping[str, float], *, seed: int, count: int = DRAWS
) -> Draws:
    point = work_array(work_of(use_case, assumed))

    def drawn(name: str, of: Range) -> FloatArray:
        return _drawn(seed, name, count, of)

    work = replace(
        point,
        requests=point.requests * drawn("volume", _volume(use_case)),
        peak=np.maximum(1.0, drawn("peak", _peak(use_case))),
        derate=drawn("derate", DERATE),
        overhead=drawn("overhead", OVERHEAD),
        salary=drawn("salary", salary_range(use_case)),
        staff=drawn("staff", STAFF),
        escalated=drawn("escalated", ESCALATED),
    )
    return Draws(seed=seed, count=count, work=work, weights=draw_weights(weights, seed, count))


@lru_cache(maxsize=4096)
def _few(seed: int, name: str, count: int) -> FloatArray:
    """Draws for the many quick looks of one decision; the same whatever is in the cache."""
    return stream(seed, name).random(count)


def _uniform(seed: int, name: str, count: int) -> FloatArray:
    return _few(seed, name, count) if count <= _FEW else stream(seed, name).random(count)


def _each_once(seed: int, name: str, slugs: Sequence[str], count: int, ranges: FloatArray) -> FloatArray:
    """[options, draws] from `ranges` [options, 3]; options that share a model share its draws, computed once."""
    place: dict[tuple[object, ...], int] = {}
    rows = [place.setdefault((slug, *of), len(place)) for slug, of in zip(slugs, ranges.tolist(), strict=True)]
    _, once = np.unique(rows, return_index=True)
    uniform = _uniforms(seed, [f"{name}:{slugs[row]}" for row in once], count)
    low, mode, high = (ranges[once][:, [at]] for at in range(3))
    return triangular(uniform, low, mode, high)[rows]


def _uniforms(seed: int, names: Sequence[str], count: int) -> FloatArray:
    """[names, draws]; the same name has the same stream wherever it stands."""
    known = {name: _uniform(seed, name, count) for name in dict.fromkeys(names)}
    return np.array([known[name] for name in names]).reshape(len(names), count)


def _tokeniser(options: Sequence[Option], draws: Draws) -> FloatArray:
    """[options, draws]: a range around 1, or nothing drawn where the model's own factor is known."""
    if not options:
        return np.ones((0, draws.count))
    unknown = [float(part) for part in TOKENISER]
    known = [float(o.model.tokeniser_factor) for o in options]
    ranges = np.array([unknown if factor == 1 else [factor] * 3 for factor in known])
    return _each_once(draws.seed, "tokeniser", [o.model.slug for o in options], draws.count, ranges)


def _capability(table: Table, draws: Draws) -> FloatArray:
    """[options, draws]: within the error around the index."""
    middle, error = table.capability, table.capability_error
    ranges = np.hstack([middle - error, middle, middle + error])
    return _each_once(draws.seed, "capability", [o.model.slug for o in table.options], draws.count, ranges)


def disputed_range(option: Option) -> tuple[float, float]:
    """Lowest and highest factor on the price where sources disagree."""
    price = option.price
    if price is None:
        return 1.0, 1.0
    pairs = ((price.low, price.input), (price.low_output, price.output))
    factors = [1.0, *(float(other / said) for other, said in pairs if other is not None and said)]
    return min(factors), max(factors)


def _disputed(options: Sequence[Option], draws: Draws) -> FloatArray:
    """[options, draws]: uniform between the prices that disagree; [options, 1] of ones where none does."""
    ranges = [disputed_range(o) for o in options]
    if all(low == high for low, high in ranges):
        return np.ones((len(options), 1))
    uniform = _uniforms(draws.seed, [f"price:{o.id}" for o in options], draws.count)
    low, high = column([low for low, _ in ranges]), column([high for _, high in ranges])
    return low + uniform * (high - low)


def drawn_table(table: Table, draws: Draws) -> Table:
    """The table with what varies by option drawn: tokeniser, disputed price, capability."""
    metered = [table.options[row] for row in table.metered]
    hosted = [table.options[row] for row in table.hosted]
    return replace(
        table,
        rates=replace(table.rates, tokens=_tokeniser(metered, draws), disputed=_disputed(metered, draws)),
        machines=replace(table.machines, tokens=_tokeniser(hosted, draws)),
        capability=_capability(table, draws),
        parts=None if table.parts is None else (drawn_table(table.parts[0], draws), drawn_table(table.parts[1], draws)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What the draws say: USD a month and score, [options, draws], and C2's spread, [options, 1]."""

    usd: FloatArray
    scores: FloatArray
    spread: FloatArray
    bands: FloatArray  # p10, p50, p90: [3, options]


def run(table: Table, draws: Draws, use_case: UseCase, assumed: Assumptions) -> Outcomes:
    drawn = drawn_table(table, draws)
    usd = t.costs(drawn, draws.work, assumed)
    bands = np.quantile(usd, (0.1, 0.5, 0.9), axis=1)
    spread = ((bands[2] - bands[0]) / np.maximum(bands[1], 1e-9)).reshape(-1, 1)
    values = t.values(drawn, draws.work, usd, spread, use_case)
    return Outcomes(usd=usd, scores=t.scores(values, draws.weights), spread=spread, bands=bands)


def rank_acceptability(scores: FloatArray, ranks: int = RANKS) -> FloatArray:
    """[options, ranks]: the share of draws in which an option has that rank. The first column is P(best)."""
    count, draws = scores.shape
    left = scores.copy()
    shares = np.zeros((count, min(ranks, count)))
    for rank in range(shares.shape[1]):
        best = left.argmax(axis=0)
        shares[:, rank] = np.bincount(best, minlength=count) / draws
        left[best, np.arange(draws)] = -np.inf
    return shares


def forget_draws() -> None:
    """Empty the cache of quick draws; only a benchmark has a reason to."""
    _few.cache_clear()
