"""Forgetting a workspace and what is old, in every table there is: the tests walk the metadata, on both back ends."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Column, Table, func, select

from kb.columns import Json, UtcDateTime
from kb.store import Store
from kb.tables import Row
from tests.kb.conftest import Clock

# Tables that hold nothing of any workspace, each with its reason.
NOBODYS = {
    "leases": "names of jobs and processes",
    "oauth_states": "digests of random numbers, minutes old",
}
NOTE = "erasures"  # the note that a workspace is to be forgotten; `done` deletes it
_numbers = count(1)


def tables() -> list[Table]:
    return list(Row.metadata.sorted_tables)


def fill(store: Store, workspace: str | None) -> dict[str, int]:
    """One row of `workspace` in every table that can have one, each hanging on the others; returns keys by table."""
    made: dict[str, Any] = {}
    with store.db.write() as conn:
        for t in tables():
            if workspace is None and "workspace_id" in t.c and not t.c.workspace_id.nullable:
                continue
            row = {c.name: value(c, made, workspace) for c in t.c if not (c.primary_key and is_serial(c))}
            [key] = t.primary_key.columns
            made[t.name] = conn.scalar(store.db.insert(t).values(**row).returning(key))
    return made


def is_serial(column: Column[Any]) -> bool:
    return column.table.dialect_options["sqlite"]["autoincrement"] is True


def value(column: Column[Any], made: dict[str, Any], workspace: str | None) -> Any:
    for key in column.foreign_keys:
        return made[key.column.table.name]
    if column.name == "workspace_id":
        return workspace
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 2, 1, tzinfo=UTC)
    if isinstance(column.type, Json):
        return ["some"]
    kinds = {str: f"{workspace}-{next(_numbers)}", bytes: b"bytes", bool: True, date: date(2026, 2, 1), float: 0.5}
    return kinds.get(column.type.python_type, next(_numbers))


def counts(store: Store) -> dict[str, int]:
    with store.db.read() as conn:
        return {t.name: conn.scalar(select(func.count()).select_from(t)) or 0 for t in tables()}


def hangs_on_a_workspace(t: Table) -> bool:
    parents = (key.column.table for key in t.foreign_keys)
    return "workspace_id" in t.c or any(hangs_on_a_workspace(parent) for parent in parents)


def test_every_table_belongs_to_a_workspace_or_says_why_not() -> None:
    free = {t.name for t in tables() if not hangs_on_a_workspace(t)}
    assert free == set(NOBODYS)


def test_a_workspace_goes_whole_and_alone(store: Store) -> None:
    for other in (None, "T2"):
        fill(store, other)
    kept = counts(store)
    fill(store, "T1")
    gone = store.erase.delete_workspace("T1")
    left = counts(store)
    assert {name for name in left if left[name] != kept[name]} == {NOTE, *NOBODYS}
    assert set(gone) == set(left) - {NOTE, *NOBODYS}
    assert all(n == 1 for n in gone.values())
    assert store.erase.delete_workspace("T1") == {}


def test_nothing_of_it_is_left_in_any_column(store: Store) -> None:
    """Also text: every value that was made for the workspace bears its name."""
    fill(store, "T2")
    fill(store, "T1")
    store.erase.delete_workspace("T1")
    with store.db.read() as conn:
        for t in tables():
            if t.name in (NOTE, *NOBODYS):
                continue
            for row in conn.execute(select(t)):
                assert not [v for v in row if isinstance(v, str) and (v == "T1" or v.startswith("T1-"))], t.name


# ---------------------------------------------------------------- what is old


@pytest.fixture
def filled(store: Store) -> Callable[[], dict[str, int]]:
    for workspace in ("T1", "T2", None):
        fill(store, workspace)
    with store.db.write() as conn:
        for name, state in (("inbox", "answered"), ("outbox", "sent")):
            conn.execute(Row.metadata.tables[name].update().values(state=state))
    return lambda: counts(store)


AGED = {"answers", "answer_queries", "decisions", "decision_queries", "feedback", "inbox", "outbox", "threads"}


def test_what_is_old_goes_and_what_hangs_on_it(store: Store, filled: Callable[[], dict[str, int]]) -> None:
    before = filled()
    assert store.erase.delete_older("T1", datetime(2026, 2, 1, tzinfo=UTC)) == {}
    gone = store.erase.delete_older("T1", datetime(2026, 2, 2, tzinfo=UTC))
    assert set(gone) >= AGED
    assert not {"facts", "sources", "items", "settings", "installations", "fact_events", "audit"} & set(gone)
    assert {name: before[name] - n for name, n in gone.items()} == {name: filled()[name] for name in gone}
    assert store.erase.workspaces() == [None, "T2"]


def test_open_work_is_kept_however_old(store: Store, filled: Callable[[], dict[str, int]]) -> None:
    with store.db.write() as conn:
        for name, state in (("inbox", "leased"), ("outbox", "waiting")):
            conn.execute(Row.metadata.tables[name].update().values(state=state))
    gone = store.erase.delete_older("T1", datetime(2026, 2, 2, tzinfo=UTC))
    assert not {"inbox", "outbox"} & set(gone)
    assert "answers" in gone


def test_rows_of_the_terminal_age_apart(store: Store, filled: Callable[[], dict[str, int]]) -> None:
    store.erase.delete_older(None, datetime(2026, 2, 2, tzinfo=UTC))
    assert store.erase.workspaces() == ["T1", "T2"]


# ---------------------------------------------------------------- leaving


def test_leaving_is_noted_and_done_twice(store: Store, clock: Clock) -> None:
    fill(store, "T1")
    store.erase.stay("T1")
    assert store.erase.due() == []
    assert store.erase.leave("T1", left_at=clock())
    assert store.installations.get("T1") is None
    [first] = store.erase.due()
    assert first.workspace_id == "T1"
    store.erase.delete_workspace("T1")
    store.erase.done(first)
    assert store.erase.due() == []
    store.answers.add(question="late", kind="fact", as_of=clock().date(), body={}, workspace_id="T1")
    clock.forward(hours=1)
    [second] = store.erase.due()
    store.erase.done(first)  # another process was slower: it ends nothing
    assert store.erase.due() == [second]
    assert store.erase.delete_workspace("T1") == {"answers": 1}
    store.erase.done(second)
    clock.forward(days=1)
    assert store.erase.due() == []


def test_a_late_farewell_of_who_came_back_is_no_farewell(store: Store, clock: Clock) -> None:
    fill(store, "T1")
    store.erase.stay("T1")
    left_at = datetime(2026, 2, 1, tzinfo=UTC) - timedelta(seconds=1)  # rows are made as installed on 1 February
    assert not store.erase.leave("T1", left_at=left_at)
    assert store.installations.get("T1") is not None
    assert store.erase.due() == []
