"""Facts of price tables: told apart from what people follow, and confirmed a day at a time; on both back ends."""

from datetime import date

import pytest

from kb.store import Store
from kb.types import Fact, FactDraft, FactEvent
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_fact, a_source


@pytest.fixture
def table(store: Store) -> int:
    return store.sources.add(a_source("https://prices.test/t.json", kind="litellm")).id


def told(source_id: int, *subjects: str) -> list[FactDraft]:
    return [a_fact(f"t-{source_id}/{s}", subject=f"offer:{s}", source_id=source_id) for s in subjects]


def subjects(rows: tuple[list[Fact], list[FactEvent]]) -> list[str]:
    return [fact.subject for fact in rows[0]]


def test_followed_is_what_somebody_described_with_all_that_tables_say_of_it(
    store: Store, clock: Clock, table: int
) -> None:
    store.facts.add(a_fact("name", subject="offer:acme/one"))
    store.facts.apply(told(table, "acme/one", "acme/two", "other/one"), at=clock.now, actor="s")
    assert subjects(store.facts.followed()) == ["offer:acme/one"] * 2
    assert len(store.facts.all()[0]) == 4
    store.facts.add(a_fact("mine", subject="offer:acme/two"), workspace_id="T1")
    assert sorted(subjects(store.facts.followed(workspace_id="T1"))) == [
        *["offer:acme/one"] * 2,
        *["offer:acme/two"] * 2,
    ]
    assert subjects(store.facts.followed(workspace_id="T2")) == ["offer:acme/one"] * 2


def test_offers_are_those_of_a_model_that_nobody_follows(store: Store, clock: Clock, table: int) -> None:
    store.facts.add(a_fact("name", subject="offer:acme/one"))
    names = ("acme/one", "b/one", "c/ONE", "d/some-one", "e/o_e", "f/one/x", "g/two")
    store.facts.apply(told(table, *names), at=clock.now, actor="s")
    gone = next(f for f in store.facts.all()[0] if f.subject == "offer:b/one")
    store.facts.event(gone.id, "retracted", at=clock.now)
    facts, events = store.facts.offers(["one", "two"])
    assert {f.subject for f in facts} - {"offer:c/ONE"} == {"offer:b/one", "offer:g/two"}
    assert [event.fact_id for event in events] == [gone.id]
    assert subjects(store.facts.offers(["o_e"])) == ["offer:e/o_e"]
    assert store.facts.offers([]) == ([], [])


def test_a_confirmation_is_one_row_a_source_and_day(store: Store, clock: Clock, table: int) -> None:
    store.facts.confirm(table, date(2026, 3, 1))
    assert store.facts.revision() == (0, 0, 0)  # it tells no facts yet
    store.facts.apply(told(table, "acme/one", "acme/two"), at=clock.now, actor="s")
    store.facts.add(a_fact("name", subject="offer:acme/one"))
    for day in (3, 1, 3, 2):
        store.facts.confirm(table, date(2026, 3, day))
    days = tuple(date(2026, 3, day) for day in (1, 2, 3))
    facts, events = store.facts.all()
    assert ([fact.confirmed_on for fact in facts], events) == ([days, days, ()], [])
    assert facts[0].confirmed_on is facts[1].confirmed_on
    assert store.facts.get(facts[0].id).confirmed_on == days


def test_a_confirmation_makes_a_new_revision(store: Store, clock: Clock, table: int) -> None:
    store.facts.apply(told(table, "acme/one"), at=clock.now, actor="s")
    before = store.facts.revision()
    store.facts.confirm(table, date(2026, 3, 1))
    after = store.facts.revision()
    store.facts.confirm(table, date(2026, 3, 1))
    assert after > before
    assert store.facts.revision() == after


def test_limits_of_followed_offers_are_told_with_the_offers(store: Store, clock: Clock, table: int) -> None:
    store.facts.add(a_fact("name", subject="offer:acme/one"))
    limits = a_fact("t/limit", subject="offer:acme/one", field="context_tokens", source_id=table)
    store.facts.apply([*told(table, "acme/one"), limits], at=clock.now, actor="s")
    assert [fact.key for fact in store.facts.followed()[0]] == ["name", f"t-{table}/acme/one"]
    assert [fact.key for fact in store.facts.offers(["one"])[0]] == ["t/limit"]
