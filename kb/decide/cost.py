"""What an option costs a month: the point estimate in Decimal, each part with its formula in words and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kb.decide import formulas as f
from kb.decide.assumptions import Assumptions
from kb.decide.types import Cost, Group, Hardware, Option, Price
from kb.decide.use_case import UseCase
from kb.errors import BadInput

ZERO, ONE = Decimal(0), Decimal(1)


def plain(x: Decimal) -> str:
    """A number as a person writes it: thousands separated, no trailing zeros, at most six places."""
    text = f"{x:,.6f}" if x % 1 else f"{x:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unknown_cost(option: Option) -> str:
    """Why the option cannot be costed; "" if it can."""
    if option.hard is not None and option.bulk is not None:
        return unknown_cost(option.bulk) or unknown_cost(option.hard)
    hardware = option.hardware
    if hardware is None:
        return "" if option.price else "no price is known for it"
    if hardware.tokens_per_s_per_gpu is None:
        return f"no throughput of {option.model.name} on {hardware.gpu} is published"
    if hardware.usd_per_gpu_hour is None and option.group is not Group.ON_PREMISES:
        return f"no hourly price of {hardware.gpu} at {option.provider_name} is known"
    return ""


def spare_replicas(use_case: UseCase) -> Decimal:
    """One more than the load needs from 99% availability on: a replica may fail."""
    return ONE if (use_case.availability_target or ZERO) >= Decimal("0.99") else ZERO


def work_of(use_case: UseCase, assumed: Assumptions, *, spare: Decimal | None = None) -> f.Work[Decimal]:
    """The month's load. The use case must be complete (`with_defaults`)."""

    def given(name: str) -> Decimal:
        value = getattr(use_case, name)
        if value is None:
            raise BadInput(f"the cost needs {name}", hint="fill in the defaults first")
        return Decimal(value)

    return f.Work(
        requests=given("requests_per_month"),
        tokens_in=given("tokens_in_per_request"),
        tokens_out=max(ONE, given("tokens_out_per_request") + given("reasoning_tokens_per_request")),
        cached=given("cached_share"),
        cache_writes=assumed.cache_write_share,
        batch=given("batch_share"),
        peak=given("peak_factor"),
        derate=assumed.derate,
        spare=spare_replicas(use_case) if spare is None else spare,
        overhead=assumed.overhead,
        salary=assumed.salary_usd_per_year,
        staff=assumed.staff_factor,
        evaluation=assumed.evaluation_usd_per_month,
        escalated=ONE,
    )


def _blend(peak: Decimal, off_peak: Decimal | None, share: Decimal) -> Decimal:
    return peak if off_peak is None else share * off_peak + (1 - share) * peak


def _over(batch: Decimal | None, full: Decimal) -> Decimal:
    return ONE if batch is None or not full else batch / full


def is_long(price: Price, context_tokens: Decimal) -> bool:
    """Does the longest prompt fall into the dearer tier? All requests are then counted there: an upper bound."""
    return price.long_over_tokens is not None and context_tokens > price.long_over_tokens


def rates_of(price: Price, context_tokens: Decimal, assumed: Assumptions, tokens: Decimal = ONE) -> f.Rates[Decimal]:
    base_in = _blend(price.input, price.off_peak_input, assumed.off_peak_share)
    base_out = _blend(price.output, price.off_peak_output, assumed.off_peak_share)
    long = is_long(price, context_tokens)
    dearer_in = _over(price.input_long, price.input) if long else ONE
    dearer_out = _over(price.output_long, price.output) if long else ONE
    read = price.cache_read if price.cache_read is not None else base_in
    write = price.cache_write if price.cache_write is not None else base_in
    return f.Rates(
        input=base_in * dearer_in,
        output=base_out * dearer_out,
        cache_read=read * dearer_in,
        cache_write=write * dearer_in,
        batch_input=_over(price.batch_input, price.input),
        batch_output=_over(price.batch_output, price.output),
        region=price.region_factor,
        tokens=tokens,
        disputed=ONE,
    )


def owned_parts(hardware: Hardware, assumed: Assumptions) -> Mapping[str, Decimal]:
    """USD a month for one owned GPU."""
    return f.owned_usd_per_gpu_month(
        capex=hardware.capex_usd_per_gpu or assumed.capex_usd_per_gpu,
        life_months=assumed.life_months,
        kw=hardware.kw_per_gpu or assumed.kw_per_gpu,
        load=assumed.load,
        pue=assumed.pue,
        usd_per_kwh=assumed.usd_per_kwh,
        maintenance=assumed.maintenance_share,
        rack_usd_per_kw=assumed.rack_usd_per_kw_month,
    )


def _measurements(hardware: Hardware) -> list[tuple[Decimal, Decimal]]:
    """(input over output tokens, seconds per output token and GPU), by the first."""
    rows = list(hardware.measured)
    own = (hardware.throughput_in_tokens, hardware.throughput_out_tokens, hardware.tokens_per_s_per_gpu)
    if own[0] is not None and own[1] and own[2]:
        rows.append((own[0], own[1], own[2]))
    return sorted({Decimal(inbound) / outbound: ONE / rate for inbound, outbound, rate in rows}.items())


def seconds_per_token(hardware: Hardware, ratio: Decimal) -> tuple[Decimal, Decimal]:
    """Seconds of a GPU for an output token, and for each input token that comes with it.

    From the two measurements nearest to the wanted ratio of input to output. With a single one an input token is
    counted as much work as an output token (the rows for gpt-oss-120b and Llama-3.3-70B imply 0.65 and 1.2).
    """
    rows = _measurements(hardware)
    if not rows:
        return ONE / (hardware.tokens_per_s_per_gpu or ONE), ZERO
    if len(rows) > 1:
        (r0, s0), (r1, s1) = sorted(sorted(rows, key=lambda row: abs(row[0] - ratio))[:2])
        slope = (s1 - s0) / (r1 - r0)
        if slope > 0 and s0 - slope * r0 > 0:
            return s0 - slope * r0, slope
    r0, s0 = min(rows, key=lambda row: abs(row[0] - ratio))
    return s0 / (1 + r0), s0 / (1 + r0)


def machine_of(option: Option, assumed: Assumptions, work: f.Work[Decimal]) -> f.Machine[Decimal]:
    hardware = option.hardware
    if hardware is None or hardware.tokens_per_s_per_gpu is None:
        raise BadInput(f"{option.id}: {unknown_cost(option)}")
    if option.group is Group.ON_PREMISES:
        per_month = sum(owned_parts(hardware, assumed).values(), ZERO)
    else:
        per_month = (hardware.usd_per_gpu_hour or ZERO) * f.HOURS_PER_MONTH
    per_output, per_input = seconds_per_token(hardware, work.tokens_in / work.tokens_out)
    dedicated = option.group is Group.DEDICATED_OPEN
    return f.Machine(
        seconds_per_output=per_output,
        seconds_per_input=per_input,
        gpus=Decimal(hardware.gpus),
        node=assumed.gpus_per_node if option.group is Group.ON_PREMISES else ONE,
        usd_per_gpu_month=per_month,
        fte=assumed.fte(option.group),
        tokens=option.model.tokeniser_factor,
        derated=Decimal(int(not hardware.throughput_is_slo)),
        has_overhead=Decimal(int(option.group is Group.SELF_HOSTED)),
        has_spare=Decimal(int(not dedicated)),
        follows=Decimal(int(dedicated)),
    )


def _token_cost(option: Option, work: f.Work[Decimal], context: Decimal, assumed: Assumptions) -> Cost:
    price = option.price
    if price is None:
        raise BadInput(f"{option.id}: {unknown_cost(option)}")
    rates = rates_of(price, context, assumed, option.model.tokeniser_factor)
    scale = f.token_scale(work, rates)
    parts = {name: scale * usd for name, usd in f.token_parts(work, rates).items() if usd or name == "output"}
    return Cost(
        point=sum(parts.values(), ZERO),
        parts=parts,
        formulas=_token_formulas(work, rates, is_long(price, context)),
        refs=price.refs,
    )


def _token_formulas(work: f.Work[Decimal], rates: f.Rates[Decimal], long: bool) -> dict[str, str]:
    extra = [f"{plain(rates.tokens)} tokeniser"] if rates.tokens != 1 else []
    extra += [f"{plain(rates.region)} region"] if rates.region != 1 else []
    extra += ["long-context rate for all requests"] if long else []
    requests = f"{plain(work.requests)} requests"

    def line(tokens: str, factor: Decimal, rate: Decimal) -> str:
        batch = [f"{plain(f.batched(work.batch, factor))} batch"] if work.batch and factor != 1 else []
        return " × ".join([requests, tokens, f"{plain(rate)} USD / 1,000,000", *batch, *extra])

    inbound, outbound = f"{plain(work.tokens_in)} tokens in", f"{plain(work.tokens_out)} tokens out"
    fresh = f"{inbound} × {plain(1 - work.cached)} not cached" if work.cached else inbound
    return {
        "input": line(fresh, rates.batch_input, rates.input),
        "cache reads": line(f"{inbound} × {plain(work.cached)} cached", rates.batch_input, rates.cache_read),
        "cache writes": line(f"{inbound} × {plain(work.cache_writes)} written", rates.batch_input, rates.cache_write),
        "output": line(outbound, rates.batch_output, rates.output),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizing:
    """The numbers behind a count of GPUs, for its formula."""

    average: Decimal
    peak: Decimal
    tokens_per_s: Decimal
    gpus: Decimal
    utilisation: Decimal


def _sizing(work: f.Work[Decimal], machine: f.Machine[Decimal]) -> _Sizing:
    average, count = f.average_tokens_per_s(work, machine), f.gpus(work, machine)
    full = f.tokens_per_s_in_use(replace(work, derate=ONE), machine)
    return _Sizing(
        average=average,
        peak=f.peak_over_average(work, machine),
        tokens_per_s=f.tokens_per_s_in_use(work, machine),
        gpus=count,
        utilisation=average / (full * count),
    )


def _machine_formulas(work: f.Work[Decimal], machine: f.Machine[Decimal], size: _Sizing) -> dict[str, str]:
    spare = machine.has_spare * work.spare
    need, replica = round(size.average * size.peak, 1), round(size.tokens_per_s * machine.gpus, 1)
    replicas = f"(ceil({plain(need)} tok/s at peak / {plain(replica)} tok/s a replica)"
    node = f" in nodes of {plain(machine.node)}" if machine.node > 1 else ""
    count = f"{replicas} + {plain(spare)} spare) × {plain(machine.gpus)} GPUs{node} = {plain(size.gpus)}"
    rent = f"{plain(round(machine.usd_per_gpu_month, 2))} USD a GPU-month"
    return {
        "GPUs": f"{count}; × {rent}",
        "overhead": f"{plain(work.overhead)} of the GPUs",
        "staff": f"{plain(machine.fte * work.staff)} FTE × {plain(work.salary)} USD / 12",
        "evaluation": f"{plain(work.evaluation)} USD",
    }


def _machine_cost(option: Option, work: f.Work[Decimal], assumed: Assumptions) -> Cost:
    machine = machine_of(option, assumed, work)
    size = _sizing(work, machine)
    parts = {name: usd for name, usd in f.machine_parts(work, machine).items() if usd}
    formulas = _machine_formulas(work, machine, size)
    if option.group is Group.ON_PREMISES and option.hardware is not None:
        owned = owned_parts(option.hardware, assumed)
        bought = {name: size.gpus * usd for name, usd in owned.items() if usd}
        parts = bought | {name: usd for name, usd in parts.items() if name != "GPUs"}
        formulas |= _owned_formulas(option.hardware, assumed, size.gpus)
    refs = option.hardware.refs if option.hardware else ()
    return Cost(
        point=sum(parts.values(), ZERO),
        parts=parts,
        formulas={name: formulas[name] for name in parts},
        gpus=int(size.gpus),
        utilisation=size.utilisation,
        refs=refs,
    )


def _owned_formulas(hardware: Hardware, assumed: Assumptions, gpus: Decimal) -> dict[str, str]:
    capex = plain(hardware.capex_usd_per_gpu or assumed.capex_usd_per_gpu)
    kw = plain(hardware.kw_per_gpu or assumed.kw_per_gpu)
    power = (
        f"{kw} kW × {plain(assumed.load)} load × 730 h × {plain(assumed.pue)} PUE × {plain(assumed.usd_per_kwh)} USD"
    )
    return {
        "purchase": f"{plain(gpus)} GPUs × {capex} USD / {plain(assumed.life_months)} months",
        "power": f"{plain(gpus)} GPUs × {power}",
        "maintenance": f"{plain(gpus)} GPUs × {capex} USD × {plain(assumed.maintenance_share)} / 12",
        "rack": f"{plain(gpus)} GPUs × {kw} kW × {plain(assumed.rack_usd_per_kw_month)} USD a kW",
    }


def _hybrid_cost(
    bulk: Option, hard: Option, share: Decimal, work: f.Work[Decimal], context: Decimal, assumed: Assumptions
) -> Cost:
    """Both parts at their share of the requests, and the people who look after the router."""
    easy = _cost(bulk, replace(work, requests=work.requests * (1 - share)), context, assumed)
    tough = _cost(hard, replace(work, requests=work.requests * share), context, assumed)
    router = assumed.fte_router * work.staff * work.salary / 12
    words = f"{plain(assumed.fte_router * work.staff)} FTE × {plain(work.salary)} USD / 12"
    return Cost(
        point=easy.point + tough.point + router,
        parts={f"bulk: {n}": usd for n, usd in easy.parts.items()}
        | {f"escalated: {n}": usd for n, usd in tough.parts.items()}
        | {"router": router},
        formulas={f"bulk: {n}": words for n, words in easy.formulas.items()}
        | {f"escalated: {n}": words for n, words in tough.formulas.items()}
        | {"router": words},
        gpus=easy.gpus,
        utilisation=easy.utilisation,
        refs=(*easy.refs, *tough.refs),
    )


def _cost(option: Option, work: f.Work[Decimal], context: Decimal, assumed: Assumptions) -> Cost:
    if option.hard is not None and option.bulk is not None:
        return _hybrid_cost(option.bulk, option.hard, option.escalated_share or ZERO, work, context, assumed)
    if option.hardware is not None:
        return _machine_cost(option, work, assumed)
    return _token_cost(option, work, context, assumed)


def cost_of(option: Option, use_case: UseCase, assumed: Assumptions, *, spare: Decimal | None = None) -> Cost:
    """USD a month. The use case must be complete; `unknown_cost` tells beforehand what cannot be costed (BadInput)."""
    reason = unknown_cost(option)
    if reason:
        raise BadInput(f"{option.id}: {reason}")
    context = max(use_case.context_tokens or ZERO, use_case.tokens_in_per_request or ZERO)
    return _cost(option, work_of(use_case, assumed, spare=spare), context, assumed)
