"""The hard rules one by one, and what holds of all of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.decide.assumptions import with_defaults
from kb.decide.filters import screen
from kb.decide.types import Finding, Group, Option, Outcome
from kb.decide.use_case import UseCase
from kb.decide.value import control_level
from tests.kb.decide.shipped import TODAY, catalogue, cited, left, options, out, screened

D = Decimal
OUT, OPEN, IN = Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS


def said(rule: str, option: str | Option, use: UseCase, **more: Any) -> Finding:
    """The one finding of a rule on an option."""
    chosen = options()[option] if isinstance(option, str) else option
    found = screen(use, [chosen], as_of=TODAY, cited=cited(), **more)
    everything = [
        *(f for _, fs in found.survivors for f in fs),
        *(f for gone in found.eliminated for f in gone.findings),
    ]
    (finding,) = (f for f in everything if f.rule == rule)
    return finding


CASES = [
    ("H1", "groq/gpt-oss-120b", {"air_gap": True}, OUT),
    ("H1", "own/gpt-oss-120b/1x-h200", {"air_gap": True}, IN),
    ("H1", "self/gpt-oss-120b/h200@nebius", {"air_gap": True, "accredited_cloud": False}, OUT),
    ("H1", "groq/gpt-oss-120b", {}, OPEN),
    ("H2", "ovhcloud/gpt-oss-120b", {"inference_in": "eu"}, IN),
    ("H2", "ovhcloud/gpt-oss-120b", {"inference_in": "fr"}, IN),
    ("H2", "ovhcloud/gpt-oss-120b", {"inference_in": "us"}, OUT),
    ("H2", "azure/gpt-oss-120b", {"inference_in": "eu"}, OPEN),
    ("H2", "deepseek/deepseek-v4-pro", {"inference_in": "eu"}, OUT),
    ("H2", "own/gpt-oss-120b/1x-h200", {"inference_in": "uk"}, IN),
    ("H2", "together/dedicated/gpt-oss-120b/h200", {"inference_in": "eu"}, OUT),
    ("H2", "groq/gpt-oss-120b", {"inference_in": "anywhere"}, IN),
    ("H2", "groq/gpt-oss-120b", {}, OPEN),
    ("H3", "bedrock/claude-opus-5.5/eu", {"no_foreign_jurisdiction": True, "inference_in": "eu"}, OUT),
    ("H3", "scaleway/gpt-oss-120b", {"no_foreign_jurisdiction": True, "inference_in": "eu"}, IN),
    ("H3", "self/gpt-oss-120b/h200@nebius", {"no_foreign_jurisdiction": True, "inference_in": "eu"}, OPEN),
    ("H3", "self/gpt-oss-120b/h100-sxm@aws", {"no_foreign_jurisdiction": True, "inference_in": "eu"}, OUT),
    ("H3", "own/gpt-oss-120b/1x-h200", {"no_foreign_jurisdiction": True}, IN),
    ("H3", "scaleway/gpt-oss-120b", {"no_foreign_jurisdiction": True}, OPEN),
    ("H4", "groq/gpt-oss-120b", {"data_class": "personal", "transfer_basis": False}, OUT),
    ("H4", "groq/gpt-oss-120b", {"data_class": "personal"}, OPEN),
    ("H4", "groq/gpt-oss-120b", {"data_class": "public"}, IN),
    ("H6", "bedrock/llama-4-maverick", {"eu_seat": True}, IN),  # an end user of a service
    ("H6", "self/llama-4-maverick/h200@nebius", {"eu_seat": True}, OUT),
    ("H11", "anthropic/claude-opus-5.5", {"trains_on_outputs": True}, OUT),
    ("H11", "xai/grok-4.7", {"trains_on_outputs": True}, OPEN),
    ("H12", "groq/gpt-oss-120b", {"modalities": frozenset({"text", "image"})}, OUT),
    ("H12", "groq/gpt-oss-120b", {"modalities": frozenset({"text"}), "context_tokens": D(200_000)}, OUT),
    ("H12", "groq/gpt-oss-120b", {"modalities": frozenset({"text"}), "context_tokens": D(9_000)}, IN),
    ("H12", "groq/gpt-oss-120b", {"modalities": frozenset({"text"})}, OPEN),
    ("H12", "groq/gpt-oss-120b", {"quality_floor": D(50)}, OUT),
    ("H13", "own/gpt-oss-120b/1x-h200", {"context_tokens": D(9_000)}, IN),
    ("H13", "own/gpt-oss-120b/1x-h200", {"context_tokens": D(5_000_000)}, OUT),
    ("H13", "own/gpt-oss-120b/1x-h200", {}, OPEN),
    ("H13", "own/llama-4-maverick/8x-h200", {"context_tokens": D(9_000)}, OPEN),  # its cache is not recorded
    ("H14", "own/gpt-oss-120b/1x-h200", {"mlops_fte": D("0.4"), "availability_target": D("0.995")}, OUT),
    ("H14", "own/gpt-oss-120b/1x-h200", {"mlops_fte": D("0.5"), "availability_target": D("0.9999")}, IN),
    ("H14", "own/gpt-oss-120b/1x-h200", {"mlops_fte": D(0), "availability_target": D("0.99")}, IN),
    ("H14", "own/gpt-oss-120b/1x-h200", {"mlops_fte": D(0)}, OPEN),
    ("H15", "fireworks/gpt-oss-120b", {}, OUT),
    ("H15", "anthropic/claude-sonnet-4.5", {"go_live": date(2027, 1, 1)}, OUT),
    ("H15", "anthropic/claude-sonnet-4.5", {"forced_migration_months": 6}, OUT),
    ("H15", "azure/gpt-oss-120b", {"horizon_months": 6}, IN),
    ("H15", "azure/gpt-oss-120b", {}, OPEN),
    ("H17", "groq/gpt-oss-120b", {"sector": "employment"}, IN),
    ("H17", "groq/gpt-oss-120b", {"sector": "health"}, OPEN),
    ("H18", "openai/gpt-6-sol", {"customisation": "full"}, OUT),
    ("H18", "bedrock/claude-opus-5.5", {"customisation": "full"}, OUT),
    ("H18", "together/dedicated/gpt-oss-120b/h200", {"customisation": "full"}, IN),
    ("H18", "openai/gpt-6-sol", {"customisation": "lora"}, OUT),
    ("H18", "groq/gpt-oss-120b", {"customisation": "lora"}, OPEN),
    ("H19", "groq/gpt-oss-120b", {}, OPEN),
    ("policy", "deepseek/deepseek-v4-pro", {"excluded_hosts": frozenset({"cn"})}, OUT),
    ("policy", "azure/deepseek-v3.2", {"excluded_origins": frozenset({"cn"})}, OUT),
    ("policy", "groq/gpt-oss-120b", {"excluded_vendors": frozenset({"groq"})}, OUT),
    ("policy", "groq/gpt-oss-120b", {"shortlist": frozenset({"qwen3.8-27b"})}, OUT),
]


@pytest.mark.parametrize(("rule", "option", "values", "expected"), CASES)
def test_a_rule_on_an_option(rule: str, option: str, values: dict[str, Any], expected: Outcome) -> None:
    assert said(rule, option, UseCase(**values)).outcome is expected


RUNPOD = "self/gpt-oss-120b/h200@runpod-community"


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("H2", {"inference_in": "us"}),
        ("H3", {"no_foreign_jurisdiction": True}),
        ("H4", {"data_class": "personal", "transfer_basis": True}),
        ("H4", {"data_class": "special_category"}),
        ("H4", {"data_class": "confidential"}),
    ],
)
def test_a_marketplace_of_unknown_machines_is_no_tenancy_of_ones_own(rule: str, values: dict[str, Any]) -> None:
    finding = said(rule, RUNPOD, UseCase(**values))
    assert finding.outcome is OUT
    assert "machines of others; who they are, and where they stand, is not known" in finding.reason
    assert finding.refs


def test_a_marketplace_stays_for_public_data_and_counts_as_no_control() -> None:
    assert RUNPOD in left(screened(data_class="public"))
    assert control_level(options()[RUNPOD], UseCase()) == 0
    assert control_level(options()["self/gpt-oss-120b/h200@nebius"], UseCase()) == 3


APART = [
    ("H2", "azure/gpt-oss-120b", {"inference_in": "eu"}),
    ("H2", "nebius/gpt-oss-120b", {"inference_in": "fr"}),
    ("H18", "groq/gpt-oss-120b", {"customisation": "lora"}),
    ("H4", "zai/glm-5.3-flash", {"data_class": "personal"}),
]


@pytest.mark.parametrize(("rule", "option", "values"), APART)
def test_what_was_asked_for_and_is_not_on_record_is_set_apart(rule: str, option: str, values: dict[str, Any]) -> None:
    found = screened(**values)
    (finding,) = (f for f in out(found)[option].findings if f.rule == rule)
    assert finding.set_apart
    assert finding.outcome is OPEN
    assert finding.assumption
    hopeful = screen(UseCase(**values), [options()[option]], as_of=TODAY, cited=cited(), hopeful=True)
    assert finding in hopeful.survivors[0][1]


def test_a_basis_that_was_told_brings_hosts_from_china_back() -> None:
    assert "zai/glm-5.3-flash" in left(screened(data_class="personal", transfer_basis=True))


def test_languages_are_a_finding_of_their_own() -> None:
    found = left(screened(languages=frozenset({"de", "cs", "en"})))["groq/gpt-oss-120b"]
    assert any("How well gpt-oss-120b knows Czech and German is not recorded" in f.reason for f in found)
    assert any(f.input == "modalities" for f in found)  # and hides no other


def test_speech_goes_in_as_audio_unless_told_otherwise() -> None:
    assert all("audio" in (o.model.modalities_in or ()) for o, _ in screened(task="speech").survivors)
    assert "groq/gpt-oss-120b" in left(screened(task="speech", modalities=frozenset({"text"})))


def test_only_open_weights_are_shipped_and_only_small_ones_on_a_device() -> None:
    shipped = screened(distribution="redistribute")
    assert all(o.model.open_weights for o, _ in shipped.survivors)
    assert "not handed out" in out(shipped)["openai/gpt-6-sol"].findings[0].reason
    own = next(f for f in left(shipped)["zai/glm-5.3-flash"] if f.rule == "H5")
    assert "allows commercial use" in own.reason  # the weights' licence binds, not the service's terms
    on_device = left(screened(distribution="on_device"))
    assert {options()[id_].model.slug for id_ in on_device} >= {"gpt-oss-20b"}
    assert "groq/gpt-oss-120b" not in on_device


def test_reasons_name_options_as_people_do() -> None:
    cases: list[dict[str, Any]] = [{"inference_in": "eu"}, {"customisation": "full"}, {"forced_migration_months": 12}]
    ids = set(options())
    for values in cases:
        for gone in screened(**values).eliminated:
            for finding in gone.findings:
                assert not [id_ for id_ in ids if id_ in finding.reason], finding.reason


def test_hosts_and_origins_are_different_wishes() -> None:
    by_host = left(screened(excluded_hosts=frozenset({"cn"})))
    assert "azure/deepseek-v3.2" in by_host
    assert "zai/glm-5.3" not in by_host


@pytest.mark.parametrize(("budget", "expected"), [(100, OUT), (1000, IN), (None, OPEN)])
def test_the_budget_binds_on_the_median_cost(budget: int | None, expected: Outcome) -> None:
    use = UseCase(budget_usd_per_month=None if budget is None else D(budget))
    costs = {"groq/gpt-oss-120b": D(750)}
    assert said("H16", "groq/gpt-oss-120b", use, costs=costs).outcome is expected


def test_without_a_cost_the_budget_is_silent() -> None:
    found = left(screened(budget_usd_per_month=D(1)))
    assert "H16" not in {f.rule for findings in found.values() for f in findings}


def test_a_hybrid_answers_for_both_parts() -> None:
    bulk, hard = options()["ovhcloud/gpt-oss-120b"], options()["anthropic/claude-opus-5.5"]
    both = replace(bulk, id="hybrid", group=Group.HYBRID, hard=hard, escalated_share=D("0.1"))
    found = screen(UseCase(inference_in="eu"), [both], as_of=TODAY, cited=cited())
    assert [finding.rule for finding in found.eliminated[0].findings] == ["H2"]


def test_a_defect_of_the_past_is_no_reason_today() -> None:
    early = date(2026, 9, 1)
    found = screen(UseCase(), catalogue(early).options, as_of=early)
    assert "fireworks/gpt-oss-120b" not in out(found)


# ---------------------------------------------------------------- properties

ANY_USE = st.fixed_dictionaries(
    {},
    optional={
        "data_class": st.sampled_from(["public", "confidential", "personal", "special_category", "classified"]),
        "inference_in": st.sampled_from(["eu", "uk", "us", "fr", "cn", "anywhere"]),
        "no_foreign_jurisdiction": st.booleans(),
        "air_gap": st.booleans(),
        "accredited_cloud": st.booleans(),
        "transfer_basis": st.booleans(),
        "sector": st.sampled_from(["none", "finance", "health", "credit", "employment", "defence"]),
        "eu_seat": st.booleans(),
        "mau": st.sampled_from([D(0), D(10**8), D(10**9)]),
        "revenue_usd_per_month": st.sampled_from([D(0), D(3 * 10**7)]),
        "revenue_usd_12_months": st.sampled_from([D(0), D(3 * 10**8), D(2 * 10**10)]),
        "offers_model_as_a_service": st.booleans(),
        "military_use": st.booleans(),
        "trains_on_outputs": st.booleans(),
        "customisation": st.sampled_from(["none", "prompt", "lora", "full", "distil"]),
        "distribution": st.sampled_from(["internal", "saas", "maas"]),
        "mlops_fte": st.sampled_from([D(0), D(2)]),
        "availability_target": st.sampled_from([D("0.99"), D("0.999")]),
        "context_tokens": st.sampled_from([D(1000), D(150_000), D(900_000)]),
        "modalities": st.sampled_from([frozenset({"text"}), frozenset({"text", "image"})]),
        "horizon_months": st.sampled_from([3, 24]),
        "go_live": st.sampled_from([date(2026, 12, 1), date(2027, 6, 1)]),
    },
)  # fmt: skip
NEEDED = {
    "H1": ({"air_gap", "data_class"},), "H2": ({"inference_in"},), "H3": ({"no_foreign_jurisdiction"},),
    "H4": ({"data_class"},), "H12": ({"modalities"}, {"context_tokens"}), "H13": ({"context_tokens"},),
    "H14": ({"mlops_fte", "availability_target"},), "H18": ({"customisation"},), "H19": ({"prohibited_practice"},),
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(values=ANY_USE, tighter=st.sampled_from(["eu", "fr", "uk"]))
def test_tightening_residency_never_adds_an_option(values: dict[str, Any], tighter: str) -> None:
    wide = values | {"inference_in": "eu" if tighter == "fr" else "anywhere"}
    assert left(screened(**(wide | {"inference_in": tighter}))).keys() <= left(screened(**wide)).keys()


@settings(max_examples=40, deadline=None)
@given(
    values=ANY_USE,
    order=st.sampled_from([("public", "personal"), ("public", "classified"), ("personal", "classified")]),
)
def test_a_stricter_data_class_never_adds_an_option(values: dict[str, Any], order: tuple[str, str]) -> None:
    if order == ("personal", "classified"):
        values = values | {"transfer_basis": True}
    loose, strict = (left(screened(**(values | {"data_class": kind}))).keys() for kind in order)
    assert strict <= loose


@settings(max_examples=40, deadline=None)
@given(values=ANY_USE)
def test_a_rule_never_passes_an_input_that_it_needs_and_does_not_have(values: dict[str, Any]) -> None:
    given_ = {name for name, value in values.items() if value is not None}
    for option, findings in screened(**values).survivors:
        for finding in findings:
            for needed in NEEDED.get(finding.rule, ()):
                own = option.group is Group.ON_PREMISES and finding.rule in ("H1", "H3")
                assert finding.outcome is not IN or needed & given_ or own


@settings(max_examples=25, deadline=None)
@given(values=ANY_USE)
def test_what_fails_cites_a_fact_or_names_the_policy_and_what_is_open_says_what_is_assumed(
    values: dict[str, Any],
) -> None:
    found = screened(**values)
    for gone in found.eliminated:
        assert all(f.refs or "policy" in f.reason.lower() for f in gone.findings)
    for _, findings in found.survivors:
        assert all(f.assumption for f in findings if f.outcome is OPEN)
        assert all(f.reason.strip().endswith(".") for f in findings)


@settings(max_examples=25, deadline=None)
@given(values=ANY_USE)
def test_what_the_engine_assumed_strikes_nothing_out(values: dict[str, Any]) -> None:
    use = UseCase(**values)
    plain, filled = (
        {gone.option.id for gone in screen(u, catalogue().options, as_of=TODAY).eliminated}
        for u in (use, with_defaults(use))
    )
    assert plain == filled
