"""Recorded vendor feeds and months of recorded polls, served over HTTP and counted independently by feedparser."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from sqlalchemy import func, select

from ingest.update import SourceReport
from kb.store import Store
from kb.tables import Facts, Items, ItemVersions, Passages, table
from kb.types import SourceDraft
from tests.ingest.conftest import World, make_settings
from tests.servers import ReplayServer, Reply

ENTRIES, IDENTITIES = 6468, 6461
SMALL_BYTES = 60_000
REDATED = {"claude": 3, "google_ai": 14, "xainews": 1}  # entries in `changed` whose date alone moved

Said = tuple[tuple[str, str, str], str]  # what an entry says, and its date


@pytest.fixture
def feeds(shared: Path, tmp_path: Path) -> Iterator[World]:
    """Every recorded feed, LICENSE files left out, as a source of its own."""
    settings = make_settings(tmp_path, full_text=False)
    with ReplayServer(shared / "data" / "feeds") as server:
        world = World(settings, server)
        for path in server.files("**/*.xml"):
            world.add(path)
        yield world
        world.close()


def entries_of(body: bytes) -> list[Any]:
    return list(feedparser.parse(body).entries)


def identity(entry: Any) -> str:
    return str(entry.get("id") or entry.get("link"))


def by_path(world: World, reports: list[SourceReport]) -> dict[str, SourceReport]:
    return {report.url.removeprefix(world.server.url()): report for report in reports}


def rows_and_highest_ids(store: Store) -> dict[str, tuple[int, int]]:
    tables = {"items": Items, "versions": ItemVersions, "passages": Passages, "facts": Facts}
    with store.db.read() as conn:
        return {
            name: tuple(conn.execute(select(func.count(), func.max(table(row).c.id)).select_from(table(row))).one())
            for name, row in tables.items()
        }


@pytest.mark.slow
def test_all_recorded_feeds_are_taken_whole_and_the_second_reading_downloads_nothing(feeds: World) -> None:
    first = by_path(feeds, feeds.refresh())
    assert feeds.server.folder is not None
    said = {path: entries_of((feeds.server.folder / path).read_bytes()) for path in feeds.server.files("**/*.xml")}
    assert sum(map(len, said.values())) == ENTRIES
    expected = {path: (len(set(map(identity, entries))), len(entries)) for path, entries in said.items()}
    assert {p: (r.new, r.new + r.duplicates) for p, r in first.items()} == expected
    assert sum(new for new, _ in expected.values()) == IDENTITIES
    assert [(p, r.outcome, r.refused) for p, r in first.items() if r.outcome != "fetched" or r.refused] == []
    # The seven entries that are no item: their feed states the same identity twice.
    repeated = {p.rsplit("/", 1)[-1]: r.duplicates for p, r in first.items() if r.duplicates}
    assert repeated == {"huggingface.xml": 1, "feed_paulgraham.xml": 3, "feed_windsurf_changelog.xml": 3}

    stored = rows_and_highest_ids(feeds.store)
    assert stored["items"][0] == stored["versions"][0] == IDENTITIES
    assert stored["passages"][0] >= IDENTITIES
    feeds.server.clear_log()
    second = feeds.refresh()
    assert {report.outcome for report in second} == {"not_modified"}
    assert sum(report.bytes for report in second) == feeds.server.bodies_sent() == 0
    assert len(feeds.server.hits()) == len(said)
    assert rows_and_highest_ids(feeds.store) == stored


@pytest.fixture
def small(shared: Path, tmp_path: Path) -> Iterator[World]:
    """The recorded feeds that are no larger than most."""
    settings = make_settings(tmp_path, full_text=False)
    with ReplayServer(shared / "data" / "feeds") as server:
        world = World(settings, server)
        for path in server.files("**/*.xml"):
            if (shared / "data" / "feeds" / path).stat().st_size < SMALL_BYTES:
                world.add(path)
        yield world
        world.close()


@pytest.mark.slow
def test_faults_on_the_way_cost_time_but_no_entry(small: World) -> None:
    """Every file fails in some way the first time; two later readings end with every entry."""
    feeds = small
    faults = [
        Reply(status=429, retry_after="600"),
        Reply(status=503),
        Reply(cut=500),
        Reply(cut=500, chunked=True),
        Reply(encoding="gzip", cut=300),
        Reply(wait_s=0.2, drip_s=0.001),
    ]
    random.Random(5).shuffle(faults)
    paths = [record.url.removeprefix(feeds.server.url()) for record in feeds.store.sources.list()]
    assert len(paths) > 30
    for n, path in enumerate(paths):
        feeds.server.fault(path, faults[n % len(faults)], times=1)
    first = feeds.refresh()
    failed = [report for report in first if report.outcome == "failed"]
    assert len(failed) == sum(
        n % len(faults) != faults.index(Reply(wait_s=0.2, drip_s=0.001)) for n in range(len(paths))
    )
    assert all(report.reason for report in failed)
    blocked = [report for report in feeds.refresh() if report.outcome == "blocked"]
    assert len(blocked) == sum(faults[n % len(faults)].retry_after is not None for n in range(len(paths)))
    feeds.later(minutes=11)
    assert {report.outcome for report in feeds.refresh()} == {"not_modified", "fetched"}
    assert feeds.server.folder is not None
    said = [entries_of((feeds.server.folder / path).read_bytes()) for path in paths]
    assert feeds.store.items.counts()["items"] == sum(len(set(map(identity, entries))) for entries in said)
    assert all(record.state.failures == 0 for record in feeds.store.sources.list())


# ---------------------------------------------------------------- months of polls


def told(body: bytes) -> dict[str, Said]:
    """By identity: what each entry says, and its date, apart. Read as plain XML, twenty times faster than as a feed."""
    said: dict[str, Said] = {}
    for entry in ElementTree.fromstring(body.strip()).iter():
        if entry.tag.rpartition("}")[2] not in ("item", "entry"):
            continue
        parts: defaultdict[str, list[str]] = defaultdict(list)
        for child in entry:
            parts[child.tag.rpartition("}")[2]].append(plain("".join(child.itertext())) or child.get("href", ""))
        link = (parts["link"] or [""])[0]
        text = " ".join(parts["description"] + parts["summary"] + parts["encoded"] + parts["content"])
        date = (parts["pubDate"] or parts["published"] or parts["updated"] or [""])[0]
        said.setdefault((parts["guid"] or parts["id"] or [link])[0], ((parts["title"][0], link, text), date))
    return said


def plain(text: str) -> str:
    """UTF-8 that its publisher read as Latin-1 once, and mended in a later poll, says the same."""
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return " ".join(text.split())


def seen(store: Store) -> dict[str, tuple[int, bool]]:
    return {key: (head.version, head.vanished) for key, head in store.items.heads(1).items()}


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["claude", "google_ai", "cohere", "groq", "mistral", "ollama", "xainews"])
def test_polls_in_order_agree_with_their_index(shared: Path, tmp_path: Path, vendor: str) -> None:
    """`new`, `changed` and `removed` of the index compare a poll with the one before; ours compare with all before.

    An id that is back is "new" there and "returned" here. `changed` there counts entries whose date alone moved;
    here those are no edit, and that they are exactly the difference is checked.
    """
    folder = shared / "data" / "polls" / vendor
    index = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    with ReplayServer() as server:
        url = server.play("/feed", [folder / row["file"] for row in index])
        world = World(make_settings(tmp_path, full_text=False), server)
        world.store.sources.add(SourceDraft(kind="feed", url=url))
        said: dict[str, Said] = {}
        redated = 0
        for number, row in enumerate(index):
            world.now[0] = datetime.fromisoformat(row["committed"])
            redated += _one_poll(world, row, told((folder / row["file"]).read_bytes()), said, first=number == 0)
            server.advance("/feed")
        assert server.bodies_sent() == len(index)
        world.close()
    assert redated == REDATED.get(vendor, 0)


def _one_poll(
    world: World, row: dict[str, Any], current: dict[str, Said], said: dict[str, Said], *, first: bool
) -> int:
    """Read one poll and compare with the index and with `said`, the last of each entry. How many were only redated."""
    before = seen(world.store)
    report = world.one()
    after = seen(world.store)
    assert report.outcome == "fetched"
    assert (report.emptied, report.renamed, report.flapped) == (bool(before) and not current, 0, 0)

    new = set(after) - set(before)
    returned = {key for key, (_, gone) in before.items() if gone and not after[key][1]}
    vanished = {key for key, (_, gone) in before.items() if not gone and after[key][1]}
    edited = {key for key, (version, _) in before.items() if after[key][0] == version + 1}
    assert (report.new, report.returned, report.vanished, report.edited) == tuple(
        map(len, (new, returned, vanished, edited))
    )
    assert new | returned == (set(current) if first else set(row["new"])), row["file"]
    assert vanished == set(row["removed"]), row["file"]
    assert edited == {key for key, what in current.items() if key in said and said[key][0] != what[0]}, row["file"]
    assert edited - returned <= set(row["changed"]), row["file"]
    redated = set(row["changed"]) - edited
    assert all(said[key][0] == current[key][0] and said[key][1] != current[key][1] for key in redated)
    said.update(current)
    return len(redated)
