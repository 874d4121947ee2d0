"""Sentences against their evidence: what is not in it is refused, whoever wrote it."""

import pytest

from bot.answer.kinds.common import say
from bot.answer.values import Evidence, Line, Quote
from bot.answer.verify import problem, support_of
from kb.types import FactView
from tests.bot.answer_world import TODAY, a_version, book

BOOK = book()


def view(key: str) -> FactView:
    return next(v for v in BOOK.views if v.fact.key == key)


def refused(text: str, line: Line) -> str | None:
    return problem(text, line, support_of(line))


MAU = say(view("gate/mau"))
DIVE = say(view("dive/2026"))


@pytest.mark.parametrize(
    "text",
    [
        "Above 300 million monthly active users Gate Licence 1 needs a separate agreement.",
        "Gate Licence 1 needs a separate agreement above 300,000,000 monthly active users.",
        "A separate agreement is what Gate Licence 1 needs above 300 million monthly active users.",
    ],
)
def test_a_true_paraphrase_passes(text: str) -> None:
    assert refused(text, MAU) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Above 700 million monthly active users Gate Licence 1 needs a separate agreement.", "number"),
        ("Above 300 million monthly active users Gate Licence 2.5 needs a separate agreement.", "number"),
        ("Above 300 million monthly active users Gate Licence 1 needs no separate agreement.", "negation"),
        ("Above 300 million monthly active users Gate Licence 1 may need a separate agreement.", "modality"),
        ("Above 300 million monthly active users Gate Licence 1 of Microsoft needs a separate agreement.", "Microsoft"),
        ("Above 300 million monthly active users V9 of Gate Licence 1 needs a separate agreement.", "V9|number"),
        ("Gate Licence 1 needs a separate agreement.", "lost"),
        ("Above 300 million monthly active users Gate Licence 1 needs an agreement, see https://evil.example.", "link"),
        (
            "The moon landing of 1969 was watched by 300 million people on black and white television sets.",
            "number|words",
        ),
    ],
)
def test_a_corrupted_sentence_is_refused(text: str, why: str) -> None:
    reason = refused(text, MAU)
    assert reason is not None
    assert any(w in reason for w in why.split("|")), reason


def test_a_wrong_date_is_refused_and_a_lost_one_too() -> None:
    assert "not in its evidence" in str(refused("The diving duties of the Reef Act apply from 6 December 2027.", DIVE))
    assert "lost" in str(refused("The diving duties of the Reef Act apply.", DIVE))


def test_a_quotation_must_stand_in_the_stored_text() -> None:
    version = a_version("Reefs are closed at night.")
    for text, fits in (("Reefs are closed", True), ("Reefs are open", False)):
        quote = Quote(text, version, "t", "p", "u", TODAY, 1, 1, TODAY)
        line = Line("Reefs are closed at night.", (Evidence(quote=quote),))
        assert (refused(line.text, line) is None) is fits


@pytest.mark.parametrize(
    ("formula", "fits"),
    [
        ("8 x 80 GB = 640 GB; 500 GB <= 640 GB", True),
        ("8 x 80 GB = 720 GB", False),
        ("500 GB > 640 GB", False),
        ("8 x 4.5 USD x 730 h = 26,280 USD", True),
        ("rule H1: air gap -> own hardware", True),
    ],
)
def test_sums_are_worked_out_again(formula: str, fits: bool) -> None:
    line = Line("It was computed.", (), formula=formula)
    assert (refused(line.text, line) is None) is fits


def test_without_evidence_nothing_is_said() -> None:
    line = Line("Everything is fine.", ())
    assert refused(line.text, line) == "it has no evidence"
