"""Assumptions and the reasons behind a rank, in words. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from kb.decide.cost import plain
from kb.decide.figures import label, significant, usd
from kb.decide.types import Assessed
from kb.decide.value import CRITERIA

RULES = {
    "H1": "Air gap or classified data",
    "H2": "Where inference runs",
    "H3": "Foreign jurisdiction",
    "H4": "Personal data and transfers",
    "H5": "Licence: commercial use",
    "H6": "Licence: seat in the EU",
    "H7": "Licence: active users",
    "H8": "Licence: active users",
    "H9": "Licence: revenue",
    "H10": "Licence: model as a service",
    "H11": "Licence: training on outputs",
    "H12": "Modality, context, capability",
    "H13": "Memory",
    "H14": "Team and availability",
    "H15": "Retirement",
    "H16": "Budget",
    "H17": "High-risk use",
    "H18": "Customisation",
    "H19": "Prohibited practice",
    "shipping": "Shipped in a product",
    "policy": "Your policy",
    "cost": "No known cost",
    "premises": "No data centre of your own",
    "rig": "Dearer hardware for the same",
}

_WORDS = {  # a default as a person writes it
    "requests_per_month": "{} requests a month",
    "tokens_in_per_request": "{} tokens go into a request",
    "tokens_out_per_request": "{} tokens come out of a request",
    "reasoning_tokens_per_request": "{} hidden reasoning tokens a request",
    "cached_share": "{} of the input is read from a cache",
    "batch_share": "{} of the requests may wait a day",
    "peak_factor": "a peak of {} times the average",
    "context_tokens": "the longest prompt has {} tokens",
    "mlops_fte": "{} people to run models",
    "horizon_months": "a horizon of {} months",
    "availability_target": "an availability of {}",
    "profile": "weights of the profile {}",
}
_SHARES = ("cached_share", "batch_share", "availability_target")


def in_words(name: str, value: object) -> str:
    """What was assumed of an input."""
    shown = plain(value) if isinstance(value, Decimal) else str(value).replace("_", " ")
    if name in _SHARES and isinstance(value, Decimal):
        shown = f"{plain(value * 100)}%"
    return _WORDS[name].format(shown)


_TELLING = 0.01  # of the whole score: a smaller difference carries nothing
_MOST_GAINS = 3
_MANY_TIMES = Decimal("1.5")


def why_it_ranks(one: Assessed, assessed: Sequence[Assessed], weights: Mapping[str, float]) -> str:
    """Which criteria carry it and which hold it back, against the mean of all that are left; what it costs more."""
    gains = {name: weights[name] * (one.values[name] - _mean(assessed, name)) for name in CRITERIA}
    carried = [name for name in sorted(gains, key=lambda name: -gains[name]) if gains[name] >= _TELLING][:_MOST_GAINS]
    weakest = min(gains, key=lambda name: gains[name])
    carries = f"carried by {_listed(carried)}" if carried else "close to the mean on every criterion"
    held = f", held back by {_criterion(weakest)}" if gains[weakest] <= -_TELLING else ""
    return f"{label(one.option)}: {carries}{held}{_premium(one, assessed)}."


def _mean(assessed: Sequence[Assessed], name: str) -> float:
    return sum(other.values[name] for other in assessed) / len(assessed)


def _criterion(name: str) -> str:
    return CRITERIA[name].lower()


def _listed(names: Sequence[str]) -> str:
    words = [_criterion(name) for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _premium(one: Assessed, assessed: Sequence[Assessed]) -> str:
    """Against the cheapest that is left: how many times its cost, since a weight alone hides a price."""
    least = min(assessed, key=lambda other: (other.cost.point, other.option.id))
    if all(other is one or one.cost.point < other.cost.point for other in assessed):
        return "; the cheapest that is left"
    if not least.cost.point or one.cost.point < _MANY_TIMES * least.cost.point:
        return ""
    times = significant(one.cost.point / least.cost.point)
    return f"; {times:,f} times the cost of the cheapest that is left ({label(least.option)}, {usd(least.cost.point)})"
