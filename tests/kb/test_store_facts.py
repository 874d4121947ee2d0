"""Facts: immutable rows, events beside them, workspaces apart."""

from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from kb.errors import BadInput, NotFound
from kb.store import Store
from kb.types import FactDraft
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_fact, a_source, an_item


def draft_fields(fact: FactDraft) -> dict[str, object]:
    return {name: getattr(fact, name) for name in FactDraft.__dataclass_fields__}


def test_a_fact_is_read_back_as_it_was_given(store: Store, clock: Clock) -> None:
    draft = a_fact(
        unit="USD/1M tokens",
        valid_from=date(2026, 1, 1),
        valid_to=date(2027, 1, 1),
        qualifiers=MappingProxyType({"region": "eu", "context": "<=200k"}),
        locator="table 2",
        amends="price/zero",
        checked_on=date(2026, 2, 1),
    )
    fact = store.facts.add(draft)
    assert draft_fields(fact) == draft_fields(draft)
    assert (fact.recorded_at, fact.workspace_id) == (clock.now, None)
    assert store.facts.all() == ([fact], [])
    assert store.facts.get(fact.id) == fact


def test_starter_facts_are_written_once(store: Store) -> None:
    drafts = [a_fact("one"), a_fact("two", subject="model:other")]
    assert [store.facts.upsert_starter(drafts) for _ in range(2)] == [2, 0]
    facts, events = store.facts.all()
    assert ([f.key for f in facts], events) == (["one", "two"], [])


def test_a_changed_starter_fact_amends_the_old_row(store: Store, clock: Clock) -> None:
    store.facts.upsert_starter([a_fact(value="0.50")])
    clock.forward(days=30)
    changed = a_fact(value="0.40", known_from=date(2026, 3, 20))
    assert [store.facts.upsert_starter([changed]) for _ in range(2)] == [1, 0]
    (old, new), (event,) = store.facts.all()
    assert (old.value, new.value) == ("0.50", "0.40")
    assert (event.fact_id, event.kind, event.other_fact_id) == (old.id, "amended", new.id)
    assert event.at == datetime(2026, 3, 20, tzinfo=UTC)
    assert event.recorded_at == clock.now == new.recorded_at


def test_a_later_check_confirms_and_rewrites_nothing(store: Store) -> None:
    store.facts.upsert_starter([a_fact(checked_on=date(2026, 2, 1))])
    for _ in range(2):
        assert store.facts.upsert_starter([a_fact(checked_on=date(2026, 3, 1))]) == 0
    assert store.facts.upsert_starter([a_fact(checked_on=date(2026, 1, 1))]) == 0
    (fact,), (event,) = store.facts.all()
    assert (fact.checked_on, event.kind, event.at) == (date(2026, 2, 1), "confirmed", datetime(2026, 3, 1, tzinfo=UTC))


def test_adding_the_same_fact_again_stores_it_once(store: Store) -> None:
    first = store.facts.add(a_fact(checked_on=date(2026, 2, 1)), workspace_id="T1")
    assert store.facts.add(a_fact(checked_on=date(2026, 2, 8)), workspace_id="T1") == first
    changed = store.facts.add(a_fact(value="0.60"), workspace_id="T1")
    assert changed.id != first.id
    facts, events = store.facts.all(workspace_id="T1")
    assert (facts, [e.kind for e in events]) == ([first, changed], ["confirmed"])


def test_a_proposal_and_what_becomes_of_it(store: Store, clock: Clock) -> None:
    fact = store.facts.add(a_fact(), workspace_id="T1", proposed=True, actor="reader")
    clock.forward(hours=1)
    store.facts.event(fact.id, "approved", at=clock.now, actor="U1", note="checked", workspace_id="T1")
    _, events = store.facts.all(workspace_id="T1")
    assert [(e.kind, e.actor, e.note) for e in events] == [("proposed", "reader", ""), ("approved", "U1", "checked")]
    assert store.facts.add(a_fact(), workspace_id="T1", proposed=True) == fact
    assert len(store.facts.all(workspace_id="T1")[1]) == 2


def test_workspaces_see_shared_facts_and_their_own_events(store: Store, clock: Clock) -> None:
    shared = store.facts.add(a_fact("shared"), proposed=True)
    own = store.facts.add(a_fact("own", subject="model:own"), workspace_id="T1")
    store.facts.event(shared.id, "approved", at=clock.now, workspace_id="T1")
    facts, events = store.facts.all(workspace_id="T1")
    assert (facts, [e.kind for e in events]) == ([shared, own], ["proposed", "approved"])
    facts, events = store.facts.all(workspace_id="T2")
    assert (facts, [e.kind for e in events]) == ([shared], ["proposed"])
    assert store.facts.subjects(workspace_id="T1") == ["model:own", shared.subject]
    assert store.facts.subjects() == [shared.subject]
    with pytest.raises(NotFound):
        store.facts.get(own.id, workspace_id="T2")


def test_narrowed_by_subject_and_field(store: Store, clock: Clock) -> None:
    subjects = ("model:a", "model:a-2", "model:A", "model:\U0001f600", "modem:a", "vendor:a_")
    facts = [store.facts.add(a_fact(s, subject=s, field="f" if s != "model:a-2" else "g")) for s in subjects]
    for fact in facts:
        store.facts.event(fact.id, "confirmed", at=clock.now)

    def found(prefix: str, field: str | None = None) -> list[str]:
        some, events = store.facts.all(subject_prefix=prefix, field=field)
        assert [e.fact_id for e in events] == [f.id for f in some]
        return [f.subject for f in some]

    assert found("model:") == ["model:a", "model:a-2", "model:A", "model:\U0001f600"]
    assert found("model:a") == ["model:a", "model:a-2"]
    assert found("model:a", "f") == ["model:a"]
    assert found("vendor:a%") == found("vendor:__") == []
    assert found("", "g") == ["model:a-2"]


def test_what_cannot_be_said(store: Store, clock: Clock) -> None:
    fact = store.facts.add(a_fact())
    with pytest.raises(BadInput, match="not forgotten"):
        store.facts.event(fact.id, "forgotten", at=clock.now)
    with pytest.raises(NotFound, match="no fact 99"):
        store.facts.event(99, "approved", at=clock.now)
    with pytest.raises(NotFound, match="no fact 98"):
        store.facts.event(fact.id, "amended", at=clock.now, other_fact_id=98)
    with pytest.raises(BadInput, match="no time zone"):
        store.facts.event(fact.id, "approved", at=clock.now.replace(tzinfo=None))


def test_a_quote_must_be_in_the_version_it_names(store: Store) -> None:
    source = store.sources.add(a_source()).id
    store.items.write(source, an_item(text="Input costs $0.50."))
    fact = store.facts.add(a_fact(quote="costs $0.50", item_version_id=1))
    assert fact.item_version_id == 1
    with pytest.raises(BadInput, match="not in item version 1"):
        store.facts.add(a_fact("other", quote="costs $0.40", item_version_id=1))
    with pytest.raises(NotFound):
        store.facts.add(a_fact("other", quote="costs $0.50", item_version_id=7))
