"""What would change the verdict: the nearest value of each input at which another option is best by central estimates.

Numbers are scanned on a grid and then narrowed; kinds (residency, data class, team ...) are decided again, filters
and all. "Never" means within the range tried, which the sentence names.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from kb.decide import table as t
from kb.decide.again import Again
from kb.decide.breakeven import breakeven
from kb.decide.figures import KINDS as KIND_WORDS
from kb.decide.figures import label, number, significant
from kb.decide.formulas import FloatArray
from kb.decide.scene import Scene, weights_array
from kb.decide.types import Flip, Group, Option

GRID = 161
FINE = 65
VOLUME_SPAN = 1000.0
PRICE_SPAN = 10.0
_GPU = (Group.SELF_HOSTED, Group.ON_PREMISES, Group.DEDICATED_OPEN)

KINDS: tuple[tuple[str, object, str], ...] = (
    ("inference_in", "eu", "inference must run in the EU"),
    ("inference_in", "us", "inference must run in the US"),
    ("inference_in", "none", "inference may run anywhere"),
    ("no_foreign_jurisdiction", True, "no operator may be under foreign jurisdiction"),
    ("air_gap", True, "the system must be air-gapped"),
    ("data_class", "personal", "the data are personal"),
    ("data_class", "public", "the data are public"),
    ("customisation", "full", "full fine-tuning is needed"),
    ("customisation", "lora", "LoRA fine-tuning is needed"),
)
TEAM = tuple(Decimal(fte) for fte in ("0", "0.5", "1", "2"))

Best = NDArray[np.intp]
Scores = Callable[[FloatArray], FloatArray]  # values of one input [n] -> scores [options, n]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """One numeric input: the range tried, and how to score at its values."""

    input: str
    unit: str
    now: float
    low: float
    high: float
    scores: Scores
    words: str  # "requests a month"


def _best(scores: FloatArray) -> Best:
    """The best row of each column; -1 where none is allowed."""
    best = scores.argmax(axis=0)
    return np.where(np.isfinite(scores.max(axis=0)), best, -1)


def _changes(scene: Scene, best: Best, base: int, by_group: bool) -> NDArray[np.bool_]:
    """Does the best row of each column differ from the base in its group (or choice)?"""
    of = [option.group if by_group else scene.choice(row) for row, option in enumerate(scene.options)]
    differs = np.array([*(name != of[base] for name in of), True])  # the last: no option left, row -1
    return differs[best]


def _nearest(scene: Scene, axis: _Axis, base: int, by_group: bool) -> tuple[float, int] | None:
    """The value nearest to now at which the choice changes, and the new best row."""
    found = []
    for end in (axis.low, axis.high):
        if end == axis.now:
            continue
        grid = np.geomspace(axis.now, end, GRID) if axis.low > 0 else np.linspace(axis.now, end, GRID)
        changed = np.flatnonzero(_changes(scene, _best(axis.scores(grid)), base, by_group))
        if not changed.size:
            continue
        first = max(1, int(changed[0]))
        fine = np.linspace(grid[first - 1], grid[first], FINE)
        best = _best(axis.scores(fine))
        at = int(np.flatnonzero(_changes(scene, best, base, by_group))[0])
        found.append((abs(first), float(fine[at]), int(best[at])))
    if not found:
        return None
    _, value, row = min(found)
    return value, row


def _numeric(scene: Scene, axis: _Axis, base: int) -> Iterator[Flip]:
    by_group = _nearest(scene, axis, base, by_group=True)
    by_choice = _nearest(scene, axis, base, by_group=False)
    if by_choice is None:
        low, high = number(Decimal(axis.low)), number(Decimal(axis.high))
        says = f"Never: from {low} to {high} {axis.words}, {label(scene.options[base])} stays ahead."
        yield Flip(input=axis.input, at=None, unit=axis.unit, to_group=None, to_option="", says=says)
        return
    for value, row in dict.fromkeys(found for found in (by_choice, by_group) if found):
        yield _flip(scene, axis, value, row, base)


def _new(option: Option, before: Option | None) -> str:
    """The option that takes over, with its kind where that changes too."""
    kind = "" if before is not None and option.group is before.group else f"{KIND_WORDS[option.group]}: "
    return f"{kind}{label(option)}"


def _flip(scene: Scene, axis: _Axis, value: float, row: int, base: int) -> Flip:
    at = significant(Decimal(value))
    side = "Above" if value > axis.now else "Below"
    if row < 0:
        says = f"{side} {at:,f} {axis.words} no option is left."
        return Flip(input=axis.input, at=at, unit=axis.unit, to_group=None, to_option="", says=says)
    option = scene.options[row]
    says = f"{side} about {at:,f} {axis.words} → {_new(option, scene.options[base])}."
    return Flip(input=axis.input, at=at, unit=axis.unit, to_group=option.group, to_option=option.id, says=says)


def _scorer(scene: Scene, spread: FloatArray, base: int) -> Callable[..., FloatArray]:
    """Scores with some central numbers replaced: `work` fields, a factor on the base option's price, a budget."""
    weights = weights_array(scene.weights)
    budget_now = scene.use_case.budget_usd_per_month
    stated = None if budget_now is None else np.array([float(budget_now)])

    def scored(*, price: FloatArray | None = None, budget: FloatArray | None = None, **work: FloatArray) -> FloatArray:
        table = scene.table if price is None else _repriced(scene.table, base, price)
        load = replace(scene.work, **work)
        usd = t.costs(table, load, scene.assumed)
        values = t.values(table, load, usd, spread, scene.use_case, budget=budget)
        scores = np.where(t.dearer_rigs(table, usd), -np.inf, t.scores(values, weights))
        cap = stated if budget is None else budget
        return scores if cap is None else np.where(usd > cap, -np.inf, scores)

    return scored


def _repriced(table: t.Table, row: int, factors: FloatArray) -> t.Table:
    """One option's price times each factor; the table's columns widen to the factors."""

    def widened(rows: t.Rows, old: FloatArray) -> FloatArray:
        wide = np.repeat(old, factors.size, axis=1)
        wide[rows == row] *= factors
        return wide

    rates = replace(table.rates, disputed=widened(table.metered, table.rates.disputed))
    machines = replace(table.machines, usd_per_gpu_month=widened(table.hosted, table.machines.usd_per_gpu_month))
    return replace(table, rates=rates, machines=machines)


def _price_axis(scene: Scene, base: int, scored: Callable[..., FloatArray]) -> _Axis | None:
    option = scene.options[base]
    if option.hard is not None:
        return None
    hourly = option.hardware.usd_per_gpu_hour if option.hardware else None
    price = hourly if option.hardware else (option.price.input if option.price else None)
    if not price:
        return None
    now = float(price)
    unit = "USD per GPU-hour" if option.hardware else "USD per million input tokens"
    return _Axis(
        input="price",
        unit=unit,
        now=now,
        low=now / PRICE_SPAN,
        high=now * PRICE_SPAN,
        scores=lambda values: scored(price=values / now),
        words=f"{unit} for {option.model.name} (its other rates moving with it)",
    )


def _axes(scene: Scene, spread: FloatArray, base: int) -> Iterator[_Axis]:
    scored = _scorer(scene, spread, base)
    volume = float(scene.work.requests[0])
    yield _Axis(
        input="requests_per_month",
        unit="requests a month",
        now=volume,
        low=volume / VOLUME_SPAN,
        high=volume * VOLUME_SPAN,
        scores=lambda values: scored(requests=values),
        words="requests a month",
    )
    peak = float(scene.work.peak[0])
    yield _Axis(
        input="peak_factor",
        unit="peak over average",
        now=peak,
        low=min(1.0, peak),
        high=max(20.0, peak),
        scores=lambda values: scored(peak=values),
        words="as peak over average",
    )
    yield from _special_axes(scene, base, scored)


def _special_axes(scene: Scene, base: int, scored: Callable[..., FloatArray]) -> Iterator[_Axis]:
    """Those that only some use cases have."""
    price = _price_axis(scene, base, scored)
    if price is not None:
        yield price
    hybrid = scene.options[base] if scene.options[base].hard else None
    if hybrid is not None and hybrid.escalated_share:
        share = float(hybrid.escalated_share)
        yield _Axis(
            input="escalated_share",
            unit="share of requests",
            now=share,
            low=0.0,
            high=1.0,
            scores=lambda values: scored(escalated=values / share),
            words="as the escalated share",
        )
    budget = scene.use_case.budget_usd_per_month
    if budget:
        yield _Axis(
            input="budget_usd_per_month",
            unit="USD a month",
            now=float(budget),
            low=float(budget) / PRICE_SPAN,
            high=float(budget) * PRICE_SPAN,
            scores=lambda values: scored(budget=values),
            words="USD a month of budget",
        )


def _kinds(scene: Scene, base: int, again: Again) -> Iterator[Flip]:
    said = again.said
    for input, value, words in KINDS:
        if input == "customisation" and said.customisation == "distil":
            continue
        if getattr(said, input) == value or (value == "none" and getattr(said, input) is None):
            continue
        other = again.after(input, value)
        row = again.best(other)
        if row is None:
            says = f"If {words}: no option is left."
            yield Flip(input=input, at=None, unit="", to_group=None, to_option="", says=says, value=str(value))
        elif other.choice(row) != scene.choice(base):
            yield _to(other.options[row], scene.options[base], input, str(value), f"If {words}")


def _to(option: Option, before: Option | None, input: str, value: str, when: str) -> Flip:
    says = f"{when} → {_new(option, before)}."
    return Flip(input=input, at=None, unit="", to_group=option.group, to_option=option.id, says=says, value=value)


def _team(scene: Scene, base: int, again: Again) -> Iterator[Flip]:
    """The nearest team size, of a few, at which the choice changes."""
    now = scene.use_case.mlops_fte or Decimal(0)
    for fte in sorted((size for size in TEAM if size != now), key=lambda size: (abs(size - now), size)):
        other = again.after("mlops_fte", fte)
        row = again.best(other)
        if row is not None and other.choice(row) != scene.choice(base):
            when = f"With {_people(fte)} to run models instead of {now:f}"
            flip = _to(other.options[row], scene.options[base], "mlops_fte", "", when)
            yield replace(flip, at=fte, unit="FTE")
            return
    ahead = label(scene.options[base])
    says = f"Never: from {TEAM[0]} to {TEAM[-1]} people to run models, {ahead} stays ahead."
    yield Flip(input="mlops_fte", at=None, unit="FTE", to_group=None, to_option="", says=says)


def _people(fte: Decimal) -> str:
    return "1 person" if fte == 1 else f"{fte:f} people"


def _gpus_against_tokens(scene: Scene, usd: FloatArray) -> Iterator[Flip]:
    """By cost alone: from which volume on the cheapest GPUs beat the cheapest seller of tokens, of the same model."""
    by_cost = [scene.options[row] for row in np.argsort(usd, kind="stable")]
    sellers = {o.model.slug: o for o in reversed(by_cost) if o.price is not None and o.bulk is None}
    machine = next((o for o in by_cost if o.group in _GPU and o.bulk is None and o.model.slug in sellers), None)
    if machine is None:
        return
    seller = sellers[machine.model.slug]
    found = breakeven(machine, seller, scene.use_case, scene.assumed)
    at = None if found.requests_per_month is None else significant(found.requests_per_month)
    says = f"By cost alone, {label(machine)} against {label(seller)}: {found.says}."
    unit, to = "requests a month", machine.id if at is not None else ""
    group = machine.group if at is not None else None
    yield Flip(
        input="requests_per_month", at=at, unit=unit, to_group=group, to_option=to, says=says, value="break-even"
    )


WAYS_OUT: tuple[tuple[str, object, str], ...] = (
    ("modalities", frozenset({"text"}), "a separate step turns sound and pictures into text"),
    ("customisation", "prompt", "prompts are enough, without fine-tuning"),
    ("accredited_cloud", True, "an accredited cloud is at hand"),
    ("transfer_basis", True, "a processing agreement and a basis for the transfer can be had"),
    ("own_gpus", True, "GPUs may be bought for a data centre of your own"),
    ("inference_in", "eu", "inference may run in the EU"),
    ("inference_in", "none", "inference may run anywhere"),
)


def ways_out(again: Again) -> tuple[Flip, ...]:
    """Where nothing is left: which single wish, if it were given up, leaves something, and what."""
    found = []
    for input, value, words in WAYS_OUT:
        if getattr(again.said, input) == value or (value == "none" and getattr(again.said, input) is None):
            continue
        other = again.after(input, value)
        row = again.best(other)
        if row is not None:
            said = ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
            found.append(_to(other.options[row], None, input, said, f"If {words}"))
    return tuple(found)


def find_flips(scene: Scene, spread: FloatArray, base: int, again: Again) -> tuple[Flip, ...]:
    """`base` is the row of the best option."""
    usd = t.costs(scene.table, scene.work, scene.assumed)[:, 0]
    flips = [flip for axis in _axes(scene, spread, base) for flip in _numeric(scene, axis, base)]
    flips += _gpus_against_tokens(scene, usd)
    flips += _team(scene, base, again)
    flips += _kinds(scene, base, again)
    return tuple(flips)
