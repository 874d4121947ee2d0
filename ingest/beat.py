"""How often to ask a source: from the rate at which it publishes, and never against its wish. Pure.

An entry is seen, on average, after a twentieth of the time that usually lies between two. A source that fell silent
is asked more and more rarely; the first new entry brings it back to its beat.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from kb.settings import Settings
from kb.types import Rhythm

DAY_S = 24 * 3600.0
LONGEST_WAIT_S = 7 * DAY_S  # a promise or a Retry-After beyond this is taken for a mistake
JITTER = 0.1  # later, never sooner, so that sources spread out and no promise is broken
SHARE = 0.1  # of the usual time between two entries
QUIET_SHARE = 0.05  # of the silence up to now
OCCASION = timedelta(hours=1)  # what is published within an hour is one occasion, be it one entry or an archive
LEAST_OCCASIONS = 3


def usual_interval_s(published: Iterable[datetime], now: datetime) -> float | None:
    """The interval that suits entries published at these instants; None when they tell too little.

    The gap between two occasions is weighed by its length (half of all the time lies in gaps as long or shorter), so a
    burst of entries, which takes no time, does not make a monthly source look hourly, nor one holiday a daily one
    monthly. Dates in the future tell nothing.
    """
    occasions = _occasions(at for at in published if at <= now)
    if len(occasions) < LEAST_OCCASIONS:
        return None
    gaps_s = sorted((later - earlier).total_seconds() for earlier, later in pairwise([*occasions, now]))
    half, passed = sum(gaps_s) / 2, 0.0
    for gap_s in gaps_s:
        passed += gap_s
        if passed >= half:
            return gap_s * SHARE
    return gaps_s[-1] * SHARE  # rounding alone leads here


def _occasions(published: Iterable[datetime]) -> list[datetime]:
    found: list[datetime] = []
    for at in sorted(published):
        if not found or at - found[-1] >= OCCASION:
            found.append(at)
    return found


def next_due(
    rhythm: Rhythm,
    settings: Settings,
    now: datetime,
    rng: random.Random,
    *,
    fresh_for_s: float | None = None,
    quiet_s: float = 0.0,
) -> datetime:
    """When to ask again. The settings bound what we choose; what the source asked for can only lengthen it.

    `fresh_for_s`: what the answer promised (Cache-Control, Expires); `quiet_s`: how long nothing has changed.
    """
    interval_s = max(_chosen_s(rhythm, settings, quiet_s), _wished_s(rhythm.ttl_s, settings))
    due = now + timedelta(seconds=spread(max(interval_s, _wished_s(fresh_for_s, settings)), rng))
    return _past_skipped(due, rhythm)


def _chosen_s(rhythm: Rhythm, settings: Settings, quiet_s: float) -> float:
    default_s = settings.refresh_default_minutes * 60.0 if rhythm.ttl_s is None else rhythm.ttl_s
    usual_s = default_s if rhythm.usual_s is None else rhythm.usual_s
    longest_s = settings.refresh_max_minutes * 60.0
    return max(min(max(usual_s, quiet_s * QUIET_SHARE), longest_s), settings.refresh_min_minutes * 60.0)


def _wished_s(wish_s: float | None, settings: Settings) -> float:
    if wish_s is None:
        return 0.0
    return wish_s if wish_s <= LONGEST_WAIT_S else settings.refresh_max_minutes * 60.0


def _past_skipped(due: datetime, rhythm: Rhythm) -> datetime:
    """The first hour from `due` on in which the feed wants to be asked; a feed that never wants is not obeyed."""
    at = due
    for _ in range(8 * 24):
        if at.hour not in rhythm.skip_hours and at.weekday() not in rhythm.skip_days:
            return at
        minutes = timedelta(minutes=due.minute, seconds=due.second)  # keep the spread within the hour
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) + minutes
    return due


def spread(seconds: float, rng: random.Random) -> float:
    return seconds * (1 + JITTER * rng.random())
