"""The staff questions and the high-risk dates, over the recorded law and licences, searched by words alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.eval.knowledge import Knowledge, open_knowledge
from tests.eval.questions import evaluate, questions, report, rules, sound
from tests.kb.search_fixtures import BagEmbedder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("staff_questions")]  # the law is read once, not once a worker
HIGH_RISK = "When do the high-risk duties apply?"


@pytest.fixture(scope="module")
def knowledge(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    opened = open_knowledge(tmp_path_factory.mktemp("knowledge"), shared, BagEmbedder(), embed=False)
    yield opened
    opened.close()


def test_every_staff_question_has_rules(shared: Path) -> None:
    assert set(questions(shared)) == set(rules())


def test_every_rule_holds_and_every_quotation_is_stored(knowledge: Knowledge, shared: Path) -> None:
    assert report(evaluate(knowledge, questions(shared)))


def test_the_high_risk_dates_are_the_amended_ones_with_the_amending_law_quoted(knowledge: Knowledge) -> None:
    answer = knowledge.steelyard.ask(HIGH_RISK)
    assert "2 December 2027" in answer.sentences[0].text
    assert "2 August 2028" in answer.sentences[1].text
    for sentence, day in zip(answer.sentences[:2], ("2 December 2027", "2 August 2028"), strict=True):
        cited = answer.citations[sentence.citations[0] - 1]
        assert sentence.evidence == "quote"
        assert "2026/1744" in cited.title
        assert day in str(cited.quote).replace("\u00a0", " ")
    old = [s.text for s in answer.sentences if "2 August 2026" in s.text]
    assert old
    assert all(text.startswith("Superseded:") for text in old)
    assert not sound(answer, knowledge.store)


def test_before_the_amendment_the_first_date_held(knowledge: Knowledge) -> None:
    answer = knowledge.steelyard.ask(HIGH_RISK, as_of=date(2026, 6, 1))
    assert "2 August 2026" in answer.answer
    assert "2 December 2027" not in answer.answer
    assert not sound(answer, knowledge.store)
