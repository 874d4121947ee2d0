"""Options and use cases for the engine's tests: plain values, no facts file read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kb.decide.types import Group, Hardware, Licence, Model, Option, Price
from kb.decide.use_case import Origin, UseCase

D = Decimal
AS_OF = date(2026, 11, 22)
PERMISSIVE = Licence(slug="apache-2.0", name="Apache 2.0", commercial="yes", osi_approved=True, clauses=(), ref=None)


def model(slug: str = "gpt-oss-120b", *, open_weights: bool = True, capability: str | None = "60") -> Model:
    return Model(
        slug=slug,
        name=slug,
        developer=slug.split("-")[0],
        origin="us",
        open_weights=open_weights,
        licence=PERMISSIVE if open_weights else None,
        released=date(2026, 1, 1),
        context_tokens=400_000,
        modalities_in=frozenset({"text"}),
        parameters_total=None,
        parameters_active=None,
        memory_gb=D(65),
        kv_bytes_per_token=36_864,
        capability=None if capability is None else D(capability),
        capability_error=D(8),
        kv_fixed_bytes_per_sequence=4_700_000,
    )


def metered(
    slug: str,
    usd_in: str,
    usd_out: str,
    *,
    group: Group = Group.CLOSED_API,
    provider: str = "vendor",
    region: str = "us",
    capability: str | None = "60",
    **price: Decimal | int,
) -> Option:
    open_weights = group in (Group.MANAGED_OPEN, Group.DEDICATED_OPEN)
    return Option(
        id=f"{provider}/{slug}/{region}",
        group=group,
        model=model(slug, open_weights=open_weights, capability=capability),
        provider=provider,
        provider_name=provider.title(),
        region=region,
        operator_country="us",
        price=Price(input=D(usd_in), output=D(usd_out), **price),  # type: ignore[arg-type]
        providers_of_weights=4 if open_weights else 1,
        no_retention=True,
        eu_inference=region == "eu",
        fine_tuning="lora" if open_weights else "prompt",
    )


def hosted(
    slug: str = "gpt-oss-120b",
    *,
    group: Group = Group.SELF_HOSTED,
    usd: str | None = "4.50",
    tokens_per_s: str | None = "6868",
    gpus: int = 1,
    lengths: tuple[int, int] | None = (1000, 1000),
    slo: bool = False,
    gpu: str = "h200",
    memory_gb: str = "141",
    region: str = "eu",
    capability: str | None = "60",
) -> Option:
    on_premises = group is Group.ON_PREMISES
    return Option(
        id=f"self/{slug}/{gpu}x{gpus}@{'own' if on_premises else 'nebius'}-{group}",
        group=group,
        model=model(slug, capability=capability),
        provider="own" if on_premises else "nebius",
        provider_name="own data centre" if on_premises else "Nebius",
        region="own" if on_premises else region,
        operator_country="" if on_premises else "nl",
        hardware=Hardware(
            gpu=gpu,
            gpus=gpus,
            memory_gb_per_gpu=D(memory_gb),
            usd_per_gpu_hour=None if usd is None else D(usd),
            provider="own" if on_premises else "nebius",
            tokens_per_s_per_gpu=None if tokens_per_s is None else D(tokens_per_s),
            throughput_in_tokens=lengths[0] if lengths else None,
            throughput_out_tokens=lengths[1] if lengths else None,
            throughput_is_slo=slo,
        ),
        providers_of_weights=4,
        no_retention=True,
        eu_inference=region == "eu",
        fine_tuning="weights",
    )


def stated(**values: object) -> UseCase:
    """A use case as the parser hands it over: every value with an origin."""
    origins: Mapping[str, Origin] = {name: Origin(kind="stated", words="said") for name in values}
    return UseCase().told(**values, origins=origins)


def workload(
    requests: int | str = 1_000_000, tokens_in: int = 1000, tokens_out: int = 1000, **values: object
) -> UseCase:
    """A month's load with every cost input given."""
    given: dict[str, object] = {
        "requests_per_month": D(requests),
        "tokens_in_per_request": D(tokens_in),
        "tokens_out_per_request": D(tokens_out),
        "reasoning_tokens_per_request": D(0),
        "cached_share": D(0),
        "batch_share": D(0),
        "peak_factor": D(4),
        "context_tokens": D(8192),
        "availability_target": D("0.99"),
    }
    return stated(**(given | values))


def simple_case(**values: object) -> UseCase:
    """Enough to decide on: a chat for a company outside the EU."""
    given: dict[str, object] = {
        "task": "chat",
        "data_class": "internal",
        "inference_in": "none",
        "requests_per_month": D(200_000),
        "tokens_in_per_request": D(1000),
        "tokens_out_per_request": D(500),
        "mau": D(1000),
        "revenue_usd_per_month": D(1_000_000),
        "revenue_usd_12_months": D(12_000_000),
        "mlops_fte": D(1),
        "eu_exposure": False,
        "eu_seat": False,
    }
    return stated(**(given | values))


def renamed(option: Option, id: str) -> Option:
    return replace(option, id=id)
