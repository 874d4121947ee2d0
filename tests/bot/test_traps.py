"""Unreliable pages, read over HTTP like any other: each is flagged with the better source that it contradicts, and no
answer takes its claim. What they claim follows the register's list of contradictory pages; the words are ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answer import Answer, Steelyard
from ingest.propose.step import propose_pending
from ingest.vet.step import vet_pending
from kb.facts.load import load_starter
from kb.index import open_indexes
from kb.retrieve import Retriever
from kb.types import Filter, ItemVersion, Tier, Topic
from tests.ingest.conftest import World, make_settings
from tests.kb.search_fixtures import BagEmbedder
from tests.servers import ReplayServer


@dataclass(frozen=True, slots=True)
class Trap:
    """`flag`: what the better source says. `never`: the claim as no answer may state it."""

    name: str
    published: str
    title: str
    claim: str
    flag: str
    asked: str
    never: str
    tier: Tier = Tier.PRESS


TRAPS = (
    Trap("demo-05", "2026-08-01", "Mistral Medium 4", "Mistral Medium 4 was released with 600B parameters under an "
         "Apache-compatible licence.", r"no (?:entry for a )?Mistral Medium 4.*tier 2",
         "What is Mistral Medium 4 and how is it licensed?", r"^(?!.*(?:claims?|virtuesig)).*600"),
    Trap("share", "2026-05-01", "Open weights win", "93% of new enterprise AI apps are built on open weights.",
         r"from 19% to between 11% and 13%.*tier 3", "What share of enterprise AI runs on open models?", r"\b93\b",
         Tier.OPINION),
    Trap("year", "2026-06-01", "A guide to Llama 4", "Llama 4 was released on 8 April 2026 by Meta.",
         r"Llama 4 was released on 5 April 2025 \(Meta, tier 1\)", "When was Llama 4 released?", r"8 April 2026"),
    Trap("deal", "2026-06-01", "The Omnibus deal", "Parliament and Council reached a deal on the Digital Omnibus on "
         "7 May 2025.", r"7 May 2026.*tier 3", "When was agreement on the Digital Omnibus reached?", r"7 May 2025",
         Tier.OPINION),
    Trap("robots", "2026-06-01", "Muse Spark for robots", "Muse Spark is a robot world model with open weights that "
         "anyone can download.", r"Muse Spark is a closed model.*tier 1", "Does Muse Spark have open weights?",
         r"robot|anyone can download"),
    Trap("same-day", "2026-10-01", "Five things today", "Meta released Llama 5 on the same day.",
         r"has a Llama 5.*tier 2", "Has Llama 5 been released?", r"released Llama 5|same day"),
    Trap("points", "2026-06-01", "Duties for model makers", "Article 53(1)(b) requires a copyright policy.",
         r"53\(1\).*tier 1", "Which point of Article 53(1) asks for a copyright policy?",
         r"53\(1\)\(b\) requires a copyright"),
    Trap("bill", "2026-09-25", "Britain acts", "The Regulating for Growth Bill was introduced in June 2026 with duties "
         "for AI developers.", r"had not been introduced.*tier 3", "Has the UK introduced an AI bill?",
         r"Bill was introduced in June", Tier.OPINION),
    Trap("kit", "2026-09-01", "A compliance kit", "The Code of Practice serves as a compliance presumption for model "
         "providers.", r"no presumption of conformity.*tier 1",
         "Does following the code of practice give a presumption of conformity?", r"serves as a compliance"),
    Trap("expected", "2026-04-10", "What comes next", "Moonshot: Kimi K3 is expected in May under Apache-2.0.",
         r"Kimi K3 License.*tier 1", "Under which licence is Kimi K3 published?", r"Kimi K3[^.]*\bApache"),
    Trap("cheap", "2026-09-20", "GPU prices", "An H100 at Lambda costs $2.49 per GPU-hour.",
         r"Lambda costs 4\.29.*tier 2", "What does an H100 cost at Lambda?", r"2\.49"),
    Trap("table", "2026-11-12", "Price table", "Mistral prices Mistral Large 4 at $1.36 per million input tokens and "
         "$4.18 per million output tokens.", r"costs 0\.7 USD.*tier 2", "What does Mistral Large 4 cost?",
         r"Mistral prices Mistral Large 4 at"),
    Trap("bedrock", "2026-11-01", "Models on Bedrock", "gpt-oss-120b on Amazon Bedrock: open_weights: False",
         r"gpt-oss-120b is an open-weight model.*tier 1", "Is gpt-oss-120b an open-weight model?",
         r"False|not open|is closed"),
    Trap("moe", "2026-05-01", "The best open models", "Llama 4-MoE 70B leads the open models.",
         r"Llama 4 \w+ has \d+ billion parameters.*tier 1", "How many parameters does Llama 4-MoE 70B have?",
         r"MoE 70B (?:has|leads)"),
)  # fmt: skip


def page(trap: Trap) -> str:
    body = "".join(f"<p>{words}</p>" for words in (trap.claim, "This page has more to say on the matter, as follows."))
    return f"<html><head><title>{trap.title}</title></head><body><main><h1>{trap.title}</h1>{body}</main></body></html>"


@dataclass
class Asked:
    world: World
    steelyard: Steelyard

    def version(self, trap: Trap) -> ItemVersion:
        seen = self.world.store.items.recent(Filter(records=True), limit=100)
        return next(v for v in seen if v.url.endswith(f"/{trap.name}.html"))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder, home = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("home")
    for trap in TRAPS:
        (folder / f"{trap.name}.html").write_text(page(trap), "utf-8")
    with ReplayServer(Path(folder)) as server:
        world = World(make_settings(home), server)
        world.store.facts.upsert_starter(load_starter())
        for trap in TRAPS:
            options = {"published": trap.published}
            world.add(f"{trap.name}.html", kind="page", tier=trap.tier, topic=Topic.OTHER, options=options)
        assert {report.outcome for report in world.refresh()} == {"fetched"}
        vet_pending(world.store, owner="test")
        propose_pending(world.store, owner="test")
        embedder = BagEmbedder()
        indexes = open_indexes(world.settings, world.store, embedder)
        indexes.refresh()
        retriever = Retriever(world.store, embedder, indexes, clock=world.clock)
        yield Asked(world, Steelyard(world.store, retriever, {}, clock=world.clock))
        indexes.close()
        world.close()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_it_is_flagged_with_the_better_source(asked: Asked, trap: Trap) -> None:
    version = asked.version(trap)
    flags = [flag for flag in version.flags if flag.startswith("contradicts ")]
    assert any(re.search(trap.flag, flag) for flag in flags), flags
    assert not version.quotable


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_no_answer_takes_its_claim(asked: Asked, trap: Trap) -> None:
    for question in (trap.asked, trap.claim.rstrip(".") + "?", f"Is it true that {trap.claim.rstrip('.')}?"):
        answer = asked.steelyard.ask(question)
        assert not [c.url for c in answer.citations if c.url.startswith(asked.world.server.url())], question
        if question == trap.asked:
            assert not re.search(trap.never, told(answer), re.M), told(answer)


def told(answer: Answer) -> str:
    return "\n".join(sentence.text for sentence in answer.sentences)
