"""One story across feeds: what is compared, what joins, and that the order of arrival leaves no mark."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.stories import place_stories
from ingest.stories.canonical import canonical, slug
from ingest.stories.join import joined
from ingest.stories.same import same, sketch
from ingest.stories.step import names_one
from ingest.stories.traits import kind, traits
from ingest.stories.words import essence, marks, title_words, words
from kb.store import Store
from kb.store.stories import Spread
from kb.types import StoryEntry
from tests.kb.store_builders import a_source, an_item

DAY = datetime(2026, 11, 2, tzinfo=UTC)
LONG = (
    "The laboratory said on Monday that its new model reads documents of a thousand pages, answers in forty languages "
    "and costs half as much as the one before. Weights are published under a permissive licence, with a card that "
    "names the data it was trained on. Early users in banks and hospitals report fewer errors than with closed "
    "services, while critics point at benchmarks that were chosen with care. Prices fall again in January, when batch "
    "requests are billed at a quarter of the usual rate for everyone who asks."
)


def entry(
    title: str, url: str = "", text: str = "", *, source: int = 0, days: int | None = 0, n: int = 0
) -> StoryEntry:
    return StoryEntry(
        item_id=n,
        source_id=source or n,
        workspace_id=None,
        story_id=None,
        asked=1,
        url=url,
        title=title,
        text=text or title,
        publisher=f"Publisher {source or n}",
        source_title="",
        published_at=None if days is None else DAY + timedelta(days=days),
    )


def one_story(one: StoryEntry, other: StoryEntry) -> bool:
    """As the step would decide of two that are alone in the world."""
    first, second = sketch(one), sketch(other)
    shared = {trait.key for trait in traits(first)} & {trait.key for trait in traits(second)}
    forth = any(same(first, second, by=kind(key)) for key in shared)
    assert forth == any(same(second, first, by=kind(key)) for key in shared), "who is asked first must not matter"
    return forth


# ---------------------------------------------------------------- addresses, titles, texts


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/news/a-model?utm_source=rss&utm_medium=feed",
        "http://example.org/news/a-model/",
        "https://m.example.org/news/a-model/amp/",
        "https://amp.example.org/news/a-model?amp=1#comments",
        "https://example.org/amp/news/a-model",
        "https://example.org/news/%61-model",
        "https://www.google.com/url?rct=j&url=https://example.org/news/a-model&ct=ga",
        "https://www.google.com/amp/s/example.org/news/a-model",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/a-model",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fnews%2Fa-model&h=AT0",
        "https://www.google.com/url?q=https%3A%2F%2Fwww.linkedin.com%2Fredir%2Fredirect%3Furl%3D"
        "https%253A%252F%252Fexample.org%252Fnews%252Fa-model",
    ],
)
def test_links_to_one_page_are_one_address(url: str) -> None:
    assert canonical(url) == "example.org/news/a-model"


@pytest.mark.parametrize("url", ["https://arxiv.org/abs/2604.01234v2", "https://arxiv.org/pdf/2604.01234.pdf"])
def test_a_paper_has_one_address(url: str) -> None:
    assert canonical(url) == canonical("https://huggingface.co/papers/2604.01234") == "arxiv.org/abs/2604.01234"


@pytest.mark.parametrize("url", ["", "https://example.org/", "https://example.org", "mailto:a@b.c", "http://[bad", "x"])
def test_what_names_no_page_is_no_address(url: str) -> None:
    assert canonical(url) == ""


def test_different_pages_stay_different() -> None:
    changelog = "https://example.org/changelog"
    assert canonical(f"{changelog}#1.2") != canonical(f"{changelog}#1.3")
    assert canonical("https://example.org/?p=1") != canonical("https://example.org/?p=2")
    assert slug(canonical("https://example.org/blog/skills.html?x=1")) == "skills"


def test_a_title_is_its_words_without_the_sites_name() -> None:
    plain = ("a", "model", "3.1", "is", "here")
    assert title_words("A Model: “v3.1” is here!") == plain
    assert title_words("A Model 3.1 is here | Example Press", ["Example Press"]) == plain
    assert title_words("The Batch: A Model 3.1 is here", ["The Batch"]) == plain
    assert title_words("A Model 3.1 - is here", ["Example Press"]) == plain, "only the site's own name goes"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Model 3.1", "Model 3.2"),
        ("Weekly digest #12", "Weekly digest #13"),
        ("A primer, part one", "A primer, part two"),
        ("A primer (Part II)", "A primer (Part III)"),
        ("Raises Series A round", "Raises Series B round"),
        ("June product update", "July product update"),
        ("Introducing Claude Opus 4", "Introducing Claude Sonnet 4"),
        ("Gemma 3 27B", "Gemma 3 12B"),
    ],
)
def test_members_of_a_series_bear_different_marks(one: str, other: str) -> None:
    assert marks(words(one)) != marks(words(other))


def test_what_a_feed_attaches_says_nothing() -> None:
    assert essence(("a", "title"), "Organization: X | Source: X (news)") == ()
    assert essence(("a", "title"), "Score: 181\nComments: 40\nBy: someone\n⭐ 4,555 stars") == ()
    assert essence(("a", "title"), "A title\nIt reads a thousand pages.") == ("it", "reads", "a", "thousand", "pages")


# ---------------------------------------------------------------- pairs


PAGE = "https://lab.example/news/a-new-model-for-documents"
TITLE = "A new model reads scanned documents"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry(TITLE, PAGE, n=1), entry(TITLE, f"{PAGE}?utm_source=x", n=2)),
        (entry("Laboratory opens its model", PAGE, n=1), entry("Show HN: reading documents", PAGE, n=2, days=9)),
        (entry(TITLE, PAGE, n=1), entry(f"{TITLE} | Publisher 2", "https://two.example/x", n=2, days=20)),
        (entry(TITLE, PAGE, n=1), entry(TITLE, "https://two.example/x", n=2, days=None)),
        (
            entry("Agent Skills", "https://a.example/news/skills", n=1),
            entry("Agent Skills", "https://b.example/skills", n=2, days=500),
        ),
        (
            entry("Laboratory opens model", "https://a.example/1", LONG, n=1),
            entry("Open weights", "https://b.example/2", LONG, n=2, days=21),
        ),
        (
            entry("Laboratory opens model", "https://a.example/1", LONG, n=1),
            entry("The laboratory opens a model", "https://b.example/2", f"(Agency) {LONG} More soon.", n=2),
        ),
    ],
    ids=["tracking", "other title", "site's name", "undated", "moved", "retitled", "syndicated"],
)
def test_copies_are_one_story(one: StoryEntry, other: StoryEntry) -> None:
    assert one_story(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("Model V3.1", PAGE, n=1), entry("Model V3.2", PAGE, n=2)),
        (entry("Model V3.1", PAGE, LONG, n=1), entry("Model V3.2", f"{PAGE}-2", LONG.replace("forty", "fifty"), n=1)),
        (entry("A showcase, part 1", f"{PAGE}-1", LONG, n=1), entry("A showcase, part 2", f"{PAGE}-2", LONG, n=1)),
        (entry("Weekly digest #12", f"{PAGE}-1", n=1), entry("Weekly digest #13", f"{PAGE}-2", n=1, days=7)),
        (
            entry("This week in open models", f"{PAGE}-1", "Three laboratories opened weights.", n=1),
            entry("This week in open models", f"{PAGE}-2", "Prices of tokens fell again.", n=2, days=2),
        ),
        (
            entry("MiniMax M2", PAGE, "A model for agents, free for a month.", n=1),
            entry("MiniMax M2", "https://host.example/m2", "Our cloud serves it from today.", n=2),
        ),
        (entry("Team update", f"{PAGE}-1", n=1), entry("Team update", f"{PAGE}-2", n=1, days=40)),
        (
            entry("Windsurf 1.12.2", "https://w.example/log#1.12.2", "Minor fixes.", n=1),
            entry("Windsurf 1.12.3", "https://w.example/log#1.12.3", "Minor fixes.", n=1),
        ),
        (entry(TITLE, f"{PAGE}-1", n=1), entry(TITLE, f"{PAGE}-2", n=2, days=300)),
        (entry("Old news", PAGE, n=1), entry("Something else happened", PAGE, n=2, days=90)),
    ],
    ids=["version", "boilerplate", "part", "digest", "standing", "host", "few words", "changelog", "year", "page"],
)
def test_neighbours_are_not(one: StoryEntry, other: StoryEntry) -> None:
    assert not one_story(one, other)


def test_a_trait_that_a_source_uses_for_many_entries_names_none() -> None:
    assert names_one("u:page", [Spread(1, 1, 1), Spread(2, 1, 1)])
    assert not names_one("u:page", [Spread(1, 1, 1), Spread(2, 2, 1)])
    assert names_one("t:title", [Spread(2, 1, 2)]), "one page told twice"
    assert not names_one("t:team update", [Spread(2, 2, 2)])
    assert not names_one("x:hash", [Spread(2, 2, 1)])
    assert names_one("b07:band", [Spread(200, 1, 1)])
    assert not names_one("b07:band", [Spread(201, 1, 1)])


def test_signatures_are_the_same_on_every_day() -> None:
    """Stored ones are compared with new ones: another library or seed would part copies silently."""
    bands = [trait.key for trait in traits(sketch(entry(TITLE, PAGE, LONG))) if kind(trait.key) == "band"]
    assert len(bands) == 21
    assert bands[0] == "b00:1ed3de6100119794"


# ---------------------------------------------------------------- any order of arrival


@dataclass(frozen=True)
class Told:
    """An entry of a small world, in which much coincides. `source` 0 to 2 are shared, 3 and 4 a workspace's own."""

    source: int
    url: int
    title: int
    text: int
    days: int | None
    edit: "Told | None" = None


TITLES = (TITLE, f"{TITLE} 3.1", "Team update", "Laboratory opens its model", "Agent Skills")
TEXTS = ("", LONG, f"{LONG} More soon.", LONG.replace("forty", "fifty"), "Prices of tokens fell again today.")
URLS = ("https://a.example/news/one", "https://b.example/one", "https://a.example/log", "https://b.example/two", "")
plain = st.builds(
    Told,
    source=st.integers(0, 4),
    url=st.integers(0, len(URLS) - 1),
    title=st.integers(0, len(TITLES) - 1),
    text=st.integers(0, len(TEXTS) - 1),
    days=st.sampled_from([None, 0, 1, 30, 100, 200]),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Told], list[int], set[int]]:
    told = draw(st.lists(plain, min_size=2, max_size=9))
    edited = [draw(st.one_of(st.none(), plain)) for _ in told]
    told = [replace(t, edit=e) for t, e in zip(told, edited, strict=True)]
    order = draw(st.permutations(range(len(told))))
    return told, list(order), draw(st.sets(st.integers(0, len(told))))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "template.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_any_order_of_arrival_makes_the_same_stories(
    template: Path, world: tuple[list[Told], list[int], set[int]]
) -> None:
    told, order, pauses = world
    final = [replace(t.edit, source=t.source, days=t.days) if t.edit else t for t in told]
    with tempfile.TemporaryDirectory() as folder:
        at_once = stories_after(template, Path(folder) / "a.db", final, range(len(told)), set())
        bit_by_bit = stories_after(template, Path(folder) / "b.db", told, order, pauses)
    assert bit_by_bit == at_once


def stories_after(
    template: Path, path: Path, told: Sequence[Told], order: Sequence[int], pauses: set[int]
) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """What hangs together in everyone's eyes, and in the workspace's."""
    shutil.copy(template, path)
    with Store.open(f"sqlite:///{path}", clock=lambda: DAY) as store:
        sources = [
            store.sources.add(a_source(f"https://s{n}.example/feed"), workspace_id="T1" if n > 2 else None).id
            for n in range(5)
        ]
        for place, n in enumerate(order):
            write(store, sources, n, told[n], told[n].days)
            if place in pauses:
                place_stories(store, owner="test")
        for n in order:
            if edit := told[n].edit:
                write(store, sources, n, replace(edit, source=told[n].source), told[n].days)
        place_stories(store, owner="test")
        assert store.stories.due(1) == []
        shared: dict[str, set[str]] = defaultdict(set)
        seen: dict[str, set[str]] = defaultdict(set)
        for n, one in enumerate(told):
            (item_id,) = [h.item_id for name, h in store.items.heads(sources[one.source]).items() if name == str(n)]
            key = store.items.versions(item_id)[-1].story_key
            seen[key].add(str(n))
            if one.source < 3:
                shared[key].add(str(n))
    return {frozenset(s) for s in shared.values()}, {frozenset(s) for s in seen.values()}


def write(store: Store, sources: Sequence[int], n: int, told: Told, days: int | None) -> None:
    text = TEXTS[told.text] or TITLES[told.title]
    draft = an_item(
        str(n),
        text,
        url=URLS[told.url],
        title=TITLES[told.title],
        published_at=None if days is None else DAY - timedelta(days=days),
        entry_hash=f"{told.url} {told.title} {told.text}",
    )
    store.items.write(sources[told.source], draft)


def test_nothing_to_join_is_no_story_of_many() -> None:
    assert joined([entry(TITLE, PAGE, n=7)], {7}, {}) == ({7: 7}, {})
