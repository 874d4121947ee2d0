"""When a digest is due, what it says, and that it is recorded once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import (
    Digest,
    DigestChannel,
    Period,
    compose_digest,
    digest_channels,
    digest_json,
    digest_text,
    due_digests,
    enqueue_due,
)
from kb.errors import ConfigurationError
from kb.settings import Settings
from kb.store import Store
from kb.types import Fact, FactDraft, FactView, ItemVersion, Status, StorySource, Tier, Topic
from tests.fakes import NOON, a_digest

WEEK = Period(since=date(2026, 11, 16), until=date(2026, 11, 22))


def channel(zone: str = "UTC", *, weekday: int = 0, hour: int = 9, name: str = "C1") -> DigestChannel:
    return DigestChannel(workspace_id="T1", channel=name, weekday=weekday, hour=hour, time_zone=zone)


def item(number: int, topic: Topic, *, story: str = "", tier: Tier = Tier.PRESS, publisher: str = "") -> ItemVersion:
    at = datetime(2026, 11, 17, number % 24, tzinfo=UTC)
    return ItemVersion(
        id=number,
        item_id=number,
        source_id=1,
        workspace_id=None,
        version=1,
        external_id=str(number),
        url=f"https://x.example/{number}",
        title=f"Title {number}",
        publisher=publisher or f"Publisher {number}",
        tier=tier,
        topic=topic,
        text="text",
        published_at=at,
        updated_at=None,
        known_from=at,
        known_until=None,
        first_seen_at=at,
        story_key=story,
        flags=(),
        reason="entry",
    )


def fact(subject: str, field: str, value: str, *, known_from: date, status: Status = Status.IN_FORCE) -> FactView:
    made = Fact(
        key=f"{subject}/{field}/{value}",
        subject=subject,
        field=field,
        value=value,
        statement=f"{subject} {field} {value}.",
        source_url="https://law.example/act",
        source_title="An act",
        publisher="A legislator",
        tier=Tier.PRIMARY,
        known_from=known_from,
        id=1,
        workspace_id=None,
        recorded_at=NOON,
    )
    return FactView(fact=made, status=status)


# ---------------------------------------------------------------- when


def keys(now: datetime, *channels: DigestChannel) -> list[str]:
    return [due.key for due in due_digests(now, channels)]


def test_due_from_the_local_hour_on_and_for_two_days() -> None:
    paris = channel("Europe/Paris")
    monday = datetime(2026, 11, 23, tzinfo=UTC)  # 09:00 in Paris is 08:00 UTC in winter
    assert keys(monday.replace(hour=7, minute=59), paris) == []
    assert keys(monday.replace(hour=8), paris) == ["digest:T1:C1:2026-W48"]
    assert keys(monday + timedelta(days=2, hours=8), paris) == ["digest:T1:C1:2026-W48"]
    assert keys(monday + timedelta(days=2, hours=8, minutes=1), paris) == []


def test_the_hour_moves_with_the_clocks() -> None:
    paris = channel("Europe/Paris")
    summer, winter = datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)
    assert keys(summer.replace(hour=6, minute=59), paris) == []
    assert keys(summer.replace(hour=7), paris) == ["digest:T1:C1:2026-W43"]
    assert keys(winter.replace(hour=7, minute=30), paris) == []
    assert keys(winter.replace(hour=8), paris) == ["digest:T1:C1:2026-W44"]


def test_an_hour_that_is_skipped_or_comes_twice_gives_one_digest() -> None:
    skipped = channel("Europe/Paris", weekday=6, hour=2)  # 29 March 2026, 02:00 to 03:00 does not exist
    day = datetime(2026, 3, 29, tzinfo=UTC)
    assert keys(day.replace(minute=59), skipped) == []
    assert keys(day.replace(hour=1), skipped) == ["digest:T1:C1:2026-W13"]
    twice = channel("Europe/Paris", weekday=6, hour=2)  # 25 October 2026, 02:00 comes at 00:00 and at 01:00 UTC
    day = datetime(2026, 10, 25, tzinfo=UTC)
    assert {*keys(day, twice), *keys(day.replace(hour=1), twice)} == {"digest:T1:C1:2026-W43"}


def test_the_week_belongs_to_its_iso_year() -> None:
    friday = datetime(2027, 1, 1, 12, tzinfo=UTC)
    [due] = due_digests(friday, [channel(weekday=4)])
    assert due.key == "digest:T1:C1:2026-W53"
    assert due.period == Period(since=date(2026, 12, 25), until=date(2026, 12, 31))


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(
        ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]
    ),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    start=st.integers(0, 400),
)
def test_ticking_for_weeks_gives_each_week_once(zone: str, weekday: int, hour: int, start: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=start)
    seen = [
        k for n in range(24 * 28) for k in keys(begin + timedelta(hours=n), channel(zone, weekday=weekday, hour=hour))
    ]
    distinct = list(dict.fromkeys(seen))
    assert 4 <= len(distinct) <= 5
    assert seen == sorted(seen, key=distinct.index)  # a week never comes back


def test_a_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigurationError, match="Europe/Pariss"):
        due_digests(NOON, [channel("Europe/Pariss")])


def test_channels_come_from_the_settings() -> None:
    made = Settings(digest_channels=" C1, C2,,C1 ", digest_weekday=4, digest_hour=17, digest_time_zone="Asia/Kolkata")
    found = digest_channels(made, "T1")
    assert [(c.channel, c.weekday, c.hour, c.time_zone) for c in found] == [
        ("C1", 4, 17, "Asia/Kolkata"),
        ("C2", 4, 17, "Asia/Kolkata"),
    ]


# ---------------------------------------------------------------- what


def test_one_story_has_all_its_sources_best_first() -> None:
    items = [
        item(1, Topic.RELEASE, story="s"),
        item(2, Topic.RELEASE, story="s", tier=Tier.RECOGNISED),
        item(3, Topic.RELEASE),
        item(4, Topic.PRICE),
    ]
    made = compose_digest(items, [], WEEK)
    assert [group.name for group in made.groups] == ["Releases", "Prices"]
    first, second = made.groups[0].stories
    assert first.title == "Title 2"
    assert [source.publisher for source in first.sources] == ["Publisher 2", "Publisher 1"]
    assert second.title == "Title 3"


def teller(number: int, publisher: str, *, days_ago: int, url: str = "", tier: Tier = Tier.PRESS) -> StorySource:
    at = datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=days_ago)
    url = url or f"https://x.example/{number}"
    return StorySource(
        story_key="s", item_id=number, title=f"Title {number}", publisher=publisher, url=url, tier=tier, first_at=at
    )


def test_a_late_copy_of_an_old_story_is_no_news() -> None:
    copy, fresh = item(1, Topic.RELEASE, story="s"), item(2, Topic.RELEASE, story="t")
    told = {"s": [teller(9, "An agency", days_ago=40), teller(1, "A mirror", days_ago=5)]}
    [group] = compose_digest([copy, fresh], [], WEEK, told).groups
    assert [story.title for story in group.stories] == ["Title 2"]


def test_whoever_tells_a_story_on_their_own_site_leads_and_the_others_follow() -> None:
    mistral = "https://mistral.ai/news/one"
    told = [
        teller(1, "Hacker News", days_ago=5, url=mistral),
        teller(2, "Mistral", days_ago=3, url=mistral),
        teller(3, "A blog", days_ago=-1),
    ]
    made = compose_digest([item(1, Topic.RELEASE, story="s")], [], WEEK, {"s": told})
    (story,) = made.groups[0].stories
    assert [source.publisher for source in story.sources] == ["Mistral", "Hacker News"], "the third came later"
    assert "      also: Hacker News, 17 November 2026, tier 3" in digest_text(made)


def test_more_publishers_rank_higher_at_the_same_tier() -> None:
    items = [
        item(9, Topic.RELEASE, story="lone"),
        item(1, Topic.RELEASE, story="told"),
        item(2, Topic.RELEASE, story="told"),
    ]
    [group] = compose_digest(items, [], WEEK).groups
    assert [story.title for story in group.stories] == ["Title 1", "Title 9"]


def test_deadlines_are_those_that_stand_and_lie_ahead() -> None:
    old = date(2024, 7, 12)
    facts = [
        fact("duty:a", "applies_from", "2026-12-02", known_from=old, status=Status.SCHEDULED),
        fact("duty:b", "applies_from", "2026-11-22", known_from=old),  # today is not ahead
        fact("duty:c", "applies_from", "2026-12-01", known_from=old, status=Status.SUPERSEDED),
        fact("duty:d", "applies_from", "2027-12-02", known_from=old),  # too far
        fact("duty:e", "requires", "2026-12-03", known_from=old),
        fact("duty:f", "deadline", "next spring", known_from=old),
        fact("model:x", "deprecated_on", "2026-11-30", known_from=old),
    ]
    made = compose_digest([item(1, Topic.RELEASE)], facts, WEEK)
    assert [(d.on.isoformat(), d.days_left) for d in made.deadlines] == [("2026-11-30", 8), ("2026-12-02", 10)]


def test_a_price_table_is_news_only_where_it_replaces_a_value() -> None:
    told = fact("offer:a/b", "price_input", "2", known_from=date(2026, 11, 20))
    new = replace(told, fact=replace(told.fact, source_id=7, id=5))
    again = replace(new, status=Status.SUPERSEDED, superseded_by=new.fact)
    before = fact("offer:a/b", "price_input", "1", known_from=date(2026, 10, 1), status=Status.SUPERSEDED)
    dearer = replace(before, superseded_by=new.fact)

    assert compose_digest([], [new], WEEK).empty
    assert compose_digest([], [again, new], WEEK).empty
    (group,) = compose_digest([], [dearer, new], WEEK).groups
    assert [change.statement for change in group.changes] == [new.fact.statement]
    assert not compose_digest([], [told], WEEK).empty


def test_changed_facts_are_told_under_their_group() -> None:
    known = date(2026, 11, 18)
    facts = [
        fact("offer:x/y", "input_price", "1", known_from=known),
        fact("licence:z", "threshold", "1", known_from=known, status=Status.DISPUTED),
        fact("licence:z", "name", "Z", known_from=known),
        fact("offer:x/z", "input_price", "1", known_from=date(2026, 11, 15)),
        fact("offer:x/w", "input_price", "1", known_from=known, status=Status.PROPOSED),
    ]
    made = compose_digest([], facts, WEEK)
    assert [(g.name, [c.disputed for c in g.changes]) for g in made.groups] == [
        ("Licences", [True]),
        ("Prices", [False]),
    ]


def test_empty_when_nothing_happened() -> None:
    deadline = fact("duty:a", "applies_from", "2026-12-02", known_from=date(2024, 7, 12))
    assert compose_digest([item(1, Topic.OTHER)], [deadline], WEEK).empty
    assert not compose_digest([item(1, Topic.LICENCE)], [], WEEK).empty


def test_as_json_and_as_text() -> None:
    made = a_digest()
    assert Digest.model_validate(digest_json(made)) == made
    text = digest_text(made)
    assert "16 November 2026 to 22 November 2026" in text
    assert "https://two.example/story" in text
    assert "2 December 2026 (10 days): Marking duties apply." in text


# ---------------------------------------------------------------- recorded once


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'digest.db'}", clock=lambda: NOON)
    yield store
    store.close()


def add_fact(store: Store) -> None:
    store.facts.add(
        FactDraft(
            key="price",
            subject="offer:x/y",
            field="input_price",
            value="1",
            statement="It costs 1 USD.",
            source_url="https://x.example/prices",
            source_title="Prices",
            publisher="X",
            tier=Tier.PRIMARY,
            known_from=date(2026, 11, 18),
        )
    )


def test_a_due_digest_is_recorded_once(store: Store) -> None:
    add_fact(store)
    assert [enqueue_due(store, [channel(), channel(name="C2")], NOON) for _ in range(3)] == [2, 0, 0]
    row = store.outbox.find("digest:T1:C1:2026-W48")
    assert row is not None
    assert "It costs 1 USD." in str(row.draft.payload)


def test_a_week_without_news_is_skipped_for_good(store: Store) -> None:
    assert enqueue_due(store, [channel()], NOON) == 0
    add_fact(store)
    assert enqueue_due(store, [channel()], NOON) == 0
    assert store.outbox.counts()["waiting"] == 0
