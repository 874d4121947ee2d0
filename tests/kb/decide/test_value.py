"""Weights, anchors and dominance."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from kb.decide.assumptions import Assumptions
from kb.decide.types import Group
from kb.decide.value import (
    NAMES,
    WEIGHTS,
    burden_value,
    continuity_value,
    control_level,
    cost_risk_value,
    cost_value,
    customisation_value,
    dominates,
    quality_value,
    rank_order_centroid,
    swing_weights,
)
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, stated

D = Decimal
NOW = np.array([1000.0])


@pytest.mark.parametrize("profile", WEIGHTS)
def test_weights_of_a_profile_sum_to_one(profile: str) -> None:
    weights = WEIGHTS[profile]  # type: ignore[index]
    assert tuple(weights) == NAMES
    assert sum(weights.values()) == pytest.approx(1)


def test_cost_without_a_budget_is_anchored_per_request() -> None:
    usd = np.array([[0.1], [50.0], [(0.1 * 50) ** 0.5], [1000.0]])
    assert cost_value(usd, NOW, None)[:3, 0] == pytest.approx([1, 0, 0.5])
    assert cost_value(usd, NOW, None)[3, 0] < -0.4  # twenty times beyond the dear anchor is worse than at it


def test_cost_with_a_budget() -> None:
    usd = np.array([[100.0], [1000.0], [10.0]])
    assert cost_value(usd, NOW, np.array([1000.0]))[:, 0] == pytest.approx([1, 0, 1])


def test_cost_risk() -> None:
    spread = np.array([[0.0], [1.0], [3.0]])
    assert cost_risk_value(spread, np.array([[0.0], [2.0], [0.0]]))[:, 0] == pytest.approx([1, 0.3, 0])


def test_quality_between_the_anchors_of_the_task() -> None:
    points = np.array([[5.0], [25.0], [45.0], [66.0]])
    assert quality_value(points, stated(task="chat"))[:, 0] == pytest.approx([0, 0.5, 1, 1])
    assert quality_value(points, stated(task="chat", quality_floor=D(25)))[1, 0] == 0


def test_control_from_a_global_api_to_own_premises() -> None:
    use = stated(inference_in="eu")
    abroad, home = metered("m", "1", "1", region="us"), metered("m", "1", "1", region="eu")
    levels = [abroad, replace(home, no_retention=None), home, hosted(), hosted(group=Group.ON_PREMISES, usd=None)]
    assert [control_level(option, use) for option in levels] == [0, 1, 2, 3, 4]


def test_customisation_beyond_the_need_is_worth_nothing() -> None:
    prompt, weights = metered("m", "1", "1"), hosted()
    assert customisation_value(prompt, stated()) < customisation_value(weights, stated()) == 1
    assert customisation_value(prompt, stated(customisation="prompt")) == 1
    assert customisation_value(prompt, stated(customisation="full")) < 0.5


def test_continuity_is_concave_and_shortened_by_retirement() -> None:
    use, option = stated(horizon_months=12), metered("m", "1", "1", group=Group.MANAGED_OPEN)
    few, some, many = (continuity_value(replace(option, providers_of_weights=n), use, AS_OF) for n in (1, 2, 3))
    assert some - few > many - some > 0
    soon = replace(option, retired_on=AS_OF + timedelta(days=90))
    assert continuity_value(soon, use, AS_OF) < continuity_value(option, use, AS_OF)
    assert continuity_value(replace(option, retired_on=date(2020, 1, 1)), use, AS_OF) == 0


def test_burden_in_steps() -> None:
    assumed = Assumptions()
    values = [burden_value(hosted(), stated(mlops_fte=D(fte)), assumed) for fte in ("0.5", "0.25")]
    assert values == [0.7, 0.3]
    assert burden_value(hosted(group=Group.ON_PREMISES, usd=None), stated(mlops_fte=D(0)), assumed) == 0
    assert burden_value(metered("m", "1", "1"), stated(mlops_fte=D(0)), assumed) == 1


def test_rank_order_centroid() -> None:
    weights = rank_order_centroid(["C3", "C1", "C4"])
    assert weights["C3"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert sum(weights.values()) == pytest.approx(1)
    assert list(weights.values()) == sorted(weights.values(), reverse=True)


def test_swings_become_weights() -> None:
    weights = swing_weights({"C1": 100, "C3": 50, "C4": 50})
    assert (weights["C1"], weights["C3"], weights["C2"]) == (0.5, 0.25, 0)


def test_dominance() -> None:
    even = dict.fromkeys(NAMES, 0.5)
    assert dominates(even | {"C3": 0.6}, even)
    assert not dominates(even, even)
    assert not dominates(even | {"C3": 0.6, "C1": 0.4}, even)
