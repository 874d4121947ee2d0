"""Calls of generators: what one uses, what a day allows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Tokens and dollars of a call. `cost_usd` None: not known. `estimated`: the server told no tokens."""

    tokens_read: int
    tokens_written: int
    tokens_cached: int | None = None
    estimated: bool = False
    cost_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationDraft:
    """A call about to be made, with the most that it may use."""

    day: date  # UTC
    workspace_id: str | None
    channel: str
    generator: str
    model: str
    most: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBudget:
    """Of one day (UTC); 0: no limit. `usd_in_all` is of all workspaces together."""

    tokens: int = 0
    usd: Decimal = Decimal(0)
    usd_in_all: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """`usd` is the sum of what is known; `unpriced` calls are not in it."""

    calls: int
    tokens: int
    usd: Decimal
    unpriced: int
