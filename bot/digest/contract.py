"""A digest as it is stored and rendered."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DigestSource(_Frozen):
    title: str
    publisher: str
    url: str
    published: date
    tier: int


class Story(_Frozen):
    """One thing that happened, under its best source's title, with everyone who wrote of it."""

    title: str
    sources: tuple[DigestSource, ...]


class Change(_Frozen):
    """A dated fact whose source was published in the period."""

    statement: str
    source: DigestSource
    disputed: bool = False


class Group(_Frozen):
    name: str
    changes: tuple[Change, ...] = ()
    stories: tuple[Story, ...] = ()
    left_out: int = 0


class Deadline(_Frozen):
    on: date
    days_left: int
    statement: str
    source: DigestSource


class DecisionMoved(_Frozen):
    """A decision or an answer of the channel that came out otherwise in the period, as its thread was told."""

    number: int
    kind: str = Field(description="decision or answer")
    question: str
    said: str = Field(description="what moved first, before and after")
    sources: tuple[DigestSource, ...] = ()
    ahead_on: date | None = Field(default=None, description="it has not moved yet, and will on that day")


class Digest(_Frozen):
    since: date
    until: date
    groups: tuple[Group, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    decisions: tuple[DecisionMoved, ...] = Field(default=(), description="what it changes for the channel's decisions")

    @property
    def empty(self) -> bool:
        """Nothing happened. Deadlines alone are no news: they were told when they came up."""
        return not self.groups
