"""Full text: fetched apart from the feeds, with robots.txt obeyed, and never news."""

import random

from ingest.articles import refresh_articles
from tests.ingest.conftest import World
from tests.ingest.test_update import counts, entry, feed
from tests.servers import Reply

ARTICLE = "<html><head><title>T</title></head><body><article><h1>Prices</h1>{}</article></body></html>".format(
    "".join(f"<p>The vendor explains part {n} of its price list at some length, as articles do.</p>" for n in range(30))
)


def articles(world: World) -> list[tuple[str, str]]:
    done = refresh_articles(world.store, world.fetcher, world.settings, world.clock, random.Random(7), owner="test")
    return [(report.url.rsplit("/", 1)[-1], report.outcome) for report in done]


def test_articles_enrich_summaries_without_being_news(world: World) -> None:
    link = world.server.put("/article", ARTICLE.encode(), "text/html")
    world.server.put("/f", feed(entry("a").replace("http://x.org/a", link)))
    world.add("f")
    world.one()
    assert world.server.hits("/article") == []
    assert articles(world) == [("article", "enriched")]
    (head,) = world.store.items.heads(1).values()
    entry_version, full = world.store.items.versions(head.item_id)
    assert (full.reason, full.known_from) == ("full_text", entry_version.known_from)
    assert "part 29 of its price list" in full.text
    assert articles(world) == []
    assert world.server.hits("/robots.txt")
    world.server.put(
        "/f", feed(entry("a").replace("http://x.org/a", link), entry("b", date="Mon, 01 Jan 2018 00:00:00 GMT"))
    )
    assert counts(world.one()) == (1, 0, 1, 0, 0)
    assert articles(world) == []  # old entries bring no article along


def test_articles_that_fail_wait_and_those_refused_are_left(world: World) -> None:
    link = world.server.put("/private/article", ARTICLE.encode(), "text/html")
    down = world.server.fault("/down", Reply(status=503))
    world.server.put("/robots.txt", b"User-agent: *\nDisallow: /private/", "text/plain")
    world.server.put("/f", feed(entry("a").replace("http://x.org/a", link), entry("b").replace("http://x.org/b", down)))
    world.add("f")
    world.one()
    assert sorted(articles(world)) == [("article", "failed"), ("down", "failed")]
    assert world.server.hits("/private/article") == []
    assert articles(world) == []
    world.later(hours=2)
    assert articles(world) == [("down", "failed")]
