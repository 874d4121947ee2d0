"""What the engine weighs and what it says. Frozen values only.

Money is Decimal USD; prices are per million tokens; `Ref` points at the facts that a number or a rule rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kb.decide.use_case import UseCase
from kb.types import Tier


class Group(StrEnum):
    """How the model is had; the names of the options in every table and answer."""

    CLOSED_API = "O1"
    CLOSED_CLOUD = "O2"
    MANAGED_OPEN = "O3"
    DEDICATED_OPEN = "O3d"
    SELF_HOSTED = "O4"
    ON_PREMISES = "O5"
    HYBRID = "O6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """The fact behind a statement. `key` is the fact's key; the rest is what a citation shows."""

    key: str
    title: str
    publisher: str
    url: str
    known_from: date
    tier: Tier
    locator: str = ""
    checked_on: date | None = None
    stale: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One computable clause of a licence version. The predicate holds when every given limit is exceeded or met.

    `effect`: "barred" (no rights), "permission" (separate agreement first), "display" (a name must be shown),
    "naming" (derived models' names), "flow_down", "review", "notice". Limits that are None do not matter.
    """

    effect: str
    says: str  # our words
    locator: str
    ref: Ref
    mau_over: Decimal | None = None
    mau_month: str | None = None  # "2025-03": tested once, then; None: tested now
    revenue_month_over_usd: Decimal | None = None
    revenue_12_months_over_usd: Decimal | None = None
    either: bool = False  # MAU or revenue is enough; otherwise all given limits must hold
    if_maas: bool = False
    if_eu_seat: bool = False
    if_multimodal: bool = False
    if_military: bool = False
    if_trains_on_outputs: bool = False
    if_commercial: bool = False
    exempt_internal: bool = False
    exempt_end_user_product: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """`commercial`: "yes", "no", "conditional" or "unknown"."""

    slug: str
    name: str
    commercial: str
    osi_approved: bool | None
    clauses: tuple[Clause, ...]
    ref: Ref | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model version. Unknown is None, never a guess."""

    slug: str
    name: str
    developer: str
    origin: str  # country code of the developer, "" unknown
    open_weights: bool
    licence: Licence | None
    released: date | None
    context_tokens: int | None
    modalities_in: frozenset[str] | None
    parameters_total: int | None
    parameters_active: int | None
    memory_gb: Decimal | None  # weights at the published precision
    kv_bytes_per_token: int | None  # in full-attention layers, at the cache's precision
    capability: Decimal | None  # 0..100, with `capability_error` as half-width
    capability_error: Decimal
    refs: Mapping[str, Ref] = field(default_factory=dict)  # by field
    kv_fixed_bytes_per_sequence: int = 0  # sliding-window layers: a constant for each sequence
    tokeniser_factor: Decimal = Decimal(1)  # tokens it makes of a text over those of the volume stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens, in force on the day asked. None: the seller lists no such rate."""

    input: Decimal
    output: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    batch_input: Decimal | None = None
    batch_output: Decimal | None = None
    input_long: Decimal | None = None  # above `long_over_tokens` of context
    output_long: Decimal | None = None
    long_over_tokens: int | None = None
    off_peak_input: Decimal | None = None
    off_peak_output: Decimal | None = None
    low: Decimal | None = None  # where sources disagree: the other input price
    low_output: Decimal | None = None  # ... and the other output price
    region_factor: Decimal = Decimal(1)  # where the rates above are a base that the region multiplies
    price_changes_12_months: int = 0
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """One replica's GPUs: `gpus` of `gpu`, at USD per GPU-hour; throughput in output tokens/s/GPU at in/out lengths."""

    gpu: str
    gpus: int
    memory_gb_per_gpu: Decimal
    usd_per_gpu_hour: Decimal | None  # None on premises
    provider: str
    tokens_per_s_per_gpu: Decimal | None
    throughput_in_tokens: int | None = None
    throughput_out_tokens: int | None = None
    throughput_is_slo: bool = False  # measured within a latency limit: no derating
    capex_usd_per_gpu: Decimal | None = None  # on premises; None: the engine's stated assumption
    kw_per_gpu: Decimal | None = None  # on premises, share of the node's draw
    measured: tuple[tuple[int, int, Decimal], ...] = ()  # every (tokens in, tokens out, output tokens/s/GPU) published
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A concrete option. `region`: where inference runs ("eu", "us", "global" ...); `operator_country`: who runs it."""

    id: str  # stable: "bedrock/gpt-oss-120b/eu", "self/gpt-oss-120b/h200@nebius"
    group: Group
    model: Model
    provider: str  # slug; "own" on premises
    provider_name: str
    region: str
    operator_country: str
    price: Price | None = None
    hardware: Hardware | None = None
    retired_on: date | None = None
    providers_of_weights: int = 1  # independent sellers of the same weights
    no_retention: bool | None = None
    eu_inference: bool | None = None
    fine_tuning: str = "none"  # deepest customisation offered: none, prompt, lora, full, weights
    refs: tuple[Ref, ...] = ()
    hard: "Option | None" = None  # hybrid: where the escalated share goes; this option's model serves the bulk
    bulk: "Option | None" = None  # hybrid: the option that serves the bulk
    escalated_share: Decimal | None = None
    guardrail: str = ""  # hybrid: what keeps the escalated share honest
    regions: frozenset[str] = frozenset()  # where the buyer may pin inference at this price; empty: not recorded
    foreign_control: str = ""  # who else may reach the operator: a country code, or "unclear"
    brokered: bool = False  # runs on machines of others, whom the seller does not name
    evidence: Mapping[str, Ref] = field(default_factory=dict)  # by what it supports: "country", "eu_inference" ...


class Outcome(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule applied to one option. UNKNOWN names the input that would settle it and the assumption made.

    `set_apart`: UNKNOWN on something that was asked for, and nothing on record commits the option to it. It is not
    weighed with the others until somebody confirms it; an assumption would let it win on a hope.
    """

    rule: str  # "H7"
    outcome: Outcome
    reason: str  # one sentence
    refs: tuple[Ref, ...] = ()
    input: str = ""  # the UseCase field that is missing
    assumption: str = ""
    set_apart: bool = False

    def strikes_out(self, *, hopeful: bool = False) -> bool:
        """`hopeful`: what is set apart counts as confirmed."""
        return self.outcome is Outcome.FAIL or (self.set_apart and not hopeful)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What follows for whom, whatever is chosen or because of what is chosen."""

    role: str
    says: str
    article: str
    applies_from: date | None
    groups: tuple[Group, ...]  # empty: all
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """USD a month: the point estimate, its parts with their formulas, and the band of the draws."""

    point: Decimal
    parts: Mapping[str, Decimal]
    formulas: Mapping[str, str]
    gpus: int = 0
    utilisation: Decimal | None = None  # of the benchmark throughput
    p10: Decimal | None = None
    p50: Decimal | None = None
    p90: Decimal | None = None
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An option that survived the filters, weighed.

    `values` by criterion C1..C10 in [0, 1]; C1 goes on beyond its anchors.
    """

    option: Option
    cost: Cost
    values: Mapping[str, float]
    score: float
    p_best: float
    rank_acceptability: tuple[float, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eliminated:
    option: Option
    findings: tuple[Finding, ...]  # those that failed, or set it apart


def set_apart(gone: Eliminated) -> bool:
    """Whether nothing but what somebody could still confirm keeps it out."""
    return all(finding.set_apart for finding in gone.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What would change the verdict: the input, the value at which it does (None: never), and the new winner."""

    input: str
    at: Decimal | None
    unit: str
    to_group: Group | None
    to_option: str  # "" with `at` None: nothing that was tried changes it
    says: str
    value: str = ""  # an input without numbers: the value that changes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question back. `flips` is the share of draws in which its answer could change the best option."""

    input: str
    text: str
    flips: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The engine's whole verdict. `best` is None when no option wins surely enough; `tied` then names the contenders.

    `group_p` is P(best) by group, `use_case` the one weighed, its defaults filled in and marked.
    """

    engine_version: str
    seed: int
    as_of: date
    best: Assessed | None
    tied: tuple[str, ...]
    verdict: str  # at most two sentences
    assessed: tuple[Assessed, ...]  # best first
    eliminated: tuple[Eliminated, ...]
    duties: tuple[Duty, ...]
    flips: tuple[Flip, ...]
    questions: tuple[Question, ...]
    assumptions: tuple[str, ...]
    unknowns: tuple[str, ...]
    weights: Mapping[str, float]
    profile: str
    group_p: Mapping[Group, float] = field(default_factory=dict)
    use_case: UseCase | None = None
