"""Every recorded API body through its source over loopback HTTP, beside counts by plain walking of the JSON."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.sources.repos import subject_of
from kb.facts.fields import FIELDS, SUBJECT, allowed
from kb.facts.load import load_starter
from kb.facts.values import says_value, value_problem
from kb.types import Fact, Tier, Topic
from tests.ingest.conftest import World, make_settings
from tests.servers import ReplayServer, Reply

FILES = {
    "huggingface": "hf_models_trending_2026-04.json",
    "llmfit": "hf_models_llmfit_2026-10.json.gz",
    "openrouter": "openrouter_models_2026-05.json",
    "openrouter-history": "openrouter_price_history_2023-2026.json",
}
Counts = tuple[int, Counter[str]]
pytestmark = pytest.mark.xdist_group("recorded_apis")  # read once, not once a worker


@pytest.fixture(scope="module")
def api(shared: Path) -> Path:
    return shared / "data" / "api"


def held(api: Path, kind: str) -> Any:
    raw = (api / FILES[kind]).read_bytes()
    return json.loads(gzip.decompress(raw) if FILES[kind].endswith(".gz") else raw)


# ---------------------------------------------------------------- counted apart from our code


def hub(found: Any) -> Counts:
    fields: Counter[str] = Counter()
    for model in found:
        licence = [tag for tag in model["tags"] if tag.startswith("license:") and tag != "license:other"]
        fields["licence"] += len(licence) == 1
        fields["gated"] += "gated" in model
        fields["revision"] += "sha" in model
        fields["openness"] += "safetensors" in model["tags"]
    return len(found), +fields


def llmfit(found: Any) -> Counts:
    nothing = (None, "", "other", "unknown", "none")
    repositories = {row["name"].lower() for row in found if row.get("license") not in nothing}
    return len(found), Counter(licence=len(repositories))


def openrouter(found: Any) -> Counts:
    fields: Counter[str] = Counter()
    names = {
        "prompt": "input",
        "completion": "output",
        "input_cache_read": "cache_read",
        "input_cache_write": "cache_write",
    }
    for model in found["data"]:
        for theirs, ours in names.items():
            fields[f"price_{ours}"] += float(model["pricing"].get(theirs, 0)) > 0
        fields["context_tokens"] += model["context_length"] > 0
        fields["modalities_in"] += bool(set(model["architecture"]["input_modalities"]) - {"file"})
        fields["deprecated_on"] += model["expiration_date"] is not None
    return len(found["data"]), fields


def history(found: Any) -> Counts:
    """A fact wherever a copy shows a price other than the copy before it."""
    fields: Counter[str] = Counter()
    before: dict[str, list[float]] = {}
    names: set[str] = set()
    for copy in sorted(found["snapshots"], key=lambda copy: copy["date"]):
        for name, pair in copy["prices"].items():
            old = before.get(name, [0.0, 0.0])
            fields["price_input"] += pair[0] > 0 and pair[0] != old[0]
            fields["price_output"] += pair[1] > 0 and pair[1] != old[1]
        before = copy["prices"]
        names |= set(before)
    return len(names), fields


COUNT: dict[str, Callable[[Any], Counts]] = {
    "huggingface": hub, "llmfit": llmfit, "openrouter": openrouter, "openrouter-history": history,
}  # fmt: skip


# ---------------------------------------------------------------- one world that has read them all


@pytest.fixture(scope="module")
def read(api: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ReplayServer(api) as server:
        made = World(make_settings(tmp_path_factory.mktemp("apis"), fetch_total_s=60.0), server)
        for kind, file in FILES.items():
            made.add(file, kind=kind, title=kind, publisher=kind, topic=Topic.PRICE, tier=Tier.RECOGNISED)
        reports = made.refresh()
        assert [report.reason for report in reports] == [None] * len(FILES)
        yield made
        made.close()


def of(world: World, kind: str) -> list[Fact]:
    source = next(s.id for s in world.store.sources.list() if s.kind == kind)
    return [fact for fact in world.store.facts.all()[0] if fact.source_id == source]


@pytest.mark.parametrize("kind", FILES)
def test_counts_agree_with_an_independent_count(read: World, api: Path, kind: str) -> None:
    items, fields = COUNT[kind](held(api, kind))
    source = next(s.id for s in read.store.sources.list() if s.kind == kind)
    assert len(read.store.items.heads(source)) == items
    assert Counter(fact.field for fact in of(read, kind)) == fields


def test_prices_are_those_of_the_list(read: World, api: Path) -> None:
    told = {(f.locator, f.field): Decimal(f.value) for f in of(read, "openrouter") if f.field.startswith("price_")}
    for model in held(api, "openrouter")["data"]:
        if float(model["pricing"]["prompt"]) > 0:
            dollars = Decimal(model["pricing"]["prompt"]) * 1_000_000
            assert told[f"model {model['id']}", "price_input"] == dollars
    assert len({f.subject for f in of(read, "openrouter")}) == 364  # no two models share an offer


def test_a_second_reading_writes_nothing(read: World) -> None:
    before = read.store.facts.revision(), read.store.items.counts()
    assert {report.outcome for report in read.refresh()} == {"not_modified"}
    for file in FILES.values():
        read.server.fault(f"/{file}", Reply(validators=False))
    reports = read.refresh()
    assert {report.outcome for report in reports} == {"fetched"}
    assert {(r.new, r.edited, r.vanished, r.facts, r.retracted) for r in reports} == {(0, 0, 0, 0, 0)}
    assert (read.store.facts.revision(), read.store.items.counts()) == before


def test_every_fact_keeps_the_vocabulary_and_says_its_value(read: World) -> None:
    for kind in FILES:
        facts = of(read, kind)
        assert len({fact.key for fact in facts}) == len(facts)
        for fact in facts:
            spec = FIELDS[fact.field]
            assert SUBJECT.fullmatch(fact.subject), fact.subject
            assert allowed(spec, fact.subject)
            assert value_problem(spec, fact.value) is None
            assert fact.unit in (spec.units or ("",))
            assert says_value(fact.statement, fact.value), fact.statement


def test_rows_can_be_quoted_and_are_no_news(read: World) -> None:
    assert read.store.items.counts()["passages"] == 0
    assert read.store.items.find_quote("licence tag: kimi-k3") is not None
    assert read.store.items.find_quote("2023-07-26: 1.5 in, 2 out") is not None


def test_tags_of_the_table_agree_with_the_licences_of_the_catalogue(read: World) -> None:
    """No repository that the catalogue cites gets another licence, and every one with a tag is met."""
    known = {fact.subject: fact.value for fact in load_starter() if fact.field == "licence"}
    told = {fact.subject: fact.value for fact in of(read, "llmfit") if fact.subject in known}
    assert len(told) > 75
    assert {subject: value for subject, value in told.items() if known[subject] != value} == {}


def test_what_the_catalogue_does_not_know_makes_no_noise(read: World) -> None:
    """Subjects nobody described are stored under their own names and not among what answers look through."""
    read.store.facts.upsert_starter(load_starter())
    described = {fact.subject for fact in load_starter()}
    facts, _ = read.store.facts.followed()
    assert {fact.subject for fact in facts} <= described
    everything = {fact.subject for fact in read.store.facts.all()[0]}
    assert len(everything - described) > 10_000
    assert subject_of("deepseek-ai/DeepSeek-V4-Pro-DSpark") == "model:deepseek-ai/deepseek-v4-pro-dspark"
    assert subject_of("deepseek-ai/DeepSeek-V4-Pro-DSpark") in everything - described
