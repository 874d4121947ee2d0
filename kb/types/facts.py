"""Dated statements, what happens to them, and how they look on a day."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.types.sources import Tier

PROPOSAL = "proposal/"  # begins the key of every fact that was proposed from text


class Status(StrEnum):
    """Computed by `kb.facts.view` for a date; never stored."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDraft:
    """One dated statement about one field of one subject. See kb/facts/fields.py for subjects and fields.

    `valid_from`/`valid_to` (exclusive end): when it holds in the world. `known_from`: when its source was published.
    `qualifiers` narrow it (region, side, context, jurisdiction ...): facts compare only at equal qualifiers.
    `statement` is a full sentence in our own words that says exactly this fact. `locator` is the place inside
    the source ("Article 113(b)", "s.2"). `quote` is verbatim text of a stored item version, else None.
    `amends` names the `key` of the fact that this one replaces. `key` is stable: starter facts are upserted by it.
    """

    key: str
    subject: str
    field: str
    value: str
    statement: str
    source_url: str
    source_title: str
    publisher: str
    tier: Tier
    known_from: date
    unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    qualifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)  # `field` names a column here
    locator: str = ""
    quote: str | None = None
    item_version_id: int | None = None
    amends: str | None = None
    checked_on: date | None = None  # when a person or source last confirmed it
    source_id: int | None = None  # the source whose table tells it; None: a person or a shipped file does


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(FactDraft):
    id: int
    workspace_id: str | None
    recorded_at: datetime
    confirmed_on: tuple[date, ...] = ()  # days on which `source_id` was read and told it; ascending, one tuple a source


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEvent:
    """Append-only. `at`: when it happened in the world; `recorded_at`: when we stored it."""

    fact_id: int
    kind: str  # "proposed" | "approved" | "rejected" | "confirmed" | "retracted" | "amended"
    at: datetime
    recorded_at: datetime
    actor: str = ""
    other_fact_id: int | None = None  # "amended": the fact that replaced it; "approved" by agreement: the other one
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact as seen on a date: its status, what replaced it or disagrees with it, and whether it is stale.

    `challenged_by`: newer proposals of good sources that say otherwise and that nobody believed yet.
    """

    fact: Fact
    status: Status
    superseded_by: Fact | None = None
    disagrees_with: tuple[Fact, ...] = ()
    challenged_by: tuple[Fact, ...] = ()
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`fact_id` is believed from `known_from` on, because `with_fact_id` says the same (`kb.facts.agree`)."""

    fact_id: int
    with_fact_id: int
    known_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuery:
    """What an answer stands on: every fact whose subject matches the glob pattern and whose field is `field`."""

    subject_pattern: str
    field: str
