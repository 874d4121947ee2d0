"""Sentences that nobody composed: each part is borne out by one piece of the evidence, or the sentence falls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.verify.claims import Statement, lost, unsupported
from tests.eval.verification import FIRST, against_evidence, load, score
from tests.eval.verification_cases import RECORDED

CAUGHT, REFUSED = 0.965, 0.03  # of the first set

FINE = Statement("Divers who break Article 5(2) of the Reef Act shall pay up to EUR 35 million or 7 % of turnover.")
PRICE = Statement("Orca 3.2 Pro on Harbour costs 2 USD per million input tokens (list price of 12 November 2026).")
ENDS = Statement("The dock retires Orca 3.2 Pro on 11 December 2026.", around="Dock notices, The Dock")
DUTY = Statement("Wardens must mark each reef before 2 August 2026, unless it is closed. Divers may use marked reefs.")
PASSED = Statement(
    "In May 2026 Finnish divers overtook Danish divers for the first time, with 4.1 against 2.9 million dives."
)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (
            "Breaking Article 5(2) of the Reef Act can cost divers up to €35,000,000, or seven per cent of turnover.",
            FINE,
        ),
        ("Orca 3.2 Pro costs $2 per 1M input tokens on Harbour (list price of 2026-11-12).", PRICE),
        ("Harbour charges 2 USD per million input tokens for Orca 3.2 Pro.", PRICE),
        ("Each reef has to be marked by wardens before August 2, 2026, except where it is closed.", DUTY),
        ("Danish divers were overtaken by Finnish divers in May 2026.", PASSED),
    ],
)
def test_honest_rewording_passes(text: str, evidence: Statement) -> None:
    assert unsupported(text, [evidence]) is None


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Breaking Article 5(3) of the Reef Act can cost divers up to EUR 35 million.", FINE),
        ("Breaking Article 5(2) of the Reef Act can cost divers up to USD 35 million.", FINE),
        ("Breaking Article 5(2) of the Reef Act costs divers at least EUR 35 million.", FINE),
        ("Orca 3.2 on Harbour costs 2 USD per million input tokens.", PRICE),
        ("Orca 3.2 Pro on Harbour costs 2 USD per million output tokens.", PRICE),
        ("Orca 3.2 Pro on Harbour costs 2 USD per thousand input tokens.", PRICE),
        ("Wardens may mark each reef before 2 August 2026.", DUTY),
        ("Divers must mark each reef before 2 August 2026.", DUTY),
        ("Wardens must mark each reef after 2 August 2026.", DUTY),
        ("Wardens need not mark each reef before 2 August 2026.", DUTY),
        ("Wardens must mark each reef before 2 August 2026, even if it is closed.", DUTY),
        ("In May 2026 Danish divers overtook Finnish divers for the first time.", PASSED),
        ("Crabs live under stones in the shallow water of the northern coast.", DUTY),
    ],
)
def test_a_small_change_is_refused(text: str, evidence: Statement) -> None:
    assert unsupported(text, [evidence]) is not None


LOGS = Statement(
    "Providers shall keep the logs for at least six months, to the extent such logs are under their control."
)
CARDS = Statement("Orca 4 costs 4.5 USD per GPU-hour. Orca 5 Mini is out in 2, 9 and 27B.")
GROWN = Statement("The window of Orca 6 has been expanded from 128K to 200K tokens.")
NEWS = Statement("Reef users have access today. Dock users will get access next week. The rule is guidance, not law.")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The time for which providers keep the logs may not be shorter than six months.", LOGS),
        ("Orca 6 has a window of 200K, up from 128K.", GROWN),
        ("Orca 5 Mini comes in sizes of 2B, 9B and 27B.", CARDS),
    ],
)
def test_other_words_for_the_same_pass(text: str, evidence: Statement) -> None:
    assert unsupported(text, [evidence]) is None


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Providers may keep the logs for at least six months.", LOGS),
        ("Orca 4 costs 4.5 USD per GPU-day.", CARDS),
        ("Dock users already have access.", NEWS),
        ("The rule is law.", NEWS),
        ("The users of the dock call it the “Next week reef”.", NEWS),
    ],
)
def test_rates_hedges_denied_words_and_quotations_are_strict(text: str, evidence: Statement) -> None:
    assert unsupported(text, [evidence]) is not None


def test_two_sources_bear_out_two_parts_but_not_one_fused() -> None:
    both = [PRICE, ENDS]
    apart = "Orca 3.2 Pro on Harbour costs 2 USD per million input tokens, and the dock retires it on 11 December 2026."
    assert unsupported(apart, both) is None
    assert unsupported("Harbour retires Orca 3.2 Pro on 12 November 2026.", both) is not None


def test_what_a_composed_sentence_counts_may_be_written_otherwise_but_not_left_out() -> None:
    assert lost("Report it within 15 days, by 2 August 2026.", "By 2026-08-02, within fifteen days, report it.") is None
    assert lost("Report it within 15 days.", "Report it soon.") == "it lost the number 15 day"


@given(st.text(max_size=200))
def test_any_text_is_judged_without_failing(text: str) -> None:
    unsupported(text, [DUTY, PRICE])
    unsupported("Wardens must mark each reef.", [Statement(text)])


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project: ../shared/data")
def test_the_first_set_stays_judged_as_well_as_it_was() -> None:
    total = score(load(*FIRST), against_evidence)
    caught, corrupted = total.caught
    refused, honest = total.refusals
    assert caught >= CAUGHT * corrupted, total.slipped
    assert refused <= REFUSED * honest, total.refused
