"""Stories as the store keeps them, on both back ends: joined, parted, led, and each workspace's own."""

from datetime import timedelta
from pathlib import Path

import pytest

from ingest.stories import place_stories
from kb.leads import is_own, primary_first
from kb.store import Store
from kb.types import Filter, StorySource, Tier
from tests.kb.conftest import Clock
from tests.kb.store_builders import NOON, a_source, an_item

PAGE = "https://lab.example/news/a-model"
TITLE = "Laboratory opens a model for scanned documents"


def tell(store: Store, name: str, *, workspace: str | None = None, tier: Tier = Tier.PRESS, **item: object) -> int:
    """One more source, and one item of it; the source's id."""
    draft = a_source(f"https://{name}.example/feed", publisher=name.title(), tier=tier)
    source = store.sources.find(draft.url, workspace_id=workspace) or store.sources.add(draft, workspace_id=workspace)
    said: dict[str, object] = {"url": PAGE, "title": TITLE, "published_at": NOON}
    said |= item
    said.setdefault("story_key", said["url"])
    store.items.write(source.id, an_item("one", **said))
    return source.id


def stories(store: Store, workspace_id: str | None = None) -> list[set[str]]:
    """Publishers by story, as a workspace sees them."""
    told: dict[str, set[str]] = {}
    for version in store.items.recent(Filter(workspace_id=workspace_id), limit=50):
        told.setdefault(version.story_key, set()).add(version.publisher)
    return sorted(told.values(), key=sorted)


def place(store: Store, owner: str = "test") -> int:
    return place_stories(store, owner=owner)


def test_copies_join_and_all_their_sources_are_told(store: Store) -> None:
    for name in ("press", "mirror"):
        tell(store, name)
    tell(store, "other", url="https://other.example/x", title="Something else entirely happened")
    assert len(stories(store)) == 2, "until they are placed, their addresses tell"
    assert place(store) == 3
    assert place(store) == 0
    assert stories(store) == [{"Mirror", "Press"}, {"Other"}]
    keys = {version.story_key for version in store.items.recent(Filter(), limit=9)}
    assert sorted(len(told) for told in store.stories.sources(keys).values()) == [1, 2]
    assert store.stories.sources(["example.org/not-placed"]) == {}


def test_an_edit_parts_a_copy_and_brings_it_back(store: Store) -> None:
    for name in ("press", "mirror", "third"):
        tell(store, name)
    place(store)
    tell(store, "press", url="https://press.example/y", title="Prices of tokens fall once more", entry_hash="2")
    place(store)
    assert stories(store) == [{"Mirror", "Third"}, {"Press"}], "though the story bore its number"
    tell(store, "press", entry_hash="3")
    place(store)
    assert stories(store) == [{"Mirror", "Press", "Third"}]


def test_an_address_that_turns_out_to_hold_many_entries_joins_no_more(store: Store) -> None:
    """A page of release notes: at first one entry of it is known, and looks like the page."""
    notes = tell(store, "notes", title="Model 4 arrives")
    tell(store, "press", title="Notes on the laboratory's model")
    place(store)
    assert stories(store) == [{"Notes", "Press"}]
    store.items.write(notes, an_item("two", url=PAGE, title="Model 5 arrives", published_at=NOON))
    place(store)
    assert stories(store) == [{"Notes"}, {"Notes"}, {"Press"}]


def test_a_copy_published_weeks_later_joins_the_old_story(store: Store, clock: Clock) -> None:
    tell(store, "press")
    place(store)
    clock.forward(days=40)
    tell(store, "late", url="https://late.example/re", title=f"{TITLE} | Late", published_at=clock())
    place(store)
    (told,) = store.stories.sources({v.story_key for v in store.items.recent(Filter(), limit=9)}).values()
    assert min(source.first_at for source in told) == NOON


def test_an_item_that_was_re_dated_is_no_newer(store: Store, clock: Clock) -> None:
    tell(store, "press")
    clock.forward(days=40)
    tell(store, "press", published_at=clock(), known_from=clock(), entry_hash="2")
    place(store)
    (told,) = store.stories.sources({v.story_key for v in store.items.recent(Filter(), limit=9)}).values()
    assert [source.first_at for source in told] == [NOON]


def test_a_workspaces_copy_joins_in_its_own_eyes_only(store: Store) -> None:
    tell(store, "secret", workspace="T1")
    place(store)
    tell(store, "press")
    tell(store, "mirror")
    place(store)
    assert stories(store) == stories(store, "T2") == [{"Mirror", "Press"}]
    assert stories(store, "T1") == [{"Mirror", "Press", "Secret"}]
    (key,) = {version.story_key for version in store.items.recent(Filter(), limit=9)}
    assert [s.publisher for s in store.stories.sources([key])[key]] == ["Press", "Mirror"]
    assert len(store.stories.sources([key], workspace_id="T1")[key]) == 3


def test_a_workspaces_item_never_joins_two_shared_stories(store: Store) -> None:
    other = "Prices of batch requests fall in January"
    tell(store, "press", published_at=NOON - timedelta(days=1))
    tell(store, "second", url="https://second.example/prices", title=other)
    tell(store, "bridge", workspace="T1", title=other)
    place(store)
    assert stories(store) == [{"Press"}, {"Second"}]
    assert stories(store, "T1") == [{"Bridge", "Press"}, {"Second"}], "the older of the two"
    tell(store, "press", url="https://press.example/z", title="Nothing of the kind", entry_hash="2")
    place(store)
    assert stories(store, "T1") == [{"Bridge", "Second"}, {"Press"}], "it follows when that one leaves"


def test_a_workspaces_item_follows_when_its_story_becomes_part_of_another(store: Store) -> None:
    """Through an item that the workspace's own has no trait in common with."""
    other, page = "Prices of batch requests fall in January", "https://second.example/prices"
    tell(store, "press")
    tell(store, "second", url=page, title=other)
    tell(
        store,
        "guest",
        workspace="T1",
        url="https://guest.example/own",
        title=other,
        text=other,
        passages=(),
    )
    place(store)
    assert stories(store, "T1") == [{"Guest", "Second"}, {"Press"}]
    tell(store, "bridge", url=page)
    place(store)
    assert stories(store, "T1") == [{"Bridge", "Guest", "Press", "Second"}]


def test_rows_of_tables_are_no_news(store: Store) -> None:
    tell(store, "table", record=True, passages=())
    tell(store, "press")
    assert place(store) == 1


def test_one_process_places_at_a_time_and_another_takes_over(store: Store, clock: Clock) -> None:
    tell(store, "press")
    assert store.lease("stories", "dead", 300)
    assert place(store) == 0
    clock.forward(seconds=301)
    assert place(store, "heir") == 1


def test_an_edit_while_placing_is_not_taken_for_placed(store: Store) -> None:
    tell(store, "press")
    batch = store.stories.due(10)
    tell(store, "press", title="Another title altogether", entry_hash="2")
    store.stories.settle(None, {batch[0].item_id: batch[0].item_id}, batch)
    assert [entry.title for entry in store.stories.due(10)] == ["Another title altogether"]


def test_a_removed_source_tells_no_story(store: Store) -> None:
    source, _ = tell(store, "press"), tell(store, "mirror")
    place(store)
    key = store.items.recent(Filter(), limit=1)[0].story_key
    store.sources.set_status(source, "removed")
    assert [told.publisher for told in store.stories.sources([key])[key]] == ["Mirror"]


def test_items_stored_before_there_were_stories_are_placed(tmp_path: Path) -> None:
    """As the migration leaves them: due, without traits."""
    with Store.open(f"sqlite:///{tmp_path / 'old.db'}", clock=lambda: NOON) as store:
        tell(store, "press")
        tell(store, "mirror")
        with store.db.write() as conn:
            conn.exec_driver_sql("UPDATE story_items SET asked = 1, due = 1, story_id = NULL")
        assert place(store) == 2
        assert len(stories(store)) == 1


# ---------------------------------------------------------------- who leads


def source(publisher: str, url: str, *, tier: Tier = Tier.PRESS, days: int = 0, item_id: int = 1) -> StorySource:
    at = NOON + timedelta(days=days)
    return StorySource(
        story_key="story:1", item_id=item_id, title="T", publisher=publisher, url=url, tier=tier, first_at=at
    )


def test_the_most_primary_leads() -> None:
    law = source("A gazette", "https://x.example/1", tier=Tier.PRIMARY, days=9)
    own = source("Mistral", "https://mistral.ai/news/one", days=3)
    link = source("Hacker News", "https://mistral.ai/news/one", days=1)
    late = source("The Wire", "https://agency.example/one", days=2)
    assert primary_first([late, link, own, law]) == [law, own, link, late]


@pytest.mark.parametrize(
    ("publisher", "url", "own"),
    [
        ("Hugging Face", "https://huggingface.co/blog/x", True),
        ("Google DeepMind", "https://deepmind.google/x", True),
        ("OpenAI", "https://openai.com/x", True),
        ("Hacker News", "https://openai.com/x", False),
        ("News", "https://news.example/x", False),
        ("", "https://openai.com/x", False),
        ("OpenAI", "http://[bad", False),
    ],
)
def test_a_publishers_own_page(publisher: str, url: str, own: bool) -> None:
    assert is_own(publisher, url) is own
