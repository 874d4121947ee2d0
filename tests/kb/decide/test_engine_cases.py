"""The golden cases of the dossier, decided over the shipped facts, and prices as of each date (G7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from kb.decide.duties import duties_for
from kb.decide.engine import decide
from kb.decide.types import Decision, Group, Price
from kb.decide.use_case import UseCase
from tests.kb.decide.shipped import TODAY, catalogue, cited, views
from tests.kb.decide.test_cases import D1, D2, D3, D4

D = Decimal
CASES = {"D1": D1, "D2": D2, "D3": D3, "D4": D4, "D10": {}}


@cache
def decided(name: str) -> Decision:
    use = UseCase(**CASES[name])  # type: ignore[arg-type]
    duties = duties_for(use, views(), as_of=TODAY)
    return decide(use, catalogue().options, as_of=TODAY, cited=cited(), duties=duties)


def groups(decision: Decision) -> set[Group]:
    return {one.option.group for one in decision.assessed}


def test_d1_a_small_faq_bot_pays_per_token() -> None:
    decision = decided("D1")
    assert groups(decision) <= {
        Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.HYBRID,
    }  # fmt: skip
    ahead = decision.assessed[0]
    assert ahead.option.group in (Group.MANAGED_OPEN, Group.CLOSED_API)
    assert ahead.cost.point < 100
    cheap = {one.option.group for one in decision.assessed if one.cost.point < 100}
    assert {Group.MANAGED_OPEN, Group.CLOSED_API} <= cheap


def test_d2_a_bank_stays_in_the_eu() -> None:
    decision = decided("D2")
    assert decision.assessed
    assert all(not one.option.region.startswith(("us", "cn", "global")) for one in decision.assessed[:5])
    assert Group.ON_PREMISES not in groups(decision)
    assert decision.profile == "regulated"
    assert decision.duties


def test_d3_air_gapped_leaves_own_premises() -> None:
    decision = decided("D3")
    assert groups(decision) == {Group.ON_PREMISES}
    assert decision.profile == "sovereign"
    assert {e.option.group for e in decision.eliminated} >= {
        Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN, Group.SELF_HOSTED,
    }  # fmt: skip


def test_d4_no_llama_4_for_800_million_users() -> None:
    decision = decided("D4")
    assert not any("llama-4" in one.option.model.slug for one in decision.assessed)
    barred = [e for e in decision.eliminated if "llama-4" in e.option.model.slug]
    assert barred
    assert all(any(f.rule == "H7" and f.refs for f in e.findings) for e in barred)


def test_d10_asks_and_does_not_answer() -> None:
    decision = decided("D10")
    assert decision.best is None
    assert not decision.assessed
    assert 1 <= len(decision.questions) <= 3


@pytest.mark.parametrize("name", ["D1", "D2", "D3", "D4"])
def test_every_elimination_has_a_reason(name: str) -> None:
    assert all(f.reason and f.rule for e in decided(name).eliminated for f in e.findings)


def test_the_pinned_follow_up_changes_the_verdict() -> None:
    """ "And if the data must stay in the EU?" over the small FAQ bot."""
    use = UseCase(**D1)  # type: ignore[arg-type]
    eu = decide(replace(use, inference_in="eu"), catalogue().options, as_of=TODAY, cited=cited())
    assert {one.option.id for one in eu.assessed if one.option.group is not Group.HYBRID} < {
        one.option.id for one in decided("D1").assessed
    }


def price_on(day: date) -> Price:
    found = [o.price for o in catalogue(day).options if o.provider == "deepseek" and o.model.slug == "deepseek-v4-pro"]
    assert found[0] is not None
    return found[0]


@pytest.mark.parametrize(
    ("day", "off_peak", "peak"),
    [(date(2026, 6, 1), "1.305", "1.305"), (date(2026, 8, 16), "1.305", "1.305"), (date(2026, 11, 22), "2.64", "5.28")],
)
def test_g7_the_price_of_deepseek_v4_pro_as_of_each_date(day: date, off_peak: str, peak: str) -> None:
    """A million tokens in and out. The list price of 24 April (5.22) is not among the shipped facts."""
    price = price_on(day)
    assert price.input + price.output == D(peak)
    calm_in = price.off_peak_input if price.off_peak_input is not None else price.input
    calm_out = price.off_peak_output if price.off_peak_output is not None else price.output
    assert calm_in + calm_out == D(off_peak)
