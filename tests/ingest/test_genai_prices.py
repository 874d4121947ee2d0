"""genai-prices: dated prices, daily windows, tiers and batch; and the package's data in the published form."""

from collections import Counter
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from ingest.source import Page
from ingest.sources import SOURCES
from ingest.sources.genai_prices import PACKAGED_ON, GenaiPricesSource
from kb.errors import ParseError
from kb.facts.fields import FIELDS, SUBJECT
from kb.facts.values import says_value, value_problem
from kb.types import Status
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON, GENAI, LITELLM, on, prices, read, source
from tests.ingest.records import NOW

V4 = "offer:deepseek/deepseek-v4-pro"


def one(prices: object, **more: Any) -> list[dict[str, Any]]:
    return [{"id": "acme", "name": "Acme", "models": [{"id": "one", "prices": prices, **more}]}]


def told(page: Page) -> set[tuple[str, ...]]:
    return {(f.field, *f.qualifiers.values(), f.value, f"{f.valid_from}", f"{f.valid_to}") for f in page.facts}


def test_each_price_holds_until_the_next_one_begins() -> None:
    page = read(
        GENAI,
        one(
            [
                {"prices": {"input_mtok": 1}},
                {"constraint": {"start_date": "2026-10-20"}, "prices": {"input_mtok": 2}},
                {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 3}},
            ]
        ),
    )
    assert [(f.value, f.valid_from, f.valid_to, f.known_from) for f in page.facts] == [
        ("1", None, date(2026, 10, 20), date(2026, 10, 19)),
        ("2", date(2026, 10, 20), date(2027, 1, 1), date(2026, 10, 20)),
        ("3", date(2027, 1, 1), None, date(2026, 11, 22)),
    ]


def test_tiers_and_batch_prices() -> None:
    tiered = {"base": 2, "tiers": [{"start": 272000, "price": 4}, {"start": 524288, "price": 8}]}
    variants = [
        {"when": {"processing": "batch"}, "prices": {"input_mtok": 1}, "constraint": {"start_date": "2026-10-12"}},
        {"when": {"service_tier": "priority"}, "prices": {"input_mtok": 9}},
    ]
    page = read(GENAI, one({"input_mtok": tiered, "requests_kcount": 12, "output_mtok": 0}, price_variants=variants))
    assert told(page) == {
        ("price_input", "2", "None", "None"),
        ("price_input", "above 272k", "4", "None", "None"),
        ("price_input", "above 512k", "8", "None", "None"),
        ("price_batch_input", "1", "2026-10-12", "None"),
    }


@pytest.mark.parametrize(("usual", "inside", "outside"), [(1, "peak", "off-peak"), (4, "off-peak", "peak")])
def test_the_dearer_hours_are_the_peak(usual: int, inside: str, outside: str) -> None:
    window = {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}
    listed = [
        {"prices": {"input_mtok": 7, "output_mtok": 7}},
        {"constraint": {"start_date": "2026-08-17"}, "prices": {"input_mtok": usual, "output_mtok": usual}},
        {"constraint": window, "prices": {"input_mtok": 2, "output_mtok": 2}},
    ]
    assert {row for row in told(read(GENAI, one(listed))) if row[0] == "price_input"} == {
        ("price_input", "7", "None", "2026-08-17"),
        ("price_input", outside, str(usual), "2026-08-17", "None"),
        ("price_input", inside, "2", "2026-08-17", "None"),
    }


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'[{"id": "a", "models": []}]', b'[{"id": "a", "mod'])
def test_what_is_no_data_set_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(GENAI, body)


def test_a_record_of_another_shape_is_named_and_the_others_are_read() -> None:
    table = one({"input_mtok": 1})
    table[0]["models"] += [
        {"id": "two", "prices": {"input_mtok": "free"}},
        {"id": "three"},
        {"id": "four", "prices": 5},
    ]
    page = read(GENAI, table)
    assert [item.external_id for item in page.items] == ["acme/one"]
    assert {reason.split(":")[0] for reason in page.refused} == {"acme/two", "acme/three", "acme/four"}


# ---------------------------------------------------------------- the package


@pytest.fixture(scope="module")
def page() -> Page:
    made = source(GENAI)
    return GenaiPricesSource().parse(made, GenaiPricesSource().packaged(made, NOW))


def test_the_pinned_release_has_a_date() -> None:
    assert version("genai-prices") in PACKAGED_ON
    pinned = (Path(__file__).parents[2] / "constraints.txt").read_text()
    assert f"genai-prices=={version('genai-prices')}\n" in pinned


def test_the_packaged_data_is_read_whole(page: Page) -> None:
    from genai_prices.data import providers

    assert len(page.items) == sum(len(provider.models) for provider in providers)
    assert page.refused == ()


def test_flat_prices_agree_with_the_package_counted_apart(page: Page) -> None:
    from genai_prices.data import providers
    from genai_prices.types import ModelPrice

    stated = Counter[tuple[str, Decimal]]()
    for provider in providers:
        for model in provider.models:
            flat = model.prices if isinstance(model.prices, ModelPrice) else None
            for name, field in (("input_mtok", "price_input"), ("output_mtok", "price_output")):
                price = getattr(flat, name, None)
                if isinstance(price, Decimal) and price > 0:
                    stated[f"model {provider.id}/{model.id} {field}", round(price, 9)] += 1
    ours = Counter(
        (f"{f.locator} {f.field}", Decimal(f.value)) for f in page.facts if not f.valid_from and not f.valid_to
    )
    assert len(stated) > 3000
    assert not stated - ours


def test_models_that_share_a_slug_are_told_apart_in_any_order() -> None:
    models = [{"id": "perplexity/sonar", "prices": {"input_mtok": 1}}, {"id": "sonar", "prices": {"input_mtok": 2}}]
    for listed in (models, models[::-1]):
        page = read(GENAI, [{"id": "perplexity", "models": listed}])
        assert {(fact.subject, fact.value) for fact in page.facts} == {
            ("offer:perplexity/sonar", "2"),
            ("offer:perplexity/perplexity-sonar", "1"),
        }


def test_facts_keep_the_vocabulary_and_say_their_values(page: Page) -> None:
    assert len({fact.key for fact in page.facts}) == len(page.facts) > 6000
    for fact in page.facts:
        assert SUBJECT.fullmatch(fact.subject)
        assert value_problem(FIELDS[fact.field], fact.value) is None
        assert says_value(fact.statement, fact.value), fact.statement
        assert fact.known_from <= date(2026, 11, 10)


def test_peak_and_off_peak_since_17_august_stand_as_of_each_date(world: World) -> None:
    """G7, the half that genai-prices knows: flat before, 0.66/1.98 off peak and 1.32/3.96 at peak since."""
    world.add("missing.json", **GENAI, **COMMON)
    assert world.one().outcome == "failed"
    flat = {("price_input",): {"0.435"}, ("price_output",): {"0.87"}, ("price_cache_read",): {"0.003625"}}
    assert prices(world.store, "2026-08-16", V4) == flat
    for day in ("2026-08-17", "2026-09-01", "2026-11-22"):
        assert prices(world.store, day, V4) == {
            ("price_input", "peak"): {"1.32"},
            ("price_output", "peak"): {"3.96"},
            ("price_cache_read", "peak"): {"0.044"},
            ("price_input", "off-peak"): {"0.66"},
            ("price_output", "off-peak"): {"1.98"},
            ("price_cache_read", "off-peak"): {"0.022"},
        }


def test_the_file_once_reached_takes_over_from_the_package(world: World) -> None:
    made = world.add("g.json", **GENAI, **COMMON)
    assert world.one().outcome == "failed"
    packaged = world.store.items.counts()
    assert packaged["items"] == 0
    assert packaged["facts"] > 6000
    source_of = SOURCES["genai-prices"]
    assert isinstance(source_of, GenaiPricesSource)
    world.server.put("/g.json", source_of.packaged(made, NOW).body)
    report = world.one()
    assert (report.outcome, report.new, report.facts, report.retracted) == ("fetched", 2330, 0, 0)


def test_both_tables_in_one_store_dispute_what_they_disagree_on(world: World, shared: Path) -> None:
    world.server.put("/t.json", (shared / "data/api/litellm_model_prices_1.109.1.json").read_bytes())
    world.add("t.json", **LITELLM, **COMMON)
    world.add("missing.json", **GENAI, **COMMON)
    first, _ = world.refresh()
    assert (first.new, first.retracted) == (4552, 0)
    large = on(world.store, "2026-11-22", "offer:mistral/mistral-large-4")
    status = {(seen.fact.field, seen.fact.publisher): seen.status for seen in large if seen.fact.valid_to is None}
    assert status["price_input", "BerriAI (LiteLLM)"] is status["price_input", "Pydantic"] is Status.DISPUTED
    agreed = on(world.store, "2026-11-22", "offer:openai/gpt-6-sol")
    assert {s.status for s in agreed if s.fact.field == "price_input" and not s.fact.qualifiers} == {Status.IN_FORCE}
    assert not prices(world.store, "2026-11-22", V4, Status.DISPUTED)
