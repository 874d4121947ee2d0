"""The pipeline over real HTTP: what is stored, what is told, and what a fault leaves behind."""

import random
import threading
from datetime import timedelta

import pytest

from ingest.source import Page, Request, Response
from ingest.update import SourceReport, refresh
from kb.errors import StoreError
from kb.types import Filter, RawItem, SourceRecord, Topic
from tests.ingest.conftest import World
from tests.servers import CHALLENGE, Reply


def entry(key: str, title: str = "", body: str = "", date: str = "Fri, 20 Nov 2026 08:00:00 GMT") -> str:
    said = body or f"The vendor says of {key} that it costs less than before, in two sentences. This is the second."
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f'<item><guid isPermaLink="false">{key}</guid><link>http://x.org/{key}</link>'
        f"<title>{title or 'About ' + key}</title>"
        f"<description>{said}</description>{dated}</item>"
    )


def feed(*entries: str, head: str = "<title>A vendor</title>") -> bytes:
    return f'<rss version="2.0"><channel>{head}{"".join(entries)}</channel></rss>'.encode()


def counts(report: SourceReport) -> tuple[int, int, int, int, int]:
    return report.new, report.edited, report.unchanged, report.vanished, report.returned


# ---------------------------------------------------------------- what a reading stores


def test_first_second_and_third_reading(world: World) -> None:
    world.server.put("/f", feed(entry("a"), entry("b")))
    world.add("f", topic=Topic.PRICE)
    first = world.one()
    assert (first.outcome, counts(first), first.title) == ("fetched", (2, 0, 0, 0, 0), "A vendor")
    before = world.store.items.counts()
    second = world.one()
    assert (second.outcome, counts(second), second.bytes) == ("not_modified", (0, 0, 0, 0, 0), 0)
    assert world.store.items.counts() == before
    world.later(hours=1)
    world.server.put("/f", feed(entry("b", title="Other"), entry("c")))
    third = world.one()
    assert counts(third) == (1, 1, 0, 1, 0)
    heads = world.store.items.heads(1)
    assert {key: (head.version, head.vanished) for key, head in heads.items()} == {
        "a": (1, True),
        "b": (2, False),
        "c": (1, False),
    }
    old, new = world.store.items.versions(heads["b"].item_id)
    assert (old.title, new.title, old.known_until) == ("About b", "Other", new.known_from)
    assert new.known_from == world.clock()
    assert world.source().state.last_changed_at == world.clock()


def test_an_entry_that_was_only_redated_is_no_new_version(world: World) -> None:
    world.server.put("/f", feed(entry("a", date="Fri, 20 Nov 2026 08:00:00 GMT")))
    world.add("f")
    world.one()
    world.server.put("/f", feed(entry("a", date="Sat, 21 Nov 2026 09:30:00 GMT")))
    assert counts(world.one()) == (0, 0, 1, 0, 0)
    assert world.store.items.counts()["versions"] == 1


def test_the_same_bytes_without_validators_are_not_parsed_again(world: World) -> None:
    world.server.put("/f", feed(entry("a")))
    world.server.fault("/f", Reply(validators=False))
    world.add("f")
    world.one()
    state = world.source().state
    again = world.one()
    assert (again.outcome, counts(again)) == ("fetched", (0, 0, 1, 0, 0))
    assert (state.etag, world.source().state.last_changed_at) == (None, state.last_changed_at)


def test_an_empty_feed_keeps_its_entries_and_they_come_back_without_being_new(world: World) -> None:
    world.server.put("/f", feed(entry("a"), entry("b")))
    world.add("f")
    world.one()
    world.server.put("/f", feed())
    emptied = world.one()
    assert counts(emptied) == (0, 0, 0, 2, 0)
    assert emptied.reason == "the body came empty; its 2 entries are kept"
    assert len(world.store.items.recent(Filter(), limit=9)) == 2
    world.server.put("/f", feed(entry("a"), entry("b")))
    assert counts(world.one()) == (0, 0, 2, 0, 2)
    assert world.store.items.counts()["versions"] == 2


def test_a_repeated_identity_is_stored_once_and_counted(world: World) -> None:
    world.server.put("/f", feed(entry("a", title="first"), entry("a", title="second"), entry("b")))
    world.add("f")
    report = world.one()
    assert (report.new, report.duplicates) == (2, 1)
    assert {v.title for v in world.store.items.recent(Filter(), limit=9)} == {"first", "About b"}


def test_an_entry_that_cannot_be_stored_is_named_and_does_not_stop_the_others(world: World) -> None:
    world.server.put("/f", feed(entry("a"), entry("k" * 3000), entry("b")))
    world.add("f")
    report = world.one()
    assert (report.outcome, report.new) == ("fetched", 2)
    assert [r.startswith("kkk") for r in report.refused] == [True]


def test_an_entry_without_a_body_can_be_found_by_its_title(world: World) -> None:
    world.server.put("/f", feed("<item><guid>a</guid><title>Prices fall by half</title></item>"))
    world.add("f")
    world.one()
    (passage_id,) = world.store.items.matching(Filter(), limit=9)
    passage = world.store.items.passages([passage_id], Filter())[passage_id]
    assert "Prices fall by half" in passage.text


def test_undated_entries_are_known_from_when_they_were_first_seen(world: World) -> None:
    world.server.put("/f", feed(entry("a", date=""), entry("b", date="Wed, 01 Jan 2098 00:00:00 GMT"), entry("c")))
    world.add("f")
    world.one()
    known = {key: head.known_from for key, head in world.store.items.heads(1).items()}
    assert known["a"] == known["b"] == world.clock()
    assert known["c"] == world.clock() - timedelta(days=2, hours=4)


# ---------------------------------------------------------------- when it is read


def test_only_what_is_due_is_read_unless_all_is_asked_for(world: World) -> None:
    world.server.put("/f", feed(entry("a"), head="<title>t</title><ttl>120</ttl>"))
    world.add("f")
    assert len(world.refresh(all_sources=False)) == 1
    assert world.refresh(all_sources=False) == []
    assert len(world.refresh(all_sources=True)) == 1
    world.later(minutes=100)
    assert world.refresh(all_sources=False) == []
    world.later(minutes=60)
    assert len(world.refresh(all_sources=False)) == 1


def test_retry_after_holds_even_for_all_and_then_heals(world: World) -> None:
    world.server.put("/f", feed(entry("a")))
    world.server.fault("/f", Reply(status=429, retry_after="3600"), times=1)
    world.add("f")
    failed = world.one()
    assert (failed.outcome, failed.reason) == ("failed", f"HTTP 429 from {world.server.url('f')}")
    world.later(minutes=59)
    blocked = world.one()
    assert (blocked.outcome, len(world.server.hits())) == ("blocked", 1)
    assert "asked us to stay away until 2026-11-22 13:00 UTC" in str(blocked.reason)
    world.later(minutes=2)
    assert world.one().new == 1
    state = world.source().state
    assert (state.failures, state.last_error, state.blocked_until) == (0, None, None)


def test_a_source_that_another_process_is_reading_is_left_to_it(world: World) -> None:
    world.server.put("/f", feed(entry("a")))
    world.add("f")
    world.store.sources.claim_due(owner="other", limit=1, lease_s=60)
    assert world.one().outcome == "blocked"
    world.later(seconds=61)
    assert world.one().new == 1


# ---------------------------------------------------------------- faults


FAULTS = {
    "503": Reply(status=503),
    "truncated": Reply(cut=40),
    "challenge": Reply(body=CHALLENGE, content_type="text/html", validators=True, headers={"ETag": '"challenge"'}),
    "garbage": Reply(body=b"\x00\x01\x02", headers={"ETag": '"garbage"'}),
    "empty": Reply(body=b"", headers={"ETag": '"empty"'}),
    "loop": Reply(status=301, location="/f"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_keeps_the_validators_backs_off_and_heals(world: World, name: str) -> None:
    world.server.put("/f", feed(entry("a")))
    world.add("f")
    world.one()
    good = world.source().state
    world.server.put("/f", feed(entry("a"), entry("b")))
    world.server.fault("/f", FAULTS[name], times=1)
    failed = world.one()
    state = world.source().state
    assert failed.outcome == "failed"
    assert failed.reason
    assert state.last_error == failed.reason
    assert (state.etag, state.last_modified, state.body_sha256) == (good.etag, good.last_modified, good.body_sha256)
    assert (state.failures, state.last_success_at) == (1, good.last_success_at)
    assert state.next_due_at
    assert timedelta(minutes=15) <= state.next_due_at - world.clock() <= timedelta(minutes=17)
    assert not any(head.vanished for head in world.store.items.heads(1).values())
    healed = world.one()
    assert counts(healed) == (1, 0, 1, 0, 0)
    assert world.source().state.failures == 0


def test_one_bad_source_does_not_hold_up_the_others(world: World) -> None:
    for n in range(12):
        world.server.put(f"/f{n}", feed(entry("a")))
        world.add(f"f{n}")
    world.server.fault("/f3", Reply(status=500))
    reports = world.refresh()
    assert [r.source_id for r in reports] == list(range(1, 13))
    assert [r.outcome for r in reports].count("failed") == 1
    assert sum(r.new for r in reports) == 11


class Broken:
    """A source of ours with a defect."""

    def request(self, record: SourceRecord) -> Request:
        return Request(url=record.url)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        raise ZeroDivisionError


def test_a_defect_fails_its_source_alone_and_names_a_reference(world: World, caplog: pytest.LogCaptureFixture) -> None:
    from ingest.sources import SOURCES

    for path, kind in (("bad", "broken"), ("good", "feed"), ("odd", "no such kind")):
        world.server.put(f"/{path}", feed(entry("a")))
        world.add(path, kind=kind)
    kinds = {**SOURCES, "broken": Broken()}
    bad, good, odd = refresh(
        world.store, world.fetcher, kinds, world.settings, world.clock, _rng(), owner="test", all_sources=True
    )
    assert (bad.outcome, good.outcome, odd.outcome) == ("failed", "fetched", "failed")
    assert "no such kind" in str(odd.reason)
    reference = str(bad.reason).rsplit(" ", 1)[-1]
    assert reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in str(bad.reason)


def test_a_database_that_is_gone_ends_the_refresh(world: World) -> None:
    world.server.put("/f", feed(entry("a")))
    world.add("f")

    class Gone:
        request = staticmethod(lambda record: Request(url=record.url))

        def parse(self, record: SourceRecord, response: Response) -> Page:
            raise StoreError("the database is away")

    with pytest.raises(StoreError):
        refresh(
            world.store,
            world.fetcher,
            {"feed": Gone()},
            world.settings,
            world.clock,
            _rng(),
            owner="t",
            all_sources=True,
        )


# ---------------------------------------------------------------- many pages, stopping


class Paged:
    """A source that hands out its items in pages, without end if it is let."""

    def request(self, record: SourceRecord) -> Request:
        return Request(url=record.url)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        number = int(response.url.rsplit("/", 1)[-1])
        item = RawItem(external_id=str(number), url=response.url, title=f"Page {number}", html="<p>Words here.</p>")
        base = record.url.rsplit("/", 1)[0]
        last = number >= int(record.options["pages"])
        return Page(items=(item,), next_request=None if last else Request(url=f"{base}/{number + 1}"))


@pytest.mark.parametrize(("pages", "stored"), [(3, 3), (99, 20)])
def test_pages_are_followed_to_their_end_or_ours(world: World, pages: int, stored: int) -> None:
    for n in range(1, 100):
        world.server.put(f"/{n}", f"page {n}".encode())
    world.add("1", kind="paged", options={"pages": str(pages)})
    (report,) = refresh(
        world.store, world.fetcher, {"paged": Paged()}, world.settings, world.clock, _rng(), owner="t", all_sources=True
    )
    assert report.new == stored
    assert len(world.server.hits()) == stored


def test_once_stopped_no_further_reading_begins(world: World) -> None:
    world.server.put("/f", feed(entry("a")))
    world.add("f")
    stop = threading.Event()
    stop.set()
    from ingest.sources import SOURCES

    assert refresh(world.store, world.fetcher, SOURCES, world.settings, world.clock, _rng(), owner="t", stop=stop) == []
    assert world.server.hits() == []


def _rng() -> random.Random:
    return random.Random(7)
