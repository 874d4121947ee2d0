"""Options from the shipped facts, as of a day."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from kb.decide.catalogue import options_from
from kb.decide.types import Group
from tests.kb.decide.shipped import TODAY, catalogue, facts, options, views

D = Decimal


def test_there_are_enough_options_in_every_group() -> None:
    counted = Counter(option.group for option in catalogue().options)
    assert sum(counted.values()) >= 150
    assert all(counted[group] >= 5 for group in Group if group is not Group.HYBRID)


def test_ids_are_unique_and_in_order() -> None:
    ids = [option.id for option in catalogue().options]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("option", "tokens_in", "tokens_out"),
    [
        ("anthropic/claude-opus-5.5", "4", "20"),
        ("anthropic/claude-sonnet-5", "2", "10"),
        ("openai/gpt-6-sol", "2", "10"),
        ("google/gemini-3.8-flash", "0.75", "3.75"),
        ("openai/gpt-5.6-luna", "0.2", "1.2"),
        ("anthropic/claude-haiku-5.5", "0.1", "0.5"),
        ("bedrock/kimi-k2.5/eu", "0.72", "3.6"),
        ("zai/glm-5", "1", "3.2"),
        ("bedrock/deepseek-v3.2/eu", "0.74", "2.22"),
        ("together/gpt-oss-120b", "0.15", "0.6"),
        ("ovhcloud/gpt-oss-120b", "0.08", "0.4"),
        ("vertex/gpt-oss-120b", "0.09", "0.36"),
        ("deepinfra/gpt-oss-120b", "0.037", "0.17"),
    ],
)
def test_the_offers_of_the_worked_example(option: str, tokens_in: str, tokens_out: str) -> None:
    price = options()[option].price
    assert price is not None
    assert (price.input, price.output) == (D(tokens_in), D(tokens_out))
    assert price.refs


def test_a_disputed_price_keeps_both_figures_and_says_so() -> None:
    price = options()["mistral/mistral-large-4"].price
    assert price is not None
    assert (price.low, price.input) == (D("0.7"), D("1.36"))
    assert price.low_output == D("2.1")
    assert any(ref.disputed for ref in price.refs)


def test_time_of_day_and_long_context_are_kept_apart() -> None:
    deepseek, sol = options()["deepseek/deepseek-v4-pro"].price, options()["openai/gpt-6-sol"].price
    assert deepseek is not None
    assert sol is not None
    assert (deepseek.off_peak_input, deepseek.input) == (D("0.66"), D("1.32"))
    assert (sol.input_long, sol.long_over_tokens) == (D(4), 272_000)


def test_a_regional_endpoint_costs_its_factor_more_and_only_where_it_covers_the_model() -> None:
    found = options()
    european = found["openai/gpt-6-sol/eu"].price
    assert european is not None
    assert european.region_factor == D("1.10")
    assert found["openai/gpt-6-sol/eu"].eu_inference
    assert found["openai/gpt-6-sol"].eu_inference is False
    assert "openai/gpt-4o/eu" not in found  # released before the regional price list


@pytest.mark.parametrize(
    ("as_of", "price"),
    [(date(2026, 7, 20), "1"), (date(2026, 11, 22), "0.2")],  # cut on 30 July 2026
)
def test_prices_are_those_of_the_day(as_of: date, price: str) -> None:
    luna = {o.id: o for o in catalogue(as_of).options}.get("openai/gpt-5.6-luna")
    assert luna is not None
    assert luna.price is not None
    assert luna.price.input == D(price)


def test_nothing_learned_later_is_in_an_earlier_catalogue() -> None:
    for as_of in (date(2026, 7, 20), date(2026, 9, 30)):
        for option in catalogue(as_of).options:
            refs = [*option.refs, *option.model.refs.values(), *option.evidence.values()]
            assert all(ref.known_from <= as_of for ref in refs)


def test_facts_that_become_known_later_do_not_change_an_earlier_day() -> None:
    early = date(2026, 9, 30)
    known = [seen for seen in views(early) if seen.fact.known_from <= early]
    assert len(facts()) > len(known)
    assert options_from(known, as_of=early) == catalogue(early).options


def test_weights_are_counted_by_independent_sellers_still_selling() -> None:
    found = options()
    assert found["together/gpt-oss-120b"].providers_of_weights >= 8
    assert found["anthropic/claude-sonnet-5"].providers_of_weights == 1
    assert found["own/gpt-oss-120b/1x-h200"].providers_of_weights == found["groq/gpt-oss-120b"].providers_of_weights


def test_own_hardware_has_no_hourly_price_and_rented_has() -> None:
    for option in catalogue().options:
        if option.group is Group.ON_PREMISES:
            assert option.hardware is not None
            assert option.hardware.usd_per_gpu_hour is None
        if option.group in (Group.SELF_HOSTED, Group.DEDICATED_OPEN):
            assert option.hardware is not None
            assert option.hardware.usd_per_gpu_hour
            assert option.model.open_weights


def test_a_node_price_is_used_only_where_a_replica_fills_the_node() -> None:
    found = options()
    whole, part = found["self/qwen3-235b/h100-sxm@lambda"].hardware, found["self/llama-3.3/h100-sxm@lambda"].hardware
    assert whole is not None
    assert part is not None
    assert (whole.usd_per_gpu_hour, part.usd_per_gpu_hour) == (D("3.99"), D("4.29"))


def test_every_published_prompt_shape_is_kept() -> None:
    rig = options()["self/gpt-oss-120b/h200@nebius"].hardware
    assert rig is not None
    assert rig.measured == ((1000, 1000, D(6868)), (8192, 1024, D(1828)), (32768, 1024, D(519)))
    assert rig.tokens_per_s_per_gpu == D(6868)


def test_what_is_left_out_says_why() -> None:
    reasons = {gone.subject: gone.reason for gone in catalogue().skipped}
    assert "no throughput" in reasons["model:glm-5"]
    assert "which model" in reasons["offer:mistral/mistral-large-latest"]


def test_capability_is_on_one_scale_or_unknown() -> None:
    found = options()
    same, moved = found["openai/gpt-6-astra"].model, found["anthropic/claude-opus-5.5"].model
    assert same.capability == D("61.2")
    assert moved.capability is not None
    assert moved.capability > D("57.6")  # scored under a later, stricter version of the index
    assert moved.capability_error > same.capability_error
    assert found["openai/gpt-4o"].model.capability is None


def test_an_old_price_is_marked_stale() -> None:
    price = options()["openai/gpt-6-sol"].price
    assert price is not None
    assert all(ref.stale for ref in price.refs if ref.checked_on and (TODAY - ref.checked_on).days > 7)
    assert any(ref.stale for ref in price.refs)
