"""models.dev: offers, prices by tier, and flags of open weights that disagree."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ingest.source import Page
from kb.errors import ParseError
from kb.facts.view import view
from kb.types import FactView, Status, Tier
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON
from tests.ingest.records import parse, record


def entry(**more: Any) -> dict[str, Any]:
    return {"name": "M", "cost": {"input": 1, "output": 2.5}, "limit": {"context": 128000, "output": 8000}, **more}


def provider(**models: Any) -> dict[str, Any]:
    return {"id": "x", "name": "X", "env": ["X_KEY"], "npm": "x", "doc": "https://x.test", "models": models}


def read(providers: object) -> Page:
    source = replace(record("models-dev", "https://models.test/api.json"), publisher="models.dev", tier=Tier.RECOGNISED)
    return parse(source, json.dumps(providers), "application/json")


def told(page: Page, subject: str) -> dict[tuple[str, ...], str]:
    return {(f.field, *f.qualifiers.values()): f.value for f in page.facts if f.subject == subject}


def test_prices_limits_and_tiers() -> None:
    cost = {
        "input": 1.25, "output": 10, "cache_read": 0.125, "reasoning": 9, "input_audio": 3,
        "context_over_200k": {"input": 2.5, "output": 15},
        "tiers": [{"input": 2.5, "output": 15, "tier": {"type": "context", "size": 200000}},
                  {"input": 5, "output": 30, "tier": {"type": "context", "size": 500000}}],
    }  # fmt: skip
    page = read({"acme": provider(one=entry(cost=cost, modalities={"input": ["text", "pdf", "image"]}))})
    assert told(page, "offer:acme/one") == {
        ("price_input",): "1.25",
        ("price_output",): "10",
        ("price_cache_read",): "0.125",
        ("price_input", "above 200k"): "2.5",
        ("price_output", "above 200k"): "15",
        ("price_input", "above 500k"): "5",
        ("price_output", "above 500k"): "30",
        ("context_tokens",): "128000",
        ("modalities_in",): "text,image",
    }


@pytest.mark.parametrize(
    ("key", "name", "subject", "region"),
    [
        ("togetherai", "deepseek-ai/DeepSeek-V4-Pro", "offer:together/deepseek-v4-pro", ""),
        ("togetherai", "deepseek-ai/DeepSeek-V4", "offer:together/deepseek-v4", ""),
        ("amazon-bedrock", "eu.anthropic.claude-opus-5-5", "offer:bedrock/claude-opus-5.5", "eu"),
        ("amazon-bedrock", "anthropic.claude-opus-5-5", "offer:bedrock/claude-opus-5.5", ""),
        ("google-vertex-anthropic", "claude-opus-5@default", "offer:vertex/claude-opus-5", ""),
        ("acme", "Strange Model (beta)", "offer:acme/strange-model-beta", ""),
    ],
)
def test_offers_are_named_as_the_catalogue_names_them(key: str, name: str, subject: str, region: str) -> None:
    (fact, *_) = read({key: provider(**{name: entry()})}).facts
    assert (fact.subject, fact.qualifiers.get("region", "")) == (subject, region)


def test_names_that_share_a_slug_are_told_apart() -> None:
    page = read({"acme": provider(**{"x/one": entry(), "one": entry()}), "togetherai": provider(two=entry()),
                 "together": provider(two=entry(cost={"input": 9, "output": 9}))})  # fmt: skip
    offers = {fact.subject for fact in page.facts if fact.field == "price_input"}
    assert offers == {"offer:acme/one", "offer:acme/x-one", "offer:together/two", "offer:together/together-two"}
    assert len({fact.key for fact in page.facts}) == len(page.facts)


def flags(world: World, *values: bool) -> list[FactView]:
    body = {f"p{n}": provider(**{"gpt-oss-120b": entry(open_weights=value)}) for n, value in enumerate(values)}
    world.server.put("/api.json", json.dumps(body).encode(), "application/json", modified=world.clock().timestamp())
    world.one()
    facts, events = world.store.facts.all(field="openness")
    return list(view(facts, events, as_of=world.clock().date()))


def test_flags_that_disagree_are_disputed_whenever_the_disagreement_came(world: World) -> None:
    world.add("api.json", kind="models-dev", publisher="models.dev", **COMMON)
    agreed = flags(world, True, True, True)
    assert [(v.fact.subject, v.fact.value, v.status) for v in agreed] == [
        ("model:gpt-oss-120b", "open-weight", Status.IN_FORCE)
    ]
    world.later(days=3)
    split = flags(world, True, True, False)
    assert {(v.fact.value, v.status) for v in split} == {
        ("open-weight", Status.DISPUTED),
        ("closed", Status.DISPUTED),
    }
    world.later(days=3)
    healed = flags(world, True, True, True)
    assert {(v.fact.value, v.status) for v in healed} == {
        ("open-weight", Status.IN_FORCE),
        ("closed", Status.RETRACTED),
    }


def test_a_primary_source_outranks_a_wrong_flag(world: World) -> None:
    world.server.put("/hub.json", json.dumps([{"id": "openai/gpt-oss-120b", "tags": ["safetensors"]}]).encode())
    world.server.put("/api.json", json.dumps({"p": provider(**{"gpt-oss-120b": entry(open_weights=False)})}).encode())
    world.add("hub.json", kind="huggingface", publisher="Hub", tier=Tier.PRIMARY)
    world.add("api.json", kind="models-dev", publisher="models.dev", **COMMON)
    world.refresh()
    facts, events = world.store.facts.all(field="openness")
    seen = {v.fact.value: v.status for v in view(facts, events, as_of=world.clock().date())}
    assert seen == {"open-weight": Status.IN_FORCE, "closed": Status.SUPERSEDED}


def test_defects_of_a_record_are_no_facts() -> None:
    odd = {"cost": {"input": -1, "output": "free", "cache_read": True}, "limit": {"context": 0}, "open_weights": "yes"}
    page = read({"acme": provider(one=odd, two=None, three=[]), "empty": provider(), "odd": 7})
    assert [item.external_id for item in page.items] == ["acme/one"]
    assert page.facts == ()
    assert page.refused == ("empty: no provider with models", "odd: no provider with models")


@pytest.mark.parametrize("body", ["{}", "[]", '{"a": {"models": {}}}', "<html>"])
def test_what_is_no_data_set_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        parse(record("models-dev", "https://models.test/api.json"), body)
