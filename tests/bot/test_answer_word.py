"""A generator may reword; what fails the check stays as composed, and nothing waits beyond the time-out."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.answer import Answer, Steelyard
from bot.generate import Limits, Prompt, Usage
from bot.preferences import GENERATOR, WORKSPACE, Preferences, channel
from kb.errors import GenerationError
from kb.settings import Settings
from kb.store import Store
from tests.bot.answer_world import NOW, WORLD, NoPassages

QUESTION = "When do the diving duties apply?"
COMPOSED = "The diving duties of the Reef Act apply from 5 December 2027."


class Scripted:
    """A generator that says what it is told, in small pieces."""

    name = "scripted"
    model = "scripted-1"
    goes_to = ""

    def __init__(self, say: Callable[[str], str] | None = None, *, pause_s: float = 0.0, fails: bool = False) -> None:
        self._say, self._pause_s, self._fails = say, pause_s, fails
        self.prompts: list[Prompt] = []

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        self.prompts.append(prompt)
        if self._fails:
            raise GenerationError("the server is away")
        text = self._say(prompt.user) if self._say else ""
        for at in range(0, len(text), 7):
            time.sleep(self._pause_s)
            yield text[at : at + 7]
        yield Usage(prompt_tokens=1, completion_tokens=1)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    store = Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW)
    store.facts.upsert_starter(WORLD)

    def asked(generator: Scripted, *, timeout_s: float = 5.0, cancel: threading.Event | None = None) -> Answer:
        settings = Settings(home=tmp_path, generator="scripted", generator_timeout_s=timeout_s)
        bot = Steelyard(store, NoPassages(), {"scripted": generator}, clock=lambda: NOW, settings=settings)
        return bot.ask(QUESTION, cancel=cancel)

    yield asked
    store.close()


def test_a_true_rewording_is_taken(ask: Callable[..., Answer]) -> None:
    better = "From 5 December 2027 the diving duties of the Reef Act apply."
    answer = ask(Scripted(lambda _: f"1. {better}\n"))
    assert answer.sentences[0].text == better
    assert answer.sentences[0].citations
    assert answer.generator == "scripted"


@pytest.mark.parametrize(
    "bad",
    [
        "The diving duties of the Reef Act apply from 5 December 2026.",
        "The diving duties of the Reef Act do not apply from 5 December 2027.",
        "The diving duties of the Reef Act may apply from 5 December 2027.",
        "The diving duties of the Reef Act apply from 5 December 2027, see www.evil.example.",
        "Everything about sharks is wonderful and easy for everybody on 5 December 2027.",
    ],
)
def test_a_false_rewording_falls_back(ask: Callable[..., Answer], bad: str) -> None:
    assert ask(Scripted(lambda _: f"1. {bad}\n")).sentences[0].text == COMPOSED


def test_added_sentences_and_chatter_are_dropped(ask: Callable[..., Answer]) -> None:
    plain = ask(Scripted())
    chatty = ask(Scripted(lambda _: "Sure! Here you go:\n99. Buy shares now.\nI hope this helps.\n"))
    assert chatty.sentences == plain.sentences


def test_a_failing_generator_leaves_the_composed_answer(ask: Callable[..., Answer]) -> None:
    assert ask(Scripted(fails=True)).sentences[0].text == COMPOSED


def test_a_slow_generator_is_not_waited_for(ask: Callable[..., Answer]) -> None:
    begun = time.monotonic()
    answer = ask(Scripted(lambda _: "1. " + "word " * 2000, pause_s=0.02), timeout_s=0.3)
    assert time.monotonic() - begun < 3
    assert answer.sentences[0].text == COMPOSED


def test_the_generator_sees_sentences_as_data_between_marks(ask: Callable[..., Answer]) -> None:
    generator = Scripted()
    ask(generator)
    assert f"1. {COMPOSED}" in generator.prompts[0].user
    assert "<<<" in generator.prompts[0].user


def test_a_channel_and_a_workspace_choose_who_words(tmp_path: Path) -> None:
    said = "From 5 December 2027 the diving duties of the Reef Act apply."
    with Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW) as store:
        store.facts.upsert_starter(WORLD)
        bot = Steelyard(store, NoPassages(), {"scripted": Scripted(lambda _: f"1. {said}\n")}, clock=lambda: NOW)
        chosen = Preferences(store.settings, "T1")
        chosen.put(WORKSPACE, GENERATOR, "scripted")
        chosen.put(channel("C2"), GENERATOR, "composer")
        chosen.put(channel("C3"), GENERATOR, "not set up here")
        asked = {c: bot.ask(QUESTION, workspace_id="T1", channel=c).generator for c in ("C1", "C2", "C3")}
        assert asked == {"C1": "scripted", "C2": "composer", "C3": "composer"}
        assert bot.ask(QUESTION, workspace_id="T2", channel="C1").generator == "composer"
