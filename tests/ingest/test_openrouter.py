"""OpenRouter: what is a price and what is not, names that share a model, and past prices beside today's."""

import json
from typing import Any

import pytest

from ingest.source import Page
from kb.errors import ParseError
from kb.types import Status
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON, prices
from tests.ingest.records import parse, record

ONE = "offer:openrouter/one"


def model(name: str, prompt: object = "0.000001", completion: object = "0.000002", **more: Any) -> dict[str, Any]:
    return {"id": name, "pricing": {"prompt": prompt, "completion": completion}, **more}


def read(*models: object) -> Page:
    return parse(record("openrouter", "https://or.test/models"), json.dumps({"data": models}), "application/json")


def told(page: Page) -> dict[tuple[str, str], str]:
    return {(fact.subject, fact.field): fact.value for fact in page.facts}


@pytest.mark.parametrize("price", ["0", "-1", "", "free", None, True, "NaN", "Infinity", [], {"usd": 1}])
def test_what_is_no_price_is_no_fact(price: object) -> None:
    assert told(read(model("a/one", price, price))) == {}


@pytest.mark.parametrize(
    ("price", "dollars"), [("0.00003", "30"), ("0.000000075", "0.075"), ("1e-6", "1"), (0.0000025, "2.5")]
)
def test_prices_are_exact_and_by_the_million(price: object, dollars: str) -> None:
    assert told(read(model("a/one", price)))[ONE, "price_input"] == dollars


def test_only_tokens_are_priced_by_the_million() -> None:
    row = model("a/one")
    row["pricing"] |= {"web_search": "0.01", "input_cache_read": "0.0000001", "image": "0"}
    (item,) = read(row).items
    assert "price of web search: 0.01 USD each" in item.html
    assert "price of input cache read: 0.1 USD per million tokens" in item.html
    assert "image" not in item.html


def test_names_are_kept_apart_to_the_version() -> None:
    names = ["deepseek/deepseek-v4-pro", "deepseek/deepseek-v4", "z/one", "a/one", "a/one:free", "~a/one-latest"]
    subjects = [fact.subject for fact in read(*map(model, names)).facts if fact.field == "price_input"]
    assert subjects == [
        "offer:openrouter/deepseek-v4-pro",
        "offer:openrouter/deepseek-v4",
        "offer:openrouter/z-one",
        "offer:openrouter/one",
        "offer:openrouter/one-free",
        "offer:openrouter/one-latest",
    ]


def test_records_without_a_name_are_told() -> None:
    page = read(model("a/one"), {"pricing": {}}, 7)
    assert len(page.items) == 1
    assert page.refused == ("2 records name no model",)
    with pytest.raises(ParseError):
        read({"pricing": {}})


def history(*copies: tuple[str, dict[str, list[float]]]) -> bytes:
    return json.dumps({"snapshots": [{"date": day, "prices": found} for day, found in copies]}).encode()


def test_past_prices_stand_on_their_days_and_todays_list_follows_them(world: World) -> None:
    body = history(("2026-03-01", {"a/one": [2, 3]}), ("2026-01-01", {"a/one": [1, 3], "a/gone": [5, 5]}))
    world.server.put("/h.json", body, "application/json")
    world.server.put("/m.json", json.dumps({"data": [model("a/one", "0.000004")]}).encode(), "application/json")
    for path, kind in (("h.json", "openrouter-history"), ("m.json", "openrouter")):
        world.add(path, kind=kind, publisher="OpenRouter", **COMMON)
    world.refresh()
    assert prices(world.store, "2025-12-31", ONE) == {}
    assert prices(world.store, "2026-02-01", ONE) == {("price_input",): {"1"}, ("price_output",): {"3"}}
    assert prices(world.store, "2026-03-01", ONE)["price_input",] == {"2"}
    assert prices(world.store, "2026-11-22", ONE)["price_input",] == {"4"}
    assert prices(world.store, "2026-11-22", ONE, Status.DISPUTED) == {}
    assert prices(world.store, "2026-02-01", "offer:openrouter/gone")["price_input",] == {"5"}
    assert prices(world.store, "2026-03-02", "offer:openrouter/gone") == {}


@pytest.mark.parametrize(
    "body", [b"{}", b'{"snapshots": []}', b'{"snapshots": [{"date": "soon", "prices": {}}]}', b"["]
)
def test_what_is_no_history_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(record("openrouter-history", "https://or.test/h.json"), body)
