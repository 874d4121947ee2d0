"""A `Filter` in SQL against the same filter in plain Python, and the cases that matter by name."""

from datetime import date, timedelta
from itertools import product

import pytest

from kb.store import Store
from kb.types import Filter, ItemVersion, SourceRecord, Tier, Topic
from tests.kb.store_builders import a_source, an_item, day

SOURCES = (
    ("https://law.example/", None, "Law Office", Tier.PRIMARY),
    ("https://press.example/", None, "Presse Générale", Tier.PRESS),
    ("https://own.example/", "T1", "Own Notes", Tier.OPINION),
    ("https://gone.example/", None, "Gone", Tier.PRIMARY),
)


@pytest.fixture
def sources(store: Store) -> list[SourceRecord]:
    """Four sources with items that were edited, enriched, dated and undated; the last source is removed."""
    added = [
        store.sources.add(a_source(url, publisher=publisher, tier=tier), workspace_id=workspace)
        for url, workspace, publisher, tier in SOURCES
    ]
    for source in added:
        write = store.items.write
        write(source.id, an_item("edited", known_from=day(2, 1), topic=Topic.RELEASE))
        write(source.id, an_item("edited", "new\ntext", known_from=day(2, 10, 23), topic=Topic.PRICE))
        write(source.id, an_item("dated", known_from=day(2, 5), published_at=day(1, 5), topic=Topic.LICENCE))
        write(source.id, an_item("dated", "all of it", reason="full_text", topic=Topic.LICENCE))
        write(source.id, an_item("vanished", known_from=day(2, 20), topic=Topic.PRICE))
        store.items.mark_vanished(source.id, ["vanished"])
    store.sources.set_status(added[-1].id, "removed")
    return added


def plain(version: ItemVersion, wanted: Filter, removed: int) -> bool:
    """The rules of `Filter`, spelled out on one version."""
    moment = version.published_at or version.known_from
    if wanted.as_of is None:
        known = version.known_until is None
    else:
        until = version.known_until.date() if version.known_until else date.max
        known = version.known_from.date() <= wanted.as_of and (
            until > wanted.as_of and version.known_until != version.known_from
        )
    return (
        known
        and version.source_id != removed
        and version.workspace_id in (None, wanted.workspace_id)
        and version.tier <= wanted.max_tier
        and (not wanted.topics or version.topic in wanted.topics)
        and (wanted.publisher is None or version.publisher.lower() == wanted.publisher.lower())
        and (wanted.since is None or moment.date() >= wanted.since)
        and (wanted.until is None or moment.date() <= wanted.until)
        and (not wanted.source_ids or version.source_id in wanted.source_ids)
    )


def every_version(store: Store) -> list[ItemVersion]:
    return [store.items.version(n + 1) for n in range(store.items.counts()["versions"])]


def some_filters() -> list[Filter]:
    choices = {
        "workspace_id": (None, "T1"),
        "as_of": (None, date(2026, 2, 9), date(2026, 2, 10)),
        "topics": ((), (Topic.PRICE, Topic.LICENCE)),
        "max_tier": (Tier.OPINION, Tier.RECOGNISED),
        "publisher": (None, "presse Générale"),
        "since": (None, date(2026, 2, 1)),
        "until": (None, date(2026, 2, 10)),
        "source_ids": ((), (1, 3)),
    }
    return [Filter(**dict(zip(choices, picked, strict=True))) for picked in product(*choices.values())]  # type: ignore[arg-type]


def test_sql_says_what_plain_python_says(store: Store, sources: list[SourceRecord]) -> None:
    versions, seen = every_version(store), set()
    for wanted in some_filters():
        expected = {v.id for v in versions if plain(v, wanted, removed=sources[-1].id)}
        assert {v.id for v in store.items.recent(wanted, limit=99)} == expected, wanted
        ids = store.items.matching(wanted, limit=99)
        found = store.items.passages(range(99), wanted)
        assert sorted(found) == ids, wanted
        assert {p.version_id for p in found.values()} == expected, wanted
        assert store.items.count_matching(wanted, cap=99) == len(ids)
        seen.add(len(ids))
    assert len(seen) > 5  # the filters do tell apart


def test_as_of_the_day_of_an_edit_sees_the_edit(store: Store, sources: list[SourceRecord]) -> None:
    for as_of, expected in ((date(2026, 1, 31), None), (date(2026, 2, 9), 1), (date(2026, 2, 10), 2)):
        wanted = Filter(as_of=as_of, source_ids=(sources[0].id,), topics=(Topic.RELEASE, Topic.PRICE))
        found = [v.version for v in store.items.recent(wanted, limit=9)]
        assert found == ([] if expected is None else [expected])


def test_tier_and_publisher_are_the_sources_of_today(store: Store, sources: list[SourceRecord]) -> None:
    store.sources.set_status(sources[0].id, "removed")
    store.sources.add(a_source(sources[0].url, publisher="Renamed", tier=Tier.RECOGNISED))
    found = store.items.passages(store.items.matching(Filter(publisher="renamed"), limit=99), Filter())
    assert {(p.publisher, p.tier) for p in found.values()} == {("Renamed", Tier.RECOGNISED)}


def test_recent_is_newest_first_by_publication_else_by_knowledge(store: Store, sources: list[SourceRecord]) -> None:
    found = store.items.recent(Filter(source_ids=(sources[0].id,)), limit=99)
    assert [v.external_id for v in found] == ["vanished", "edited", "dated"]
    assert [v.external_id for v in store.items.recent(Filter(), limit=2)] == ["vanished", "vanished"]


def test_limits_and_caps(store: Store, sources: list[SourceRecord]) -> None:
    assert len(store.items.matching(Filter(), limit=3)) == 3
    assert store.items.count_matching(Filter(), cap=4) == 4
    assert store.items.passages([], Filter()) == {}
    assert store.items.passages([12345], Filter()) == {}


def test_more_ids_than_one_statement_takes(store: Store, sources: list[SourceRecord]) -> None:
    lines = "\n".join(f"line {n}" for n in range(1200))
    store.items.write(sources[0].id, an_item("long", lines, topic=Topic.CAPABILITY))
    ids = store.items.matching(Filter(topics=(Topic.CAPABILITY,)), limit=5000)
    assert len(ids) == 1200
    assert list(store.items.passages(ids, Filter())) == ids


def test_a_version_not_yet_known_is_seen_from_its_day_on(store: Store, sources: list[SourceRecord]) -> None:
    tomorrow = day(3, 2, 9)
    store.items.write(sources[0].id, an_item("ahead", known_from=tomorrow, topic=Topic.SECURITY))
    wanted = [Filter(as_of=tomorrow.date() - timedelta(days=n), topics=(Topic.SECURITY,)) for n in (1, 0)]
    assert [store.items.count_matching(f, cap=9) for f in wanted] == [0, 2]
