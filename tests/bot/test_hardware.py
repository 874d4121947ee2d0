"""Does a model fit on the cards that were asked about, and if not, on what? Over the starter facts."""

from collections.abc import Iterator

import pytest

from bot.answer import Steelyard
from tests.bot.answer_world import starter_steelyard


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steelyard]:
    with starter_steelyard(tmp_path_factory.mktemp("hardware")) as steelyard:
        yield steelyard


def test_cards_that_hold_too_little_are_told_with_what_would_hold(known: Steelyard) -> None:
    """ "8 H100s" is the name of a node too: 0.9 x 8 x 80 GB = 576 GB < 595 GB; 0.9 x 8 x 141 GB = 1,015.2 GB."""
    said = [s.text for s in known.ask("can we run kimi k2.5 on 8 H100s?").sentences]
    assert said[0].startswith("No: Kimi K2.5 needs 595 GB")
    assert "576 GB are usable" in said[0]
    assert "fits on 8 x NVIDIA H200" in said[1]


def test_a_card_that_holds_enough_needs_no_other(known: Steelyard) -> None:
    said = " ".join(s.text for s in known.ask("Will gpt-oss-20b run on a single L40S?").sentences)
    assert "fits on 1 x NVIDIA L40S" in said
    assert "H200" not in said
