"""The shipped sources and what is said of a broken list."""

from collections import Counter
from pathlib import Path

import pytest

from ingest.catalogue import load_sources
from kb.errors import BadDataFile
from kb.types import SourceDraft, Tier, Topic


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = "{kind: feed, url: 'https://e.org/a', title: A, publisher: P, topic: release, tier: 2}"


def test_the_shipped_list_covers_what_the_job_needs() -> None:
    sources = load_sources()
    assert len(sources) >= 60
    kinds = Counter(source.kind for source in sources)
    assert min(kinds["feed"], kinds["page"]) >= 30
    topics = Counter(source.topic for source in sources)
    assert all(topics[topic] >= 8 for topic in (Topic.RELEASE, Topic.LICENCE, Topic.REGULATION, Topic.PRICE))
    publishers = {source.publisher for source in sources}
    assert publishers >= {
        "OpenAI",
        "Anthropic",
        "Google",
        "Meta",
        "Mistral AI",
        "DeepSeek",
        "Alibaba",
        "European Union",
    }
    assert sum("/releases.atom" in source.url for source in sources) >= 6
    assert {source.tier for source in sources} == set(Tier)
    assert all(source.url.startswith("https://") for source in sources)


def test_licences_law_and_prices_are_primary() -> None:
    for source in load_sources():
        if source.kind == "page" and source.topic in (Topic.LICENCE, Topic.PRICE, Topic.REGULATION):
            assert source.tier is Tier.PRIMARY, source.url


def test_a_good_entry(tmp_path: Path) -> None:
    text = f"sources:\n  - {GOOD}\n  - {GOOD.replace('/a', '/b').replace('}', ', options: {published: 2026-05-01}}')}\n"
    first, second = load_sources(write(tmp_path, text))
    assert first == SourceDraft(
        kind="feed", url="https://e.org/a", title="A", publisher="P", topic=Topic.RELEASE, tier=Tier.RECOGNISED
    )
    assert second.options == {"published": "2026-05-01"}


@pytest.mark.parametrize(
    ("text", "entry", "field"),
    [
        ("- 1", "the file", "sources"),
        ("sources: {}", "the file", "sources"),
        ("sources: [a", "the file", "yaml"),
        ("sources: [x]", "entry 1", "entry"),
        (f"sources: [{GOOD}, {GOOD}]", "entry 2", "url"),
        (f"sources: [{GOOD.replace('feed', 'fax')}]", "entry 1 (https://e.org/a)", "kind"),
        (f"sources: [{GOOD.replace('release', 'sport')}]", "entry 1 (https://e.org/a)", "topic"),
        (f"sources: [{GOOD.replace('tier: 2', 'tier: 5')}]", "entry 1 (https://e.org/a)", "tier"),
        (f"sources: [{GOOD.replace('tier: 2', 'tier: true')}]", "entry 1 (https://e.org/a)", "tier"),
        (f"sources: [{GOOD.replace('https://e.org/a', 'e.org')}]", "entry 1 (e.org)", "url"),
        (f"sources: [{GOOD.replace('title: A, ', '')}]", "entry 1 (https://e.org/a)", "title"),
        (f"sources: [{GOOD.replace('title: A', 'title: 7')}]", "entry 1 (https://e.org/a)", "title"),
        (f"sources: [{GOOD.replace('tier: 2', 'tier: 2, colour: red')}]", "entry 1 (https://e.org/a)", "colour"),
        (f"sources: [{GOOD.replace('tier: 2', 'tier: 2, options: [1]')}]", "entry 1 (https://e.org/a)", "options"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, text: str, entry: str, field: str) -> None:
    with pytest.raises(BadDataFile) as error:
        load_sources(write(tmp_path, text))
    assert (error.value.file, error.value.entry, error.value.field) == ("mine.yaml", entry, field)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDataFile, match=r"none\.yaml"):
        load_sources(tmp_path / "none.yaml")
