"""Sources that moved for good, for a while, onto one another, or are gone."""

from tests.ingest.conftest import World
from tests.ingest.test_update import entry, feed
from tests.servers import Reply


def test_410_pauses_with_a_notice(world: World) -> None:
    world.server.fault("/f", Reply(status=410))
    world.add("f")
    assert world.one().outcome == "failed"
    record = world.source()
    assert (record.status, record.pause_reason) == ("paused", "the server says that it is gone for good (HTTP 410)")
    assert record.state.notices
    assert world.refresh() == []


def test_a_permanent_redirect_moves_the_source_once_its_body_was_read(world: World) -> None:
    world.server.put("/new", feed(entry("a")))
    world.server.fault("/old", Reply(status=301, location="/new"))
    world.add("old")
    world.server.fault("/new", Reply(status=500), times=1)
    world.one()
    assert world.source().url == world.server.url("old")
    world.one()
    record = world.source()
    assert record.url == world.server.url("new")
    assert "moved permanently from" in record.state.notices[-1]
    assert world.one().outcome == "not_modified"


def test_a_temporary_redirect_moves_nothing(world: World) -> None:
    world.server.put("/new", feed(entry("a")))
    world.server.fault("/old", Reply(status=302, location="/new"))
    world.add("old")
    assert world.one().new == 1
    assert (world.source().url, world.source().state.notices) == (world.server.url("old"), ())


def test_a_move_to_where_another_source_lives_is_only_told(world: World) -> None:
    world.server.put("/new", feed(entry("a")))
    world.server.fault("/old", Reply(status=308, location="/new"))
    world.add("old")
    world.add("new")
    for _ in range(2):
        world.refresh()
    record = world.source(1)
    assert record.url == world.server.url("old")
    assert record.state.notices == (f"moved permanently to {world.server.url('new')}, which is source 2 already",)
