"""Decision records: written once, read back whole, listed light, found by what they stand on."""

from dataclasses import replace
from datetime import date

import pytest

from kb.errors import NotFound
from kb.store import Store
from kb.store.decisions import DecisionDraft
from kb.types import FactQuery
from tests.kb.conftest import Clock

PRICES = FactQuery(subject_pattern="offer:*", field="price_input")
LICENCE = FactQuery(subject_pattern="model:gpt-oss-120b", field="licence")
DRAFT = DecisionDraft(
    question="open or closed?",
    engine_version="1",
    seed=2**40,
    as_of=date(2026, 3, 1),
    use_case={"values": {"task": "rag"}, "origins": {"task": {"kind": "stated", "words": "documents"}}},
    inputs={"options": [{"id": "own/x", "price": "0.10"}]},
    verdict={"best": "own/x", "p_best": 0.71},
    stands_on=(PRICES, LICENCE, PRICES),
    workspace_id="T1",
    door="slack",
    channel="C1",
    thread="1.1",
    user="U1",
    owner="the platform team",
    review_on=date(2026, 9, 1),
)


def test_a_decision_is_read_back_whole(store: Store, clock: Clock) -> None:
    record = store.decisions.get(store.decisions.add(DRAFT), workspace_id="T1")
    for name in DecisionDraft.__dataclass_fields__:
        if name != "stands_on":
            assert getattr(record, name) == getattr(DRAFT, name), name
    assert record.stands_on == (PRICES, LICENCE)
    assert record.created_at == clock.now


def test_lists_leave_the_inputs_out_and_begin_with_the_newest(store: Store) -> None:
    first, second, third = (store.decisions.add(DRAFT) for _ in range(3))
    found = store.decisions.list(workspace_id="T1", limit=2)
    assert [r.id for r in found] == [third, second]
    assert found[0].verdict == DRAFT.verdict
    assert found[0].inputs == {}
    assert [r.id for r in store.decisions.in_thread("slack", "C1", "1.1", workspace_id="T1")] == [first, second, third]


def test_another_workspace_sees_nothing(store: Store) -> None:
    theirs = store.decisions.add(DRAFT)
    shared = store.decisions.add(replace(DRAFT, workspace_id=None))
    assert [r.id for r in store.decisions.list(workspace_id="T2")] == [shared]
    assert [r.id for r in store.decisions.list()] == [shared]
    assert store.decisions.in_thread("slack", "C1", "1.1") != []
    with pytest.raises(NotFound, match=f"no decision {theirs}"):
        store.decisions.get(theirs, workspace_id="T2")


def test_a_thread_is_of_one_door_and_channel(store: Store) -> None:
    one = store.decisions.add(DRAFT)
    for changes in ({"door": "cli"}, {"channel": "C2"}, {"thread": "2.2"}):
        store.decisions.add(replace(DRAFT, **changes))
    assert [r.id for r in store.decisions.in_thread("slack", "C1", "1.1", workspace_id="T1")] == [one]


def test_a_fact_finds_the_decisions_that_stand_on_it(store: Store) -> None:
    one = store.decisions.add(DRAFT)
    other = store.decisions.add(replace(DRAFT, stands_on=(LICENCE,), workspace_id="T2"))
    assert [r.id for r in store.decisions.standing_on("offer:together/gpt-oss-120b", "price_input")] == [one]
    assert [r.id for r in store.decisions.standing_on("model:gpt-oss-120b", "licence")] == [one, other]
    assert store.decisions.standing_on("model:gpt-oss-120b", "memory_gb") == []
