"""Sentences that nobody composed: each part is borne out by one piece of the evidence, or the sentence falls."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.verify.claims import Statement, exactly, lost, objections, unsupported
from bot.answer.verify.judge import Judge
from bot.answer.verify.measures import measures
from bot.answer.verify.nearness import vectors
from bot.answer.verify.parts import piece
from tests.eval.verification import FIRST, SECOND, against_evidence, load, score
from tests.eval.verification_cases import RECORDED, Case, single, statement

CAUGHT, REFUSED = 0.965, 0.03  # of the first set, by the rules

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
    assert unsupported(text, [evidence], near=True) is None


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
def test_no_rule_objects_to_other_words_for_the_same(text: str, evidence: Statement) -> None:
    read = piece(text), piece(evidence.text), piece(evidence.around)
    assert exactly(*read) is None
    assert objections(*read) == {}


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


@pytest.mark.parametrize(
    ("text", "hidden", "alias"),
    [
        ("The reef takes 10 million MAU.", "The reef takes 10 million monthly active users.", "MAU"),
        ("Wardens close the reef on 02.08.2026.", "Wardens close the reef on 2 August 2026.", "a date with dots"),
        ("Korean law governs it.", "The laws of the Republic of Korea govern it.", "who comes from a place"),
        ("A US firm runs the dock.", "A firm of the United States runs the dock.", "a country"),
        ("Orca 6 uses 15 of its 309 billion cells.", "Orca 6 has 309B cells, 15B used.", "one scale for two"),
        ("Orca is a 128-billion-cell model.", "Orca is a model of 128B cells.", "a hyphen"),
        ("One of four docks is open.", "Of docks four, one is open.", "a counted few"),
        ("Under Articles 53 and 54, a warden marks it.", "Articles 53 and 54: wardens mark it.", "no Article a"),
    ],
)
def test_numbers_dates_and_names_are_the_same_in_another_spelling(text: str, hidden: str, alias: str) -> None:
    assert exactly(piece(text), piece(hidden), piece("")) is None, alias


def test_another_acronym_place_or_date_is_still_another() -> None:
    said = piece("The reef of the Republic of Korea takes 10 million monthly active users until 2 August 2026.")
    for text in ("It takes 10 million DAU.", "Danish law governs it.", "It is open until 03.08.2026."):
        assert exactly(piece(text), said, piece("")) is not None, text


def test_a_judge_sums_the_leaves_that_the_measures_lead_to() -> None:
    tree = [0, 0.5, -2.0, [1, 3.0, 0.5, 2.0]]
    by = Judge(names=("lack", "gap"), base=0.0, trees=(tree, 1.0), limit=0.5, near=0.5)
    assert by.doubt({}) == pytest.approx(1 / (1 + exp(1)))
    assert by.doubt({"lack": 1.0, "gap": 4.0}) == pytest.approx(1 / (1 + exp(-3)))


def test_what_is_borne_out_word_for_word_lacks_nothing_and_strange_words_lack_much() -> None:
    same, near, strange = (
        measures(piece(text), piece(DUTY.text), piece(""))["lack_sum"]
        for text in (
            "Wardens must mark each reef.",
            "Wardens must mark each shoal.",
            "Wardens must mark each invoice.",
        )
    )
    assert same == 0 < near < strange
    likeness = vectors(("car", "vehicle", "parliament"))
    assert likeness[0] @ likeness[1] > likeness[0] @ likeness[2]


def test_two_sources_bear_out_two_parts_but_not_one_fused() -> None:
    both = [PRICE, ENDS]
    apart = "Orca 3.2 Pro on Harbour costs 2 USD per million input tokens, and the dock retires it on 11 December 2026."
    assert unsupported(apart, both, near=True) is None
    assert unsupported("Harbour retires Orca 3.2 Pro on 12 November 2026.", both, near=True) is not None


def test_what_a_composed_sentence_counts_may_be_written_otherwise_but_not_left_out() -> None:
    assert lost("Report it within 15 days, by 2 August 2026.", "By 2026-08-02, within fifteen days, report it.") is None
    assert lost("Report it within 15 days.", "Report it soon.") == "it lost the number 15 day"


@settings(deadline=None)  # the first one reads the judge and the table of words
@given(st.text(max_size=200))
def test_any_text_is_judged_without_failing(text: str) -> None:
    unsupported(text, [DUTY, PRICE])
    unsupported("Wardens must mark each reef.", [Statement(text)])


def by_rules(case: Case) -> str | None:
    held = statement(case)
    read = piece(case.says), piece(held.text), piece(held.around)
    return exactly(*read) or next(iter(objections(*read).values()), None)


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project: ../shared/data")
def test_the_rules_stay_as_good_on_the_first_set_as_they_were() -> None:
    total = score([c for c in load(*FIRST) if single(c)], by_rules)
    caught, corrupted = total.caught
    refused, honest = total.refusals
    assert caught >= CAUGHT * corrupted, total.slipped
    assert refused <= REFUSED * honest, total.refused


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project: ../shared/data")
def test_the_judge_catches_what_it_was_set_to_catch_in_text_of_any_kind() -> None:
    caught, corrupted = score(load(*SECOND), against_evidence).caught
    assert caught >= 0.97 * corrupted
