"""Polls worse than the recorded ones: what each history comes to, and that reading its last body again is nothing."""

from dataclasses import asdict
from pathlib import Path

import pytest

from ingest.report import SourceReport
from tests.ingest.conftest import World, make_settings
from tests.ingest.histories import BEGINNING, History, Told, histories
from tests.servers import ReplayServer

COUNTED = ("new", "edited", "vanished", "returned", "renamed", "flapped", "emptied")


@pytest.mark.parametrize("history", histories(), ids=lambda history: history.name)
def test_a_history_comes_to_what_it_should(history: History, tmp_path: Path) -> None:
    with ReplayServer() as server:
        world = World(make_settings(tmp_path, full_text=False), server, now=[BEGINNING])
        server.play("/feed", history.polls)
        world.add("feed")
        first = world.one()
        assert (first.outcome, first.edited, first.vanished) == ("fetched", 0, 0)
        later = [_next(world, history) for _ in history.polls[1:]]
        told = {name: sum(getattr(report, name) for report in later) for name in COUNTED}
        told["failed"] = sum(report.outcome == "failed" for report in later)
        told["refused"] = sum(len(report.refused) for report in later)
        counts = world.store.items.counts()
        stored = {name: counts[name] for name in ("items", "versions")}
        assert told | stored == asdict(history.told)
        _assert_nothing_is_left_to_say(world)
        world.close()


def _next(world: World, history: History) -> SourceReport:
    world.now[0] += history.apart
    world.server.advance("/feed")
    return world.one()


def _assert_nothing_is_left_to_say(world: World) -> None:
    """Each item has one current version that says what the last body said, and a further reading finds no change."""
    again = world.one()
    assert (again.new, again.edited, again.vanished, again.returned, again.renamed) == (0, 0, 0, 0, 0)
    for head in world.store.items.heads(1).values():
        versions = world.store.items.versions(head.item_id)
        assert [version.known_until for version in versions].count(None) == 1
        for version in versions:
            assert version.known_until is None or version.known_from <= version.known_until


def test_what_was_held_back_is_taken_a_day_later(tmp_path: Path) -> None:
    counter = next(history for history in histories() if history.name == "a counter in a title")
    with ReplayServer() as server:
        world = World(make_settings(tmp_path, full_text=False), server, now=[BEGINNING])
        server.play("/feed", counter.polls)
        world.add("feed")
        world.one()
        for _ in counter.polls[1:]:
            _next(world, counter)
        world.later(hours=2)
        assert world.one().edited == 1
        head = world.store.items.heads(1)["note-1"]
        assert world.store.items.versions(head.item_id)[-1].title == "Note 1, read 23 times"
        world.close()


def test_the_words_of_a_moved_entry_are_cited_at_their_new_address(tmp_path: Path) -> None:
    moved = next(history for history in histories() if history.name == "all links to https")
    with ReplayServer() as server:
        world = World(make_settings(tmp_path, full_text=False), server, now=[BEGINNING])
        server.play("/feed", moved.polls)
        world.add("feed")
        world.one()
        _next(world, moved)
        urls = {head.url for head in world.store.items.heads(1).values()}
        assert urls == {f"https://www.lab.org/notes/{n}/" for n in range(1, 11)}
        world.close()


def test_every_history_is_named_once() -> None:
    names = [history.name for history in histories()]
    assert len(set(names)) == len(names) >= 12
    assert all(isinstance(history.told, Told) for history in histories())
