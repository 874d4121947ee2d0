"""Budgets and accounts: a call is on record before it is made, and its tokens and cost when it ends.

Accounts.open -> Account (or BudgetSpent) -> the call -> Account.close
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.generate import Generator, Prompt, Usage
from bot.generate.price import Prices, with_cost
from kb.decide.types import Price
from kb.errors import BudgetSpent
from kb.types import DayBudget, GenerationDraft, Used

if TYPE_CHECKING:
    from kb.store import Store

_LEAST_CHARACTERS_A_TOKEN = 3  # for what a call may use at most
_CHARACTERS_A_TOKEN = 4  # for what it used, where the server does not say


@dataclass(frozen=True, slots=True)
class Account:
    """One call on record."""

    store: "Store"
    call_id: int
    price: Price | None
    prompt: Prompt

    def close(self, outcome: str, usage: Usage | None, characters: int, *, answered: bool) -> None:
        """`characters`: of text that came. Not `answered`: the server took the question for an error, and no tokens."""
        told = usage.prompt_tokens if usage else None
        wrote = usage.completion_tokens if usage else None
        read = told if told is not None else _tokens(_length(self.prompt), _CHARACTERS_A_TOKEN) if answered else 0
        written = wrote if wrote is not None else _tokens(characters, _CHARACTERS_A_TOKEN)
        used = Used(
            tokens_read=read,
            tokens_written=written,
            tokens_cached=usage.cached_tokens if usage else None,
            estimated=answered and (told is None or wrote is None),
        )
        self.store.generations.settle(self.call_id, outcome, _priced(used, self.price))


class Accounts:
    def __init__(self, store: "Store") -> None:
        self._store, self._prices = store, Prices(store)

    def open(
        self,
        generator: Generator,
        prompt: Prompt,
        max_tokens: int,
        *,
        budget: DayBudget,
        now: datetime,
        workspace_id: str | None,
        channel: str,
    ) -> Account:
        """Raises BudgetSpent where the day's budget has no room for the most that this call may use."""
        day = now.date()
        price = self._prices.of(generator, day)
        if price is None and generator.goes_to and (budget.usd or budget.usd_in_all):
            raise BudgetSpent(f"no price of {generator.model} is on record, so no budget in dollars can be kept to")
        most = Used(
            tokens_read=_tokens(_length(prompt), _LEAST_CHARACTERS_A_TOKEN), tokens_written=max_tokens, estimated=True
        )
        draft = GenerationDraft(
            day=day,
            workspace_id=workspace_id,
            channel=channel,
            generator=generator.name,
            model=generator.model,
            most=_priced(most, price),
        )
        call_id = self._store.generations.begin(draft, budget)
        if call_id is None:
            raise BudgetSpent("today's budget for it is spent, and begins anew at midnight UTC")
        return Account(self._store, call_id, price, prompt)


def lower(one: int, other: int | None) -> int:
    """The lower of two limits, where 0 is none."""
    return min(filter(None, (one, other or 0)), default=0)


def _priced(used: Used, price: Price | None) -> Used:
    return Used(
        tokens_read=used.tokens_read,
        tokens_written=used.tokens_written,
        tokens_cached=used.tokens_cached,
        estimated=used.estimated,
        cost_usd=with_cost(price, used) if used.tokens_read or used.tokens_written else Decimal(0),
    )


def _length(prompt: Prompt) -> int:
    return len(prompt.system) + len(prompt.user)


def _tokens(characters: int, a_token: int) -> int:
    return -(-characters // a_token)
