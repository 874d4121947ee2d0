"""How often a source is asked: laws over any history of publication, and over any wish of the source."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.beat import LONGEST_WAIT_S, OCCASION, SHARE, next_due, usual_interval_s
from ingest.plan import after_success
from ingest.source import Page, Response
from kb.settings import Settings
from kb.types import Rhythm, SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0
SETTINGS = Settings(refresh_min_minutes=15, refresh_default_minutes=60, refresh_max_minutes=1440)
LEAST_S, MOST_S = 900.0, DAY

ages_s = st.lists(st.floats(min_value=0, max_value=400 * DAY), max_size=60)
wishes_s = st.none() | st.floats(min_value=0, max_value=60 * DAY)
rhythms = st.builds(
    Rhythm,
    usual_s=wishes_s,
    ttl_s=wishes_s,
    skip_hours=st.lists(st.integers(0, 23), unique=True, max_size=24).map(tuple),
    skip_days=st.lists(st.integers(0, 6), unique=True, max_size=7).map(tuple),
)


def at(age_s: float) -> datetime:
    return NOW - timedelta(seconds=age_s)


def every(gap_s: float, times: int = 30) -> list[datetime]:
    return [at(gap_s * n) for n in range(times)]


@pytest.mark.parametrize(("gap_s", "usual_s"), [(2 * HOUR, 720), (DAY, 8640), (7 * DAY, 60_480), (30 * DAY, 259_200)])
def test_a_tenth_of_the_time_between_two_entries(gap_s: float, usual_s: float) -> None:
    assert usual_interval_s(every(gap_s), NOW) == pytest.approx(usual_s)


def test_too_little_tells_nothing() -> None:
    assert usual_interval_s([], NOW) is None
    assert usual_interval_s(every(DAY, 2), NOW) is None
    assert usual_interval_s([NOW] * 50, NOW) is None  # an archive that was dated when it was moved


def test_a_burst_does_not_make_a_monthly_source_look_hourly() -> None:
    monthly = every(30 * DAY, 5)
    burst = [at(10 * DAY + 2 * HOUR * n) for n in range(20)]
    assert usual_interval_s([*monthly, *burst], NOW) == pytest.approx(SHARE * 30 * DAY, rel=0.4)


def test_a_holiday_does_not_make_a_daily_source_look_monthly() -> None:
    daily = [at(DAY * n) for n in [*range(20), *range(40, 70)]]
    assert usual_interval_s(daily, NOW) == pytest.approx(SHARE * DAY)


def test_one_that_fell_silent_is_asked_more_rarely() -> None:
    hourly = [at(90 * DAY + HOUR * 3 * n) for n in range(60)]
    assert usual_interval_s(hourly, NOW) == pytest.approx(SHARE * 90 * DAY)


@given(ages_s, st.randoms(use_true_random=False))
def test_neither_order_nor_copies_nor_the_future_matter(ages: list[float], rng: random.Random) -> None:
    published = [at(age) for age in ages]
    messy = [*published, *published[::2], *(at(-age - 1) for age in ages)]
    rng.shuffle(messy)
    assert usual_interval_s(messy, NOW) == usual_interval_s(published, NOW)


@given(ages_s)
def test_it_lies_between_the_shortest_and_the_longest_gap(ages: list[float]) -> None:
    usual = usual_interval_s([at(age) for age in ages], NOW)
    if usual is not None:
        assert 0 <= usual <= SHARE * max(ages) + 1
    spaced = sorted(ages)
    if usual is not None and all(b - a >= OCCASION.total_seconds() for a, b in pairwise(spaced)):
        gaps = [b - a for a, b in pairwise(spaced)] + [spaced[0]]
        assert SHARE * min(gaps) - 1 <= usual <= SHARE * max(gaps) + 1


@given(st.lists(st.floats(min_value=HOUR, max_value=30 * DAY), min_size=3, max_size=40), st.floats(1, 20))
def test_twice_as_slow_is_asked_half_as_often(gaps: list[float], factor: float) -> None:
    def published(scale: float) -> list[datetime]:
        return [at(scale * sum(gaps[: n + 1])) for n in range(len(gaps))]

    usual, slower = usual_interval_s(published(1), NOW), usual_interval_s(published(factor), NOW)
    assert usual is not None
    assert slower == pytest.approx(factor * usual, rel=1e-3)


@given(rhythms, wishes_s, st.floats(0, 500 * DAY), st.integers(0, 9))
def test_within_the_bounds_and_never_against_a_wish(
    rhythm: Rhythm, fresh_s: float | None, quiet_s: float, seed: int
) -> None:
    due = next_due(rhythm, SETTINGS, NOW, random.Random(seed), fresh_for_s=fresh_s, quiet_s=quiet_s)
    wait_s = (due - NOW).total_seconds()
    wishes = [wish for wish in (rhythm.ttl_s, fresh_s) if wish is not None and wish <= LONGEST_WAIT_S]
    assert wait_s >= max([LEAST_S, *wishes]) - 1e-3
    skipped_s = 8 * DAY if rhythm.skip_hours or rhythm.skip_days else 0.0
    assert wait_s <= 1.1 * max([MOST_S, *wishes]) + skipped_s + 1e-3
    if len(rhythm.skip_hours) < 24 and len(rhythm.skip_days) < 7:
        assert due.hour not in rhythm.skip_hours
        assert due.weekday() not in rhythm.skip_days


@given(rhythms, st.floats(0, 100 * DAY), st.floats(0, 100 * DAY))
def test_the_longer_it_is_quiet_the_longer_we_wait(rhythm: Rhythm, quiet_s: float, more_s: float) -> None:
    bare = Rhythm(usual_s=rhythm.usual_s, ttl_s=rhythm.ttl_s)
    one, other = (next_due(bare, SETTINGS, NOW, random.Random(1), quiet_s=q) for q in (quiet_s, quiet_s + more_s))
    assert one <= other


def test_one_that_never_wants_to_be_asked_is_not_obeyed() -> None:
    never = Rhythm(skip_hours=tuple(range(24)))
    assert (next_due(never, SETTINGS, NOW, random.Random(1)) - NOW).total_seconds() < 1.1 * HOUR


def test_hours_and_days_to_be_left_out_are_kept_while_the_body_is_unchanged() -> None:
    """A Saturday and a Sunday are skipped, and so is the morning of Monday."""
    friday = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    page = Page(skip_days=(5, 6), skip_hours=(0, 1, 2, 3))
    state = _after(SourceState(), 200, page, friday)
    again = _after(state, 304, None, friday + timedelta(minutes=1))
    for seen in (state, again):
        assert seen.next_due_at is not None
        monday = datetime(2026, 11, 23, 4, tzinfo=UTC)
        assert monday <= seen.next_due_at < monday + timedelta(hours=1)


def _after(state: SourceState, status: int, page: Page | None, now: datetime) -> SourceState:
    response = Response(url="http://x", status=status, body=b"", headers={}, received_at=now)
    how = {"body_sha256": None, "changed": True, "settings": SETTINGS, "now": now, "rng": random.Random(2)}
    return after_success(state, response, page, **how)  # type: ignore[arg-type]
