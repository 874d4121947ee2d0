"""The JSON contract of a decision: what `steelyard decide --json` prints, `ask` carries, and every door renders.

`docs/decide.schema.json` is its schema. Additions keep `schema_version`; a changed or removed field raises it.
Numbers in `sources` lists are `Source.n`. Money is USD as decimal text; shares are in [0, 1].
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

SCHEMA_VERSION = 1
NOT_LEGAL_ADVICE = (
    "This is a weighing of dated evidence, not legal advice: it names rules that bear on the case and never says that "
    "a use complies with them."
)


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"


Number = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
Sources = tuple[int, ...]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class InputRow(_Frozen):
    """One input of the use case. `origin`: stated, thread, form, derived or default."""

    name: str
    label: str
    value: str
    origin: str
    words: str = Field(description="the asker's words, or the reason of a default")
    assumption: str = ""


class CostPart(_Frozen):
    name: str
    usd_per_month: Number
    formula: str


class CostBand(_Frozen):
    """`point` is the central estimate with its parts; the band is of the draws. All in USD a month."""

    point: Number
    p10: Number | None
    p50: Number | None
    p90: Number | None
    parts: tuple[CostPart, ...] = ()
    usd_per_1000_requests: Number | None = Field(
        default=None, description="`point` over the month's requests; on GPUs it falls as the volume grows"
    )
    gpus: int = 0
    utilisation: Number | None = None
    as_of: date | None = Field(default=None, description="the oldest confirmation of the facts behind it")
    stale: bool = False
    disputed: bool = False
    sources: Sources = ()


class FindingRow(_Frozen):
    rule: str = Field(description="H1 to H19, shipping, policy or cost")
    outcome: str = Field(description="pass, fail or unknown (in `eliminated`: set apart until confirmed)")
    reason: str
    assumption: str = ""
    input: str = ""
    sources: Sources = ()


class OptionRow(_Frozen):
    """An option that survived, best first. `findings` are those that are not plain passes."""

    id: str
    group: str
    group_words: str
    label: str
    model: str
    provider: str
    region: str
    cost: CostBand
    control: str = Field(description="who can reach the data, from a global endpoint to own premises")
    licence: str
    licence_sources: Sources = ()
    p_best: float
    score: float
    values: dict[str, float] = Field(description="by criterion C1 to C10, 1 is good; C1 goes on beyond its anchors")
    retired_on: date | None = None
    guardrail: str = ""
    why: str = Field(default="", description="which criteria carry it and which hold it back; of the first few")
    findings: tuple[FindingRow, ...] = ()


class RuledOut(_Frozen):
    id: str
    group: str
    label: str
    findings: tuple[FindingRow, ...]


class DutyRow(_Frozen):
    role: str
    says: str
    article: str
    applies_from: date | None
    groups: tuple[str, ...] = Field(description="the options it comes with; empty: all")
    sources: Sources = ()


class FlipRow(_Frozen):
    """`at` and `value` are null and empty where nothing that was tried changes the choice."""

    input: str
    at: Number | None
    unit: str
    value: str
    to_group: str
    to_option: str
    says: str
    sources: Sources = Field(default=(), description="the prices of the options that `says` names")


class QuestionRow(_Frozen):
    input: str
    text: str
    flips: float = Field(description="share of draws in which an answer could change the best option")


class Source(_Frozen):
    """`as_of`: the day for which it was last confirmed; `stale`: that is too long ago for its kind."""

    n: int
    title: str
    publisher: str
    url: str
    published: date
    as_of: date
    tier: int
    locators: tuple[str, ...] = ()
    stale: bool = False
    disputed: bool = False


class ChangedInput(_Frozen):
    name: str
    label: str
    before: str
    after: str
    words: str = ""


class Changes(_Frozen):
    """What differs from an earlier decision of the same thread; `says` tells it in sentences."""

    since: int | None
    inputs: tuple[ChangedInput, ...]
    verdict_before: str
    best_before: str
    best_after: str
    no_longer_possible: tuple[str, ...] = ()
    possible_again: tuple[str, ...] = ()
    duties_added: tuple[str, ...] = ()
    duties_gone: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


class DecisionReport(_Frozen):
    """See the module's docstring."""

    schema_version: int = SCHEMA_VERSION
    id: int | None = Field(default=None, description="the stored record; null where it was not saved")
    question: str
    as_of: date
    engine_version: str
    seed: int
    verdict: str
    best: str = Field(description="id of the winning option; empty when none wins surely enough")
    p_best: float
    tied: tuple[str, ...] = ()
    groups: dict[str, float] = Field(description="P(best) by kind of option")
    profile: str
    weights: dict[str, float]
    options: tuple[OptionRow, ...] = ()
    eliminated: tuple[RuledOut, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    flips: tuple[FlipRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    assumptions: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    inputs: tuple[InputRow, ...] = ()
    sources: tuple[Source, ...] = ()
    owner: str = ""
    review_on: date | None = None
    changes: Changes | None = None
    notes: tuple[str, ...] = (NOT_LEGAL_ADVICE,)

    def option(self, option_id: str) -> OptionRow | None:
        return next((row for row in self.options if row.id == option_id), None)

    def source(self, n: int) -> Source:
        return self.sources[n - 1]


class DecisionSummary(_Frozen):
    """One line of `steelyard decisions list`."""

    id: int
    created_on: date
    as_of: date
    question: str
    verdict: str
    owner: str
    review_on: date | None


class DecisionList(_Frozen):
    schema_version: int = SCHEMA_VERSION
    decisions: tuple[DecisionSummary, ...]
