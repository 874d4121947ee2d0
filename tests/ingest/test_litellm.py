"""The LiteLLM table: records, offers, values; and the recorded table against an independent count."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.source import Page
from ingest.sources.litellm import offer_of
from kb.errors import ParseError
from kb.facts.fields import FIELDS, SUBJECT, allowed
from kb.facts.load import load_starter
from kb.facts.values import says_value, value_problem
from tests.ingest.prices import LITELLM, chat, read, said

RECORDED = "data/api/litellm_model_prices_1.109.1.json"


def values(page: Page, subject: str) -> dict[tuple[str, ...], str]:
    return {(f.field, *f.qualifiers.values()): f.value for f in page.facts if f.subject == subject}


def test_prices_are_exact_and_by_the_million() -> None:
    row = {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 2.5e-06,
        "output_cost_per_token": 1.1e-07,
        "cache_read_input_token_cost": 3.625e-09,
        "cache_creation_input_token_cost": 1e-05,
        "input_cost_per_token_batches": 1.25e-06,
        "input_cost_per_token_above_272k_tokens": 5e-06,
        "output_cost_per_token_above_272k_tokens_batches": 7e-06,
        "input_cost_per_token_priority": 9e-06,
        "max_input_tokens": 922000,
        "deprecation_date": "2027-03-01",
        "supports_vision": True,
        "supports_audio_input": False,
    }
    assert values(read(LITELLM, {"example-one": row}), "offer:openai/example-one") == {
        ("price_input",): "2.5",
        ("price_output",): "0.11",
        ("price_cache_read",): "0.003625",
        ("price_cache_write",): "10",
        ("price_batch_input",): "1.25",
        ("price_input", "above 272k"): "5",
        ("price_batch_output", "above 272k"): "7",
        ("context_tokens",): "922000",
        ("deprecated_on",): "2027-03-01",
        ("modalities_in",): "text,image",
    }


def test_the_noise_of_floats_is_rounded_away() -> None:
    page = read(LITELLM, {"a/b": chat("a", 1, 1) | {"input_cost_per_token": 2.9999900000000002e-06}})
    assert values(page, "offer:a/b")["price_input",] == "2.99999"


def test_a_price_of_zero_and_a_wrong_value_are_no_facts() -> None:
    row = {"litellm_provider": "ollama", "input_cost_per_token": 0.0, "output_cost_per_token": "1e-6",
           "max_input_tokens": "many", "deprecation_date": "soon"}  # fmt: skip
    page = read(LITELLM, {"ollama/one": row})
    assert len(page.items) == 1
    assert page.facts == ()


def test_tiers_off_peak_hours_and_regions_narrow_a_price() -> None:
    tiers = [
        {"range": [0, 128000.0], "input_cost_per_token": 1e-06},
        {"range": [128000.0, 1e6], "input_cost_per_token": 3e-06},
    ]
    windows = [{"hours_utc": ["16:00-00:00"], "weekdays": [1, 2, 3, 4, 5]}]
    page = read(
        LITELLM,
        {
            "dashscope/tiered": {"litellm_provider": "dashscope", "tiered_pricing": tiers},
            "deepseek/hours": chat(
                "deepseek", 2, 4, off_peak_pricing={"input_cost_per_token": 1e-06, "windows": windows}
            ),
            "azure/eu/gpt-x": chat("azure", 1.1, 2),
            "bedrock/eu-west-1/meta.foo-v1:0": chat("bedrock", 1.2, 2),
        },
    )
    assert values(page, "offer:alibaba/tiered") == {("price_input",): "1", ("price_input", "above 128k"): "3"}
    assert values(page, "offer:deepseek/hours") == {
        ("price_input", "peak"): "2",
        ("price_input", "off-peak"): "1",
        ("price_output",): "4",
    }
    assert values(page, "offer:azure/gpt-x")["price_input", "eu"] == "1.1"
    assert values(page, "offer:bedrock/foo-v1-0")["price_input", "eu-west-1"] == "1.2"
    off_peak = next(fact for fact in page.facts if fact.qualifiers == {"time_of_day": "off-peak"})
    assert "Monday to Friday 16:00-00:00 UTC" in off_peak.statement


@pytest.mark.parametrize(
    ("key", "provider", "subject"),
    [
        ("together_ai/openai/gpt-oss-120b", "together_ai", "offer:together/gpt-oss-120b"),
        ("fireworks_ai/accounts/fireworks/models/glm-5p1", "fireworks_ai", "offer:fireworks/glm-5.1"),
        ("au.anthropic.claude-opus-5-5", "bedrock_converse", "offer:bedrock/claude-opus-5.5"),
        ("vertex_ai/claude-opus-5@default", "vertex_ai-anthropic_models", "offer:vertex/claude-opus-5"),
        ("hyperbolic/deepseek-ai/DeepSeek-V3-0324", "hyperbolic", "offer:hyperbolic/deepseek-v3-0324"),
        ("novita/qwen/qwen3-235b-a22b-unheard-of", "novita", "offer:novita/qwen3-235b-a22b-unheard-of"),
        ("gpt-4o-2024-05-13", "openai", "offer:openai/gpt-4o-2024-05-13"),
    ],
)
def test_offers_are_named_as_the_catalogue_names_them(key: str, provider: str, subject: str) -> None:
    assert offer_of(key, {"litellm_provider": provider}).subject == subject


def test_an_alias_is_an_item_only_and_a_namesake_an_offer_of_its_own() -> None:
    table = {
        "deepseek/foo": chat("deepseek", 1, 2),
        "foo": chat("deepseek", 1, 2),
        "deepseek/x/foo": chat("deepseek", 3, 4),
    }
    page = read(LITELLM, table)
    assert [item.external_id for item in page.items] == list(table)
    assert {(f.subject, f.value, f.locator) for f in page.facts if f.field == "price_input"} == {
        ("offer:deepseek/foo", "1", "entry foo"),
        ("offer:deepseek/deepseek-x-foo", "3", "entry deepseek/x/foo"),
    }


def test_a_table_is_dated_by_its_server() -> None:
    page = read(LITELLM, {"a/b": chat("a", 1, 1)}, **{"last-modified": "Thu, 12 Nov 2026 08:00:00 GMT"})
    assert {str(fact.known_from) for fact in page.facts} == {"2026-11-12"}
    assert all("12 November 2026" in fact.statement for fact in page.facts)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"sample_spec": {}}', b'{"a": {"mode": "ch', b"\xff\xfe"]
)
def test_what_is_no_table_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(LITELLM, body)


def test_a_record_that_is_none_is_named() -> None:
    assert read(LITELLM, {"a/b": chat("a", 1, 1), "c": 5}).refused == ("c: no record",)


# ---------------------------------------------------------------- the recorded table


@pytest.fixture(scope="module")
def table(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / RECORDED).read_text())
    return found


@pytest.fixture(scope="module")
def page(shared: Path) -> Page:
    return read(LITELLM, (shared / RECORDED).read_bytes())


def test_every_record_but_the_example_is_an_item(page: Page, table: dict[str, Any]) -> None:
    assert {item.external_id for item in page.items} == set(table) - {"sample_spec"}
    assert not page.refused


def test_every_price_of_the_table_is_told_and_none_besides(page: Page, table: dict[str, Any]) -> None:
    """By record: what the facts of an entry give is what stands in it, counted apart from our code."""
    told: dict[str, Counter[tuple[str, str]]] = {}
    for fact in page.facts:
        if fact.field in ("price_input", "price_output") and not fact.qualifiers.keys() & {"context", "time_of_day"}:
            told.setdefault(fact.locator.removeprefix("entry "), Counter())[fact.field, fact.value] += 1
    offers = {(fact.subject, fact.field, fact.value) for fact in page.facts}
    aliases = 0
    for key, row in table.items():
        flat = {
            (field, f"{Decimal(repr(row[name])) * 1000000:.6f}".rstrip("0").rstrip("."))
            for field, name in (("price_input", "input_cost_per_token"), ("price_output", "output_cost_per_token"))
            if row.get(name, 0) > 0 and key != "sample_spec" and "off_peak_pricing" not in row
        }
        rounded = {(field, f"{Decimal(value):.6f}".rstrip("0").rstrip(".")) for field, value in told.get(key, {})}
        if key in told and "tiered_pricing" not in row:
            assert rounded == flat, key
        if flat and key not in told:  # an alias: another record says the same of the same offer
            aliases += 1
            assert {(offer_of(key, row).subject, *claim) for claim in flat} <= offers, key
    assert aliases == 137


def test_facts_keep_the_vocabulary_and_say_their_values(page: Page) -> None:
    assert len({fact.key for fact in page.facts}) == len(page.facts)
    for fact in page.facts:
        spec = FIELDS[fact.field]
        assert SUBJECT.fullmatch(fact.subject)
        assert allowed(spec, fact.subject)
        assert value_problem(spec, fact.value) is None
        assert fact.unit in (spec.units or ("",))
        assert says_value(fact.statement, fact.value), fact.statement
        assert re.fullmatch(r"[a-z0-9][a-z0-9._+:/-]*", fact.key)


def test_one_offer_has_one_value(page: Page) -> None:
    slots = Counter((f.subject, f.field, tuple(sorted(f.qualifiers.items()))) for f in page.facts)
    assert max(slots.values()) == 1


def test_the_starter_facts_are_met_value_by_value(page: Page) -> None:
    now = {said(fact)[:4] for fact in page.facts}
    cited = [f for f in load_starter() if f.subject.startswith("offer:") and re.match(r"entry \S+$", f.locator)]
    assert len(cited) > 250
    assert [fact.key for fact in cited if said(fact)[:4] not in now] == []
