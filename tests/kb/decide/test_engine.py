"""Whole decisions: verdicts, ties, questions, eliminations, records."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.decide.engine import ENGINE_VERSION, decide
from kb.decide.figures import significant
from kb.decide.types import Decision, Group, Option
from kb.decide.value import NAMES
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case, stated

D = Decimal
SMALL = metered("open-small", "0.1", "0.3", group=Group.MANAGED_OPEN, provider="host", capability="40")
LARGE = metered("closed-large", "4", "20", capability="65")
TWIN = metered("open-twin", "0.1", "0.3", group=Group.MANAGED_OPEN, provider="host", capability="40")
OWN = hosted("open-small", capability="40")
OPTIONS = (SMALL, LARGE, OWN)


def decided(options: tuple[Option, ...] = OPTIONS, **values: object) -> Decision:
    return decide(simple_case(**values), options, as_of=AS_OF, seed=7)


def test_a_sure_winner_is_named_with_its_cost() -> None:
    decision = decided()
    assert decision.best is not None
    assert decision.best.option == SMALL
    assert decision.best.p_best >= 0.6
    assert decision.verdict.startswith("Open (managed): open-small (Host, US), best in")
    assert decision.verdict.count("%") == 2
    assert decision.tied == ()
    assert decision.engine_version == ENGINE_VERSION


def test_twins_tie_and_a_question_is_asked() -> None:
    decision = decided((SMALL, TWIN))
    assert decision.best is None
    assert set(decision.tied) == {SMALL.id, TWIN.id}
    assert decision.verdict.startswith("Open, at a managed host, in 100% of the draws; which model is not settled. ")
    assert decision.questions
    assert decision.questions[0].text in decision.verdict


def test_the_same_record_gives_the_same_figures() -> None:
    assert decided() == decided()


def test_figures_are_rounded() -> None:
    for one in decided().assessed:
        assert one.p_best == round(one.p_best, 2)
        for usd in (one.cost.p10, one.cost.p50, one.cost.p90):
            assert usd is not None
            assert usd == significant(usd)


def test_hybrids_need_both_parts() -> None:
    with_both = decided()
    assert any(one.option.group is Group.HYBRID for one in with_both.assessed)
    assert not any(one.option.group is Group.HYBRID for one in decided((SMALL, OWN)).assessed)
    mixed = next(one.option for one in with_both.assessed if one.option.group is Group.HYBRID)
    assert mixed.guardrail.startswith("Send on to closed-large")
    assert mixed.escalated_share == D("0.12")


def test_over_budget_goes_with_reason() -> None:
    decision = decided(budget_usd_per_month=D(1000))
    gone = {e.option.id: e.findings[0] for e in decision.eliminated}
    assert gone[LARGE.id].rule == "H16"
    assert {one.option.group for one in decision.assessed} == {Group.MANAGED_OPEN}


def test_nothing_left_is_said() -> None:
    decision = decided(budget_usd_per_month=D("0.01"))
    assert decision.assessed == ()
    assert decision.verdict.startswith("None of the 4 options is left: H16 (budget) strikes out 4.")


def test_no_option_at_all() -> None:
    assert decided(()).verdict == "None of the 0 options is left."


def test_an_unknown_cost_is_no_silent_pass() -> None:
    blind = hosted("open-blind", tokens_per_s=None)
    decision = decided((SMALL, blind))
    found = [e for e in decision.eliminated if e.option == blind]
    assert found[0].findings[0].outcome == "unknown"
    assert "throughput" in found[0].findings[0].reason


def test_own_premises_only_for_those_who_have_them() -> None:
    bought = hosted("open-small", group=Group.ON_PREMISES, usd=None, capability="40")
    without = decided((SMALL, bought))
    assert [e.findings[0].rule for e in without.eliminated] == ["premises"]
    assert any(one.option == bought for one in decided((SMALL, bought), own_gpus=True).assessed)


def test_of_the_same_model_on_other_gpus_the_cheaper_stays() -> None:
    dear = hosted("open-small", capability="40", gpu="b200", usd="9")
    decision = decided((OWN, dear))
    assert [one.option for one in decision.assessed] == [OWN]
    assert decision.eliminated[0].findings[0].rule == "rig"


@pytest.mark.parametrize("values", [{}, {"task": "chat"}, {"sector": "finance"}])
def test_underspecified_means_questions_only(values: dict[str, object]) -> None:
    decision = decide(stated(**values), OPTIONS, as_of=AS_OF)
    assert decision.best is None
    assert decision.assessed == ()
    assert decision.flips == ()
    assert 1 <= len(decision.questions) <= 3
    assert decision.verdict.startswith("Neither open nor closed is better in the abstract")


@pytest.mark.parametrize(
    "values",
    [
        {"requests_per_month": D(20_000)},
        {"mau": D(800_000_000), "shortlist": frozenset({"open-small"})},
        {"data_class": "personal", "eu_seat": True},
    ],
)
def test_enough_to_start(values: dict[str, object]) -> None:
    assert decide(stated(**values), OPTIONS, as_of=AS_OF).verdict.startswith("Neither") is False


def test_an_air_gap_alone_is_enough_to_start() -> None:
    bought = hosted("open-small", group=Group.ON_PREMISES, usd=None, capability="40")
    decision = decide(stated(air_gap=True, accredited_cloud=False), (*OPTIONS, bought), as_of=AS_OF)
    assert [one.option for one in decision.assessed] == [bought]


def test_defaults_are_listed_as_assumptions() -> None:
    decision = decided()
    assert any(line.startswith("a peak of 4 times the average (") for line in decision.assumptions)
    assert decision.use_case is not None
    assert decision.use_case.origins["peak_factor"].kind == "default"


def test_an_unrated_model_is_an_unknown_and_no_winner_by_quality() -> None:
    unknown = replace(LARGE.model, slug="unrated", name="Unrated", capability=None)
    unrated = replace(LARGE, id="x/unrated", model=unknown)
    decision = decided((SMALL, unrated))
    assert decision.assessed[-1].option == unrated
    assert any("Unrated" in line for line in decision.unknowns)


def test_an_essential_criterion_cannot_be_traded_away() -> None:
    use = simple_case(task="agent", essential=frozenset({"C3"}))
    cost_first = dict.fromkeys(NAMES, 0.0) | {"C1": 0.75, "C3": 0.25}
    decision = decide(use, (SMALL, LARGE), as_of=AS_OF, profile=cost_first)
    free = decide(replace(use, essential=frozenset()), (SMALL, LARGE), as_of=AS_OF, profile=cost_first)
    assert free.best is not None
    assert decision.best is None
    assert "closed-large (Vendor, US) is clearly better on quality fit" in decision.verdict
    assert set(decision.tied) == {SMALL.id, LARGE.id}
    assert decision.profile == "own"


def test_p_best_of_the_groups_covers_all_draws() -> None:
    assert sum(decided().group_p.values()) == pytest.approx(1, abs=0.03)
