"""The use case that a decision weighs: what was said, where it was said, and what was assumed. One frozen value.

Every input is None until known. `origins` says where each known value came from; `with_defaults` fills the rest and
marks it, so that an answer can show what was assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal, Self

Task = Literal["chat", "rag", "extract", "classify", "summarise", "code", "agent", "creative", "vision", "speech"]
DataClass = Literal["public", "internal", "confidential", "personal", "special_category", "classified"]
Sector = Literal[
    "none",
    "finance",
    "health",
    "public",
    "defence",
    "employment",
    "credit",
    "education",
    "legal",
    "critical_infrastructure",
]
Customisation = Literal["none", "prompt", "lora", "full", "distil"]
Distribution = Literal["internal", "saas", "on_device", "redistribute", "maas"]
Regime = Literal["none", "eu", "uk", "us", "ch", "cn"]
OPEN, CLOSED = "open", "closed"  # on a shortlist: every model of the kind
SELF_HOSTING = "self-hosting"  # a way that may be asked about
Profile = Literal["balanced", "startup", "regulated", "high_volume", "prototype", "sovereign", "smb"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from: the asker's words, an earlier turn, a form, or a default with its reason."""

    kind: Literal["stated", "thread", "form", "default", "derived"]
    words: str = ""
    assumption: str = ""  # what reading these words took for granted: "a day counted 30 times a month"


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """Units are in the names; shares are in [0, 1]; money is USD.

    `inference_in` is where inference must run ("eu", "uk", "fr" ...); `no_foreign_jurisdiction` asks that no operator
    be under a foreign country's reach; `air_gap` asks for no connection at all. They are three different wishes.
    """

    task: Task | None = None
    quality_floor: Decimal | None = None  # 0..100 on the capability scale of the catalogue
    data_class: DataClass | None = None
    inference_in: str | None = None
    no_foreign_jurisdiction: bool | None = None
    air_gap: bool | None = None
    on_premises: bool | None = None  # may only run on the asker's own premises
    accredited_cloud: bool | None = None  # a cloud accredited for classified data is at hand
    transfer_basis: bool | None = None  # a processing agreement and a basis for personal data exist or can be had
    sector: Sector | None = None
    annex_iii: str | None = None  # "5(b)", "4" ...; "" is known to be none
    prohibited_practice: str | None = None  # an Article 5 practice named in the question
    eu_exposure: bool | None = None  # provider or deployer in the EU, or output used there
    eu_seat: bool | None = None  # principal place of business in the EU
    regimes: frozenset[str] = frozenset()  # beside the EU, whose rules bear on it: "uk", "us", "ch", "cn"
    requests_per_month: Decimal | None = None
    tokens_in_per_request: Decimal | None = None
    tokens_out_per_request: Decimal | None = None
    tokens_per_month: Decimal | None = None  # input and output together, where the requests were not counted
    tokens_in_per_month: Decimal | None = None
    tokens_out_per_month: Decimal | None = None
    reasoning_tokens_per_request: Decimal | None = None
    cached_share: Decimal | None = None  # of input tokens read from cache
    batch_share: Decimal | None = None  # of requests that may wait a day
    peak_factor: Decimal | None = None  # peak over average
    first_token_p95_s: Decimal | None = None
    context_tokens: Decimal | None = None  # longest prompt
    modalities: frozenset[str] | None = None  # of text, image, audio, video: what goes in
    languages: frozenset[str] | None = None
    mau: Decimal | None = None  # licensee and affiliates, today
    mau_on: Mapping[str, Decimal] = field(default_factory=dict)  # "2025-03" -> MAU then
    revenue_usd_per_month: Decimal | None = None  # group, last month
    revenue_usd_12_months: Decimal | None = None  # group
    offers_model_as_a_service: bool | None = None
    customisation: Customisation | None = None
    trains_on_outputs: bool | None = None
    distribution: Distribution | None = None
    military_use: bool | None = None
    mlops_fte: Decimal | None = None
    on_call: bool | None = None
    own_gpus: bool | None = None
    budget_usd_per_month: Decimal | None = None
    horizon_months: int | None = None
    forced_migration_months: int | None = None  # least notice of a forced migration that is tolerable
    exit_plan_required: bool | None = None
    availability_target: Decimal | None = None  # 0.995
    excluded_vendors: frozenset[str] = frozenset()  # vendor or provider slugs
    excluded_origins: frozenset[str] = frozenset()  # countries where the model was made ("cn")
    excluded_hosts: frozenset[str] = frozenset()  # countries whose operators may not host ("cn", "us")
    shortlist: frozenset[str] = frozenset()  # model slugs, OPEN or CLOSED for a whole kind; empty: all
    asked_about: frozenset[str] = frozenset()  # model slugs or SELF_HOSTING: weighed against all, named in the verdict
    profile: Profile | None = None
    essential: frozenset[str] = frozenset()  # criteria ("C3") that the winner may not trade away
    go_live: date | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)  # input -> what was said of it but not taken, and why

    def told(self, **values: object) -> Self:
        """A copy with `values` set; None values are ignored. Origins are given beside, as `origins=`."""
        origins = {**self.origins, **values.pop("origins", {})}  # type: ignore[dict-item]
        known = {name: value for name, value in values.items() if value is not None}
        return replace(self, **known, origins=origins)  # type: ignore[arg-type]

    def is_known(self, name: str) -> bool:
        """There is a value, and it is no default; one without an origin was given by whoever made the use case."""
        value = getattr(self, name)
        if value is None or value in (frozenset(), {}):
            return False
        return name not in self.origins or self.origins[name].kind != "default"


INPUTS = tuple(f.name for f in fields(UseCase) if f.name not in ("origins", "remarks"))
