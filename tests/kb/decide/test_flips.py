"""What would change the verdict: the number found really is where it changes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.decide.engine import decide
from kb.decide.filters import screen
from kb.decide.flips import KINDS, TEAM
from kb.decide.questions import ASKABLE
from kb.decide.scene import as_if_said
from kb.decide.types import Decision, Flip, Group, Option
from kb.decide.what_if import READ_BY, screening
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case

D = Decimal
SMALL = metered("open-small", "0.4", "1.6", group=Group.MANAGED_OPEN, provider="host", capability="40")
LARGE = metered("closed-large", "4", "20", capability="65")
EU = metered("open-eu", "1", "3", group=Group.MANAGED_OPEN, provider="euhost", region="eu", capability="35")
OWN = hosted("open-small", capability="40")
OPTIONS = (SMALL, LARGE, OWN, EU)


def decided(options: tuple[Option, ...] = OPTIONS, **values: object) -> Decision:
    return decide(simple_case(**values), options, as_of=AS_OF)


def leader(decision: Decision) -> Option:
    return max(decision.assessed, key=lambda one: one.score).option


def flips_of(decision: Decision, input: str) -> list[Flip]:
    return [flip for flip in decision.flips if flip.input == input and flip.value != "break-even"]


def test_the_price_at_which_another_option_leads() -> None:
    options = (SMALL, metered("open-other", "0.8", "3.2", group=Group.MANAGED_OPEN, provider="b", capability="40"))
    decision = decided(options)
    assert leader(decision) == SMALL
    flip = flips_of(decision, "price")[0]
    assert flip.at == D("0.8")
    assert flip.to_option == options[1].id
    assert SMALL.price is not None

    def at(factor: str) -> Option:
        price = replace(SMALL.price, input=D("0.4") * D(factor), output=D("1.6") * D(factor))  # type: ignore[type-var]
        return leader(decided((replace(SMALL, price=price), options[1])))

    assert at("1.9").id == SMALL.id
    assert at("2.1").id == options[1].id


def test_the_volume_at_which_the_choice_changes() -> None:
    decision = decided(task="agent", budget_usd_per_month=D(20_000))
    for flip in flips_of(decision, "requests_per_month"):
        if flip.at is None:
            continue
        above = flip.at > 200_000
        beyond = flip.at * (D("1.06") if above else D("0.94"))
        other = decided(task="agent", budget_usd_per_month=D(20_000), requests_per_month=beyond)
        assert not other.assessed or leader(other).id != leader(decision).id
        return
    pytest.fail("this case is built to flip with volume")


def test_never_names_the_range_that_was_tried() -> None:
    flip = flips_of(decided((SMALL,)), "requests_per_month")[0]
    assert flip.at is None
    assert flip.says == "Never: from 200 to 200,000,000 requests a month, open-small (Host, US) stays ahead."


def test_residency_is_decided_again_with_its_filter() -> None:
    decision = decided()
    flip = next(f for f in decision.flips if f.input == "inference_in" and f.value == "eu")
    assert flip.to_option == leader(decided(inference_in="eu")).id


def test_break_even_by_cost_alone_is_always_told() -> None:
    found = [flip for flip in decided().flips if flip.value == "break-even"]
    assert len(found) == 1
    assert "By cost alone, open-small on H200 (Nebius, EU) against open-small (Host, US)" in found[0].says


def test_a_hybrid_leader_has_its_escalated_share_searched() -> None:
    bulk = metered("open-small", "0.1", "0.4", group=Group.MANAGED_OPEN, provider="host", capability="35")
    decision = decided((bulk, LARGE), task="agent", requests_per_month=D(20_000_000))
    if leader(decision).group is not Group.HYBRID:
        decision = decide(
            simple_case(task="agent", requests_per_month=D(20_000_000)),
            (bulk, LARGE),
            as_of=AS_OF,
            profile={f"C{i}": 0.0 for i in range(1, 11)} | {"C1": 0.5, "C3": 0.5},
        )
    assert leader(decision).group is Group.HYBRID
    assert flips_of(decision, "escalated_share")


class TestQuestions:
    def test_only_what_nobody_said_is_asked(self) -> None:
        asked = {question.input for question in decided((SMALL, OWN)).questions}
        assert not asked & {"requests_per_month", "task", "data_class", "mlops_fte"}

    def test_at_most_three_most_flipping_first(self) -> None:
        questions = decide(simple_case(customisation=None), OPTIONS, as_of=AS_OF).questions
        assert len(questions) <= 3
        assert [q.flips for q in questions] == sorted((q.flips for q in questions), reverse=True)

    def test_a_missing_wish_that_would_strike_out_the_leader_is_asked(self) -> None:
        use = simple_case()
        silent = replace(use, inference_in=None, origins={k: o for k, o in use.origins.items() if k != "inference_in"})
        decision = decide(silent, (SMALL, EU), as_of=AS_OF)
        assert any(q.input == "inference_in" and q.flips > 0.2 for q in decision.questions)


CHANGES = [(input, value) for input, value, _ in KINDS]
CHANGES += [("mlops_fte", fte) for fte in TEAM]
CHANGES += [(missing.input, value) for missing in ASKABLE for value in missing.plausible]


@pytest.mark.parametrize(("input", "value"), CHANGES)
@pytest.mark.parametrize("availability", [None, D("0.995")])
def test_screening_after_a_change_is_the_full_screening(
    input: str, value: object, availability: Decimal | None
) -> None:
    """Holds READ_BY: a rule that reads an input must be named there."""
    assert input in READ_BY
    use = simple_case(sector="defence", eu_seat=True, data_class="personal")
    use = use.told(availability_target=availability)
    bought = hosted("open-small", group=Group.ON_PREMISES, usd=None)
    foreign = replace(LARGE, id="far/closed", region="us", operator_country="us", foreign_control="us")
    options = (*OPTIONS, bought, foreign)
    changed = as_if_said(use, input, value)
    full = screen(changed, options, as_of=AS_OF)
    quick = screening(use, options, as_of=AS_OF, cited=None).after(changed, input)
    assert {o.id for o in quick} == {o.id for o, _ in full.survivors}
