"""Pure planning: what changed, and when to read again."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.plan import (
    after_failure,
    after_success,
    changes,
    entry_hash,
    known_from,
    next_article,
    pause_reason,
    with_notice,
)
from ingest.source import Page, Response
from kb.errors import FetchError, HttpStatus, ParseError, RobotsDenied
from kb.settings import Settings
from kb.types import ItemHead, RawItem, SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = Settings(refresh_min_minutes=15, refresh_default_minutes=60, refresh_max_minutes=1440)


def raw(key: str, **fields: object) -> RawItem:
    made: dict[str, object] = {"external_id": key, "url": f"https://x.org/{key}", "title": key, "html": f"<p>{key}</p>"}
    return RawItem(**(made | fields))  # type: ignore[arg-type]


def head(item: RawItem, *, vanished: bool = False, **fields: object) -> ItemHead:
    made: dict[str, object] = {
        "item_id": 1,
        "external_id": item.external_id,
        "entry_hash": entry_hash(item),
        "version": 1,
        "known_from": NOW - timedelta(days=30),
        "vanished": vanished,
    }
    return ItemHead(**(made | fields))  # type: ignore[arg-type]


def response(status: int = 200, fresh_for_s: float | None = None, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        url="https://x.org", status=status, body=b"", headers=named, received_at=NOW, fresh_for_s=fresh_for_s
    )


def success(state: SourceState, answer: Response, page: Page | None, sha: str | None = "abc") -> SourceState:
    return after_success(
        state, answer, page, body_sha256=sha, changed=True, settings=SETTINGS, now=NOW, rng=random.Random(1)
    )


def wait_minutes(state: SourceState) -> float:
    assert state.next_due_at
    return (state.next_due_at - NOW) / timedelta(minutes=1)


# ---------------------------------------------------------------- changes


def test_each_kind_of_change() -> None:
    heads = {h.external_id: h for h in (head(raw("same")), head(raw("old")), head(raw("gone")))}
    heads["back"] = head(raw("back"), vanished=True)
    heads["long gone"] = head(raw("long gone"), vanished=True)
    found = changes(heads, [raw("same"), raw("old", html="other words"), raw("new"), raw("back"), raw("new")])
    assert [item.external_id for item in found.new] == ["new"]
    assert [item.external_id for item in found.edited] == ["old"]
    assert found.unchanged == ("same", "back")
    assert (found.vanished, found.returned, found.duplicates) == (("gone",), ("back",), ("new",))


def test_one_that_comes_back_with_other_words_is_both() -> None:
    found = changes({"a": head(raw("a"), vanished=True)}, [raw("a", title="b")])
    assert (found.returned, [i.external_id for i in found.edited], found.new) == (("a",), ["a"], ())


def test_the_first_of_two_equal_identities_wins() -> None:
    found = changes({}, [raw("a", title="first"), raw("a", title="second")])
    assert [(item.title) for item in found.new] == ["first"]


def test_an_empty_body_is_noticed_and_an_incomplete_one_makes_nothing_vanish() -> None:
    heads = {"a": head(raw("a"))}
    empty, cut = changes(heads, []), changes(heads, [], complete=False)
    assert (empty.emptied, empty.vanished) == (True, ("a",))
    assert (cut.emptied, cut.vanished) == (False, ())
    assert not changes({}, []).emptied


@given(st.lists(st.sampled_from("abcdef")), st.dictionaries(st.sampled_from("abcdef"), st.booleans()))
def test_every_identity_is_accounted_for_once(keys: list[str], known: dict[str, bool]) -> None:
    heads = {key: head(raw(key), vanished=gone) for key, gone in known.items()}
    found = changes(heads, [raw(key) for key in keys])
    new = {item.external_id for item in found.new}
    assert new == set(keys) - set(known)
    assert set(found.unchanged) == set(keys) & set(known)
    assert set(found.vanished) == {key for key, gone in known.items() if not gone} - set(keys)
    assert set(found.returned) == {key for key, gone in known.items() if gone} & set(keys)
    assert len(keys) == len(new) + len(found.unchanged) + len(found.duplicates)


# ---------------------------------------------------------------- hashes


@pytest.mark.parametrize(
    "other",
    [
        raw("a", published_at=NOW, updated_at=NOW, author="someone", categories=("x",)),
        raw("a", title=" a\n"),
        raw("a", html="<p>a</p>\n<!-- rendered in 12 ms -->"),
        raw("a", url="https://x.org/a?utm_source=rss&utm_medium=feed"),
    ],
)
def test_what_makes_no_new_version(other: RawItem) -> None:
    assert entry_hash(other) == entry_hash(raw("a"))


@pytest.mark.parametrize(
    "other", [raw("a", title="A"), raw("a", html="<p>b</p>"), raw("a", url="https://x.org/a?page=2"), raw("a", html="")]
)
def test_what_makes_one(other: RawItem) -> None:
    assert entry_hash(other) != entry_hash(raw("a"))


def test_signatures_on_images_rotate_but_links_count() -> None:
    one, two = (raw("a", html=f'<img src="https://cdn.org/i.png?sig={n}">') for n in (1, 2))
    assert entry_hash(one) == entry_hash(two)
    one, two = (raw("a", html=f'<a href="https://x.org/?v={n}">v</a>') for n in (1, 2))
    assert entry_hash(one) != entry_hash(two)


def test_title_and_body_do_not_run_together() -> None:
    assert entry_hash(raw("a", title="x", html="y z")) != entry_hash(raw("a", title="x y", html="z"))


# ---------------------------------------------------------------- known from


def test_a_new_entry_is_known_from_its_latest_stated_date_but_never_from_the_future() -> None:
    old, new, future = NOW - timedelta(days=9), NOW - timedelta(days=2), NOW + timedelta(days=1)
    assert known_from(raw("a", published_at=old), None, NOW) == old
    assert known_from(raw("a", published_at=old, updated_at=new), None, NOW) == new
    assert known_from(raw("a", published_at=old, updated_at=future), None, NOW) == old
    assert known_from(raw("a", published_at=future), None, NOW) == NOW
    assert known_from(raw("a"), None, NOW) == NOW


def test_an_edit_is_known_from_its_stated_update_only_if_that_moved_on() -> None:
    before = head(raw("a"))
    later, earlier = before.known_from + timedelta(days=3), before.known_from - timedelta(days=3)
    assert known_from(raw("a", updated_at=later), before, NOW) == later
    assert known_from(raw("a", updated_at=earlier), before, NOW) == NOW
    assert known_from(raw("a", published_at=later), before, NOW) == NOW


# ---------------------------------------------------------------- when next


@pytest.mark.parametrize(
    ("ttl_s", "fresh_for_s", "least", "most"),
    [
        (None, None, 60, 66),
        (60.0, None, 15, 16.5),
        (4 * 3600.0, None, 240, 264),
        (None, 2 * 3600.0, 120, 132),
        (1800.0, 3600.0, 60, 66),
        (None, 60.0, 60, 66),
        (90 * 86400.0, None, 1440, 1584),
    ],
)
def test_the_interval(ttl_s: float | None, fresh_for_s: float | None, least: float, most: float) -> None:
    state = success(SourceState(), response(fresh_for_s=fresh_for_s), Page(ttl_s=ttl_s))
    assert least <= wait_minutes(state) <= most


def test_an_unchanged_body_keeps_the_beat_that_its_ttl_led_to() -> None:
    state = success(SourceState(), response(etag='"1"'), Page(ttl_s=6 * 3600.0))
    again = success(state, response(304), None, None)
    for _ in range(20):
        again = success(again, response(304), None, None)
    assert 360 <= wait_minutes(again) <= 396


def test_success_forgives_and_keeps_what_a_304_does_not_repeat() -> None:
    failed = SourceState(
        etag='"1"', last_modified="m", body_sha256="old", failures=7, last_error="x", blocked_until=NOW
    )
    not_modified = success(failed, response(304), None, None)
    assert (not_modified.etag, not_modified.last_modified, not_modified.body_sha256) == ('"1"', "m", "old")
    assert (not_modified.failures, not_modified.last_error, not_modified.blocked_until) == (0, None, None)
    fresh = success(failed, response(200, etag='"2"'), Page())
    assert (fresh.etag, fresh.last_modified, fresh.body_sha256) == ('"2"', None, "abc")


def test_failures_back_off_never_beyond_a_day_never_for_good_and_heal() -> None:
    state, waits = SourceState(etag='"1"', body_sha256="old"), []
    for _ in range(40):
        state = after_failure(state, ParseError("no feed"), SETTINGS, NOW, random.Random(3))
        waits.append(wait_minutes(state))
    assert 15 <= waits[0] <= 17
    assert waits == sorted(waits)
    assert waits[-1] <= 1440
    assert (state.failures, state.last_error, state.etag, state.body_sha256) == (40, "no feed", '"1"', "old")
    assert wait_minutes(success(state, response(), Page())) <= 66


def test_retry_after_is_obeyed_by_all() -> None:
    state = after_failure(SourceState(), HttpStatus(429, "u", retry_after_s=7200), SETTINGS, NOW, random.Random(1))
    assert state.blocked_until == state.next_due_at == NOW + timedelta(hours=2)
    short = after_failure(SourceState(), HttpStatus(503, "u", retry_after_s=5), SETTINGS, NOW, random.Random(1))
    assert short.blocked_until == NOW + timedelta(seconds=5)
    assert wait_minutes(short) >= 15
    absurd = after_failure(SourceState(), HttpStatus(503, "u", retry_after_s=1e12), SETTINGS, NOW, random.Random(1))
    assert absurd.blocked_until == NOW + timedelta(days=7)


def test_only_gone_for_good_pauses() -> None:
    assert pause_reason(HttpStatus(410, "u"))
    assert not any(pause_reason(e) for e in (HttpStatus(404, "u"), FetchError("x", transient=False), ParseError("x")))


def test_notices_keep_the_last_five_once() -> None:
    state = SourceState()
    for n in (1, 2, 3, 2, 4, 5, 6):
        state = with_notice(state, str(n))
    assert state.notices == ("3", "2", "4", "5", "6")


def test_articles_are_asked_for_ever_more_rarely_and_not_at_all_where_refused() -> None:
    down, rng = HttpStatus(503, "u"), random.Random(1)
    assert next_article(RobotsDenied("no"), NOW, NOW, rng) is None
    assert next_article(HttpStatus(404, "u"), NOW, NOW, rng) is None
    first, times = NOW, [NOW]
    while (at := next_article(down, first, times[-1], rng)) is not None:
        times.append(at)
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps == sorted(gaps)
    assert timedelta(days=30) < times[-1] - first
    assert len(times) < 15
    blocked = next_article(replace_retry(down, 86400), NOW, NOW, rng)
    assert blocked is not None
    assert blocked >= NOW + timedelta(days=1)


def replace_retry(error: HttpStatus, seconds: float) -> HttpStatus:
    return HttpStatus(error.status, "u", retry_after_s=seconds)
