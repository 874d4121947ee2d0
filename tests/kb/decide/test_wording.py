"""What a reader is told: the way first, names as people write them, why an option ranks, and what would leave one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.decide.engine import decide
from kb.decide.figures import gpu_name, label
from kb.decide.tongues import tongues
from kb.decide.types import Decision, Group, Option
from kb.decide.use_case import INPUTS
from kb.decide.value import WEIGHTS
from kb.decide.wording import in_words, why_it_ranks
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case, stated

D = Decimal
OPEN = metered("open-small", "0.1", "0.4", group=Group.MANAGED_OPEN, provider="host", region="eu", capability="40")
CLOSED = metered("closed-large", "4", "20", region="eu", capability="65")
OWN = hosted("open-small", capability="40")


def decided(*options: Option, **values: object) -> Decision:
    return decide(simple_case(**values), options, as_of=AS_OF)


def test_a_verdict_begins_with_the_way() -> None:
    assert decided(OPEN).verdict.startswith("Open (managed): open-small (Host, EU), best in 100% of the draws, ")
    assert decided(CLOSED).verdict.startswith("Closed (maker's API): closed-large")
    assert decided(OWN).verdict.startswith("Open (rented GPUs): open-small on H200 (Nebius, EU)")


def test_close_calls_are_said_to_be_close() -> None:
    rival = metered("closed-small", "0.1", "0.4", region="eu", capability="40")
    verdict = decided(OPEN, rival, mlops_fte=D(0)).verdict
    shares = ("Open in ", "Closed in ", "Too close to call: open leads with ", "Too close to call: closed leads with ")
    assert verdict.startswith((*shares, "Open (managed)", "Closed (maker's API)"))


def test_a_tie_asks_what_flips_most() -> None:
    twin = replace(OPEN, id="other/open-twin/eu", model=replace(OPEN.model, slug="open-twin", name="open-twin"))
    decision = decided(OPEN, twin, OWN)
    assert decision.best is None
    assert decision.questions[0].flips == max(question.flips for question in decision.questions)


def test_why_names_the_criteria_and_the_price_of_them() -> None:
    decision = decided(OPEN, OWN)
    told = {one.option.id: why_it_ranks(one, decision.assessed, decision.weights) for one in decision.assessed}
    assert "carried by" in told[OWN.id]
    assert "data control" in told[OWN.id]
    assert "held back by cost" in told[OWN.id]
    assert "times the cost of the cheapest that is left (open-small (Host, EU)" in told[OWN.id]
    assert told[OPEN.id].endswith("; the cheapest that is left.")


def test_why_says_nothing_of_a_lone_option() -> None:
    decision = decided(OPEN)
    told = why_it_ranks(decision.assessed[0], decision.assessed, WEIGHTS["balanced"])
    assert "close to the mean on every criterion" in told


def test_where_nothing_is_left_the_verdict_says_what_would_leave_something() -> None:
    decision = decided(OPEN, inference_in="ch", data_class="internal")
    assert decision.verdict.startswith("None of the 1 options is left: H2 (where inference runs) strikes out 1. ")
    assert "If inference may run in the EU → open, managed: open-small (Host, EU)" in decision.verdict
    assert decision.flips


def test_a_flip_names_the_kind_only_where_it_changes() -> None:
    found = [flip.says for flip in decided(OPEN, CLOSED, OWN).flips if flip.to_option]
    assert found
    assert not any("self-hosted open weights on rented GPUs" in says for says in found)


def test_assumptions_are_sentences_and_not_names_of_inputs() -> None:
    said = decide(stated(data_class="public", requests_per_month=D(1000)), (OPEN,), as_of=AS_OF).assumptions
    assert any(line.startswith("0 people to run models (") for line in said)
    spelled = [name.replace("_", " ") for name in INPUTS if "_" in name]
    assert not [line for line in said if line.startswith(tuple(f"{name}:" for name in spelled))]
    assert in_words("batch_share", D("0.25")) == "25% of the requests may wait a day"


def test_names_as_they_are_printed() -> None:
    assert gpu_name("h100-sxm") == "H100 SXM"
    assert label(OWN) == "open-small on H200 (Nebius, EU)"
    assert tongues({"de", "cs", "fr"}) == "Czech, French and German"
    assert tongues({"xx"}) == "xx"


@pytest.mark.parametrize("group", [Group.HYBRID])
def test_a_hybrid_is_neither_open_nor_closed(group: Group) -> None:
    found = [one for one in decided(OPEN, CLOSED, task="agent").assessed if one.option.group is group]
    assert found
    assert "sent on to closed-large" in label(found[0].option)
