"""Sources: duplicates, removal and revival, due-ness, and leases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kb.errors import BadInput, Conflict, NotFound
from kb.store import Store
from kb.types import Rhythm, SourceRecord, SourceState, Tier, Topic
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_source, an_item


def claim(store: Store, owner: str = "a", **how: object) -> list[SourceRecord]:
    return store.sources.claim_due(**{"owner": owner, "limit": 10, "lease_s": 60, **how})  # type: ignore[arg-type]


def test_what_was_added_is_read_back(store: Store, clock: Clock) -> None:
    draft = a_source(topic=Topic.LICENCE, tier=Tier.PRIMARY, options={"selector": "main"})
    added = store.sources.add(draft, workspace_id="T1")
    assert (added.url, added.topic, added.tier, added.options) == (draft.url, draft.topic, draft.tier, draft.options)
    assert (added.status, added.added_at, added.state) == ("active", clock.now, SourceState())
    assert store.sources.get(added.id, workspace_id="T1") == added == store.sources.find(draft.url, workspace_id="T1")


def test_a_workspace_sees_shared_sources_and_its_own(store: Store) -> None:
    shared = store.sources.add(a_source("https://a.example/"))
    own = store.sources.add(a_source("https://b.example/"), workspace_id="T1")
    assert store.sources.list(workspace_id="T1") == [shared, own]
    assert store.sources.list(workspace_id="T2") == store.sources.list() == [shared]
    with pytest.raises(NotFound):
        store.sources.get(own.id, workspace_id="T2")
    assert store.sources.find(own.url, workspace_id="T2") is None


@pytest.mark.parametrize("workspace", [None, "T1"])
def test_the_same_url_twice_is_a_conflict_in_one_workspace_only(store: Store, workspace: str | None) -> None:
    store.sources.add(a_source(), workspace_id=workspace)
    with pytest.raises(Conflict, match="is source 1 already"):
        store.sources.add(a_source(), workspace_id=workspace)
    assert store.sources.add(a_source(), workspace_id="T2").id == 2
    assert store.sources.find(a_source().url, workspace_id="T2").id == 2  # type: ignore[union-attr]


def test_a_removed_source_is_revived_with_its_items_and_read_whole(store: Store, clock: Clock) -> None:
    source = store.sources.add(a_source())
    store.items.write(source.id, an_item())
    (held,) = claim(store)
    store.sources.finish(held.id, owner="a", state=SourceState(etag="x", failures=3, last_error="gone"))
    store.sources.set_status(source.id, "removed", reason="asked to")
    assert store.sources.list() == []
    assert store.sources.list(include_removed=True)[0].pause_reason == "asked to"
    assert claim(store, all_sources=True) == []
    revived = store.sources.add(a_source(title="New title"))
    assert (revived.id, revived.status, revived.title, revived.state.etag) == (source.id, "active", "New title", None)
    assert (revived.state.failures, revived.pause_reason) == (0, None)
    assert list(store.items.heads(source.id)) == ["one"]


def test_due_ness(store: Store, clock: Clock) -> None:
    due, later, blocked = (store.sources.add(a_source(f"https://{name}.example/")) for name in "abc")
    claim(store)
    hour = clock.now.replace(hour=13)
    store.sources.finish(due.id, owner="a", state=SourceState())
    store.sources.finish(later.id, owner="a", state=SourceState(next_due_at=hour))
    store.sources.finish(blocked.id, owner="a", state=SourceState(blocked_until=hour))
    assert [s.id for s in claim(store, "b")] == [due.id]
    assert [s.id for s in claim(store, "b", all_sources=True)] == [later.id]
    assert claim(store, "b", all_sources=True) == []
    clock.forward(hours=1)
    assert {s.id for s in claim(store, "c")} == {due.id, later.id, blocked.id}


def test_refresh_now_does_not_pass_a_block(store: Store, clock: Clock) -> None:
    a, b = (store.sources.add(a_source(f"https://{name}.example/")) for name in "ab")
    claim(store)
    much_later = clock.now.replace(day=20)
    store.sources.finish(a.id, owner="a", state=SourceState(next_due_at=much_later))
    store.sources.finish(b.id, owner="a", state=SourceState(next_due_at=much_later, blocked_until=much_later))
    for source in (a, b):
        store.sources.refresh_now(source.id)
    assert [s.id for s in claim(store)] == [a.id]


def test_paused_sources_wait_and_excluded_ones_are_left(store: Store) -> None:
    a, b, c = (store.sources.add(a_source(f"https://{name}.example/")) for name in "abc")
    store.sources.set_status(b.id, "paused", reason="too many errors")
    assert [s.id for s in claim(store, exclude=[a.id], all_sources=True)] == [c.id]
    with pytest.raises(BadInput, match="not asleep"):
        store.sources.set_status(b.id, "asleep")


def test_a_lease_keeps_others_out_until_it_passes(store: Store, clock: Clock) -> None:
    source = store.sources.add(a_source())
    assert [s.id for s in claim(store, "a")] == [source.id]
    assert claim(store, "b") == []
    clock.forward(seconds=61)
    assert [s.id for s in claim(store, "b")] == [source.id]
    before = store.sources.get(source.id)
    assert store.sources.finish(source.id, owner="a", state=SourceState(etag="late"), title="late") is False
    assert store.sources.get(source.id) == before
    assert store.sources.renew(source.id, owner="a", lease_s=60) is False
    assert store.sources.renew(source.id, owner="b", lease_s=600) is True
    clock.forward(seconds=300)
    assert claim(store, "c") == []
    assert store.sources.finish(source.id, owner="b", state=SourceState(etag="b"), title="T") is True
    after = store.sources.get(source.id)
    assert (after.state.etag, after.title) == ("b", "T")
    assert store.sources.finish(source.id, owner="b", state=SourceState()) is False


def test_release_frees_and_changes_nothing(store: Store) -> None:
    source = store.sources.add(a_source())
    claim(store, "a")
    store.sources.release(source.id, owner="b")
    assert claim(store, "b") == []
    store.sources.release(source.id, owner="a")
    assert claim(store, "b") == [source]


def test_state_is_kept_whole_and_in_utc(store: Store, clock: Clock) -> None:
    source = store.sources.add(a_source())
    state = SourceState(
        etag='W/"1"',
        last_modified="Sun, 01 Mar 2026 12:00:00 GMT",
        body_sha256="00",
        next_due_at=clock.now,
        blocked_until=None,
        last_attempt_at=clock.now,
        last_success_at=clock.now,
        last_changed_at=clock.now,
        failures=2,
        last_error="HTTP 503",
        notices=tuple("abcdefg"),
    )
    claim(store)
    assert store.sources.finish(source.id, owner="a", state=state)
    assert store.sources.get(source.id).state == replace(state, notices=tuple("cdefg"))


def test_a_naive_time_is_refused(store: Store, clock: Clock) -> None:
    source = store.sources.add(a_source())
    claim(store)
    naive = clock.now.replace(tzinfo=None)
    with pytest.raises(BadInput, match="no time zone"):
        store.sources.finish(source.id, owner="a", state=SourceState(next_due_at=naive))


def test_a_move_onto_another_sources_url_is_noted_not_made(store: Store) -> None:
    a, b = (store.sources.add(a_source(f"https://{name}.example/")) for name in "ab")
    claim(store)
    assert store.sources.finish(a.id, owner="a", state=SourceState(etag="1"), url=b.url)
    kept = store.sources.get(a.id)
    assert (kept.url, kept.state.etag) == (a.url, "1")
    assert "which is source 2 already" in kept.state.notices[-1]
    with pytest.raises(Conflict):
        store.sources.set_url(a.id, b.url)
    store.sources.set_url(a.id, "https://c.example/")
    moved = store.sources.get(a.id)
    assert (moved.url, moved.state.etag) == ("https://c.example/", None)


def test_a_url_that_no_index_can_hold(store: Store) -> None:
    with pytest.raises(BadInput):
        store.sources.add(a_source("https://example.org/" + "x" * 2000))
    with pytest.raises(NotFound):
        store.sources.set_url(99, "https://example.org/")


# ---------------------------------------------------------------- many at once, wrong clocks, health


def test_many_endings_are_written_together_and_lost_leases_are_counted(store: Store, clock: Clock) -> None:
    a, b, c = (store.sources.add(a_source(f"https://{name}.example/")) for name in "abc")
    claim(store, limit=2)
    claim(store, "other")
    done = SourceState(etag="x", failures=2, notices=("moved",), rhythm=Rhythm(usual_s=60.0, skip_hours=(1, 2)))
    assert store.sources.finish_all("a", [(source.id, done) for source in (a, b, c)]) == 1
    assert [store.sources.get(source.id).state for source in (a, b, c)] == [done, done, SourceState()]
    assert store.sources.finish_all("a", []) == 0
    assert [source.id for source in claim(store, "b")] == [a.id, b.id]


def test_leases_are_renewed_together(store: Store, clock: Clock) -> None:
    a, b = (store.sources.add(a_source(f"https://{name}.example/")) for name in "ab")
    claim(store)
    clock.forward(seconds=50)
    store.sources.renew_all([a.id], owner="a", lease_s=60)
    clock.forward(seconds=30)
    assert [source.id for source in claim(store, "b")] == [b.id]


def test_due_names_what_a_claim_would_take(store: Store, clock: Clock) -> None:
    late, never, later, paused = (store.sources.add(a_source(f"https://{name}.example/")) for name in "abcd")
    claim(store)
    soon = clock.now + timedelta(minutes=1)
    for source, due in ((late, soon), (later, clock.now + timedelta(days=2)), (paused, soon), (never, None)):
        store.sources.finish(source.id, owner="a", state=SourceState(next_due_at=due))
    store.sources.set_status(paused.id, "paused")
    clock.forward(minutes=2)
    assert store.sources.due() == [never.id, late.id]
    assert sorted(store.sources.due(all_sources=True)) == [late.id, never.id, later.id]
    assert [source.id for source in claim(store, only=[late.id, later.id])] == [late.id]


def test_what_a_clock_that_was_wrong_planned_holds_no_more(store: Store, clock: Clock) -> None:
    source = store.sources.add(a_source())
    right = clock.now
    clock.now = right.replace(year=right.year + 1)
    claim(store)
    blocked = clock.now + timedelta(days=3)
    planned = SourceState(next_due_at=blocked, blocked_until=blocked, last_attempt_at=clock.now)
    store.sources.finish(source.id, owner="a", state=planned)
    assert store.sources.due() == []
    clock.now = right
    assert store.sources.due() == [source.id]
    assert len(claim(store)) == 1


def test_a_lease_taken_by_a_clock_that_was_wrong_is_free(store: Store, clock: Clock) -> None:
    store.sources.add(a_source())
    right = clock.now
    clock.now = right.replace(year=right.year + 1)
    claim(store)
    clock.now = right
    assert len(claim(store, "b")) == 1


def test_rates_and_delays(store: Store, clock: Clock) -> None:
    added = store.sources.add(a_source())
    quiet = store.sources.add(a_source("https://quiet.example/"))
    old = clock.now - timedelta(days=20)
    for n in range(6):
        store.items.write(added.id, an_item(f"old-{n}", published_at=old, known_from=old))
    published = clock.now + timedelta(hours=1)
    for hours in (2, 4, 9):
        clock.now = published + timedelta(hours=hours)
        store.items.write(added.id, an_item(f"new-{hours}", published_at=published, known_from=published))
    health = store.sources.health()
    assert (health[added.id].entries_per_week, health[added.id].lag_s) == (9 / 4, 4 * 3600.0)
    assert quiet.id not in health
