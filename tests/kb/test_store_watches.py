"""Watches on both back ends: one a place, told by one process, and a census that any commit moves."""

from datetime import date
from typing import Any

import pytest

from kb.errors import NotFound
from kb.store import Store
from kb.store.decisions import DecisionDraft
from kb.store.watches import Seen, WatchDraft
from kb.types import FactDraft, Tier
from tests.kb.conftest import Clock

DAY = date(2026, 3, 1)


def decided(store: Store, workspace: str | None = "T1", thread: str = "1.1") -> int:
    draft = DecisionDraft(
        question="open or closed?",
        engine_version="1",
        seed=0,
        as_of=DAY,
        use_case={},
        inputs={},
        verdict={},
        workspace_id=workspace,
        door="slack",
        channel="C1",
        thread=thread,
    )
    return store.decisions.add(draft)


def answered(store: Store, thread: str = "1.1") -> int:
    return store.answers.add(
        question="which licence?", kind="fact", as_of=DAY, body={}, workspace_id="T1", channel="C1", thread=thread
    )


def a_watch(decision_id: int, **more: Any) -> WatchDraft:
    given: dict[str, Any] = {"workspace_id": "T1", "door": "slack", "channel": "C1", "thread": "1.1", "user": "U1"}
    return WatchDraft(**{**given, "decision_id": decision_id, **more})


def seen(watch_id: int, *, told: int = 0, outcome: str = "a") -> Seen:
    said = {"verdict": outcome}
    return Seen(watch_id=watch_id, basis="b", checked_on=DAY, outcome=said, warned=("move:2026-04-01:30",), told=told)


def test_one_watch_a_place(store: Store) -> None:
    number = decided(store)
    first, new = store.watches.add(a_watch(number))
    assert new
    assert (first.state, first.told, first.outcome, first.warned) == ("on", 0, None, ())
    again, new = store.watches.add(a_watch(number, user="U2"))
    assert (again.id, again.user, new) == (first.id, "U1", False)
    elsewhere, new = store.watches.add(a_watch(number, channel="D1", thread="", role="subscriber", user="U2"))
    assert new
    assert [w.id for w in store.watches.on()] == [first.id, elsewhere.id]
    assert [w.id for w in store.watches.in_thread("slack", "C1", "1.1", workspace_id="T1")] == [first.id]
    assert [w.id for w in store.watches.of_user("U2", workspace_id="T1")] == [elsewhere.id]


def test_a_decision_is_watched_before_its_answer_is_there(store: Store) -> None:
    number, answer = decided(store), answered(store)
    store.watches.add(a_watch(number))
    assert store.watches.add(a_watch(number, answer_id=answer))[0].answer_id == answer
    assert store.watches.unwatched_answers(store.db.now()) == []


def test_another_workspace_sees_nothing(store: Store) -> None:
    watch, _ = store.watches.add(a_watch(decided(store)))
    with pytest.raises(NotFound):
        store.watches.get(watch.id, workspace_id="T2")
    assert store.watches.list(workspace_id="T2") == []
    assert store.watches.of_user("U1", workspace_id="T2") == []
    assert store.watches.in_thread("slack", "C1", "1.1", workspace_id="T2") == []
    assert [w.id for w in store.watches.all()] == [watch.id]


def test_what_nobody_watches_yet(store: Store, clock: Clock) -> None:
    old = decided(store)
    clock.forward(days=2)
    new, answer = decided(store, thread="2.2"), answered(store)
    answered(store, thread="")
    since = clock.now
    assert [found.id for found in store.watches.unwatched_decisions(since)] == [new]
    assert [found.id for found in store.watches.unwatched_answers(since)] == [answer]
    store.watches.add(a_watch(new))
    assert store.watches.unwatched_decisions(since) == []
    clock.forward(days=-2)
    assert [found.id for found in store.watches.unwatched_decisions(clock.now)] == [old]


def test_only_one_of_two_processes_tells(store: Store) -> None:
    watch, _ = store.watches.add(a_watch(decided(store)))
    assert store.watches.keep(seen(watch.id))
    assert store.watches.tell(seen(watch.id, outcome="b"))
    assert not store.watches.tell(seen(watch.id, outcome="c"))
    assert not store.watches.keep(seen(watch.id, outcome="c"))
    kept = store.watches.get(watch.id, workspace_id="T1")
    assert (kept.told, kept.outcome, kept.warned, kept.checked_on) == (
        1,
        {"verdict": "b"},
        ("move:2026-04-01:30",),
        DAY,
    )


def test_states(store: Store) -> None:
    watch, _ = store.watches.add(a_watch(decided(store)))
    store.watches.set_state(watch.id, "muted")
    assert store.watches.on() == []
    assert [w.state for w in store.watches.list(workspace_id="T1")] == ["muted"]
    store.watches.set_state(watch.id, "ended")
    assert store.watches.list(workspace_id="T1") == []
    assert store.watches.of_user("U1", workspace_id="T1") == []


def test_any_commit_moves_the_census(store: Store) -> None:
    censuses = [store.watches.census()]
    draft = FactDraft(
        key="k",
        subject="model:x",
        field="licence",
        value="free-1",
        statement="X is under Free 1.",
        source_url="https://x.example",
        source_title="X",
        publisher="X",
        tier=Tier.PRIMARY,
        known_from=DAY,
    )
    fact = store.facts.add(draft)
    censuses.append(store.watches.census())
    store.facts.event(fact.id, "retracted", at=store.db.now())
    censuses.append(store.watches.census())
    assert len(set(censuses)) == 3
    assert store.watches.census() == censuses[-1]


def test_a_row_numbered_early_and_committed_late_moves_it_too(store: Store, sql: Any) -> None:
    """The highest number stays; the count does not."""
    for key in ("a", "b"):
        store.facts.add(
            FactDraft(
                key=key,
                subject="model:x",
                field="note",
                value=key,
                statement="X.",
                source_url="https://x.example",
                source_title="X",
                publisher="X",
                tier=Tier.PRIMARY,
                known_from=DAY,
            )
        )
    both = store.watches.census()
    with store.db.write() as conn:
        conn.exec_driver_sql("DELETE FROM facts WHERE key = 'a'")
    late = store.watches.census()
    assert late != both
    assert late.split(";")[0].split(":")[1] == both.split(";")[0].split(":")[1]
