"""Questions on what was announced: from stored items, by publisher, topic and period; else an honest nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answer import Answer, Steelyard
from bot.answer.kinds.news import is_by
from bot.answer.news_ask import news_of
from kb.store import Store
from kb.types import Tier
from tests.bot.answer_world import NOW, WORLD, Passages, book, page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW)
    opened.facts.upsert_starter(WORLD)
    day = datetime(2026, 9, 1, tzinfo=UTC)
    page(opened, "https://seaworks.example/kelpcode", "Kelpcode 2", "Kelpcode 2 writes code in forty languages.",
         kind="feed", known=day)  # fmt: skip
    page(opened, "https://seaworks.example/old", "Kelpcode", "Kelpcode is our first model that writes code for divers.",
         kind="feed", known=datetime(2025, 2, 1, tzinfo=UTC))  # fmt: skip
    page(opened, "https://seaworks.example/sale", "Summer sale", "All of our diving suits are cheaper this week.",
         kind="feed", known=day)  # fmt: skip
    page(opened, "https://gossip.example/k", "Kelpcode leak", "Kelpcode 2 is said to be the best model on this planet.",
         kind="feed", tier=Tier.OPINION, known=day)  # fmt: skip
    yield opened
    opened.close()


def ask(store: Store, question: str) -> Answer:
    return Steelyard(store, Passages(store, 0.5), {}, clock=lambda: NOW).ask(question)


def test_the_newest_story_on_the_topic_comes_first_quoted_and_dated(store: Store) -> None:
    answer = ask(store, "What did Seaworks announce about Kelpcode?")
    assert answer.kind == "change"
    first, second = answer.sentences
    assert "1 September 2026" in first.text
    assert "“Kelpcode 2 writes code in forty languages.”" in first.text
    assert "1 February 2025" in second.text
    assert all(c.quote and store.items.find_quote(c.quote) for c in answer.citations)


def test_a_period_bounds_the_stories(store: Store) -> None:
    answer = ask(store, "Has Seaworks published anything on Kelpcode since June 2026?")
    assert len(answer.sentences) == 1
    assert "forty languages" in answer.answer


def test_nothing_on_the_topic_or_of_the_publisher_is_said_plainly(store: Store) -> None:
    for question in ("What did Seaworks announce about submarines?", "What did Birdlab announce about Kelpcode?"):
        answer = ask(store, question)
        assert answer.abstained_because
        assert not answer.sentences


def test_whose_news_and_on_what() -> None:
    names = book().names
    for text, publisher, topic in (
        ("What did Seaworks announce about Kelpcode?", "Seaworks", "Kelpcode"),
        ("latest from Seaworks on diving agents", "Seaworks", "diving agents"),
        ("What is Seaworks's blog post on pearl fishing about?", "Seaworks", "pearl fishing"),
        ("What did Coral Reef Labs publish about tides?", "Coral Reef Labs", "tides"),
        ("any news on Orca 3.2?", "", "Orca 3.2"),
    ):
        found = news_of(text, names.find(text)[0])
        assert found is not None, text
        assert (found.publisher, found.topic) == (publisher, topic)


def test_what_a_licence_or_a_law_says_is_no_news() -> None:
    names = book().names
    for text in ("What does the Reef Act say about diving?", "What does Orca 3.2 cost?", "May we sell Orca 3.2?"):
        assert news_of(text, names.find(text)[0]) is None


def test_a_publisher_is_known_by_name_title_or_address() -> None:
    assert is_by("Hugging Face", "", "https://huggingface.co/blog")
    assert is_by("xAI", "feed_xainews")
    assert not is_by("Meta", "https://metadata.example/feed")


def test_a_greeting_is_met_with_what_the_bot_is_for(store: Store) -> None:
    for text in ("hello", "thanks, that helps!", "what can you do?", "help"):
        answer = ask(store, text)
        assert answer.kind == "help"
        assert answer.abstained_because is None
        assert "licences" in answer.answer
    assert ask(store, "hello, what licence is Orca 3.2 under?").kind == "fact"
