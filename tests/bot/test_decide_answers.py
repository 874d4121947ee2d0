"""A decision inside an answer: one record for one question, whatever dies in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Steelyard
from bot.answer.stored import restored
from bot.answer.usecase import parse
from bot.decide.service import Decider, Place
from kb.store import Store
from kb.types import Filter, Hit
from tests.bot.decide_world import BANK, NOW, SHOP, opened_world

FIRST = f"{SHOP} Should we use an open or a closed model?"
THEN = "And if the volume triples?"


class Nothing:
    """A search that finds nothing: these answers stand on facts and figures."""

    def search(self, query: str, *, filter: Filter | None = None, k: int = 10) -> list[Hit]:
        return []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Store, Decider, Steelyard]]:
    for store, decider in opened_world(tmp_path):
        yield store, decider, Steelyard(store, Nothing(), clock=lambda: NOW)


def volume(decision: object) -> str:
    assert isinstance(decision, dict)
    return str(next(row["value"] for row in decision["inputs"] if row["name"] == "requests_per_month"))


def test_a_decision_is_stored_once_and_the_answer_restored_whole(world: tuple[Store, Decider, Steelyard]) -> None:
    store, _, bot = world
    answer = bot.ask(FIRST, thread="t")
    assert answer.id is not None
    record = store.answers.get(answer.id)
    assert answer.decision is not None
    assert record.body["decision"] == {"id": answer.decision["id"]}
    again = restored(store, record)
    assert again.model_copy(update={"id": answer.id}) == answer


def test_a_crash_between_decision_and_answer_decides_once(world: tuple[Store, Decider, Steelyard]) -> None:
    """The follow-up was decided and recorded; then the process died, and the question comes again."""
    store, decider, bot = world
    place = Place(thread="t")
    first = bot.ask(FIRST, thread="t")
    earlier = decider.earlier(place)
    assert earlier is not None
    tripled = parse(THEN, earlier=earlier.use_case)
    lost = decider.decide(tripled, question=THEN, place=place, before=earlier.report)

    again = bot.ask(THEN, thread="t")
    assert again.decision is not None
    assert (volume(first.decision), volume(again.decision)) == ("20,000", "60,000")
    assert again.decision["id"] == lost.id
    assert len(store.decisions.list()) == 2

    meant = bot.ask(THEN, thread="t")  # asked once more by the person: now it has an answer, and is meant anew
    assert volume(meant.decision) == "180,000"
    assert len(store.decisions.list()) == 3


@pytest.mark.parametrize(
    "question",
    [
        "Llama 4 or a closed model?",
        "Can we replace GPT-5 by an open model?",
        "Is self-hosting worth it at 3M requests a month?",
        "An 800-million-user app asking about Llama 4.",
    ],
)
def test_the_verdict_is_said_first_and_stands_the_check(world: tuple[Store, Decider, Steelyard], question: str) -> None:
    answer = world[2].ask(question)
    assert answer.decision is not None
    assert answer.sentences[0].text == answer.decision["verdict"]


def test_nothing_beside_the_verdict_says_that_no_limit_was_met(world: tuple[Store, Decider, Steelyard]) -> None:
    """The composer's own opening looked at words alone; the engine struck options out."""
    answer = world[2].ask(BANK)
    assert answer.decision is not None
    assert answer.decision["eliminated"]
    assert not [s.text for s in answer.sentences if "No hard limit" in s.text]
