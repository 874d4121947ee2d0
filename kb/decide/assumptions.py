"""What is assumed where nothing was said: the engine's own inputs with their ranges, and defaults for the asker's.

None of it is a fact about the world. Each line has a reason, is shown as an assumption, and can be told otherwise.
"""

from dataclasses import dataclass
from decimal import Decimal
from decimal import Decimal as D
from typing import NamedTuple

from kb.decide.places import is_eu
from kb.decide.types import Group
from kb.decide.use_case import Origin, Profile, UseCase


class Range(NamedTuple):
    """A triangular distribution."""

    low: Decimal
    mode: Decimal
    high: Decimal

    def times(self, factor: Decimal) -> "Range":
        return Range(*(factor * part for part in self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Central values of what runs a model. The ranges below are drawn around them."""

    derate: Decimal = D("0.5")
    overhead: Decimal = D("0.2")
    salary_usd_per_year: Decimal = D(300_000)
    staff_factor: Decimal = D(1)
    fte_dedicated: Decimal = D("0.1")
    fte_rented: Decimal = D("0.5")
    fte_on_premises: Decimal = D("1.5")
    fte_router: Decimal = D("0.1")
    evaluation_usd_per_month: Decimal = D(500)
    cache_write_share: Decimal = D(0)
    off_peak_share: Decimal = D(133) / D(168)  # of the week's hours, where peak is 01-04 and 06-10 UTC on weekdays
    capex_usd_per_gpu: Decimal = D(37_500)  # 300,000 USD for a node of eight H100
    life_months: Decimal = D(48)
    kw_per_gpu: Decimal = D("1.275")  # a DGX H100 draws 10.2 kW
    load: Decimal = D("0.8")
    pue: Decimal = D("1.3")
    usd_per_kwh: Decimal = D("0.15")
    maintenance_share: Decimal = D("0.15")  # of the purchase, a year
    rack_usd_per_kw_month: Decimal = D(200)  # room and power feed in a data centre
    gpus_per_node: Decimal = D(8)  # as SXM boards are sold

    def fte(self, group: Group) -> Decimal:
        """People that running an option of this group takes, beside those who build on it."""
        needed = {
            Group.DEDICATED_OPEN: self.fte_dedicated,
            Group.SELF_HOSTED: self.fte_rented,
            Group.ON_PREMISES: self.fte_on_premises,
        }
        return needed.get(group, D(0))


DERATE = Range(D("0.35"), D("0.5"), D("0.8"))
OVERHEAD = Range(D("0.1"), D("0.2"), D("0.5"))
STAFF = Range(D("0.5"), D(1), D(2))
ESCALATED = Range(D("0.5"), D(1), D("1.5"))
TOKENISER = Range(D("0.85"), D(1), D("1.35"))
SALARY_US = Range(D(250_000), D(300_000), D(360_000))
SALARY_EU = Range(D(140_000), D(180_000), D(220_000))
PEAK = Range(D("1.3"), D("2.5"), D(5))
PEAK_STATED = Range(D("0.75"), D(1), D("1.25"))
VOLUME_STATED = Range(D("0.7"), D(1), D("1.5"))
VOLUME_ASSUMED = Range(D("0.2"), D(1), D(5))

TOKENS_BY_TASK = {  # in, out
    "chat": (1000, 300),
    "rag": (3000, 400),
    "extract": (2000, 300),
    "classify": (500, 20),
    "summarise": (3000, 400),
    "code": (4000, 1000),
    "agent": (8000, 1000),
    "creative": (500, 1000),
    "vision": (1500, 300),
    "speech": (1500, 300),
}

HIGH_VOLUME = D(50_000_000)  # requests a month from which a cent a thousand is a salary

_EU_LIKE = frozenset({"health", "finance", "public", "employment", "credit", "education", "critical_infrastructure"})


def salary_range(use_case: UseCase) -> Range:
    return SALARY_EU if use_case.eu_seat or is_eu(use_case.inference_in or "") else SALARY_US


def assumptions_for(use_case: UseCase) -> Assumptions:
    return Assumptions(salary_usd_per_year=salary_range(use_case).mode)


def profile_for(use_case: UseCase) -> tuple[Profile, str]:
    """The weights to start from when none were asked for, and why."""
    if use_case.air_gap or use_case.no_foreign_jurisdiction or use_case.data_class == "classified":
        return "sovereign", "control over data and operator was asked for"
    if use_case.sector in _EU_LIKE and use_case.data_class in ("personal", "special_category"):
        return "regulated", f"personal data in the sector {use_case.sector}"
    if use_case.is_known("requests_per_month") and (use_case.requests_per_month or 0) >= HIGH_VOLUME:
        return "high_volume", f"{HIGH_VOLUME:,f} requests a month or more"
    return "balanced", "no profile was chosen"


def _from_month(use_case: UseCase) -> dict[str, tuple[Decimal, str]]:
    """Requests, and tokens a request, from tokens that were counted by the month."""
    lengths = TOKENS_BY_TASK[use_case.task or "chat"]
    a_request = [
        given if given is not None else D(usual)
        for given, usual in zip((use_case.tokens_in_per_request, use_case.tokens_out_per_request), lengths, strict=True)
    ]
    found: dict[str, tuple[Decimal, str]] = {}
    requests = use_case.requests_per_month
    months = (use_case.tokens_in_per_month, use_case.tokens_out_per_month)
    if requests is None:
        for total, each in ((use_case.tokens_per_month, sum(a_request)), *zip(months, a_request, strict=True)):
            if total is not None and requests is None:
                requests = total / each
        if requests is not None:
            found["requests_per_month"] = (requests, "from the tokens a month")
    for name, total in zip(("tokens_in_per_request", "tokens_out_per_request"), months, strict=True):
        if total is not None and requests and getattr(use_case, name) is None:
            found[name] = (total / requests, "from the tokens a month")
    return found


def _usual(use_case: UseCase) -> dict[str, tuple[object, str]]:
    task = use_case.task or "chat"
    tokens_in, tokens_out = TOKENS_BY_TASK[task]
    said_in = use_case.tokens_in_per_request
    said_out = use_case.tokens_out_per_request
    longest = 2 * ((said_in if said_in is not None else tokens_in) + (said_out if said_out is not None else tokens_out))
    usual = f"usual for {task}"
    return {
        "requests_per_month": (D(100_000), "no volume was given: costs hold for this volume only"),
        "tokens_in_per_request": (D(tokens_in), usual),
        "tokens_out_per_request": (D(tokens_out), usual),
        "reasoning_tokens_per_request": (D(0), "no hidden reasoning is assumed"),
        "cached_share": (D(0), "no prompt caching is assumed"),
        "batch_share": (D(0), "every answer is wanted at once"),
        "peak_factor": (D(4), "peak over average, 1.3 to 5 in the draws"),
        "context_tokens": (max(D(8192), D(longest)), "twice a usual request, at least 8,192"),
        "mlops_fte": (D(0), "nobody is assumed to be there to run GPUs"),
        "horizon_months": (12, "one year"),
        "availability_target": (D("0.99"), "one spare replica when self-hosting"),
    }


def with_defaults(use_case: UseCase) -> UseCase:
    """The use case with every input that costs need; what was assumed is marked so in its origins, with the reason."""
    derived = _from_month(use_case)
    use_case = use_case.told(
        **{name: value for name, (value, _) in derived.items()},
        origins={name: Origin(kind="derived", words=why) for name, (_, why) in derived.items()},
    )
    values: dict[str, object] = {}
    origins: dict[str, Origin] = {}
    for name, (value, reason) in _usual(use_case).items():
        if getattr(use_case, name) is None:
            values[name], origins[name] = value, Origin(kind="default", words=reason)
    if use_case.profile is None:
        values["profile"], why = profile_for(use_case)
        origins["profile"] = Origin(kind="default", words=why)
    return use_case.told(**values, origins=origins)
