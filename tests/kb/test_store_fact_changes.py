"""What one reading of a structured source changed: written together, on both back ends."""

from datetime import UTC, date, datetime

from kb.facts.view import view
from kb.store import Store
from kb.types import Status
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_fact


def test_new_rows_amend_the_newest_of_their_keys_in_the_same_workspace(store: Store, clock: Clock) -> None:
    first = [a_fact(f"key-{n}", subject=f"model:m{n}") for n in range(1200)]
    assert store.facts.apply(first, at=clock.now, actor="source 1") == 1200
    changed = [a_fact(f"key-{n}", subject=f"model:m{n}", value="9", known_from=date(2026, 5, 1)) for n in (3, 700)]
    assert store.facts.apply(changed, at=clock.now, actor="source 1") == 2
    assert store.facts.apply(changed[:1], at=clock.now, actor="source 9", workspace_id="T1") == 1
    facts, events = store.facts.all()
    assert [fact.key for fact in facts] == [draft.key for draft in (*first, *changed)]
    assert [(e.fact_id, e.other_fact_id) for e in events] == [
        (facts[3].id, facts[-2].id),
        (facts[700].id, facts[-1].id),
    ]
    assert {(e.kind, e.at, e.actor) for e in events} == {("amended", datetime(2026, 5, 1, tzinfo=UTC), "source 1")}


def test_what_is_retracted_may_be_approved_again(store: Store, clock: Clock) -> None:
    store.facts.apply([a_fact("one"), a_fact("two", subject="model:two")], at=clock.now, actor="s")
    (one, _), _ = store.facts.all()
    seen = []
    for kind in ("retracted", "approved"):
        clock.forward(days=1)
        store.facts.apply([], **{kind: [one.id]}, at=clock.now, actor="s")  # type: ignore[arg-type]
        seen += [v.status for v in view(*store.facts.all(), as_of=clock.now.date()) if v.fact.id == one.id]
    assert seen == [Status.RETRACTED, Status.IN_FORCE]
    assert store.facts.apply([], at=clock.now, actor="s") == 0
