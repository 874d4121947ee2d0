"""From which volume on does running GPUs cost no more than paying per token, for good? Or never.

GPUs come in steps, so the cheaper one may change back and forth. The steps are scanned: the answer is the least
volume after which no later step is dearer. A fixed cost over a margin would miss the steps.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from kb.decide import formulas as f
from kb.decide.arrays import floats, machines_array, work_array
from kb.decide.assumptions import Assumptions
from kb.decide.cost import cost_of, machine_of, plain, work_of
from kb.decide.types import Option
from kb.decide.use_case import UseCase

MOST_STEPS = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakeven:
    """`requests_per_month` None: never. The other two are per million output tokens at full use of the GPUs."""

    requests_per_month: Decimal | None
    gpu_usd_per_million_output: Decimal
    token_usd_per_million_output: Decimal
    says: str


def marginal_usd_per_million_output(machine: Option, use_case: UseCase, assumed: Assumptions) -> Decimal:
    """GPU cost of a million output tokens when every replica is as full as the peak allows, without fixed costs.

    If this is above what a seller of tokens asks for them with their input, self-hosting can never win.
    """
    work = work_of(use_case, assumed)
    column = machine_of(machine, assumed, work)
    per_gpu_hour = column.usd_per_gpu_month * (1 + column.has_overhead * work.overhead) / f.HOURS_PER_MONTH
    full = f.usd_per_million_output(per_gpu_hour, f.tokens_per_s_in_use(work, column), Decimal(1))
    return full * f.peak_over_average(work, column) * column.tokens


def token_usd_per_million_output(seller: Option, use_case: UseCase, assumed: Assumptions) -> Decimal:
    """What a million output tokens cost per token, the input and cache that go with them included."""
    work = work_of(use_case, assumed)
    return cost_of(seller, use_case, assumed).point / (work.requests * work.tokens_out) * 1_000_000


def effective_utilisation(machine: Option, use_case: UseCase, assumed: Assumptions) -> Decimal:
    """The share of published throughput that a replica sees on average when it is full at peak."""
    work = work_of(use_case, assumed)
    column = machine_of(machine, assumed, work)
    slo = 1 + column.derated * (work.derate - 1)
    return slo / f.peak_over_average(work, column)


def breakeven_utilisation(usd_per_gpu_hour: Decimal, tokens_per_s: Decimal, token_usd_per_million: Decimal) -> Decimal:
    """How busy a GPU must be kept, of its throughput, to cost no more than that; above 1: never."""
    return f.usd_per_million_output(usd_per_gpu_hour, tokens_per_s, Decimal(1)) / token_usd_per_million


def breakeven(machine: Option, seller: Option, use_case: UseCase, assumed: Assumptions) -> Breakeven:
    """`machine` runs on GPUs, `seller` is paid per token. The use case must be complete; its volume does not matter."""
    one = replace(use_case, requests_per_month=Decimal(1_000_000))
    gpu = marginal_usd_per_million_output(machine, one, assumed)
    token = token_usd_per_million_output(seller, one, assumed)
    at = None if gpu >= token else _scan(machine, seller, one, assumed)
    rates = f"{plain(round(gpu, 3))} against {plain(round(token, 3))} USD a million output tokens"
    if gpu >= token:
        says = f"never: GPUs as full as the peak allows cost {rates}"
    elif at is None:
        says = f"never within {MOST_STEPS:,} GPU steps: {rates}"
    else:
        says = f"from {plain(at.quantize(Decimal(1)))} requests a month on, for all larger volumes ({rates} when full)"
    return Breakeven(
        requests_per_month=at, gpu_usd_per_million_output=gpu, token_usd_per_million_output=token, says=says
    )


def _requests_per_replica(machine: Option, use_case: UseCase, assumed: Assumptions) -> Decimal:
    work = work_of(use_case, assumed)
    column = machine_of(machine, assumed, work)
    tokens_per_s = f.tokens_per_s_in_use(work, column) * column.gpus
    per_request = work.tokens_out * column.tokens * f.peak_over_average(work, column)
    return tokens_per_s * f.SECONDS_PER_MONTH / per_request


def _scan(machine: Option, seller: Option, use_case: UseCase, assumed: Assumptions) -> Decimal | None:
    capacity = _requests_per_replica(machine, use_case, assumed)
    per_request = cost_of(seller, use_case, assumed).point / Decimal(use_case.requests_per_month or 1)
    step = _last_dearer_step(machine, use_case, assumed, float(capacity), float(per_request))
    if step is None:
        return None
    inside = (step - Decimal("0.5")) * capacity  # any volume of that step: its cost is the same
    usd = cost_of(machine, replace(use_case, requests_per_month=inside), assumed).point
    return min(max(usd / per_request, (step - 1) * capacity), step * capacity)


def _last_dearer_step(
    machine: Option, use_case: UseCase, assumed: Assumptions, capacity: float, per_request: float
) -> int | None:
    """The last step in whose beginning GPUs still cost more (the first has volume 0); None if it is not in sight."""
    point = work_of(use_case, assumed)
    work, column = work_array(point), machines_array([floats(machine_of(machine, assumed, point))])
    steps = np.arange(1, MOST_STEPS + 1, dtype=np.float64)
    gpu_usd = f.machine_usd(replace(work, requests=(steps - 0.5) * capacity), column)[0]
    dearer = np.flatnonzero(gpu_usd > per_request * (steps - 1) * capacity)
    last = int(dearer[-1]) + 1 if dearer.size else 1
    return None if last == MOST_STEPS else last
