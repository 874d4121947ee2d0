"""Many options as columns of numbers, so that costs and scores of all of them under all draws are a few products.

    options -> Table -> costs [options, draws] -> values -> scores [options, draws]

A table knows nothing of draws; `uncertainty` puts drawn numbers in the place of its central ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kb.decide import formulas as f
from kb.decide.arrays import column, machines_array, rates_array
from kb.decide.assumptions import Assumptions
from kb.decide.formulas import FloatArray, Machine, Rates, Work
from kb.decide.shelf import Load
from kb.decide.types import Option
from kb.decide.use_case import UseCase
from kb.decide.value import NAMES, cost_risk_value, cost_value, quality_anchors, quality_value

Rows = NDArray[np.intp]
C1, C2, C3 = 0, 1, 2
UNKNOWN_REACH = 0.4  # of a task's scale, around which as much again an unknown capability is drawn
RECOVERED = 0.8  # of the gap in capability that escalating the needed share closes: routers err


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`fixed` is [options, 10] with C1 to C3 zero; capability is [options, 1] or [options, draws]."""

    options: tuple[Option, ...]
    metered: Rows
    rates: Rates[FloatArray]
    hosted: Rows
    machines: Machine[FloatArray]
    hybrid: Rows
    rigs: tuple[Rows, ...]  # options that differ in their GPUs alone: the same model and host
    parts: "tuple[Table, Table] | None"  # bulk and hard of the hybrids
    share: FloatArray  # [hybrids, 1]
    capability: FloatArray
    capability_error: FloatArray
    price_changes: FloatArray
    fixed: FloatArray


def _rows(flags: Sequence[bool]) -> Rows:
    return np.flatnonzero(np.array(flags, dtype=bool))


def _rigs(options: Sequence[Option]) -> tuple[Rows, ...]:
    found: dict[tuple[str, ...], list[int]] = {}
    for row, o in enumerate(options):
        if o.bulk is None and o.hardware is not None:
            found.setdefault((o.group, o.model.slug, o.provider, o.region), []).append(row)
    return tuple(np.array(rows, dtype=np.intp) for rows in found.values() if len(rows) > 1)


def dearer_rigs(table: Table, usd: FloatArray) -> NDArray[np.bool_]:
    """Which options are the same model at the same host on GPUs that cost more? Nobody would choose them."""
    dearer = np.zeros(usd.shape, dtype=bool)
    for rows in table.rigs:
        dearer[rows] = True
        cheapest = usd[rows].argmin(axis=0)
        dearer[rows[cheapest], np.arange(usd.shape[1])] = False
    return dearer


def _capability(option: Option, floor: float, enough: float) -> tuple[float, float]:
    """An unknown capability is drawn over the task's scale, somewhat below its middle: it neither wins nor sinks."""
    if option.model.capability is None:
        reach = UNKNOWN_REACH * (enough - floor)
        return floor + reach, reach
    return float(option.model.capability), float(option.model.capability_error)


def _changes(option: Option) -> int:
    parts = (option.bulk, option.hard) if option.bulk and option.hard else (option,)
    return max(part.price.price_changes_12_months if part.price else 0 for part in parts)


def build_table(options: Sequence[Option], load: Load) -> Table:
    """The options must be costable and the use case complete."""
    metered = [o for o in options if o.bulk is None and o.hardware is None]
    hosted = [o for o in options if o.bulk is None and o.hardware is not None]
    hybrid = [(o, o.bulk, o.hard) for o in options if o.bulk is not None and o.hard is not None]
    parts = None
    if hybrid:
        parts = (
            build_table([bulk for _, bulk, _ in hybrid], load),
            build_table([hard for _, _, hard in hybrid], load),
        )
    capability = [_capability(o, *quality_anchors(load.use_case)) for o in options]
    fixed = np.zeros((len(options), len(NAMES)))
    if options:
        fixed[:, 3:] = [load.fixed(o) for o in options]
    return Table(
        options=tuple(options),
        metered=_rows([o.bulk is None and o.hardware is None for o in options]),
        rates=rates_array([load.rates(o) for o in metered]),
        hosted=_rows([o.bulk is None and o.hardware is not None for o in options]),
        machines=machines_array([load.machine(o) for o in hosted]),
        hybrid=_rows([o.bulk is not None for o in options]),
        rigs=_rigs(options),
        parts=parts,
        share=column([o.escalated_share or 0 for o, _, _ in hybrid]),
        capability=column([point for point, _ in capability]),
        capability_error=column([error for _, error in capability]),
        price_changes=column([_changes(o) for o in options]),
        fixed=fixed,
    )


def joined(table: Table, hybrids: Table) -> Table:
    """The table with hybrids below; it had none, and they are all of the other's options."""
    return replace(
        table,
        options=(*table.options, *hybrids.options),
        hybrid=hybrids.hybrid + len(table.options),
        parts=hybrids.parts,
        share=hybrids.share,
        capability=np.vstack([table.capability, hybrids.capability]),
        capability_error=np.vstack([table.capability_error, hybrids.capability_error]),
        price_changes=np.vstack([table.price_changes, hybrids.price_changes]),
        fixed=np.vstack([table.fixed, hybrids.fixed]),
    )


def _of(work: Work[FloatArray], rows: Rows) -> Work[FloatArray]:
    """Requests may differ by option (a hybrid's parts); everything else is the same for all."""
    return replace(work, requests=work.requests[rows]) if work.requests.ndim == 2 else work


def escalated(table: Table, work: Work[FloatArray]) -> FloatArray:
    """The share of requests that each hybrid sends on, [hybrids, draws]."""
    return np.clip(table.share * work.escalated, 0.0, 1.0)


def costs(table: Table, work: Work[FloatArray], assumed: Assumptions) -> FloatArray:
    """USD a month, [options, draws]."""
    width = max(getattr(work, name).shape[-1] for name in Work.__dataclass_fields__)
    drawn = max(width, table.rates.tokens.shape[-1], table.machines.tokens.shape[-1], table.rates.disputed.shape[-1])
    usd = np.empty((len(table.options), drawn))
    usd[table.metered] = f.token_usd(_of(work, table.metered), table.rates)
    usd[table.hosted] = f.machine_usd(_of(work, table.hosted), table.machines)
    if table.parts is not None:
        bulk, hard = table.parts
        share = escalated(table, work)
        router = float(assumed.fte_router) * work.staff * work.salary / 12
        easy = costs(bulk, replace(work, requests=work.requests * (1 - share)), assumed)
        tough = costs(hard, replace(work, requests=work.requests * share), assumed)
        usd[table.hybrid] = easy + tough + router
    return usd


def capability(table: Table, work: Work[FloatArray]) -> FloatArray:
    """Index points, [options, draws]; a hybrid closes the gap between its parts as far as it escalates."""
    if table.parts is None:
        return table.capability
    bulk, hard = table.parts
    reached = RECOVERED * np.minimum(1.0, work.escalated)
    mixed = bulk.capability + (hard.capability - bulk.capability) * reached
    points = np.broadcast_to(table.capability, (len(table.options), mixed.shape[-1])).copy()
    points[table.hybrid] = mixed
    return points


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The three criteria that vary, [options, draws] or [options, 1], and the fixed ones, [options, 10]."""

    cost: FloatArray
    quality: FloatArray
    fixed: FloatArray  # C2 filled in


def values(
    table: Table,
    work: Work[FloatArray],
    usd: FloatArray,
    spread: FloatArray,
    use_case: UseCase,
    *,
    budget: FloatArray | None = None,
) -> Values:
    """`spread` is the band of cost over its median, [options, 1]; `budget` overrides the use case's."""
    if budget is None and use_case.budget_usd_per_month is not None:
        budget = np.array([float(use_case.budget_usd_per_month)])
    fixed = table.fixed.copy()
    fixed[:, C2] = cost_risk_value(spread, table.price_changes)[:, 0]
    return Values(
        cost=cost_value(usd, work.requests, budget),
        quality=quality_value(capability(table, work), use_case),
        fixed=fixed,
    )


def scores(of: Values, weights: FloatArray) -> FloatArray:
    """[options, draws]; `weights` is [draws, 10]."""
    total: FloatArray = of.fixed @ weights.T
    return total + of.cost * weights[:, C1] + of.quality * weights[:, C3]
