"""Every term of the cost formulas, the fit of memory, and break-evens over GPU steps."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.decide import formulas as f
from kb.decide.arrays import floats, machines_array, rates_array, work_array
from kb.decide.assumptions import Assumptions, with_defaults
from kb.decide.breakeven import breakeven
from kb.decide.cost import cost_of, machine_of, rates_of, unknown_cost, work_of
from kb.decide.memory import fits, kv_bytes_per_token_gqa, kv_bytes_per_token_mla, most_sequences, smallest_replica
from kb.decide.portfolio import pair
from kb.decide.types import Group, Hardware, Model
from kb.errors import BadInput
from tests.kb.decide.decide_builders import hosted, metered, model, stated, workload

D = Decimal
ASSUMED = Assumptions()
BARE = Assumptions(overhead=D(0), fte_rented=D(0), evaluation_usd_per_month=D(0))


def rig(gpu_gb: int, gpus: int) -> Hardware:
    return Hardware(
        gpu="gpu",
        gpus=gpus,
        memory_gb_per_gpu=D(gpu_gb),
        usd_per_gpu_hour=D(1),
        provider="own",
        tokens_per_s_per_gpu=D(1000),
    )


def sized(gb: str, kv: int, fixed: int = 0) -> Model:
    return replace(model(), memory_gb=D(gb), kv_bytes_per_token=kv, kv_fixed_bytes_per_sequence=fixed)


class TestMemory:
    """The dossier's table: sequences of 8,192 tokens that fit, a tenth kept free."""

    @pytest.mark.parametrize(
        ("weights", "kv", "fixed", "gpu_gb", "gpus", "expected"),
        [
            ("65", 36_864, 4_700_000, 80, 1, 22),
            ("65", 36_864, 4_700_000, 141, 1, 201),
            ("70.6", 327_680, 0, 80, 2, 27),
            ("141", 327_680, 0, 80, 2, 1),
            ("689", 70_272, 0, 80, 8, 0),
            ("689", 70_272, 0, 141, 8, 566),
            ("756", 89_856, 0, 141, 8, 352),
            ("595", 70_272, 0, 141, 8, 729),
        ],
    )
    def test_sequences(self, weights: str, kv: int, fixed: int, gpu_gb: int, gpus: int, expected: int) -> None:
        assert most_sequences(sized(weights, kv, fixed), rig(gpu_gb, gpus), 8192) == expected

    def test_unknown_weights_are_unknown(self) -> None:
        unknown = replace(model(), memory_gb=None)
        assert fits(unknown, rig(141, 8), 8192) is None
        assert most_sequences(unknown, rig(141, 8), 8192) is None

    def test_a_longer_context_needs_more(self) -> None:
        assert fits(sized("70", 327_680), rig(80, 1), 1000)
        assert not fits(sized("70", 327_680), rig(80, 1), 100_000)
        assert smallest_replica(sized("70", 327_680), D(80), 100_000) == 2

    def test_cache_sizes(self) -> None:
        assert kv_bytes_per_token_gqa(80, 8, 128) == 327_680
        assert kv_bytes_per_token_mla(61, 512, 64) == 70_272


class TestTokens:
    def test_batch_price_only_for_the_share_that_may_wait(self) -> None:
        option = metered("m", "2", "10", batch_input=D(1), batch_output=D(5))
        assert cost_of(option, workload(batch_share=D("0.5")), BARE).point == 9000

    def test_no_batch_price_no_discount(self) -> None:
        assert cost_of(metered("m", "2", "10"), workload(batch_share=D(1)), BARE).point == 12_000

    @pytest.mark.parametrize(("context", "expected"), [(272_000, 12_000), (272_001, 14_000)])
    def test_long_context_rate_only_above_its_limit(self, context: int, expected: int) -> None:
        option = metered("m", "2", "10", input_long=D(4), long_over_tokens=272_000)
        assert cost_of(option, workload(context_tokens=D(context)), BARE).point == expected

    def test_off_peak_hours_are_blended(self) -> None:
        option = metered("m", "1.32", "3.96", off_peak_input=D("0.66"), off_peak_output=D("1.98"))
        assert round(cost_of(option, workload(), BARE).point, 6) == D(3190)  # 133 of 168 hours at half price

    def test_region_and_tokeniser_multiply(self) -> None:
        option = metered("m", "4", "20", region_factor=D("1.1"))
        option = replace(option, model=replace(option.model, tokeniser_factor=D("1.2")))
        assert cost_of(option, workload(), BARE).point == D(24_000) * D("1.1") * D("1.2")

    def test_cache_writes_and_hidden_reasoning(self) -> None:
        option = metered("m", "2", "10", cache_write=D("2.5"))
        use = workload(reasoning_tokens_per_request=D(500))
        cost = cost_of(option, use, replace(BARE, cache_write_share=D("0.1")))
        assert cost.parts == {"input": 2000, "cache writes": 250, "output": 15_000}
        assert cost.point == sum(cost.parts.values())

    def test_every_part_has_its_formula(self) -> None:
        cost = cost_of(metered("m", "2", "10", cache_read=D("0.2")), workload(cached_share=D("0.5")), BARE)
        assert cost.parts.keys() <= cost.formulas.keys()
        assert cost.formulas["output"] == "1,000,000 requests × 1,000 tokens out × 10 USD / 1,000,000"

    def test_incomplete_use_cases_are_refused(self) -> None:
        with pytest.raises(BadInput, match="requests_per_month"):
            cost_of(metered("m", "2", "10"), stated(), BARE)


class TestMachines:
    def test_published_lengths_give_the_published_throughput(self) -> None:
        rows = ((1000, 1000, D(6868)), (8192, 1024, D(1828)))
        option = hosted()
        assert option.hardware is not None
        option = replace(option, hardware=replace(option.hardware, measured=rows))
        for tokens_in, expected in ((8192, 1828), (32_768, 519)):
            work = work_of(workload(1, tokens_in, 1024), replace(ASSUMED, derate=D(1)))
            rate = f.tokens_per_s_in_use(work, machine_of(option, ASSUMED, work))
            assert abs(rate - expected) < 1, "the third row of the table is predicted by the first two"

    def test_measured_within_a_latency_limit_is_not_derated(self) -> None:
        at_peak = workload(10_000_000)
        assert cost_of(hosted(slo=True), at_peak, BARE).gpus < cost_of(hosted(), at_peak, BARE).gpus

    def test_work_that_may_wait_does_not_peak(self) -> None:
        busy = cost_of(hosted(), workload(50_000_000), BARE)
        calm = cost_of(hosted(), workload(50_000_000, batch_share=D(1)), BARE)
        assert calm.gpus < busy.gpus

    def test_a_spare_replica_from_99_percent_on(self) -> None:
        assert cost_of(hosted(gpus=8), workload(1, availability_target=D("0.95")), BARE).gpus == 8
        assert cost_of(hosted(gpus=8), workload(1, availability_target=D("0.99")), BARE).gpus == 16

    def test_a_dedicated_endpoint_follows_the_load(self) -> None:
        dedicated = hosted(group=Group.DEDICATED_OPEN)
        assert cost_of(dedicated, workload(), replace(BARE, fte_dedicated=D(0))).point == D("4.50") * 730

    def test_bought_gpus_come_in_nodes(self) -> None:
        assert cost_of(hosted(group=Group.ON_PREMISES, usd=None), workload(), ASSUMED).gpus == 8

    def test_what_is_unknown_is_said(self) -> None:
        assert "throughput" in unknown_cost(hosted(tokens_per_s=None))
        assert "hourly price" in unknown_cost(hosted(usd=None))
        assert not unknown_cost(hosted())


def test_a_hybrid_pays_for_both_parts_and_its_router() -> None:
    bulk, hard = metered("b", "0.15", "0.6", group=Group.MANAGED_OPEN), metered("h", "4", "20")
    cost = cost_of(pair(bulk, hard, D("0.2")), workload(), ASSUMED)
    assert cost.point == D("0.8") * 750 + D("0.2") * 24_000 + D("0.1") * 300_000 / 12


class TestBreakeven:
    def test_never_when_full_gpus_cost_more(self) -> None:
        found = breakeven(hosted(), metered("m", "0.037", "0.17", group=Group.MANAGED_OPEN), workload(), BARE)
        assert found.requests_per_month is None
        assert found.says.startswith("never")

    @pytest.mark.parametrize("usd_out", ["4", "10", "50"])
    def test_no_larger_volume_is_dearer_and_the_next_smaller_one_is(self, usd_out: str) -> None:
        machine, seller = hosted(), metered("m", "1", usd_out)
        at = breakeven(machine, seller, workload(), ASSUMED).requests_per_month
        assert at is not None

        def margin(requests: Decimal) -> Decimal:
            use = workload(str(requests))
            return cost_of(seller, use, ASSUMED).point - cost_of(machine, use, ASSUMED).point

        assert margin(at * D("0.999999")) < 0
        assert all(margin(at * D("1.001") * (1 + D(step) / 7)) >= 0 for step in range(200))


@settings(max_examples=60, deadline=None)
@given(
    requests=st.integers(1, 10**9),
    tokens_in=st.integers(1, 50_000),
    tokens_out=st.integers(1, 8000),
    cached=st.integers(0, 100),
    batch=st.integers(0, 100),
    gpus=st.sampled_from([1, 2, 8]),
)
def test_points_and_arrays_say_the_same(
    requests: int, tokens_in: int, tokens_out: int, cached: int, batch: int, gpus: int
) -> None:
    use = workload(requests, tokens_in, tokens_out, cached_share=D(cached) / 100, batch_share=D(batch) / 100)
    work = work_of(use, ASSUMED)
    seller = metered("m", "2", "10", cache_read=D("0.2"), batch_input=D(1), batch_output=D(5))
    machine = hosted(gpus=gpus)
    assert seller.price is not None
    rates = rates_array([floats(rates_of(seller.price, D(8192), ASSUMED))])
    columns = machines_array([floats(machine_of(machine, ASSUMED, work))])
    tokens_usd, gpu_usd = f.token_usd(work_array(work), rates), f.machine_usd(work_array(work), columns)
    assert np.isclose(tokens_usd[0, 0], float(cost_of(seller, use, ASSUMED).point))
    assert np.isclose(gpu_usd[0, 0], float(cost_of(machine, use, ASSUMED).point))


class TestDefaults:
    def test_every_default_is_marked_with_its_reason(self) -> None:
        full = with_defaults(stated(task="code", requests_per_month=D(10)))
        assert full.origins["tokens_in_per_request"].kind == "default"
        assert full.origins["tokens_in_per_request"].words == "usual for code"
        assert full.is_known("requests_per_month")
        assert not full.is_known("peak_factor")

    def test_tokens_a_month_become_requests(self) -> None:
        full = with_defaults(stated(tokens_per_month=D(50_000_000), tokens_in_per_request=D(1500), task="chat"))
        assert full.requests_per_month == D(50_000_000) / D(1800)
        assert full.origins["requests_per_month"].kind == "derived"

    def test_tokens_in_and_out_a_month_over_requests(self) -> None:
        full = with_defaults(
            stated(requests_per_month=D(1000), tokens_in_per_month=D(2_000_000), tokens_out_per_month=D(500_000))
        )
        assert (full.tokens_in_per_request, full.tokens_out_per_request) == (2000, 500)
