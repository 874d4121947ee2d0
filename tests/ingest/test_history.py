"""A feed's archive (RFC 5005), read once, page by page, within bounds."""

from tests.ingest.conftest import World
from tests.ingest.histories import feed_of
from tests.servers import Reply

ATOM = "xmlns:atom='http://www.w3.org/2005/Atom'"


def page(world: World, path: str, numbers: range, older: str | None, rel: str = "prev-archive") -> None:
    """Entries `numbers` at `path`, and the address at which their history goes on."""
    link = f"<atom:link rel='{rel}' href='{older}'/>" if older else ""
    body = feed_of(numbers).decode().replace("<rss ", f"<rss {ATOM} ").replace("<title>A lab", f"{link}<title>A lab")
    world.server.put(path, body.encode())


def test_the_archive_is_read_once_and_is_no_news_later(world: World) -> None:
    page(world, "/f", range(1, 6), "/archive-2")
    page(world, "/archive-2", range(4, 11), "/archive-1")
    page(world, "/archive-1", range(11, 21), None)
    world.add("f")
    first = world.one()
    assert (first.new, first.history) == (5, 15)
    assert world.store.items.counts()["items"] == 20
    page(world, "/f", range(6), "/archive-2")
    second = world.one()
    assert (second.new, second.vanished, second.returned, second.history) == (1, 0, 0, 0)
    assert len(world.server.hits("/archive-2")) == 1


def test_pages_by_next_end_at_our_bound(world: World) -> None:
    page(world, "/f", range(2), "/p1", "next")
    for n in range(1, 40):
        page(world, f"/p{n}", range(2 * n, 2 * n + 2), f"/p{n + 1}", "next")
    world.add("f")
    assert world.one().history == 20
    assert len(world.server.hits()) == 11


def test_a_circle_a_page_without_news_and_another_host_end_it(world: World) -> None:
    page(world, "/circle", range(3), "/c1", "next")
    page(world, "/c1", range(3, 6), "/circle", "next")
    page(world, "/same", range(3), "/same2", "next")
    page(world, "/same2", range(3), "/c1", "next")
    page(world, "/away", range(3), "http://127.0.0.2:9/older", "next")
    for path in ("circle", "same", "away"):
        world.add(path)
    assert [report.history for report in world.refresh()] == [3, 0, 0]
    assert len(world.server.hits("/c1")) == 1


def test_an_archive_that_fails_costs_the_feed_nothing(world: World) -> None:
    page(world, "/f", range(3), "/gone")
    world.server.fault("/gone", Reply(status=500))
    world.add("f")
    report = world.one()
    assert (report.outcome, report.new, report.history) == ("fetched", 3, 0)
    assert "its history was read in part: HTTP 500" in str(report.reason)
    assert world.source().state.failures == 0
