"""What must hold whatever the numbers are."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kb.decide.assumptions import Assumptions
from kb.decide.cost import cost_of
from kb.decide.engine import decide
from kb.decide.filters import screen
from kb.decide.types import Decision, Group, Option
from kb.decide.uncertainty import rank_acceptability, stream
from kb.decide.use_case import UseCase
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case, workload

D = Decimal
ASSUMED = Assumptions()
volumes = st.integers(1, 2_000_000_000)
prices = st.decimals("0.01", "50", places=2)
FEW = 300  # draws: properties hold for any number


@st.composite
def token_options(draw: st.DrawFn, name: str = "m") -> Option:
    group = draw(st.sampled_from([Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN]))
    usd_in, usd_out = draw(prices), draw(prices)
    region = draw(st.sampled_from(["eu", "us", "global"]))
    slug = f"{name}-{draw(st.integers(0, 10**6))}"
    capability = draw(st.none() | st.integers(5, 66).map(str))
    return metered(slug, str(usd_in), str(usd_out), group=group, region=region, capability=capability)


@st.composite
def option_sets(draw: st.DrawFn) -> tuple[Option, ...]:
    sold = draw(st.lists(token_options(), min_size=2, max_size=5, unique_by=lambda option: option.id))
    own = hosted(sold[0].model.slug, capability="30", usd=str(draw(prices)))
    return (*sold, own)


def quick(use: UseCase, options: tuple[Option, ...], seed: int = 0) -> Decision:
    return decide(use, options, as_of=AS_OF, seed=seed, draws=FEW)


@settings(max_examples=100, deadline=None)
@given(volumes, volumes, prices, prices, st.sampled_from([1, 2, 8]))
def test_more_volume_never_favours_paying_per_token(a: int, b: int, usd_in: D, usd_out: D, gpus: int) -> None:
    low, high = sorted((a, b))
    seller, machine = metered("m", str(usd_in), str(usd_out)), hosted(gpus=gpus)
    own = [cost_of(machine, workload(volume), ASSUMED) for volume in (low, high)]
    assume(own[0].gpus == own[1].gpus)
    sold = [cost_of(seller, workload(volume), ASSUMED).point for volume in (low, high)]
    assert sold[0] - own[0].point <= sold[1] - own[1].point


@settings(max_examples=100, deadline=None)
@given(volumes, volumes, prices, prices, st.booleans())
def test_costs_grow_with_volume_and_price(a: int, b: int, p: D, q: D, is_hosted: bool) -> None:
    volume, more = sorted((a, b))
    cheap, dear = sorted((p, q))

    def usd(requests: int, price: D) -> D:
        option = hosted(usd=str(price)) if is_hosted else metered("m", str(price), str(price))
        return cost_of(option, workload(requests), ASSUMED).point

    assert usd(volume, cheap) <= usd(more, cheap)
    assert usd(volume, cheap) <= usd(volume, dear)


@settings(max_examples=25, deadline=None)
@given(option_sets(), token_options("added"), st.integers(0, 2**31))
def test_adding_an_option_never_reverses_two_others(options: tuple[Option, ...], added: Option, seed: int) -> None:
    assume(added.id not in {option.id for option in options})
    before, after = (quick(simple_case(), some, seed) for some in (options, (*options, added)))
    scores = [{one.option.id: (one.score, one.values) for one in decision.assessed} for decision in (before, after)]
    for option in options:
        assert scores[0].get(option.id) == scores[1].get(option.id)


@settings(max_examples=40, deadline=None)
@given(option_sets(), st.sampled_from(["eu", "us", "uk"]))
def test_tightening_residency_never_adds_an_option(options: tuple[Option, ...], place: str) -> None:
    def surviving(use: UseCase) -> set[str]:
        return {option.id for option, _ in screen(use, options, as_of=AS_OF).survivors}

    free, bound = surviving(simple_case(inference_in="none")), surviving(simple_case(inference_in=place))
    strict = surviving(simple_case(inference_in=place, no_foreign_jurisdiction=True))
    assert strict <= bound <= free


@settings(max_examples=10, deadline=None)
@given(option_sets(), st.integers(0, 2**31))
def test_the_same_record_gives_the_same_decision(options: tuple[Option, ...], seed: int) -> None:
    assert quick(simple_case(), options, seed) == quick(simple_case(), tuple(reversed(options)), seed)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 400), st.integers(0, 2**31))
def test_p_best_sums_to_one(options: int, draws: int, seed: int) -> None:
    shares = rank_acceptability(stream(seed, "scores").random((options, draws)))
    assert np.isclose(shares[:, 0].sum(), 1)
    assert (shares >= 0).all()


@settings(max_examples=20, deadline=None)
@given(option_sets())
def test_published_shares_and_scores_are_in_range(options: tuple[Option, ...]) -> None:
    decision = quick(simple_case(), options)
    for one in decision.assessed:
        assert 0 <= one.p_best <= 1
        assert all(0 <= value <= 1 for name, value in one.values.items() if name != "C1")
        assert -3 < one.values["C1"] < 3  # goes on beyond its anchors
        assert one.cost.point > 0
    best = [one.p_best for one in decision.assessed]
    assert best == sorted(best, reverse=True)


@settings(max_examples=20, deadline=None)
@given(token_options(), st.integers(1, 9))
def test_a_lower_price_never_scores_less(option: Option, tenths: int) -> None:
    assert option.price is not None
    share = D(tenths) / 10
    cheap = replace(option.price, input=option.price.input * share, output=option.price.output * share)
    full, less = (quick(simple_case(), (one,)).assessed for one in (option, replace(option, price=cheap)))
    assert less[0].score >= full[0].score
