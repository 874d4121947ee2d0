"""What a table that changed means for the facts: exactly what it should, and nothing on the word of a cut body."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.facts import fact_changes, key_prefix
from kb.facts.load import load_starter
from kb.facts.view import view
from kb.types import Fact, FactEvent, Status
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON, GENAI, LITELLM, chat, on, prices, read, said, source
from tests.ingest.records import NOW

ONE = "offer:acme/one"
TABLE = {f"acme/{name}": chat("acme", 1, 2) for name in ("one", "two", "three", "four")}


def put(world: World, table: object, path: str = "/t.json") -> None:
    world.server.put(path, json.dumps(table).encode(), modified=world.clock().timestamp())


def start(world: World, table: object, named: dict[str, str] = LITELLM) -> None:
    put(world, table)
    world.add("t.json", **named, **COMMON)
    world.one()


def rows(world: World) -> tuple[int, int, int]:
    facts, events = world.store.facts.all()
    return len(facts), len(events), world.store.items.counts()["versions"]


def test_records_become_items_and_facts(world: World) -> None:
    start(world, TABLE)
    assert rows(world) == (8, 0, 4)
    (version,) = world.store.items.versions(1)
    assert version.external_id == "acme/one"
    assert "input cost: 1 USD per million tokens" in version.text
    assert prices(world.store, "2026-11-22", ONE) == {("price_input",): {"1"}, ("price_output",): {"2"}}


def test_the_same_again_writes_nothing(world: World) -> None:
    start(world, TABLE)
    before = rows(world)
    world.later(days=1)
    assert world.one().outcome == "not_modified"
    world.server.put("/t.json", json.dumps(TABLE, indent=3).encode())
    report = world.one()
    assert (report.outcome, report.new, report.edited, report.facts, report.retracted) == ("fetched", 0, 0, 0, 0)
    assert rows(world) == before


def test_a_changed_price_follows_the_old_one(world: World) -> None:
    start(world, TABLE)
    world.later(days=10)
    put(world, TABLE | {"acme/one": chat("acme", 3, 2)})
    report = world.one()
    assert (report.edited, report.facts, report.retracted) == (1, 1, 0)
    assert prices(world.store, "2026-12-01", ONE)["price_input",] == {"1"}
    assert prices(world.store, "2026-12-02", ONE)["price_input",] == {"3"}
    (old,) = [seen for seen in on(world.store, "2026-12-02", ONE) if seen.status is Status.SUPERSEDED]
    assert old.fact.value == "1"
    assert old.superseded_by is not None
    assert old.superseded_by.value == "3"


def test_what_vanished_is_retracted_with_all_its_rows_and_may_come_back(world: World) -> None:
    start(world, TABLE)
    for days, table in (
        (1, TABLE | {"acme/one": chat("acme", 3, 2)}),
        (1, {key: row for key, row in TABLE.items() if key != "acme/one"}),
        (1, TABLE | {"acme/one": chat("acme", 3, 2)}),
    ):
        world.later(days=days)
        put(world, table)
        world.one()
    assert prices(world.store, "2026-11-23", ONE)["price_input",] == {"3"}
    assert {seen.status for seen in on(world.store, "2026-11-24", ONE)} == {Status.RETRACTED}
    assert prices(world.store, "2026-11-25", ONE) == {("price_input",): {"3"}, ("price_output",): {"2"}}


def test_a_cut_body_retracts_nothing_and_says_so(world: World) -> None:
    start(world, TABLE)
    before = rows(world)
    put(world, dict(list(TABLE.items())[:1]))
    report = world.one()
    assert (report.vanished, report.retracted) == (0, 0)
    assert "looks cut" in str(report.reason)
    assert "6 facts" in str(report.reason)
    world.server.put("/t.json", json.dumps(TABLE).encode()[:90])
    assert world.one().outcome == "failed"
    world.server.put("/t.json", b"")
    assert world.one().outcome == "failed"
    assert rows(world) == before


def test_prices_that_lose_their_field_are_kept_too(world: World) -> None:
    """Every record is there, but under a new scheme: that is no news of three thousand prices."""
    start(world, TABLE)
    put(world, {key: {"litellm_provider": "acme", "max_input_tokens": 5} for key in TABLE})
    report = world.one()
    assert (report.edited, report.facts, report.retracted) == (4, 4, 0)
    assert "8 facts" in str(report.reason)


def test_two_tables_never_write_over_each_other(world: World) -> None:
    start(world, TABLE)
    put(world, {"acme/one": chat("acme", 9, 2)}, "/u.json")
    world.add("u.json", **LITELLM | {"publisher": "A mirror"}, **COMMON)
    world.refresh()
    assert prices(world.store, "2026-11-22", ONE, Status.DISPUTED)["price_input",] == {"1", "9"}


def test_the_price_history_of_deepseek_v4_pro_is_answered_as_of_each_date(world: World) -> None:
    """G7: 5.22 a pair at first, then 1.305, then 2.64 off peak and 5.28 at peak hours."""
    subject, windows = "offer:deepseek/deepseek-v4-pro", [{"hours_utc": ["10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]}]
    off_peak = {"input_cost_per_token": 6.6e-07, "output_cost_per_token": 1.98e-06, "windows": windows}
    polls = {
        "2026-04-24": chat("deepseek", 1.74, 3.48),
        "2026-05-04": chat("deepseek", 0.435, 0.87),
        "2026-08-17": chat("deepseek", 1.32, 3.96, off_peak_pricing=off_peak),
    }
    world.now[0] = NOW.replace(month=4, day=24)
    start(world, TABLE | {"deepseek/deepseek-v4-pro": polls["2026-04-24"]})
    for day, row in list(polls.items())[1:]:
        world.now[0] = NOW.replace(month=int(day[5:7]), day=int(day[8:]))
        put(world, TABLE | {"deepseek/deepseek-v4-pro": row})
        world.one()
    asked = {
        "2026-04-23": {},
        "2026-04-24": {("price_input",): {"1.74"}, ("price_output",): {"3.48"}},
        "2026-06-01": {("price_input",): {"0.435"}, ("price_output",): {"0.87"}},
        "2026-08-16": {("price_input",): {"0.435"}, ("price_output",): {"0.87"}},
        "2026-08-17": {
            ("price_input", "peak"): {"1.32"},
            ("price_output", "peak"): {"3.96"},
            ("price_input", "off-peak"): {"0.66"},
            ("price_output", "off-peak"): {"1.98"},
        },
    }
    assert {day: prices(world.store, day, subject) for day in asked} == asked


def test_a_disagreement_of_two_tables_is_disputed_and_shows_both(world: World) -> None:
    subject = "offer:mistral/mistral-large-4"
    world.store.facts.upsert_starter(load_starter())
    start(world, TABLE | {"mistral/mistral-large-4": chat("mistral", 1.36, 4.18)})
    dated = [
        {"prices": {"input_mtok": 0.68, "output_mtok": 2.09}},
        {"constraint": {"start_date": "2026-10-20"}, "prices": {"input_mtok": 1.36, "output_mtok": 4.18}},
        {"constraint": {"start_date": "2026-10-29"}, "prices": {"input_mtok": 0.7, "output_mtok": 2.1}},
    ]
    put(world, [{"id": "mistral", "models": [{"id": "mistral-large-4", "prices": dated}]}], "/g.json")
    world.add("g.json", **GENAI, **COMMON)
    world.refresh()
    disputed = [seen for seen in on(world.store, "2026-11-22", subject) if seen.status is Status.DISPUTED]
    assert {(seen.fact.field, seen.fact.publisher, seen.fact.value) for seen in disputed} == {
        ("price_input", "BerriAI (LiteLLM)", "1.36"),
        ("price_input", "Pydantic", "0.7"),
        ("price_output", "BerriAI (LiteLLM)", "4.18"),
        ("price_output", "Pydantic", "2.1"),
    }
    assert all(seen.disagrees_with for seen in disputed)


# ---------------------------------------------------------------- properties

CENTS = st.integers(1, 40).map(lambda n: n / 20)
ROW = st.builds(
    lambda dollars, out, more: chat("acme", dollars, out, **more),
    CENTS,
    CENTS,
    st.fixed_dictionaries(
        {},
        optional={
            "max_input_tokens": st.integers(1, 3).map(lambda n: n * 1000),
            "deprecation_date": st.sampled_from(["2027-01-01", "2027-02-01", "never"]),
            "input_cost_per_token_above_200k_tokens": CENTS.map(lambda dollars: dollars / 1e6),
            "supports_vision": st.booleans(),
        },
    ),
)
KEYS = ("acme/one", "one", "acme/x/one", "acme/two", "eu.acme.two", "azure/eu/three", "acme/four", "acme/five")
TABLES = st.dictionaries(st.sampled_from(KEYS), ROW, min_size=1)


def settle(facts: list[Fact], events: list[FactEvent], table: dict[str, Any], day: int) -> tuple[Counter[str], int]:
    """Apply one reading to rows in memory as the store does; how often each change came, and what was spared."""
    record, at = source(LITELLM), NOW + timedelta(days=day)
    page = read(LITELLM, table, on=at.date().isoformat())
    found = fact_changes(facts, events, page.facts, prefix=key_prefix(record), published=at.date())
    for draft in found.added:
        values = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
        facts.append(Fact(**values, id=len(facts) + 1, workspace_id=None, recorded_at=at))
    for kind, ids in (("retracted", found.retracted), ("approved", found.returned)):
        events.extend(FactEvent(fact_id=id_, kind=kind, at=at, recorded_at=at) for id_ in ids)
    return Counter(added=len(found.added), retracted=len(found.retracted), returned=len(found.returned)), found.spared


def standing(facts: list[Fact], events: list[FactEvent], day: int) -> set[tuple[object, ...]]:
    seen = view(facts, events, as_of=NOW.date() + timedelta(days=day))
    return {said(one.fact) for one in seen if one.status in (Status.IN_FORCE, Status.DISPUTED)}


@settings(max_examples=150, deadline=None)
@given(st.lists(TABLES, min_size=1, max_size=5))
def test_after_any_history_of_tables_what_stands_is_what_the_last_one_says(history: list[dict[str, Any]]) -> None:
    facts: list[Fact] = []
    events: list[FactEvent] = []
    stood: dict[int, set[tuple[object, ...]]] = {}
    for day, table in enumerate(history):
        told = {said(fact) for fact in read(LITELLM, table).facts}
        before = stood.get(day - 1, set())
        changed, spared = settle(facts, events, table, day)
        stood[day] = standing(facts, events, day)
        if spared:
            assert told <= stood[day]
            assert changed["retracted"] == 0
        else:
            assert stood[day] == told
            assert changed["added"] + changed["returned"] == len(told - before)
    for day, then in stood.items():
        assert standing(facts, events, day) == then  # no reading changes what was in force on an earlier day


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_the_same_table_changes_nothing(table: dict[str, Any]) -> None:
    facts: list[Fact] = []
    events: list[FactEvent] = []
    settle(facts, events, table, 0)
    assert settle(facts, events, table, 1) == (Counter(added=0, retracted=0, returned=0), 0)


def test_a_correction_is_known_from_its_publication_not_from_the_day_it_speaks_of() -> None:
    dated: list[dict[str, Any]] = [
        {"prices": {"input_mtok": 1}},
        {"constraint": {"start_date": "2026-10-20"}, "prices": {"input_mtok": 2}},
    ]
    table = [{"id": "acme", "models": [{"id": "one", "prices": dated}]}]
    first = read(GENAI, table)
    stored = [
        Fact(**{n: getattr(draft, n) for n in draft.__dataclass_fields__}, id=n, workspace_id=None, recorded_at=NOW)
        for n, draft in enumerate(first.facts, 1)
    ]
    dated[1]["prices"] = {"input_mtok": 3}
    found = fact_changes(
        stored,
        [],
        read(GENAI, table, on="2026-11-30").facts,
        prefix=key_prefix(source(GENAI)),
        published=date(2026, 11, 30),
    )
    assert [(draft.value, draft.known_from) for draft in found.added] == [("3", date(2026, 11, 30))]
