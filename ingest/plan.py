"""What a reading means: what is new, edited, gone or back, and when to read again. Pure: no clock, no I/O.

A source that fails is asked again ever more rarely, but at least once a day, for ever; one that is well
again is back on its usual beat at once.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.beat import DAY_S, JITTER, LONGEST_WAIT_S, next_due, spread
from ingest.identity import content_hash, entry_hash
from ingest.source import Page, Response
from kb.errors import FetchError, HttpStatus, SteelyardError
from kb.settings import Settings
from kb.types import ItemHead, RawItem, Rhythm, SourceState

NOTICES = 5
OUTAGE_RETRY_S = 300.0


# ---------------------------------------------------------------- what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One reading against what is stored. A returned item that says something else is in `edited` too."""

    new: tuple[RawItem, ...] = ()
    edited: tuple[RawItem, ...] = ()
    unchanged: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()  # identities that the body holds more than once; the first wins
    emptied: bool = False  # the source held items and now holds none: more likely its fault than its wish
    relinked: tuple[RawItem, ...] = ()  # the same words at another address; they are among `unchanged`
    unhashed: tuple[RawItem, ...] = ()  # unchanged ones of which no content hash was kept yet


def changes(heads: Mapping[str, ItemHead], items: Iterable[RawItem], *, complete: bool = True) -> Changes:
    """Compare by `entry_hash`. An incomplete reading makes nothing vanish."""
    first: dict[str, RawItem] = {}
    duplicates = []
    for item in items:
        if item.external_id in first:
            duplicates.append(item.external_id)
        else:
            first[item.external_id] = item
    known = [(item, heads[key]) for key, item in first.items() if key in heads]
    same = {item.external_id for item, head in known if entry_hash(item) == head.entry_hash}
    relinked = [
        item for item, head in known if item.external_id not in same and content_hash(item) == head.content_hash
    ]
    same.update(item.external_id for item in relinked)
    present = [key for key, head in heads.items() if not head.vanished]
    return Changes(
        new=tuple(item for key, item in first.items() if key not in heads),
        edited=tuple(item for item, _ in known if item.external_id not in same),
        unchanged=tuple(item.external_id for item, _ in known if item.external_id in same),
        vanished=tuple(key for key in present if key not in first) if complete else (),
        returned=tuple(item.external_id for item, head in known if head.vanished),
        duplicates=tuple(duplicates),
        emptied=complete and bool(present) and not first,
        relinked=tuple(relinked),
        unhashed=tuple(item for item, head in known if head.content_hash is None and item.external_id in same),
    )


def known_from(raw: RawItem, head: ItemHead | None, now: datetime) -> datetime:
    """From when the world could know this version: what it states, never the future, never before what it edits."""
    stated = max((at for at in (raw.published_at, raw.updated_at) if at and at <= now), default=None)
    if head is None:
        return stated or now
    edited = raw.updated_at
    return edited if edited and head.known_from < edited <= now else now


# ---------------------------------------------------------------- when next


def after_success(
    state: SourceState,
    response: Response,
    page: Page | None,
    *,
    body_sha256: str | None,
    changed: bool,
    settings: Settings,
    now: datetime,
    rng: random.Random,
    usual_s: float | None = None,
) -> SourceState:
    """A 200 whose items are all stored, or a 304 (`page` and `body_sha256` None). All failures are forgiven.

    `usual_s` is what the publishing rate now leads to, None where it was not looked at again.
    """
    told = response.headers
    rhythm = _rhythm(state.rhythm, page, usual_s)
    changed_at = now if changed else state.last_changed_at
    quiet_s = max(0.0, (now - changed_at).total_seconds()) if changed_at else 0.0
    return replace(
        state,
        etag=told.get("etag") or (state.etag if response.status == 304 else None),
        last_modified=told.get("last-modified") or (state.last_modified if response.status == 304 else None),
        body_sha256=body_sha256 or state.body_sha256,
        next_due_at=next_due(rhythm, settings, now, rng, fresh_for_s=response.fresh_for_s, quiet_s=quiet_s),
        blocked_until=None,
        last_attempt_at=now,
        last_success_at=now,
        last_changed_at=changed_at,
        failures=0,
        last_error=None,
        rhythm=rhythm,
        broken_since=None,
    )


def _rhythm(before: Rhythm, page: Page | None, usual_s: float | None) -> Rhythm:
    """An unchanged body states no wishes, but those of the last one still stand."""
    usual_s = before.usual_s if usual_s is None else usual_s
    if page is None:
        return replace(before, usual_s=usual_s)
    return Rhythm(usual_s=usual_s, ttl_s=page.ttl_s, skip_hours=page.skip_hours, skip_days=page.skip_days)


def after_failure(
    state: SourceState, error: SteelyardError, settings: Settings, now: datetime, rng: random.Random
) -> SourceState:
    """Validators stay those of the last body that parsed. Waits double from the least interval up to a day."""
    failures = state.failures + 1
    wait_s = min(settings.refresh_min_minutes * 60.0 * 2 ** min(failures - 1, 20), DAY_S / (1 + JITTER))
    due = now + timedelta(seconds=spread(wait_s, rng))
    blocked = blocked_until(error, now)
    return replace(
        state,
        next_due_at=max(due, blocked) if blocked else due,
        blocked_until=blocked,
        last_attempt_at=now,
        failures=failures,
        last_error=str(error),
    )


def after_outage(
    state: SourceState, error: SteelyardError, settings: Settings, now: datetime, rng: random.Random
) -> SourceState:
    """Our own network was down: nothing is held against the source, and it is asked again soon."""
    wait_s = min(OUTAGE_RETRY_S, settings.refresh_min_minutes * 60.0)
    return replace(
        state,
        next_due_at=now + timedelta(seconds=spread(wait_s, rng)),
        last_attempt_at=now,
        last_error=f"our own network seems to be down: {error}",
    )


def blocked_until(error: SteelyardError, now: datetime) -> datetime | None:
    """What Retry-After asked for, on a status that may carry it."""
    if not isinstance(error, HttpStatus) or not error.retry_after_s:
        return None
    return now + timedelta(seconds=min(error.retry_after_s, LONGEST_WAIT_S))


def pause_reason(error: SteelyardError) -> str | None:
    """Why the source should not be asked again until a person says so; None for all that may heal."""
    if isinstance(error, HttpStatus) and error.status == 410:
        return "the server says that it is gone for good (HTTP 410)"
    return None


def with_notice(state: SourceState, notice: str) -> SourceState:
    """Latest last, repeated ones once, at most five."""
    kept = [old for old in state.notices if old != notice]
    return replace(state, notices=tuple([*kept, notice][-NOTICES:]))


# ---------------------------------------------------------------- articles

ARTICLE_FIRST_S, ARTICLE_LAST_S = 3600.0, 30 * DAY_S


def next_article(error: SteelyardError, first_seen_at: datetime, now: datetime, rng: random.Random) -> datetime | None:
    """When to ask for an article again: after as long as we have wanted it, so waits double without being counted.

    None: never. Its host says no for good (robots.txt, 404, 403 ...), or has failed us for a month.
    """
    age_s = (now - first_seen_at).total_seconds()
    if (isinstance(error, FetchError) and not error.transient) or age_s > ARTICLE_LAST_S:
        return None
    due = now + timedelta(seconds=spread(max(age_s, ARTICLE_FIRST_S), rng))
    blocked = blocked_until(error, now)
    return max(due, blocked) if blocked else due
