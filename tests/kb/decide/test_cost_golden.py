"""Worked examples of the dossier's cost model, to the printed digit."""

from decimal import Decimal

import pytest

from kb.decide import formulas as f
from kb.decide.assumptions import Assumptions
from kb.decide.breakeven import breakeven_utilisation, effective_utilisation
from kb.decide.cost import cost_of
from kb.decide.types import Group
from tests.kb.decide.decide_builders import hosted, metered, workload

D = Decimal
BARE = Assumptions(
    overhead=D(0), fte_rented=D(0), fte_on_premises=D(0), evaluation_usd_per_month=D(0), rack_usd_per_kw_month=D(0)
)
SILY_TOKENS_PER_S = D("2814.6815")


class TestG1:
    """One H100 at 2.69 USD under a latency limit, against 0.20 + 0.20 USD a million tokens."""

    def test_usd_per_million_output_tokens(self) -> None:
        assert round(f.usd_per_million_output(D("2.69"), SILY_TOKENS_PER_S, D(1)), 6) == D("0.265473")

    def test_a_thousand_requests_from_a_seller_of_tokens(self) -> None:
        seller = metered("qwen3-8b", "0.2", "0.2", group=Group.MANAGED_OPEN)
        assert cost_of(seller, workload(1000, 2048, 2048), BARE).point == D("0.8192")

    def test_a_thousand_requests_on_a_full_gpu(self) -> None:
        per_million = f.usd_per_million_output(D("2.69"), SILY_TOKENS_PER_S, D(1))
        assert round(per_million * D("2.048"), 5) == D("0.54369")

    def test_break_even_utilisation(self) -> None:
        share = breakeven_utilisation(D("2.69"), SILY_TOKENS_PER_S, D("0.4"))
        assert round(share * 100, 1) == D("66.4")

    def test_break_even_requests_a_day(self) -> None:
        seller = metered("qwen3-8b", "0.2", "0.2", group=Group.MANAGED_OPEN)
        a_request = cost_of(seller, workload(1, 2048, 2048), BARE).point
        assert f.ceil(D("2.69") * 24 / a_request) == 78_809


METERED = [
    ("claude-opus-5.5", "4", "20", "24000"),
    ("claude-sonnet-5", "2", "10", "12000"),
    ("gpt-6-sol", "2", "10", "12000"),
    ("gemini-3.8-flash", "0.75", "3.75", "4500"),
    ("gpt-5.6-luna", "0.2", "1.2", "1400"),
    ("claude-haiku-5.5", "0.1", "0.5", "600"),
    ("kimi-k2.5@bedrock-eu", "0.72", "3.6", "4320"),
    ("glm-5@zai", "1.0", "3.2", "4200"),
    ("deepseek-v3.2@bedrock-eu", "0.74", "2.22", "2960"),
    ("mistral-large-4", "0.7", "2.1", "2800"),
    ("gpt-oss-120b@together", "0.15", "0.6", "750"),
    ("gpt-oss-120b@ovh", "0.08", "0.4", "480"),
    ("gpt-oss-120b@vertex", "0.09", "0.36", "450"),
    ("gpt-oss-120b@deepinfra", "0.037", "0.17", "207"),
]


class TestG2:
    """A million requests a month of 1,000 tokens in and 1,000 out."""

    @pytest.mark.parametrize(("slug", "usd_in", "usd_out", "expected"), METERED)
    def test_paid_per_token(self, slug: str, usd_in: str, usd_out: str, expected: str) -> None:
        assert cost_of(metered(slug, usd_in, usd_out), workload(), BARE).point == D(expected)

    def test_all_in_batch(self) -> None:
        sol = metered("gpt-6-sol", "2", "10", batch_input=D(1), batch_output=D(5))
        assert cost_of(sol, workload(batch_share=D(1)), BARE).point == 6000

    def test_half_of_the_input_cached(self) -> None:
        sol = metered("gpt-6-sol", "2", "10", cache_read=D("0.20"))
        assert cost_of(sol, workload(cached_share=D("0.5")), BARE).point == 11_100

    def test_sizing_of_h200(self) -> None:
        cost = cost_of(hosted(), workload(), BARE)
        assert cost.gpus == 2
        assert round(D(10**9) / f.SECONDS_PER_MONTH, 1) == D("380.5")
        assert "1,522.1 tok/s at peak / 3,434 tok/s a replica" in cost.formulas["GPUs"]
        assert cost.utilisation is not None
        assert round(cost.utilisation * 100, 1) == D("2.8")

    @pytest.mark.parametrize(("fte", "expected"), [("0", 6570), ("0.25", 12_820), ("1", 31_570)])
    def test_self_hosted_with_staff(self, fte: str, expected: int) -> None:
        assumed = Assumptions(overhead=D(0), fte_rented=D(fte), evaluation_usd_per_month=D(0))
        assert cost_of(hosted(), workload(), assumed).point == expected

    def test_times_dearer_than_the_managed_weights(self) -> None:
        own = cost_of(hosted(), workload(), BARE).point
        assert int(own / 750) == 8
        assert round(own / 207) == 32


class TestG4:
    """Llama-3.3-70B on H200 at 4.50 USD."""

    def test_full(self) -> None:
        assert round(f.usd_per_million_output(D("4.50"), D(2587), D(1)), 3) == D("0.483")

    @pytest.mark.parametrize(("usd_in", "usd_out", "expected"), [("0.23", "0.40", "76.7"), ("1.04", "1.04", "23.2")])
    def test_break_even_utilisation(self, usd_in: str, usd_out: str, expected: str) -> None:
        share = breakeven_utilisation(D("4.50"), D(2587), D(usd_in) + D(usd_out))
        assert round(share * 100, 1) == D(expected)

    def test_a_flat_load_sees_derating_over_peak(self) -> None:
        assert effective_utilisation(hosted(), workload(), Assumptions()) == D("0.125")


class TestG8:
    """A node of eight H100 bought for 300,000 USD, against renting it at 3.99 USD."""

    def test_on_premises(self) -> None:
        node = hosted(group=Group.ON_PREMISES, usd=None, gpu="h100", gpus=8)
        cost = cost_of(node, workload(1), BARE, spare=D(0))
        assert cost.gpus == 8
        assert (cost.parts["purchase"], round(cost.parts["power"])) == (6250, 1162)
        assert cost.parts["maintenance"] == 3750
        assert round(cost.point, -2) == 11_200

    def test_rented(self) -> None:
        node = hosted(usd="3.99", gpu="h100", gpus=8)
        assert round(cost_of(node, workload(1), BARE, spare=D(0)).point, -2) == 23_300
