"""Questions on fines, labels and dates of laws as colleagues ask them, over the starter facts."""

from collections.abc import Iterator

import pytest

from bot.answer import Answer, Steelyard
from tests.bot.answer_world import starter_steelyard


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steelyard]:
    with starter_steelyard(tmp_path_factory.mktemp("regulation")) as steelyard:
        yield steelyard


def first(answer: Answer) -> str:
    assert answer.abstained_because is None
    return answer.sentences[0].text


@pytest.mark.parametrize(
    ("question", "fine"),
    [
        ("What's the fine for not telling users they talk to a bot?", "EUR 15 million or 3 %"),
        ("What is the maximum fine for social scoring?", "EUR 35 million"),
        ("penalty for a deployer that ignores human oversight?", "EUR 15 million or 3 %"),
        ("What fines can a GPAI provider get?", "The Commission may fine providers"),
        ("what's the penalty for not marking deepfakes", "EUR 15 million or 3 %"),
        ("fine for giving wrong info to the market surveillance authority", "EUR 7.5 million"),
    ],
)  # fmt: skip
def test_the_fine_is_that_of_the_duty_that_was_broken(known: Steelyard, question: str, fine: str) -> None:
    assert fine in first(known.ask(question))


def test_a_law_asked_for_its_fines_has_all_of_them(known: Steelyard) -> None:
    said = " ".join(s.text for s in known.ask("what are the fines of the AI Act?").sentences)
    assert all(amount in said for amount in ("EUR 35 million", "EUR 15 million", "EUR 7.5 million"))


def test_what_is_fine_to_do_is_a_permission_and_a_fine_is_none(known: Steelyard) -> None:
    assert known.ask("Is it fine for us to use Llama 4?").kind == "permission"
    assert known.ask("What is the fine for social scoring?").kind == "regulation"


@pytest.mark.parametrize(
    ("question", "duty", "other"),
    [
        ("Do we need to label AI generated images?", "deep fake", "AI-generated text published"),
        ("must blog posts written by AI be marked?", "AI-generated text published", "deep fake"),
        ("does our marketing team have to disclose deepfake videos?", "deep fake", "AI-generated text published"),
    ],
)  # fmt: skip
def test_labels_go_by_the_medium(known: Steelyard, question: str, duty: str, other: str) -> None:
    answer = known.ask(question)
    said = " ".join(s.text for s in answer.sentences)
    assert duty in first(answer)
    assert other not in said
    assert "machine-readable form" in said


def test_when_a_law_came_is_said_and_nothing_else(known: Steelyard) -> None:
    answer = known.ask("When was the AI Act omnibus published?")
    assert "published on 24 July 2026" in first(answer)
    assert len(answer.sentences) == 2


def test_who_counts_as_something_is_its_definition(known: Steelyard) -> None:
    assert first(known.ask("Who counts as a deployer?")).startswith("A deployer under the EU AI Act uses")
