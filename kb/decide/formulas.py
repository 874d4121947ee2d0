"""The cost formulas, each written once for two kinds of number: Decimal for published points, arrays for draws.

In arrays a use case's numbers have shape [draws] and an option's numbers [options, 1]; results are [options, draws].
Money is USD, a month has 730 hours, rates are USD per million tokens.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
N = TypeVar("N", Decimal, FloatArray)

HOURS_PER_MONTH = 730
SECONDS_PER_MONTH = 2_628_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(Generic[N]):
    """The load of a month, and what running it is assumed to need."""

    requests: N
    tokens_in: N  # per request
    tokens_out: N  # per request, hidden reasoning included
    cached: N  # share of input tokens read from the cache
    cache_writes: N  # share of input tokens written to it
    batch: N  # share of requests that may wait
    peak: N  # peak over average
    derate: N  # throughput within a latency limit over the published maximum
    spare: N  # spare replicas
    overhead: N  # storage, egress and monitoring over rent
    salary: N  # loaded, USD a year
    staff: N  # factor on the staff assumed
    evaluation: N  # evaluation and upgrades, USD a month
    escalated: N  # factor on a hybrid's escalated share


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Generic[N]):
    """What a seller of tokens asks. `batch_*` are factors; `tokens` is the tokeniser's factor."""

    input: N
    output: N
    cache_read: N
    cache_write: N
    batch_input: N
    batch_output: N
    region: N
    tokens: N
    disputed: N  # factor on the price: 1 where sources agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(Generic[N]):
    """A replica of GPUs. The last four are flags (0 or 1).

    The time for an output token is `seconds_per_output`, and `seconds_per_input` for each input token that comes with
    it: NVIDIA's three rows for gpt-oss-120b on H200 lie on such a line to within 0.2%.
    """

    seconds_per_output: N  # of one GPU
    seconds_per_input: N
    gpus: N  # per replica
    node: N  # GPUs that must be had together
    usd_per_gpu_month: N
    fte: N
    tokens: N
    derated: N  # measured without a latency limit
    has_overhead: N
    has_spare: N
    follows: N  # scales with the load: the average is paid, not the peak


def ceil(x: N) -> N:
    if isinstance(x, Decimal):
        return x.to_integral_value(ROUND_CEILING)
    return np.ceil(x)


def at_least_one(x: N) -> N:
    if isinstance(x, Decimal):
        return max(x, Decimal(1))
    return np.maximum(x, 1.0)


def batched(share: N, factor: N) -> N:
    """Only the share that may wait gets the batch price."""
    return 1 - share + share * factor


def token_parts(work: Work[N], rates: Rates[N]) -> dict[str, N]:
    """USD for a million average requests, before the factors for tokeniser, region and dispute."""
    inbound = work.tokens_in * batched(work.batch, rates.batch_input)
    outbound = work.tokens_out * batched(work.batch, rates.batch_output)
    return {
        "input": inbound * (1 - work.cached) * rates.input,
        "cache reads": inbound * work.cached * rates.cache_read,
        "cache writes": inbound * work.cache_writes * rates.cache_write,
        "output": outbound * rates.output,
    }


def token_scale(work: Work[N], rates: Rates[N]) -> N:
    """What the parts are multiplied by: the month's requests, in millions, and the option's factors."""
    return rates.tokens * rates.disputed * rates.region * (work.requests / 1_000_000)


def token_usd(work: Work[N], rates: Rates[N]) -> N:
    parts = token_parts(work, rates)
    return token_scale(work, rates) * (parts["input"] + parts["cache reads"] + parts["cache writes"] + parts["output"])


def average_tokens_per_s(work: Work[N], machine: Machine[N]) -> N:
    return machine.tokens * (work.requests * work.tokens_out / SECONDS_PER_MONTH)


def peak_over_average(work: Work[N], machine: Machine[N]) -> N:
    """Work that may wait fills the troughs, so only the rest peaks; a scaling endpoint pays for no peak at all."""
    peak = (1 - work.batch) * work.peak + work.batch
    return 1 + (1 - machine.follows) * (peak - 1)


def tokens_per_s_in_use(work: Work[N], machine: Machine[N]) -> N:
    """Output tokens a second and GPU at this use's lengths, within its latency limit."""
    seconds = machine.seconds_per_output + machine.seconds_per_input * (work.tokens_in / work.tokens_out)
    return (1 + machine.derated * (work.derate - 1)) / seconds


def busy_replicas(work: Work[N], machine: Machine[N]) -> N:
    need = average_tokens_per_s(work, machine) * peak_over_average(work, machine)
    return at_least_one(ceil(need / (tokens_per_s_in_use(work, machine) * machine.gpus)))


def gpus(work: Work[N], machine: Machine[N]) -> N:
    """Whole replicas: GPU steps, plus the spare ones; bought GPUs come in whole nodes."""
    wanted = (busy_replicas(work, machine) + machine.has_spare * work.spare) * machine.gpus
    return ceil(wanted / machine.node) * machine.node


def machine_parts(work: Work[N], machine: Machine[N]) -> dict[str, N]:
    rent = gpus(work, machine) * machine.usd_per_gpu_month
    return {
        "GPUs": rent,
        "overhead": rent * (machine.has_overhead * work.overhead),
        "staff": machine.fte * (work.staff * work.salary / 12),
        "evaluation": work.evaluation,
    }


def machine_usd(work: Work[N], machine: Machine[N]) -> N:
    parts = machine_parts(work, machine)
    return parts["GPUs"] + parts["overhead"] + parts["staff"] + parts["evaluation"]


def usd_per_million_output(usd_per_gpu_hour: N, tokens_per_s: N, utilisation: N) -> N:
    """What a million output tokens cost on a GPU that is kept that busy."""
    return usd_per_gpu_hour * 1_000_000 / (tokens_per_s * 3600 * utilisation)


def owned_usd_per_gpu_month(
    *, capex: N, life_months: N, kw: N, load: N, pue: N, usd_per_kwh: N, maintenance: N, rack_usd_per_kw: N
) -> dict[str, N]:
    """On premises: purchase over its life, power with its cooling, maintenance as a yearly share, room in a rack."""
    return {
        "purchase": capex / life_months,
        "power": kw * load * HOURS_PER_MONTH * pue * usd_per_kwh,
        "maintenance": capex * maintenance / 12,
        "rack": kw * rack_usd_per_kw,
    }
