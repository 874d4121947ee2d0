"""The JSON contract of a check: what `steelyard check --json` prints and every door renders.

`docs/check.schema.json` is made from it. Additions keep `schema_version`; a changed or removed field raises it.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["confirmed", "qualified", "contradicted", "unverifiable"]
ClaimKind = Literal["fact", "opinion", "forecast", "definition"]
Stance = Literal["for", "against", "limits", "context"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckEvidence(_Frozen):
    """One dated source. `limits`: it neither bears the claim out nor denies it, but bounds what it may say.

    `fact`: the key of the fact behind it, or "" where `quote` is a span of a stored item alone.
    """

    stance: Stance
    statement: str
    fact: str = ""
    value: str = ""
    unit: str = ""
    population: str = Field(default="", description="whom or what the source measured")
    period: str = ""
    quote: str | None = Field(default=None, description="verbatim text of a stored version")
    publisher: str
    title: str
    url: str
    tier: int
    published_at: date | None
    as_of: date = Field(description="the day for which the source was last read as current")
    stale: bool = False


class CheckedClaim(_Frozen):
    """`text` is verbatim: `article[start:end]`. One sentence may hold several claims, told apart by `about`."""

    n: int
    text: str
    start: int
    end: int
    kind: ClaimKind
    topic: str = Field(default="", description="what was compared, e.g. model/context_tokens or cheaper/open")
    about: str = Field(default="", description="the same in words")
    verdict: Verdict
    sentence_verdict: Verdict = Field(
        default="unverifiable",
        description="does its sentence hold as a whole? unverifiable where no evidence speaks of a part of it",
    )
    why: str = Field(description="one sentence")
    definitions: tuple[str, ...] = Field(default=(), description="terms and populations that the verdict turns on")
    evidence: tuple[CheckEvidence, ...] = ()


class NotSaid(_Frozen):
    """The other side of something that the article says of one side only, with what is on record of it."""

    topic: str
    about: str
    evidence: tuple[CheckEvidence, ...]


class CheckCounts(_Frozen):
    confirmed: int = 0
    qualified: int = 0
    contradicted: int = 0
    unverifiable: int = 0


class CheckReport(_Frozen):
    schema_version: int = 1
    source: str = Field(description="what was checked: an address, a file name, or the words given")
    published_on: date | None = Field(default=None, description="the day that the article states for itself")
    as_of: date
    counts: CheckCounts
    claims: tuple[CheckedClaim, ...]
    not_said: tuple[NotSaid, ...] = ()
    left_out: tuple[str, ...] = Field(default=(), description="promotion and references: nothing to check")
    notes: tuple[str, ...] = ()
