"""Monthly cost against volume, as numbers: the lines that the chart draws. Pure; costs are the engine's own.

decision -> the best option of each kind, and the cheapest -> cost at each volume -> where GPUs begin to pay
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kb.decide.assumptions import assumptions_for
from kb.decide.breakeven import breakeven
from kb.decide.cost import cost_of
from kb.decide.figures import GROUP_WORDS, label, significant
from kb.decide.types import Assessed, Decision, Group, Option
from kb.decide.use_case import UseCase

POINTS = 241
_BELOW, _ABOVE, _FARTHEST = Decimal("0.01"), Decimal(1000), Decimal(10**6)
_GPUS = (Group.DEDICATED_OPEN, Group.SELF_HOSTED, Group.ON_PREMISES)
_TOKENS = (Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """`volumes` are requests a month, `usd` the month's cost at each; `now` is the cost at the volume asked about."""

    option_id: str
    group: Group
    label: str
    volumes: tuple[float, ...]
    usd: tuple[float, ...]
    now: Decimal
    best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """From `volume` on, `machine` costs no more than `seller`; None: never."""

    machine: str
    seller: str
    volume: Decimal | None
    usd: Decimal | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    curves: tuple[Curve, ...]
    crossings: tuple[Crossing, ...]
    volume: Decimal
    volume_is_assumed: bool


def curves(decision: Decision) -> Curves | None:
    """None where nothing survived."""
    use_case = decision.use_case
    if use_case is None or not decision.assessed or not use_case.requests_per_month:
        return None
    chosen = _chosen(decision.assessed)
    crossings = _crossings(chosen, use_case)
    volumes = _volumes(use_case.requests_per_month, crossings)
    winner = decision.best.option.id if decision.best else ""
    return Curves(
        curves=tuple(_curve(one, use_case, volumes, winner) for one in chosen),
        crossings=crossings,
        volume=use_case.requests_per_month,
        volume_is_assumed=not use_case.is_known("requests_per_month"),
    )


def _chosen(assessed: Sequence[Assessed]) -> list[Assessed]:
    """The best of each kind, in the order of kinds, and the cheapest of all and of the sellers of tokens."""
    found: dict[str, Assessed] = {}
    for group in Group:
        of_group = [one for one in assessed if one.option.group is group]
        if of_group:
            # Where none of a kind is ever best, its cheapest says most of what the kind costs.
            shown = of_group[0] if of_group[0].p_best > 0 else min(of_group, key=_cost)
            found[shown.option.id] = shown
    sellers = [one for one in assessed if one.option.group in _TOKENS]
    for some in (sellers, assessed):
        found |= {one.option.id: one for one in sorted(some, key=_cost)[:1]}
    return sorted(found.values(), key=lambda one: list(Group).index(one.option.group))


def _cost(one: Assessed) -> tuple[Decimal, str]:
    return one.cost.point, one.option.id


def _crossings(chosen: Sequence[Assessed], use_case: UseCase) -> tuple[Crossing, ...]:
    """Each line of GPUs against the cheapest line of tokens, and against the best one where that is another."""
    sellers = [one for one in chosen if one.option.group in _TOKENS]
    if not sellers:
        return ()
    cheapest = min(sellers, key=_cost)
    best = max(sellers, key=lambda one: (one.p_best, one.score, one.option.id))
    rivals = {one.option.id: one.option for one in (cheapest, best)}
    machines = [one.option for one in chosen if one.option.group in _GPUS]
    return tuple(_crossing(machine, rival, use_case) for machine in machines for rival in rivals.values())


def _crossing(machine: Option, seller: Option, use_case: UseCase) -> Crossing:
    assumed = assumptions_for(use_case)
    at = breakeven(machine, seller, use_case, assumed).requests_per_month
    versus = f"{_short(machine)} against {_short(seller)}"
    usd = None if at is None else cost_of(seller, replace(use_case, requests_per_month=at), assumed).point
    says = f"{versus}: never cheaper" if at is None else f"{versus}: from {significant(at):,f} requests a month on"
    return Crossing(machine=machine.id, seller=seller.id, volume=at, usd=usd, says=says)


def _short(option: Option) -> str:
    return f"{option.group} {label(option)}"


def _volumes(now: Decimal, crossings: Sequence[Crossing]) -> list[Decimal]:
    """Evenly on a logarithmic scale, far enough to show the crossings."""
    low = max(Decimal(1), now * _BELOW)
    marked = [c.volume * 4 for c in crossings if c.volume is not None]
    high = min(now * _FARTHEST, max([now * _ABOVE, *marked]))
    ratio = (high / low).ln() / (POINTS - 1)
    return [low * (ratio * n).exp() for n in range(POINTS)]


def _curve(one: Assessed, use_case: UseCase, volumes: Sequence[Decimal], winner: str) -> Curve:
    assumed = assumptions_for(use_case)
    costs = (cost_of(one.option, replace(use_case, requests_per_month=volume), assumed).point for volume in volumes)
    return Curve(
        option_id=one.option.id,
        group=one.option.group,
        label=_short(one.option),
        volumes=tuple(float(volume) for volume in volumes),
        usd=tuple(float(usd) for usd in costs),
        now=one.cost.point,
        best=one.option.id == winner,
    )


def describe(of: Curves) -> str:
    """The chart in words, for who cannot see it."""
    assumed = " (assumed)" if of.volume_is_assumed else ""
    costs = "; ".join(f"{c.label}, {GROUP_WORDS[c.group]}: {significant(c.now):,f}" for c in of.curves)
    breaks = ". ".join(c.says for c in of.crossings)
    return (
        "Line chart of monthly cost in USD against requests a month, both on logarithmic scales. "
        f"At {significant(of.volume):,f} requests a month{assumed}, in USD: {costs}."
        + (f" Break-evens by cost alone: {breaks}." if breaks else "")
    )
