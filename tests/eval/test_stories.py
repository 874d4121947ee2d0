"""Stories over some of the recorded feeds agree with pairs judged by reading; `tests.eval.stories` measures all."""

from pathlib import Path

from ingest.stories import place_stories
from kb.store import Store
from tests.eval.stories import NOW, entries, ingest, measure, pairs

SOME = (
    "ai-news-direct-2025-07/anthropic_aggregated.xml",
    "ai-news-direct-2026-04/anthropic_engineering.xml",
    "ai-news-direct-2026-04/anthropic_news.xml",
    "ai-news-direct-2026-04/github_trends.xml",
    "ai-news-direct-2026-04/hackernews_best_stories.xml",
    "ai-news-direct-2026-04/minimax_blog.xml",
    "olshansk/feed_anthropic_engineering.xml",
    "olshansk/feed_anthropic_news.xml",
    "olshansk/feed_claude.xml",
    "olshansk/feed_ollama.xml",
    "olshansk/feed_windsurf_changelog.xml",
    "olshansk/feed_windsurf_next_changelog.xml",
)


def test_recorded_feeds_make_the_stories_that_a_reader_sees(shared: Path, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 's.db'}", clock=lambda: NOW) as store:
        ingest(store, [shared / "data" / "feeds" / name for name in SOME])
        place_stories(store, owner="test")
        story_of = {name: version.story_key for name, version in entries(store)}
    known = [pair for pair in pairs("open") if {pair.one, pair.other} <= story_of.keys()]
    found = measure(known, story_of)
    assert found.hits >= 15
    assert found.precision >= 0.98
    assert found.recall >= 0.9
