"""Price tables from day to day: what keeps them fresh, and that thousands of rows crowd nothing out."""

import json
from datetime import date

import pytest

from kb.facts.view import view
from kb.types import Filter
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON, GENAI, LITELLM, chat
from tests.servers import Reply

TABLE = {f"acme/{name}": chat("acme", 1, 2) for name in ("one", "two", "three", "four")}
LESS = {"acme/one": TABLE["acme/one"]}


def put(world: World, table: object, path: str = "/t.json") -> None:
    world.server.put(path, json.dumps(table).encode(), modified=world.clock().timestamp())


def start(world: World) -> None:
    put(world, TABLE)
    world.add("t.json", **LITELLM, **COMMON)
    world.one()


def stale(world: World, *, as_of: date | None = None, today: date | None = None) -> dict[str, bool]:
    day = world.clock().date()
    facts, events = world.store.facts.all()
    seen = view(facts, events, as_of=as_of or day, today=today)
    return {v.fact.subject.partition("/")[2]: v.stale for v in seen if v.fact.field == "price_input"}


def days_of(world: World, days: int) -> set[str]:
    outcomes = set()
    for _ in range(days):
        world.later(days=1)
        outcomes.add(world.one().outcome)
    return outcomes


def confirmations(world: World) -> int:
    return world.store.facts.revision()[2]


# ---------------------------------------------------------------- freshness


def test_unchanged_readings_keep_prices_fresh_without_a_row_a_fact(world: World) -> None:
    start(world)
    before = world.store.facts.revision()[:2]
    assert days_of(world, 10) == {"not_modified"}
    assert set(stale(world).values()) == {False}
    assert world.store.facts.revision() == (*before, 11)
    world.one()
    assert confirmations(world) == 11  # once a day, however often it is read


def test_a_server_without_validators_confirms_by_sending_the_same(world: World) -> None:
    start(world)
    world.server.fault("/t.json", Reply(validators=False))
    assert days_of(world, 10) == {"fetched"}
    assert set(stale(world).values()) == {False}


def test_a_source_that_fails_lets_its_prices_grow_stale(world: World) -> None:
    start(world)
    days_of(world, 3)
    world.server.fault("/t.json", Reply(status=500), times=8)
    assert days_of(world, 7) == {"failed"}
    assert set(stale(world).values()) == {False}
    days_of(world, 1)
    assert set(stale(world).values()) == {True}
    assert days_of(world, 1) == {"not_modified"}
    assert set(stale(world).values()) == {False}


def test_days_of_the_past_keep_their_own_age(world: World) -> None:
    start(world)
    first = world.clock().date()
    days_of(world, 9)
    world.server.fault("/t.json", Reply(status=500))
    days_of(world, 20)
    on = {n: stale(world, as_of=date.fromordinal(first.toordinal() + n))["one"] for n in (0, 8, 9, 16, 17, 29)}
    assert on == {0: False, 8: False, 9: False, 16: False, 17: True, 29: True}
    assert set(stale(world, as_of=first, today=world.clock().date()).values()) == {True}


def test_what_a_cut_body_lacks_is_not_confirmed(world: World) -> None:
    start(world)
    world.later(days=1)
    put(world, LESS)
    assert "looks cut" in str(world.one().reason)
    assert days_of(world, 8) == {"fetched"}  # asked for whole, never "not modified"
    assert confirmations(world) == 1
    assert stale(world)["two"] is True
    put(world, TABLE)
    days_of(world, 1)
    assert set(stale(world).values()) == {False}


def test_a_price_that_was_replaced_is_not_confirmed(world: World) -> None:
    start(world)
    put(world, TABLE | {"acme/one": chat("acme", 3, 2)})
    days_of(world, 9)
    facts, events = world.store.facts.all()
    seen = view(facts, events, as_of=world.clock().date())
    told = {v.fact.value: v.stale for v in seen if (v.fact.subject, v.fact.field) == ("offer:acme/one", "price_input")}
    assert told == {"1": True, "3": False}


def test_feeds_write_no_confirmations(world: World) -> None:
    world.server.put("/f.xml", b"<rss version='2.0'><channel><title>F</title></channel></rss>")
    world.add("f.xml")
    world.one()
    assert world.store.facts.revision() == (0, 0, 0)


# ---------------------------------------------------------------- no crowding


@pytest.mark.parametrize("named", [LITELLM, GENAI])
def test_rows_are_quoted_but_neither_news_nor_searched(world: World, named: dict[str, str]) -> None:
    models = [{"id": "one", "prices": {"input_mtok": 1}}]
    put(world, TABLE if named is LITELLM else [{"id": "acme", "models": models}])
    world.add("t.json", **named, **COMMON)
    rows = world.one().new
    assert rows == (4 if named is LITELLM else 1)
    store = world.store
    assert store.items.recent(Filter(), limit=50) == []
    assert len(store.items.recent(Filter(records=True), limit=50)) == rows
    assert store.items.counts()["passages"] == 0
    assert store.items.find_quote("1 USD per million tokens") is not None


def test_a_row_that_changes_stays_a_row(world: World) -> None:
    start(world)
    world.later(days=1)
    put(world, TABLE | {"acme/one": chat("acme", 3, 2)})
    assert world.one().edited == 1
    assert world.store.items.recent(Filter(), limit=50) == []
    assert world.store.items.find_quote("input cost: 3 USD per million tokens") is not None


def test_facts_name_their_source(world: World) -> None:
    start(world)
    assert {fact.source_id for fact in world.store.facts.all()[0]} == {world.source().id}


def test_a_row_that_cannot_be_stored_does_not_stop_the_others(world: World) -> None:
    put(world, TABLE | {"acme/" + "long" * 600: chat("acme", 1, 2)})
    world.add("t.json", **LITELLM, **COMMON)
    report = world.one()
    assert report.new == len(TABLE)
    assert [refused[:9] for refused in report.refused] == ["acme/long"]
