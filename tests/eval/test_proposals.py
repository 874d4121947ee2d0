"""The open halves of the labelled sentences stay read as well as they were."""

import pytest

from tests.eval.proposals import RECORDED, recorded, score, written

PRECISION, RECALL = 0.95, 0.8


def test_our_own_sentences() -> None:
    total = score(written("open"))
    assert total.precision() >= PRECISION, total.misses
    assert total.recall() >= RECALL, total.misses


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project: ../shared/data")
def test_recorded_sentences() -> None:
    total = score(recorded("open"))
    assert total.precision() >= PRECISION, total.misses
    assert total.recall() >= RECALL, total.misses
