"""An alert: what was said before, what holds now, and the dated facts that moved it. The doors render it as it is."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

SCHEMA_VERSION = 1

Amount = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:f}", return_type=str)]
What = Literal["verdict", "elimination", "duty", "licence", "cost", "fact", "deadline"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class AlertSource(Frozen):
    title: str
    publisher: str
    url: str
    published: date
    tier: int


class FactMoved(Frozen):
    """A fact that is new, changed or gone. Its source and date are of what holds now; gone: of what was withdrawn."""

    before: str = Field(default="", description="what was known, as a sentence; empty: nothing")
    after: str = Field(default="", description="what is known now; empty: it was withdrawn, or its time is over")
    valid_from: date | None = None
    disputed: bool = Field(default=False, description="good sources disagree: the other says otherwise")
    source: AlertSource


class PartMoved(Frozen):
    """One thing that came out otherwise, in words."""

    what: What
    before: str
    after: str


class AlertPart(Frozen):
    """What moved of one decision or answer. `ahead_on`: it has not moved yet, and will on that day."""

    watch_id: int
    kind: Literal["decision", "answer"]
    number: int = Field(description="of the decision or the answer")
    question: str
    said_on: date = Field(description="the day of what was said before")
    moved: tuple[PartMoved, ...]
    facts: tuple[FactMoved, ...] = ()
    more_facts: int = 0
    ahead_on: date | None = None


class Alert(Frozen):
    """Everything that one pass has to tell one thread."""

    schema_version: int = SCHEMA_VERSION
    as_of: date
    role: Literal["thread", "subscriber"]
    parts: tuple[AlertPart, ...]
