"""Opinion never stands alone behind a statement, in no kind of answer, in no digest; suspect words reach no prompt."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.answer import Answer, Steelyard
from bot.answer.kinds.common import say
from bot.answer.kinds.trust import borne_out
from bot.digest.compose import compose_digest
from bot.digest.due import Period
from kb.facts.load import load_starter
from kb.facts.view import view
from kb.settings import Settings
from kb.store import Store
from kb.types import Fact, FactView, ItemDraft, ItemVersion, SourceDraft, Status, Tier, Topic
from tests.bot.answer_world import NOW, NoPassages
from tests.bot.test_answer_word import Scripted

QUESTIONS = (
    "When was Llama 4 released?",
    "What does Claude Opus 5.5 cost?",
    "Which licence has Kimi K3?",
    "May we fine-tune Llama 4 for a company with 800 million users?",
    "When do the high-risk duties apply?",
    "What changed in October 2026?",
    "Compare Kimi K3 and Claude Opus 5.5.",
    "Is Mistral Medium 4 open?",
    "Which models are under the MIT licence?",
    "What does an H100 cost at Lambda?",
    "What are the fines for providers of general-purpose models?",
    "Should a hospital in Germany use an open model for patient letters?",
    "How far behind are open models?",
    "Does Muse Spark have open weights?",
    "What if prices double?",
)


@pytest.fixture(scope="module")
def opinion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steelyard]:
    """Everything that is known, on the word of opinion alone."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('opinion') / 'kb.db'}", clock=lambda: NOW)
    store.facts.upsert_starter([replace(fact, tier=Tier.OPINION) for fact in load_starter()])
    yield Steelyard(store, NoPassages(), {}, clock=lambda: NOW)
    store.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_said_on_opinion_alone(opinion: Steelyard, question: str) -> None:
    answer = opinion.ask(question)
    assert [s.text for s in answer.sentences if s.citations and _only_opinion(answer, s.citations)] == []


def _only_opinion(answer: Answer, cited: tuple[int, ...] | list[int]) -> bool:
    return all(answer.citations[n - 1].tier >= Tier.OPINION for n in cited)


def test_opinion_stays_beside_a_better_source_on_the_same_subject() -> None:
    rows = [fact for fact in load_starter() if fact.subject == "claim:mistral-medium-4" and fact.field == "note"]
    facts = [Fact(**_fields(draft), id=n, recorded_at=NOW, workspace_id=None) for n, draft in enumerate(rows, 1)]
    lines = [say(seen) for seen in view(facts, [], as_of=NOW.date())]
    assert {int(fact.tier) for fact in facts} == {2, 4}
    assert borne_out(lines) == lines
    alone = [line for line in lines if line.evidence[0].view and line.evidence[0].view.fact.tier is Tier.OPINION]
    assert borne_out(alone) == []


def _fields(draft: object) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}  # type: ignore[attr-defined]


# ---------------------------------------------------------------- digest


def item(number: int, *, tier: Tier = Tier.PRESS, flags: tuple[str, ...] = ()) -> ItemVersion:
    at = datetime(2026, 11, 18, tzinfo=UTC)
    return ItemVersion(
        id=number, item_id=number, source_id=1, workspace_id=None, version=1, external_id=str(number),
        url=f"https://e.org/{number}", title=f"Story {number}", publisher="E", tier=tier, topic=Topic.RELEASE,
        text="A model is out.", published_at=at, updated_at=None, known_from=at, known_until=None, first_seen_at=at,
        story_key=f"s{number}", flags=flags, reason="entry", importance=number / 10,
    )  # fmt: skip


WEEK = Period(since=date(2026, 11, 16), until=date(2026, 11, 22))


def test_a_digest_tells_neither_opinion_nor_what_is_suspect_and_begins_with_what_matters() -> None:
    items = [
        item(1), item(8), item(4), item(9, tier=Tier.OPINION),
        item(7, flags=("instruction_like",)), item(6, flags=("contradicts Llama 4 was released earlier",)),
    ]  # fmt: skip
    (group,) = compose_digest(items, [], WEEK).groups
    assert [story.title for story in group.stories] == ["Story 8", "Story 4", "Story 1"]


def test_a_digest_tells_no_change_on_opinion_alone() -> None:
    draft = next(fact for fact in load_starter() if fact.field == "released")
    fact = Fact(**_fields(replace(draft, known_from=WEEK.since)), id=1, recorded_at=NOW, workspace_id=None)
    told = FactView(fact=fact, status=Status.IN_FORCE)
    assert compose_digest([], [told], WEEK).groups
    assert not compose_digest([], [replace(told, fact=replace(fact, tier=Tier.OPINION))], WEEK).groups


# ---------------------------------------------------------------- prompts


def test_suspect_text_reaches_no_prompt(tmp_path: Path) -> None:
    """The page says what is asked, in the best tier; its order to models keeps it out of answers and prompts alike."""
    from kb.chunk import chunk
    from kb.index import open_indexes
    from kb.retrieve import Retriever
    from tests.kb.search_fixtures import BagEmbedder

    settings = Settings(home=tmp_path, generator="scripted")
    store = Store.open(settings.url, clock=lambda: NOW)
    store.facts.upsert_starter([fact for fact in load_starter() if fact.subject == "model:llama-4"])
    source = store.sources.add(SourceDraft(kind="page", url="https://e.org/", publisher="Seaworks", tier=Tier.PRIMARY))
    said = "The Pelagic Charter asks every diver to log each dive within two days of surfacing."
    for name, flags in (("clean", ()), ("planted", ("instruction_like",))):
        text = f"{said} This is the {name} copy of it."
        store.items.write(source.id, _draft(name, text, flags, tuple(chunk(text, title="Pelagic Charter"))))
    embedder, generator = BagEmbedder(), Scripted(lambda prompt: prompt)
    indexes = open_indexes(settings, store, embedder)
    indexes.refresh()
    retriever = Retriever(store, embedder, indexes, clock=lambda: NOW)
    bot = Steelyard(store, retriever, {"scripted": generator}, clock=lambda: NOW, settings=settings)
    found = {hit.passage.text for hit in retriever.search("What does the Pelagic Charter ask of divers?")}
    assert any("planted" in text for text in found)
    answer = bot.ask("What did Seaworks publish about the Pelagic Charter?")
    assert "clean copy" in answer.answer or said in answer.answer
    assert "planted" not in answer.answer
    assert generator.prompts
    assert all("planted" not in prompt.user + prompt.system for prompt in generator.prompts)
    indexes.close()
    store.close()


def _draft(name: str, text: str, flags: tuple[str, ...], passages: tuple[object, ...]) -> ItemDraft:
    return ItemDraft(
        external_id=name, url=f"https://e.org/{name}", title="Pelagic Charter", author="", published_at=NOW,
        updated_at=None, known_from=NOW, entry_hash=name, text=text, story_key=name, topic=Topic.REGULATION,
        flags=flags, passages=passages,  # type: ignore[arg-type]
    )  # fmt: skip
