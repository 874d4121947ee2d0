"""Ten criteria on fixed anchors, and the weights of a profile.

A value is 1 at the good anchor and 0 at the bad one, whatever the other options are: adding an option never reverses
two others. Where the table of the criteria leaves a choice, the judgement is written beside the number.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from kb.decide.assumptions import Assumptions
from kb.decide.formulas import FloatArray
from kb.decide.places import ANYWHERE, code, within
from kb.decide.types import Group, Option
from kb.decide.use_case import Profile, UseCase

CRITERIA: Mapping[str, str] = {
    "C1": "Cost",
    "C2": "Cost risk",
    "C3": "Quality fit",
    "C4": "Data control",
    "C5": "Customisation depth",
    "C6": "Continuity",
    "C7": "Time to value",
    "C8": "Operational burden",
    "C9": "Transparency",
    "C10": "Security posture",
}
NAMES = tuple(CRITERIA)


def _weights(*hundredths: int) -> Mapping[str, float]:
    return {name: share / 100 for name, share in zip(NAMES, hundredths, strict=True)}


WEIGHTS: Mapping[Profile, Mapping[str, float]] = {
    "balanced": _weights(22, 8, 20, 15, 8, 8, 7, 5, 4, 3),
    "startup": _weights(28, 6, 26, 5, 5, 5, 15, 6, 2, 2),  # runway and speed
    "regulated": _weights(18, 7, 18, 20, 4, 14, 4, 5, 6, 4),  # control, an exit, evidence
    "high_volume": _weights(36, 12, 16, 9, 7, 8, 3, 5, 2, 2),  # cost and its risk
    "prototype": _weights(22, 2, 30, 4, 5, 2, 25, 6, 2, 2),  # quality now; it may be thrown away
    "sovereign": _weights(12, 5, 15, 32, 6, 14, 2, 3, 6, 5),  # control and independence
    "smb": _weights(28, 7, 20, 8, 3, 6, 12, 12, 2, 2),  # cheap, soon, and nobody to operate it
}

# Points of the catalogue's capability index (the best model had 66 in September 2026) at which a task is not served at
# all, and from which more no longer helps. A judgement: an own evaluation says more than any index.
QUALITY_ANCHORS: Mapping[str, tuple[float, float]] = {
    "classify": (3, 30),
    "extract": (5, 35),
    "summarise": (5, 35),
    "speech": (5, 40),
    "chat": (5, 45),
    "rag": (8, 45),
    "vision": (10, 50),
    "creative": (10, 55),
    "code": (20, 65),
    "agent": (25, 65),
}

_CONTROL = (0.0, 0.35, 0.6, 0.85, 1.0)  # global, in region, in region without retention, own tenancy, own premises
_CUSTOMISATION = {"none": 0.0, "prompt": 0.3, "lora": 0.6, "full": 0.85, "weights": 1.0, "distil": 1.0}
_WEEKS = {
    Group.CLOSED_API: 2,
    Group.CLOSED_CLOUD: 4,
    Group.MANAGED_OPEN: 3,
    Group.DEDICATED_OPEN: 6,
    Group.SELF_HOSTED: 12,
    Group.ON_PREMISES: 26,
}
_ROUTER_WEEKS = 3
_LEARNING_WEEKS = 8  # when the people to run GPUs are not there yet
# Logs under own control, documents of the weights, a contract with a cloud: ordinal.
_TRANSPARENCY = {
    Group.CLOSED_API: 0.25,
    Group.CLOSED_CLOUD: 0.4,
    Group.MANAGED_OPEN: 0.6,
    Group.DEDICATED_OPEN: 0.7,
    Group.SELF_HOSTED: 1.0,
    Group.ON_PREMISES: 1.0,
}
_SECURITY = {
    Group.CLOSED_API: 0.5,
    Group.CLOSED_CLOUD: 0.6,
    Group.MANAGED_OPEN: 0.4,
    Group.DEDICATED_OPEN: 0.6,
    Group.SELF_HOSTED: 0.8,
    Group.ON_PREMISES: 1.0,
}
_SPREAD_AT_ZERO = 2.0
_CHEAP_USD, _DEAR_USD = 0.0001, 0.05  # a request, where no budget was given


def cost_value(usd_per_month: FloatArray, requests: FloatArray, budget: FloatArray | None) -> FloatArray:
    """Log-linear: 1 at a tenth of the budget, 0 at the budget; without one, from 0.0001 to 0.05 USD a request.

    Beyond the bad anchor it goes on falling: ten times too dear is worse than a little too dear. Without a budget it
    also rises beyond the good one: at hundreds of millions of requests a ten-thousandth of a dollar is money.
    """
    good, bad = (requests * _CHEAP_USD, requests * _DEAR_USD) if budget is None else (budget / 10, budget)
    usd = np.maximum(usd_per_month, 1e-9)
    value: FloatArray = np.log(bad / usd) / np.log(bad / good)
    return value if budget is None else np.minimum(value, 1.0)


def cost_risk_value(spread: FloatArray, price_changes: FloatArray) -> FloatArray:
    """Linear in the band over the median, 0 at twice the median; a tenth less for each price change in a year."""
    return np.clip(1 - spread / _SPREAD_AT_ZERO - 0.1 * price_changes, 0.0, 1.0)


def quality_anchors(use_case: UseCase) -> tuple[float, float]:
    floor, enough = QUALITY_ANCHORS[use_case.task or "chat"]
    if use_case.quality_floor is not None:
        floor = float(use_case.quality_floor)
    return floor, max(enough, floor + 10)


def quality_value(capability: FloatArray, use_case: UseCase) -> FloatArray:
    floor, enough = quality_anchors(use_case)
    return np.clip((capability - floor) / (enough - floor), 0.0, 1.0)


def is_in_region(option: Option, use_case: UseCase) -> bool:
    """Where it was asked to run; where nothing was asked, at home. A region somewhere else gives no control."""
    wanted = code(use_case.inference_in or "")
    if wanted in ANYWHERE:
        wanted = "|".join([*(["eu"] if use_case.eu_seat else []), *sorted(use_case.regimes)])
    if not wanted:
        return False
    if option.brokered:
        return False
    places = (option.region, *option.regions)
    return any(within(place, wanted) for place in places) or (option.eu_inference is True and within("eu", wanted))


def control_level(option: Option, use_case: UseCase) -> int:
    """What was promised counts; what is not known (retention, whose machines it runs on) does not."""
    if option.bulk is not None and option.hard is not None:
        return min(control_level(option.bulk, use_case), control_level(option.hard, use_case))
    if option.group is Group.ON_PREMISES:
        return 4
    if option.group is Group.SELF_HOSTED and not option.brokered:
        asked = code(use_case.inference_in or "") not in ANYWHERE
        return 2 if asked and not is_in_region(option, use_case) else 3
    if not is_in_region(option, use_case):
        return 0
    return 2 if option.no_retention else 1


def continuity_value(option: Option, use_case: UseCase, as_of: date) -> float:
    """Concave in the ways to keep the same model running, shortened by a retirement within the horizon."""
    ways = option.providers_of_weights + (1 if option.model.open_weights else 0)
    horizon = float(use_case.horizon_months or 12)
    months = horizon if option.retired_on is None else max(0, (option.retired_on - as_of).days) / 30.44
    runway: float = min(1.0, months / horizon) ** 0.5
    return float(1 - 0.5 ** max(1, ways)) * runway


def staff_needed(option: Option, assumed: Assumptions) -> Decimal:
    if option.bulk is not None:
        return assumed.fte(option.bulk.group) + assumed.fte_router
    return assumed.fte(option.group)


def weeks(option: Option, use_case: UseCase, assumed: Assumptions) -> int:
    if option.bulk is not None and option.hard is not None:
        return _ROUTER_WEEKS + max(weeks(part, use_case, assumed) for part in (option.bulk, option.hard))
    has_people = (use_case.mlops_fte or 0) >= staff_needed(option, assumed)
    return _WEEKS[option.group] + (0 if has_people or option.hardware is None else _LEARNING_WEEKS)


def burden_value(option: Option, use_case: UseCase, assumed: Assumptions) -> float:
    """Steps: nobody needed, enough people, half a person short, more."""
    needed, there = staff_needed(option, assumed), use_case.mlops_fte or Decimal(0)
    if not needed:
        return 1.0
    if needed <= there:
        return 0.7
    return 0.3 if needed - there <= Decimal("0.5") else 0.0


def customisation_value(option: Option, use_case: UseCase) -> float:
    """Depth offered; once the need is known, depth beyond it is worth nothing."""
    depth = _CUSTOMISATION.get(option.fine_tuning, 0.0)
    if use_case.customisation is None:
        return depth
    needed = _CUSTOMISATION[use_case.customisation]
    return 1.0 if depth >= needed else depth / needed


def _isolation(option: Option) -> float:
    """Machines of unknown owners are isolated by nobody's word: no better than the least of the hosts."""
    return _SECURITY[Group.MANAGED_OPEN] if option.brokered else _lesser(_SECURITY, option)


def _lesser(table: Mapping[Group, float], option: Option) -> float:
    parts = (option.bulk, option.hard) if option.bulk and option.hard else (option,)
    return min(table[part.group] for part in parts)


def fixed_values(option: Option, use_case: UseCase, assumed: Assumptions, as_of: date) -> tuple[float, ...]:
    """C4 to C10: what does not vary from draw to draw."""
    return (
        _CONTROL[control_level(option, use_case)],
        customisation_value(option, use_case),
        continuity_value(option, use_case, as_of),
        min(1.0, max(0.0, (26 - weeks(option, use_case, assumed)) / 25)),
        burden_value(option, use_case, assumed),
        _lesser(_TRANSPARENCY, option),
        _isolation(option),
    )


def rank_order_centroid(ranked: Sequence[str]) -> Mapping[str, float]:
    """Weights from a mere ranking, most important first."""
    count = len(ranked)
    return {name: sum(1 / place for place in range(i + 1, count + 1)) / count for i, name in enumerate(ranked)}


def swing_weights(points: Mapping[str, float]) -> Mapping[str, float]:
    """Weights from swings: the step from worst to best that matters most has 100 points, the others fewer."""
    total = sum(points.values())
    return {name: points.get(name, 0.0) / total for name in NAMES}


def dominates(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """At least as good everywhere and better somewhere."""
    return all(one[name] >= other[name] for name in NAMES) and any(one[name] > other[name] for name in NAMES)
