"""Breaking, recovering, pausing and outages: told once each, and never on a blip."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from ingest.fetch import Fetcher
from ingest.fetch.guard import Address
from ingest.network import Network
from ingest.report import SourceReport
from ingest.sources import SOURCES
from ingest.update import refresh
from kb.errors import Unreachable
from kb.types import OutboxRow
from tests.ingest.conftest import World, make_settings
from tests.ingest.histories import feed_of
from tests.servers import ReplayServer, Reply


def told(world: World) -> list[OutboxRow]:
    return list(reversed(world.store.outbox.recent("notice", since=world.clock() - timedelta(days=99))))


def events(world: World) -> list[str]:
    return [row.draft.idempotency_key.split(":")[2] for row in told(world)]


def fail_until(world: World, failures: int) -> None:
    """Read whenever the source is due, until it failed so many times in a row."""
    while world.source().state.failures < failures:
        due = world.source().state.next_due_at
        assert due is not None
        world.now[0] = max(due, world.clock())
        assert [report.outcome for report in world.refresh(all_sources=False)] == ["failed"]


@pytest.fixture
def feed(world: World) -> World:
    world.server.put("/f", feed_of(range(3)))
    world.add("f", title="A laboratory")
    world.one()
    return world


def test_a_blip_is_told_to_nobody(feed: World) -> None:
    feed.server.fault("/f", Reply(status=502), times=3)
    fail_until(feed, 3)
    feed.later(days=1)
    feed.one()
    assert feed.source().state.failures == 0
    assert events(feed) == []


def test_breaking_and_recovering_are_told_once_each_however_long_it_lasts(feed: World) -> None:
    for _ in range(2):
        feed.server.fault("/f", Reply(status=502), times=9)
        fail_until(feed, 9)
        assert feed.source().state.broken_since is not None
        feed.later(days=2)
        feed.one()
        assert feed.source().state.broken_since is None
        feed.one()
    assert events(feed) == ["broke", "mended", "broke", "mended"]
    broke, mended = (str(row.draft.payload["text"]) for row in told(feed)[:2])
    assert broke.startswith(
        f"Source 1 (A laboratory, {feed.server.url('f')}) cannot be read since 2026-11-22 12:00 UTC"
    )
    assert "HTTP 502" in broke
    assert "can be read again. It was broken for " in mended
    assert {row.draft.door for row in told(feed)} == {"terminal"}


def test_two_failures_are_enough_after_a_day_of_silence(feed: World) -> None:
    feed.server.fault("/f", Reply(status=502), times=2)
    feed.later(hours=30)
    feed.one()
    assert events(feed) == []
    feed.one()
    assert events(feed) == ["broke"]


def test_one_that_never_worked_says_so_and_one_that_is_gone_is_paused_with_a_notice(world: World) -> None:
    world.server.fault("/f", Reply(status=404))
    world.server.fault("/g", Reply(status=410))
    world.add("f")
    world.add("g")
    for _ in range(5):
        world.refresh()
        world.later(hours=8)
    assert sorted(events(world)) == ["broke", "paused"]
    assert "and never could be" in " ".join(str(row.draft.payload["text"]) for row in told(world))


def test_with_a_channel_the_notice_goes_there(tmp_path: Path) -> None:
    with ReplayServer() as server:
        world = World(make_settings(tmp_path, admin_channel="C0ADMIN"), server)
        server.fault("/f", Reply(status=500))
        world.add("f")
        for _ in range(4):
            world.one()
        (row,) = told(world)
        assert (row.draft.door, row.draft.channel, row.draft.kind) == ("slack", "C0ADMIN", "notice")
        world.close()


def test_the_state_that_was_not_written_makes_no_second_notice(feed: World) -> None:
    """Killed between outbox and state: the next reading finds the notice under its key."""
    feed.server.fault("/f", Reply(status=502))
    fail_until(feed, 4)
    before = feed.source().state
    feed.store.sources.claim_due(owner="again", limit=1, lease_s=60, all_sources=True)
    feed.store.sources.finish(1, owner="again", state=replace(before, failures=3, broken_since=None))
    feed.one()
    assert feed.source().state.broken_since is not None
    assert events(feed) == ["broke"]


# ---------------------------------------------------------------- outages


class Island:
    """A world whose names resolve to loopback, as long as there is a network."""

    def __init__(self, folder: Path, hosts: int) -> None:
        self.server = ReplayServer()
        self.server.__enter__()
        self.world = World(make_settings(folder, full_text=False), self.server)
        self.network = Network()
        self.up = True
        self.dead: set[str] = set()
        self.fetcher = Fetcher(self.world.settings, self.world.clock, resolve=self.resolve)
        self.server.put("/f", feed_of(range(2)))
        for n in range(hosts):
            url = f"http://host{n}.example:{self.server.port}/f"
            self.world.add("f", url=url)

    def resolve(self, host: str, port: int) -> list[Address]:
        if not self.up or host in self.dead:
            raise Unreachable(f"cannot resolve {host}: Temporary failure in name resolution")
        return [ip_address("127.0.0.1")]

    def read(self, *, all_sources: bool = True, network: Network | None = None) -> list[SourceReport]:
        world = self.world
        how = (SOURCES, world.settings, world.clock, random.Random(2))
        return refresh(
            world.store,
            self.fetcher,
            *how,
            owner="test",
            all_sources=all_sources,
            network=network or self.network,
        )

    def states(self) -> list[tuple[int, bool]]:
        return [(s.state.failures, s.state.broken_since is not None) for s in self.world.store.sources.list()]

    def close(self) -> None:
        self.fetcher.close()
        self.world.close()
        self.server.__exit__(None, None, None)


@pytest.fixture
def island(tmp_path: Path) -> Iterator[Island]:
    made = Island(tmp_path, 5)
    yield made
    made.close()


def keys(island: Island) -> list[str]:
    return [row.draft.idempotency_key.split(":")[0] for row in told(island.world)]


def test_an_outage_is_held_against_nobody_told_once_and_over_with_the_first_answer(island: Island) -> None:
    assert {report.outcome for report in island.read()} == {"fetched"}
    island.up = False
    for _ in range(6):
        island.world.later(minutes=30)
        reports = island.read()
        assert {report.outcome for report in reports} == {"failed"}
        assert "our own network seems to be down: cannot resolve host" in str(reports[0].reason)
    assert island.states() == [(0, False)] * 5
    assert keys(island) == ["network"]
    due = [source.state.next_due_at for source in island.world.store.sources.list()]
    assert all(at is not None and at - island.world.clock() < timedelta(minutes=6) for at in due)
    island.up = True
    island.world.later(minutes=6)
    assert {report.outcome for report in island.read(all_sources=False)} == {"not_modified"}
    assert keys(island) == ["network"]
    assert all(source.state.last_error is None for source in island.world.store.sources.list())


def test_another_process_tells_of_the_same_outage_no_second_time(island: Island) -> None:
    island.read()
    island.up = False
    for _ in range(3):
        island.world.later(minutes=30)
        island.read(network=Network())
    assert keys(island) == ["network"]
    island.up = True
    island.read(network=Network())
    island.up = False
    island.world.later(hours=9)
    island.read(network=Network())
    assert keys(island) == ["network", "network"]


def test_dead_feeds_among_living_ones_are_blamed(island: Island) -> None:
    island.read()
    island.dead = {"host0.example", "host1.example", "host2.example"}
    for _ in range(4):
        island.world.later(minutes=90)
        island.read()
    assert island.states() == [(4, True)] * 3 + [(0, False)] * 2
    assert keys(island) == ["source"] * 3


def test_dead_feeds_that_are_due_alone_are_blamed_since_others_still_answer(island: Island) -> None:
    """Nothing else is read meanwhile; a host that answered lately is asked for a connection first."""
    island.read()
    island.dead = {"host0.example", "host1.example", "host2.example"}
    for source_id in (4, 5):
        island.world.store.sources.set_status(source_id, "active")
        record = island.world.source(source_id)
        island.world.store.sources.claim_due(owner="x", limit=9, lease_s=1, all_sources=True, only=[source_id])
        later = replace(record.state, next_due_at=island.world.clock() + timedelta(days=9))
        island.world.store.sources.finish(source_id, owner="x", state=later)
    island.world.later(hours=2)
    assert len(island.read(all_sources=False)) == 3
    assert [failures for failures, _ in island.states()] == [1, 1, 1, 0, 0]


def test_those_blamed_before_an_outage_was_recognised_are_forgiven(island: Island) -> None:
    """One source is due at a time: only the third host makes an outage of it."""
    island.read()
    island.up = False
    store = island.world.store
    for source_id in (1, 2, 3):
        island.world.later(minutes=1)
        store.sources.refresh_now(source_id)
        assert len(island.read(all_sources=False)) == 1
        expected = [1] * source_id if source_id < 3 else [0] * 3
        assert [failures for failures, _ in island.states()][:source_id] == expected
    assert keys(island) == ["network"]


def test_two_hosts_are_no_network(tmp_path: Path) -> None:
    island = Island(tmp_path, 2)
    island.read()
    island.up = False
    island.world.later(hours=1)
    island.read()
    assert island.states() == [(1, False)] * 2
    island.close()
