"""The shipped facts on models, licences, prices, hardware and evidence: whole, consistent, and true to the records."""

import gzip
import json
from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.facts.load import load_starter
from kb.facts.values import dates_in
from kb.facts.view import view
from kb.types import Fact, FactDraft, FactView, Status, Tier

TODAY = date(2026, 11, 22)
# What a hub's licence tag is called here. A tag is weak evidence, so a fact may rest on a licence file instead.
TAGS = {
    "modified-mit": "kimi-modified-mit", "llama4": "llama-4", "gemma": "gemma-tou", "qwen": "qwen-2024",
    "mrl": "mistral-mrl", "exaone": "exaone-nc", "deepseek": "deepseek-la-1.0", "tongyi-qianwen": "tongyi-2023",
    "tongyi-qianwen-license-agreement": "tongyi-2023", "bigscience-bloom-rail-1.0": "bloom-rail-1.0",
    "nvidia-nemotron-open-model-license": "nvidia-nemotron",
}  # fmt: skip


@pytest.fixture(scope="module")
def drafts() -> list[FactDraft]:
    return load_starter()


def of(drafts: list[FactDraft], prefix: str, field: str | None = None) -> list[FactDraft]:
    return [d for d in drafts if d.subject.startswith(prefix) and (field is None or d.field == field)]


def one(drafts: list[FactDraft], subject: str, field: str) -> FactDraft:
    (found,) = [d for d in drafts if d.subject == subject and d.field == field]
    return found


def views(drafts: list[FactDraft], as_of: date) -> dict[str, FactView]:
    recorded = datetime(2026, 11, 22, tzinfo=UTC)
    said = [{f.name: getattr(d, f.name) for f in fields(FactDraft)} for d in drafts]
    facts = [Fact(id=n, workspace_id=None, recorded_at=recorded, **given) for n, given in enumerate(said, 1)]
    return {seen.fact.key: seen for seen in view(facts, [], as_of=as_of)}


def test_the_parts_are_there(drafts: list[FactDraft]) -> None:
    subjects = {d.subject.partition(":")[0] for d in drafts}
    assert {"model", "licence", "offer", "gpu", "factor", "market", "claim"} <= subjects
    assert len({d.subject for d in of(drafts, "model:")}) >= 120
    assert len({d.subject for d in of(drafts, "licence:")}) >= 30
    assert len({d.subject for d in of(drafts, "offer:")}) >= 80


def test_a_name_calls_one_subject(drafts: list[FactDraft]) -> None:
    called: dict[str, set[str]] = defaultdict(set)
    for d in drafts:
        if d.field in ("name", "alias"):
            called[d.value.casefold().replace(" ", "-")].add(d.subject)
    ours = ("model:", "licence:", "offer:", "gpu:", "market:")
    doubled = {name: found for name, found in called.items() if len(found) > 1}
    assert {name: found for name, found in doubled.items() if any(s.startswith(ours) for s in found)} == {}


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("V3.2", "model:deepseek-v3.2"),
        ("V4-Pro", "model:deepseek-v4-pro"),
        ("Kimi-K2.5", "model:kimi-k2.5"),
        ("K2.5", "model:kimi-k2.5"),
        ("Opus 5.5", "model:claude-opus-5.5"),
        ("GLM 5.2", "model:glm-5.2"),
        ("Llama 4", "model:llama-4"),
        ("Medium 3.5", "model:mistral-medium-3.5"),
        ("8xH200", "gpu:8x-h200"),
    ],
)
def test_staff_names_resolve(drafts: list[FactDraft], said: str, subject: str) -> None:
    assert {d.subject for d in drafts if d.field in ("name", "alias") and d.value == said} == {subject}


@pytest.mark.parametrize("vague", ["V4", "GPT-6", "Claude", "Qwen3.8", "Mistral Large", "Kimi"])
def test_no_name_is_vague_between_versions(drafts: list[FactDraft], vague: str) -> None:
    assert [d.subject for d in drafts if d.field in ("name", "alias") and d.value == vague] == []


def test_every_licence_of_a_model_is_described(drafts: list[FactDraft]) -> None:
    described = {d.subject for d in of(drafts, "licence:", "name")}
    assert {f"licence:{d.value}" for d in of(drafts, "model:", "licence")} <= described


def test_every_developer_is_a_known_vendor(drafts: list[FactDraft]) -> None:
    vendors = {d.subject for d in of(drafts, "vendor:", "name")}
    assert {f"vendor:{d.value}" for d in of(drafts, "model:", "developer")} <= vendors


def test_every_host_of_an_offer_is_known(drafts: list[FactDraft]) -> None:
    sellers = {d.subject.partition(":")[2] for d in drafts if d.subject.startswith(("vendor:", "provider:"))}
    hosts = {d.subject.partition(":")[2].partition("/")[0] for d in of(drafts, "offer:", "price_input")}
    assert hosts - sellers <= {"cerebras"}


def test_closed_models_carry_no_licence_and_open_ones_do(drafts: list[FactDraft]) -> None:
    openness = {d.subject: d.value for d in of(drafts, "model:", "openness")}
    licensed = {d.subject for d in of(drafts, "model:", "licence")}
    assert {s for s in licensed if openness[s] == "closed"} == set()
    unlicensed = {s for s, kind in openness.items() if kind == "open-weight"} - licensed
    assert unlicensed == {"model:minimax-m2.5"}  # its licence file was not read


def test_thresholds_name_metric_and_effect(drafts: list[FactDraft]) -> None:
    for d in of(drafts, "licence:", "threshold"):
        assert {"metric", "effect"} <= set(d.qualifiers), d.key


def test_kimi_display_clause_is_no_permission_gate(drafts: list[FactDraft]) -> None:
    display = one(drafts, "licence:kimi-modified-mit", "threshold")
    assert display.qualifiers["effect"] == "display the model name"
    assert all(said in display.statement for said in ("100 million", "20 million", "Kimi K2.5"))
    assert one(drafts, "licence:kimi-modified-mit", "commercial_use").value == "yes"
    effects = {d.qualifiers["effect"] for d in of(drafts, "licence:kimi-k3", "threshold")}
    assert effects == {"agreement needed before any commercial use", "display the model name"}


def test_output_training_differs_by_llama_version(drafts: list[FactDraft]) -> None:
    said = {v: one(drafts, f"licence:llama-{v}", "output_training").value for v in ("2", "3", "3.1", "3.3", "4")}
    assert all(said[v].startswith("barred") for v in ("2", "3"))
    assert all(said[v].startswith("allowed") for v in ("3.1", "3.3", "4"))


def test_prices_come_in_pairs_with_a_date(drafts: list[FactDraft]) -> None:
    prices = [d for d in of(drafts, "offer:") if d.field.startswith("price_")]
    assert len(prices) >= 150
    pairs: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for d in prices:
        assert Decimal(d.value) > 0, d.key
        assert d.unit == "USD per million tokens", d.key
        assert dates_in(d.statement), d.key
        pairs[(d.subject, tuple(sorted(d.qualifiers.items())), d.valid_from, d.tier)].add(d.field)
    alone = {key[0] for key, said in pairs.items() if "price_output" in said and "price_input" not in said}
    assert alone == set()


def test_list_prices_are_stale_after_a_week(drafts: list[FactDraft]) -> None:
    key = "together/gpt-oss-120b/price_input"
    assert views(drafts, date(2026, 11, 15))[key].stale is False
    assert views(drafts, TODAY)[key].stale is True


def test_changes_take_effect_on_their_day(drafts: list[FactDraft]) -> None:
    def price(subject: str, as_of: date) -> set[str]:
        return {
            seen.fact.value
            for seen in views(of(drafts, subject), as_of).values()
            if seen.fact.field == "price_input" and not seen.fact.qualifiers and seen.status is Status.IN_FORCE
        }

    assert price("offer:openai/gpt-5.6-sol", date(2026, 8, 1)) == {"5"}
    assert price("offer:openai/gpt-5.6-sol", TODAY) == {"4"}
    assert price("offer:google/gemini-4-argon", TODAY) == {"2"}
    assert price("offer:google/gemini-4-argon", date(2026, 12, 1)) == {"4"}
    assert price("offer:mistral/mistral-large-4", TODAY) == set()  # two good sources disagree


@pytest.mark.parametrize(
    ("as_of", "peak", "off_peak"),
    [
        ("2026-04-23", {}, {}),
        ("2026-04-24", {"in": "1.74", "out": "3.48"}, {"in": "1.74", "out": "3.48"}),
        ("2026-04-27", {"in": "0.435", "out": "0.87"}, {"in": "0.435", "out": "0.87"}),
        ("2026-08-16", {"in": "0.435", "out": "0.87"}, {"in": "0.435", "out": "0.87"}),
        ("2026-08-17", {"in": "1.32", "out": "3.96"}, {"in": "0.66", "out": "1.98"}),
        ("2026-11-22", {"in": "1.32", "out": "3.96"}, {"in": "0.66", "out": "1.98"}),
    ],
)
def test_deepseek_v4_pro_costs_what_it_did_on_the_day(
    drafts: list[FactDraft], as_of: str, peak: dict[str, str], off_peak: dict[str, str]
) -> None:
    found: dict[str, dict[str, str]] = {"peak": {}, "off-peak": {}}
    for seen in views(of(drafts, "offer:deepseek/deepseek-v4-pro"), date.fromisoformat(as_of)).values():
        side = {"price_input": "in", "price_output": "out"}.get(seen.fact.field)
        if side and seen.status is Status.IN_FORCE:
            found[seen.fact.qualifiers["time_of_day"]][side] = seen.fact.value
    assert found == {"peak": peak, "off-peak": off_peak}


def test_disputes_are_the_known_ones(drafts: list[FactDraft]) -> None:
    ours = [d for d in drafts if d.subject.startswith(("model:", "licence:", "offer:", "gpu:"))]
    disputed = {seen.fact.subject for seen in views(ours, TODAY).values() if seen.status is Status.DISPUTED}
    assert disputed == {"offer:mistral/mistral-large-4", "offer:mistral/mistral-large-latest"}


@pytest.mark.parametrize(
    "factor", ["cost", "data-control", "customisation", "capability", "regulation", "talent", "lock-in"]
)
def test_each_factor_has_evidence_for_both_sides(drafts: list[FactDraft], factor: str) -> None:
    evidence = of(drafts, f"factor:{factor}", "evidence")
    assert len(evidence) >= 6
    assert {"open", "closed"} <= {d.qualifiers["side"] for d in evidence}
    assert all(d.tier < Tier.OPINION for d in evidence)


def test_evidence_says_its_side(drafts: list[FactDraft]) -> None:
    assert {d.qualifiers["side"] for d in of(drafts, "factor:", "evidence")} == {"open", "closed", "both"}


def test_adoption_names_its_population(drafts: list[FactDraft]) -> None:
    assert all(d.qualifiers.get("population") for d in of(drafts, "market:open-share", "measurement"))


def test_memory_speaks_of_the_node_that_fits(drafts: list[FactDraft]) -> None:
    said = [d.statement for d in of(drafts, "model:deepseek-v3.2", "memory_gb")]
    assert any("689 GB" in s and "640 GB" in s and "1,128 GB" in s for s in said)


# ---------------------------------------------------------------- against the recorded data


@pytest.fixture(scope="module")
def table(shared: Path) -> dict[str, dict[str, Any]]:
    path = shared / "data" / "api" / "litellm_model_prices_1.109.1.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def hub(shared: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(shared / "data" / "api" / "hf_models_llmfit_2026-10.json.gz", "rt", encoding="utf-8") as file:
        return {record["name"]: record for record in json.load(file)}


def test_prices_equal_the_recorded_table(drafts: list[FactDraft], table: dict[str, dict[str, Any]]) -> None:
    """Each list price names its entry; plain, unqualified prices must be that entry's, to the last digit."""
    columns = {"price_input": "input_cost_per_token", "price_output": "output_cost_per_token"}
    checked = 0
    for d in drafts:
        if d.field in columns and d.locator.startswith("entry ") and not set(d.qualifiers) - {"region"}:
            recorded = table[d.locator.removeprefix("entry ")][columns[d.field]]
            assert Decimal(d.value) == round(Decimal(repr(recorded)) * 10**6, 6), d.key
            checked += 1
    assert checked >= 120


def test_retirements_equal_the_recorded_table(drafts: list[FactDraft], table: dict[str, dict[str, Any]]) -> None:
    dated = [d for d in of(drafts, "offer:", "deprecated_on") if d.locator.startswith("entry ")]
    assert len(dated) >= 10
    for d in dated:
        assert table[d.locator.removeprefix("entry ")]["deprecation_date"] == d.value, d.key


def test_licences_agree_with_the_recorded_tags(drafts: list[FactDraft], hub: dict[str, dict[str, Any]]) -> None:
    checked = 0
    for d in of(drafts, "model:", "licence"):
        record = hub.get(d.source_url.removeprefix("https://huggingface.co/"))
        if d.locator == "licence tag of the repository" and record is not None:
            tag = str(record.get("license"))
            assert TAGS.get(tag, tag) == d.value, d.key
            checked += 1
    assert checked >= 60


def test_sizes_equal_the_recorded_counts(drafts: list[FactDraft], hub: dict[str, dict[str, Any]]) -> None:
    checked = 0
    for d in of(drafts, "model:", "parameters_total"):
        record = hub.get(d.source_url.removeprefix("https://huggingface.co/"))
        if record is not None:
            assert int(d.value) == record["parameters_raw"], d.key
            checked += 1
    assert checked >= 60


def test_licence_dates_stand_in_the_recorded_texts(drafts: list[FactDraft], shared: Path) -> None:
    folder = shared / "data" / "licences" / "llama_official"
    for version in ("2", "3", "3.1", "3.2", "3.3", "4"):
        text = (folder / f"llama{version.replace('.', '_')}" / "LICENSE").read_text(encoding="utf-8")
        effective = date.fromisoformat(one(drafts, f"licence:llama-{version}", "effective").value)
        assert f"{effective:%B} {effective.day}, {effective.year}" in text, version
