"""Calls of generators on record, on both back ends."""

import threading
from datetime import timedelta
from decimal import Decimal

from kb.store import Store
from kb.types import DayBudget, GenerationDraft, Used
from tests.kb.conftest import Clock


def draft(clock: Clock, workspace: str | None, tokens: int, usd: str | None = None) -> GenerationDraft:
    most = Used(tokens_read=tokens, tokens_written=0, cost_usd=None if usd is None else Decimal(usd))
    day = clock().date()
    return GenerationDraft(day=day, workspace_id=workspace, channel="C", generator="g", model="m", most=most)


def test_a_call_counts_as_its_most_until_it_is_settled(store: Store, clock: Clock) -> None:
    call = store.generations.begin(draft(clock, "T1", 900, "0.01"), DayBudget(tokens=1_000))
    assert call is not None
    assert store.generations.begin(draft(clock, "T1", 900), DayBudget(tokens=1_000)) is None
    store.generations.settle(call, "done", Used(tokens_read=50, tokens_written=20, cost_usd=Decimal("0.000000123")))
    spent = store.generations.spent(clock().date(), workspace_id="T1")
    assert (spent.calls, spent.tokens, spent.usd, spent.unpriced) == (1, 70, Decimal("0.000000123"), 0)
    assert store.generations.begin(draft(clock, "T1", 900), DayBudget(tokens=1_000)) is not None
    assert store.generations.spent(clock().date() + timedelta(days=1), workspace_id="T1").calls == 0


def test_workspaces_and_the_terminal_are_apart_and_in_all_together(store: Store, clock: Clock) -> None:
    for workspace in ("T1", "T2", None):
        store.generations.begin(draft(clock, workspace, 10, "0.5"), DayBudget())
    assert [store.generations.spent(clock().date(), workspace_id=w).calls for w in ("T1", "T2", None)] == [1, 1, 1]
    assert store.generations.spent_in_all(clock().date()).usd == Decimal("1.5")
    assert store.generations.begin(draft(clock, "T3", 10, "0.6"), DayBudget(usd_in_all=Decimal(2))) is None
    assert store.generations.begin(draft(clock, "T1", 10, "0.6"), DayBudget(usd=Decimal(1))) is None


def test_many_at_once_never_begin_more_than_the_budget(store: Store, clock: Clock) -> None:
    begun: list[int | None] = []

    def begin() -> None:
        begun.append(store.generations.begin(draft(clock, "T1", 100), DayBudget(tokens=1_000)))

    threads = [threading.Thread(target=begin) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in begun if one is not None]) == 10
