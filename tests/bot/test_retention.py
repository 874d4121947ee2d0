"""Housekeeping: once a day, by one process, as each workspace wants; who left is forgotten meanwhile and once more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.preferences import RETENTION_DAYS, WORKSPACE, Preferences
from bot.retention import days_kept, keep_house
from kb.settings import Settings
from kb.store import Store
from tests.bot.install_world import empty_store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with empty_store(tmp_path, clock) as opened:
        yield opened


def answer(store: Store, clock: Clock, workspace: str | None, age_days: float) -> None:
    clock.now = NOW - timedelta(days=age_days)
    store.answers.add(question="q", kind="fact", as_of=NOW.date(), body={}, workspace_id=workspace, thread="t")
    clock.now = NOW


def left(store: Store, workspace: str | None) -> int:
    found = store.answers.in_thread("cli", "", "t", workspace_id=workspace)
    return sum(record.workspace_id == workspace for record in found)


def prefer(store: Store, workspace: str | None, days: int | None) -> None:
    Preferences(store.settings, workspace).put(WORKSPACE, RETENTION_DAYS, days)


def test_everything_is_kept_unless_someone_says_otherwise(store: Store, clock: Clock) -> None:
    answer(store, clock, "T1", 4000)
    keep_house(store, Settings(), "me", NOW)
    assert left(store, "T1") == 1


def test_each_workspace_keeps_its_own_days(store: Store, clock: Clock) -> None:
    for workspace in ("T1", "T2", "T3"):
        for age in (1, 20, 100):
            answer(store, clock, workspace, age)
    prefer(store, "T1", 7)
    prefer(store, "T2", 30)
    keep_house(store, Settings(retention_days=90), "me", NOW)
    assert [left(store, workspace) for workspace in ("T1", "T2", "T3")] == [1, 2, 2]


def test_a_shared_choice_counts_where_a_workspace_made_none(store: Store) -> None:
    prefer(store, None, 60)
    prefer(store, "T1", 7)
    assert [days_kept(store, Settings(), workspace) for workspace in ("T1", "T2", None)] == [7, 60, 60]
    assert days_kept(store, Settings(retention_days=90), "T2") == 60


def test_it_looks_once_a_day(store: Store, clock: Clock) -> None:
    prefer(store, "T1", 7)
    keep_house(store, Settings(), "me", NOW)
    answer(store, clock, "T1", 8)
    keep_house(store, Settings(), "me", NOW + timedelta(hours=11))
    assert left(store, "T1") == 1
    keep_house(store, Settings(), "me", NOW + timedelta(hours=12))
    assert left(store, "T1") == 0


def test_one_process_at_a_time(store: Store, clock: Clock) -> None:
    prefer(store, "T1", 7)
    answer(store, clock, "T1", 8)
    assert store.lease("retention", "another", 60)
    keep_house(store, Settings(), "me", NOW)
    assert left(store, "T1") == 1
    store.unlease("retention", "another")
    keep_house(store, Settings(), "me", NOW)
    assert left(store, "T1") == 0


def test_who_left_is_forgotten_and_what_was_written_late_too(store: Store, clock: Clock) -> None:
    answer(store, clock, "T1", 0)
    answer(store, clock, "T2", 0)
    store.erase.leave("T1", left_at=NOW)
    keep_house(store, Settings(), "me", clock.now)
    assert (left(store, "T1"), left(store, "T2")) == (0, 1)
    answer(store, clock, "T1", 0)
    keep_house(store, Settings(), "me", clock.now)
    assert left(store, "T1") == 1
    clock.now += timedelta(hours=1)
    keep_house(store, Settings(), "me", clock.now)
    assert (left(store, "T1"), left(store, "T2")) == (0, 1)
    assert store.erase.due() == []
