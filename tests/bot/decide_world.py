"""A store with the starter facts, opened once a module, and use cases to decide on it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.decide.service import Decider
from kb.facts.load import load_starter
from kb.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BANK = (
    "We are an EU bank. 200k questions a day over personal data of customers, 1.5k in / 300 out, must stay in the EU. "
    "2 MLOps engineers on call."
)
SHOP = "A 15-person shop: 20k questions a month to a public FAQ, nobody to run models."


def opened_world(folder: Path) -> Iterator[tuple[Store, Decider]]:
    with Store.open(f"sqlite:///{folder / 'world.db'}", clock=lambda: NOW) as store:
        store.facts.upsert_starter(load_starter())
        yield store, Decider(store, clock=lambda: NOW)
