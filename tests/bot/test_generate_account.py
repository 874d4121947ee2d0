"""Budgets, costs and accounts of generators: durable, per workspace and day, and never nothing where unknown."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Steelyard
from bot.generate import Generator, Limits, Prompt, Usage
from bot.generate.account import lower
from bot.generate.price import Prices, cost_usd, seller_of, spelled
from bot.preferences import GENERATOR_TOKENS, WORKSPACE, Preferences
from kb.decide.types import Price
from kb.errors import ConfigurationError, GenerationError, GeneratorBusy, SteelyardError
from kb.facts.load import load_starter
from kb.settings import Settings
from kb.store import Store
from tests.bot.answer_world import NOW, WORLD, NoPassages

QUESTION = "When do the diving duties apply?"
DAY = NOW.date()
HAIKU = Price(input=Decimal(1), output=Decimal(5), cache_read=Decimal("0.1"), refs=())


class Paid:
    """A generator elsewhere that tells its tokens, or fails."""

    def __init__(
        self, usage: Usage | None = None, fails: SteelyardError | None = None, model: str = "claude-haiku-4-5-20251001"
    ) -> None:
        self.name, self.model, self.goes_to = "paid", model, "api.anthropic.com"
        self._usage, self._fails, self.calls = usage, fails, 0

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        self.calls += 1
        yield "1. Half a" if self._fails and not isinstance(self._fails, GeneratorBusy | ConfigurationError) else ""
        if self._fails:
            raise self._fails
        if self._usage:
            yield self._usage


TOLD = Usage(prompt_tokens=1_000, completion_tokens=200, cached_tokens=500)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW) as opened:
        opened.facts.upsert_starter(WORLD)
        yield opened


@pytest.fixture
def ask(store: Store, tmp_path: Path) -> Callable[..., Answer]:
    def asked(generator: Generator, *, workspace: str | None = "T1", now: datetime = NOW, **settings: object) -> Answer:
        given = Settings(home=tmp_path, generator="paid", **settings)  # type: ignore[arg-type]
        bot = Steelyard(store, NoPassages(), {"paid": generator}, clock=lambda: now, settings=given)
        return bot.ask(QUESTION, workspace_id=workspace)

    return asked


def priced(store: Store) -> None:
    store.facts.upsert_starter([d for d in load_starter() if d.subject.startswith("offer:anthropic/")])


def test_a_call_is_on_record_with_its_cost(store: Store, ask: Callable[..., Answer]) -> None:
    priced(store)
    answer = ask(Paid(TOLD))
    spent = store.generations.spent(DAY, workspace_id="T1")
    assert (spent.calls, spent.tokens, spent.unpriced) == (1, 1_200, 0)
    assert spent.usd == Decimal("0.00155")  # 500 at 1 USD, 500 cached at 0.1, 200 at 5 for a million
    assert answer.generator == "paid"
    assert answer.sent_to == "api.anthropic.com"
    assert store.generations.spent(DAY, workspace_id="T2").calls == 0


def test_a_cost_that_is_not_known_is_not_nothing(store: Store, ask: Callable[..., Answer]) -> None:
    ask(Paid(TOLD, model="some-new-model"))
    spent = store.generations.spent(DAY, workspace_id="T1")
    assert (spent.tokens, spent.unpriced) == (1_200, 1)


def test_tokens_that_are_not_told_are_estimated(store: Store, ask: Callable[..., Answer]) -> None:
    ask(Paid(None))
    assert store.generations.spent(DAY, workspace_id="T1").tokens > 200, "the prompt was read"


@pytest.mark.parametrize(
    ("error", "used"),
    [(GeneratorBusy("429"), False), (ConfigurationError("401"), False), (GenerationError("cut off"), True)],
)
def test_what_failed_costs_what_it_used(
    store: Store, ask: Callable[..., Answer], error: SteelyardError, used: bool
) -> None:
    answer = ask(Paid(fails=error))
    assert bool(store.generations.spent(DAY, workspace_id="T1").tokens) is used
    assert answer.sentences[0].text == "The diving duties of the Reef Act apply from 5 December 2027."
    assert any("paid" in note.lower() for note in answer.notes)


def test_a_spent_budget_is_told_and_lasts_until_midnight(store: Store, ask: Callable[..., Answer]) -> None:
    generator = Paid(TOLD)
    first, second = (ask(generator, generator_day_tokens=2_500) for _ in range(2))
    assert generator.calls == 1
    assert (first.generator, second.generator) == ("paid", "composer")
    assert second.sent_to is None
    assert [note for note in second.notes if "budget" in note] == [
        "Not reworded by paid: today's budget for it is spent, and begins anew at midnight UTC."
    ]
    assert first.sentences == second.sentences
    assert ask(generator, workspace="T2", generator_day_tokens=2_500).generator == "paid", "another workspace's budget"
    assert ask(generator, now=NOW + timedelta(days=1), generator_day_tokens=2_500).generator == "paid"


def test_a_budget_outlives_the_process(store: Store, ask: Callable[..., Answer], tmp_path: Path) -> None:
    ask(Paid(TOLD), generator_day_tokens=2_500)
    with Store.open(store.url, clock=lambda: NOW) as again:
        given = Settings(home=tmp_path, generator="paid", generator_day_tokens=2_500)
        bot = Steelyard(again, NoPassages(), {"paid": Paid(TOLD)}, clock=lambda: NOW, settings=given)
        assert bot.ask(QUESTION, workspace_id="T1").generator == "composer"


def test_a_workspace_may_want_less_but_not_more(store: Store, ask: Callable[..., Answer]) -> None:
    Preferences(store.settings, "T1").put(WORKSPACE, GENERATOR_TOKENS, 1_000)
    Preferences(store.settings, "T2").put(WORKSPACE, GENERATOR_TOKENS, 9_000_000)
    assert ask(Paid(TOLD)).generator == "composer"
    assert ask(Paid(TOLD), workspace="T2", generator_day_tokens=1_000).generator == "composer"
    assert (lower(0, None), lower(5, None), lower(0, 7), lower(5, 7)) == (0, 5, 7, 5)


def test_budgets_in_dollars(store: Store, ask: Callable[..., Answer]) -> None:
    unknown = ask(Paid(TOLD), generator_day_usd=1)
    assert unknown.generator == "composer"
    assert any("no price of claude-haiku-4-5-20251001 is on record" in note for note in unknown.notes)
    priced(store)
    asked = [ask(Paid(TOLD), generator_day_usd="0.008").generator for _ in range(3)]
    assert asked == ["paid", "composer", "composer"] or asked == ["paid", "paid", "composer"]
    assert store.generations.spent(DAY, workspace_id="T1").usd <= Decimal("0.008")
    others = [ask(Paid(TOLD), workspace=f"T{n}", generator_day_usd_in_all="0.008").generator for n in range(2, 6)]
    assert "composer" in others
    assert store.generations.spent_in_all(DAY).usd <= Decimal("0.008")


def test_a_generator_that_cannot_be_made_leaves_the_composed_answer(store: Store, tmp_path: Path) -> None:
    def broken(name: str) -> Generator:
        raise ConfigurationError("the package is not installed", hint="pip install 'steelyard[anthropic]'")

    settings = Settings(home=tmp_path, generator="anthropic")
    bot = Steelyard(store, NoPassages(), broken, clock=lambda: NOW, settings=settings)
    answer = bot.ask(QUESTION)
    assert answer.sentences
    assert answer.generator == "composer"
    assert any("doctor" in note for note in answer.notes)
    with pytest.raises(ConfigurationError, match="not installed"):
        bot.ask(QUESTION, generator="anthropic")


def test_models_are_found_under_their_providers_names(store: Store) -> None:
    priced(store)
    found = Prices(store).of(Paid(), date(2026, 11, 20))
    assert found is not None
    assert (found.input, found.output) == (1, 5)
    assert Prices(store).of(Paid(model="claude-haiku-9"), date(2026, 11, 20)) is None


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4.5"),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4.5"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("gpt-6-sol-2026-04-01", "gpt-6-sol"),
        ("claude-3-5-sonnet@20240620", "claude-3.5-sonnet"),
    ],
)
def test_one_spelling(theirs: str, ours: str) -> None:
    assert spelled(theirs) == spelled(ours)


def test_other_versions_are_other_models() -> None:
    assert spelled("claude-haiku-4-5") != spelled("claude-haiku-5-5")
    assert spelled("gemini-2.5-flash") != spelled("gemini-2.5-flash-lite")
    assert seller_of("bedrock-runtime.us-east-1.amazonaws.com") == "bedrock"
    assert seller_of("bedrock-runtime.eu-central-1.amazonaws.com") == "", "the plain price is the American one"
    assert seller_of("llm.example.org") == ""


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_cost_grows_with_tokens_and_shrinks_with_the_cache(read: int, written: int, cached: int) -> None:
    cached = min(cached, read)
    plain = cost_usd(HAIKU, read=read, written=written)
    assert plain == (Decimal(read) + 5 * Decimal(written)) / 10**6
    rebated = cost_usd(HAIKU, read=read, written=written, cached=cached)
    assert rebated is not None
    assert 0 <= rebated <= plain
    assert cost_usd(None, read=read, written=written) is None


def test_days_are_utc() -> None:
    assert NOW.astimezone(UTC).date() == DAY
