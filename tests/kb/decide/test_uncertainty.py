"""Draws: shares, streams of their own, and what varies."""

from decimal import Decimal

import numpy as np
import pytest
from scipy import stats

from kb.decide.assumptions import assumptions_for, with_defaults
from kb.decide.filters import Screened
from kb.decide.scene import Scene, build_scene
from kb.decide.types import Group, Option
from kb.decide.uncertainty import (
    disputed_range,
    draw_weights,
    make_draws,
    rank_acceptability,
    run,
    stream,
    triangular,
)
from kb.decide.use_case import UseCase
from kb.decide.value import NAMES, WEIGHTS
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case, stated

D = Decimal
CHEAP = metered("open-small", "0.1", "0.3", group=Group.MANAGED_OPEN, provider="host", capability="25")
STRONG = metered("closed-large", "4", "20", capability="65")
OWN = hosted("open-small", capability="25")


def scene_of(options: list[Option], use: UseCase) -> Scene:
    return build_scene(use, Screened(survivors=tuple((o, ()) for o in options), eliminated=()), as_of=AS_OF)


def test_the_triangular_distribution_is_scipys() -> None:
    uniform = stream(0, "u").random(4000)
    low, mode, high = (np.array(x) for x in (1.3, 2.5, 5.0))
    ours = triangular(uniform, low, mode, high)
    theirs = stats.triang.ppf(uniform, (2.5 - 1.3) / (5 - 1.3), loc=1.3, scale=5 - 1.3)
    assert np.allclose(ours, theirs)


def test_weights_are_drawn_around_the_stated_ones() -> None:
    drawn = draw_weights(WEIGHTS["balanced"], 1, 5000)
    assert np.allclose(drawn.sum(axis=1), 1)
    assert np.allclose(drawn.mean(axis=0), [WEIGHTS["balanced"][name] for name in NAMES], atol=0.01)


def test_a_weight_of_zero_stays_out() -> None:
    only_cost = dict.fromkeys(NAMES, 0.0) | {"C1": 1.0}
    assert draw_weights(only_cost, 1, 200)[:, 1:].max() < 1e-3


def test_shares_of_the_first_rank_sum_to_one() -> None:
    scores = stream(3, "s").random((7, 500))
    shares = rank_acceptability(scores)
    assert shares.shape == (7, 5)
    assert np.allclose(shares.sum(axis=0), 1)
    assert np.array_equal(shares[:, 0], np.bincount(scores.argmax(axis=0), minlength=7) / 500)


def test_an_added_option_leaves_the_draws_of_the_others() -> None:
    use = simple_case()
    assumed = assumptions_for(with_defaults(use))
    few, more = scene_of([CHEAP, OWN], use), scene_of([CHEAP, STRONG, OWN], use)
    draws = make_draws(few.use_case, assumed, few.weights, seed=5, count=300)
    one, other = run(few.table, draws, few.use_case, assumed), run(more.table, draws, more.use_case, assumed)
    for option in (CHEAP, OWN):
        row, wide = few.options.index(option), more.options.index(option)
        assert np.array_equal(one.usd[row], other.usd[wide])
        assert np.allclose(one.scores[row], other.scores[wide])


def test_the_first_draws_are_the_same_however_many_are_taken() -> None:
    use = with_defaults(simple_case())
    assumed = assumptions_for(use)
    few, many = (make_draws(use, assumed, WEIGHTS["balanced"], seed=2, count=n) for n in (50, 500))
    assert np.array_equal(few.work.requests, many.work.requests[:50])
    assert np.allclose(few.weights, many.weights[:50])


def test_an_assumed_volume_varies_more_than_a_stated_one() -> None:
    said = with_defaults(simple_case())
    silent = with_defaults(stated(task="chat"))
    spreads = [
        np.ptp(make_draws(u, assumptions_for(u), WEIGHTS["balanced"], seed=1, count=500).work.requests)
        / float(u.requests_per_month or 1)
        for u in (said, silent)
    ]
    assert spreads[0] < 0.8 < 4 < spreads[1]


def test_a_disputed_price_is_drawn_between_both() -> None:
    disputed = metered("m", "2", "10", low=D(1), low_output=D(12))
    assert disputed_range(disputed) == (0.5, 1.2)
    use = simple_case()
    wide, narrow = scene_of([disputed], use), scene_of([metered("m", "2", "10")], use)
    draws = make_draws(wide.use_case, wide.assumed, wide.weights, seed=1, count=1000)
    bands = [run(s.table, draws, s.use_case, s.assumed).bands[:, 0] for s in (wide, narrow)]
    assert bands[0][2] - bands[0][0] > bands[1][2] - bands[1][0]


@pytest.mark.parametrize("seed", [0, 1])
def test_p10_p50_p90_are_in_order(seed: int) -> None:
    scene = scene_of([CHEAP, STRONG, OWN], simple_case())
    draws = make_draws(scene.use_case, scene.assumed, scene.weights, seed=seed, count=400)
    bands = run(scene.table, draws, scene.use_case, scene.assumed).bands
    assert (np.diff(bands, axis=0) > 0).all()
