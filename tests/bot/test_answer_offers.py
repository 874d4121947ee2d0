"""Prices that a table alone knows: answered when asked for, and in nobody's way otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Steelyard
from kb.store import Store
from kb.types import SourceDraft
from tests.bot.answer_world import NOW, WORLD, NoPassages, fact


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Steelyard]:
    with Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW) as store:
        store.facts.upsert_starter(WORLD)
        told = {"source_id": store.sources.add(SourceDraft(kind="litellm", url="https://t.example/t.json")).id}
        price = {"unit": "USD per million tokens", **told}
        offers = [
            fact(
                f"t/{seller}", f"offer:{seller}/heron-5.5", "price_input", cost,
                f"Heron 5.5 on {seller.title()} costs {cost} USD per million input tokens.", **price,
            )
            for seller, cost in (("cirrus", "7.25"), ("stratus", "8.5"))
        ]  # fmt: skip
        store.facts.apply(offers, at=NOW, actor="t")
        yield Steelyard(store, NoPassages(), {}, clock=lambda: NOW)


def test_a_seller_that_is_named_is_looked_up(bot: Steelyard) -> None:
    said = bot.ask("What does Heron 5.5 cost on Cirrus?").answer
    assert "7.25" in said
    assert "8.5" not in said


def test_who_is_not_named_stays_away(bot: Steelyard) -> None:
    for question in ("What does Heron 5.5 cost?", "What is the cheapest model?", "What changed this year?"):
        said = bot.ask(question).answer
        assert "7.25" not in said
        assert "8.5" not in said
