"""When a source counts as broken, and what its admins are told. Pure.

A blip is no news: a source is broken after several failures in a row, or when it failed again and has been silent for
a day longer than its beat. Breaking and recovering are told once each; the keys see to that across crashes.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from kb.settings import Settings
from kb.types import OutboxDraft, SourceRecord, SourceState

BROKEN_FAILURES = 4  # with doubling waits from a quarter of an hour: an hour and three quarters
BROKEN_SILENCE = timedelta(days=1)


def after_reading(
    record: SourceRecord, state: SourceState, settings: Settings, now: datetime
) -> tuple[SourceState, OutboxDraft | None]:
    """The state with `broken_since` as it should be, and the notice that is due, if any."""
    before = record.state
    if state.failures == 0:
        mended = before.broken_since
        return state, _mended(record, mended, settings, now) if mended and state.last_error is None else None
    if before.broken_since or not _is_broken(record, state, now):
        return state, None
    return replace(state, broken_since=now), _broke(record, state, settings)


def _is_broken(record: SourceRecord, state: SourceState, now: datetime) -> bool:
    beat = timedelta(seconds=state.rhythm.usual_s or 0.0)
    silent = now - _last_well(record)
    return state.failures >= BROKEN_FAILURES or (state.failures > 1 and silent > BROKEN_SILENCE + beat)


def _last_well(record: SourceRecord) -> datetime:
    return record.state.last_success_at or record.added_at


def _broke(record: SourceRecord, state: SourceState, settings: Settings) -> OutboxDraft:
    well = record.state.last_success_at
    since = f"since {well:%Y-%m-%d %H:%M} UTC" if well else "and never could be"
    text = f"{_name(record)} cannot be read {since}: {state.last_error}. It is tried again, ever more rarely."
    return _notice(record, "broke", text, settings, at=_last_well(record))


def _mended(record: SourceRecord, since: datetime, settings: Settings, now: datetime) -> OutboxDraft:
    text = f"{_name(record)} can be read again. It was broken for {_lasting(now - since)}; nothing was lost."
    return _notice(record, "mended", text, settings, at=since)


def paused(record: SourceRecord, reason: str, settings: Settings) -> OutboxDraft:
    text = f"{_name(record)} is paused: {reason}. `steelyard sources resume {record.id}` has it read again."
    return _notice(record, "paused", text, settings, at=_last_well(record))


def outage(since: datetime, settings: Settings) -> OutboxDraft:
    """Our own network; of no one source."""
    text = (
        f"No source can be reached since {since:%Y-%m-%d %H:%M} UTC: our own network or name service seems to be down. "
        "Nothing is held against the sources, and all are tried again every few minutes."
    )
    return _draft(f"network:{since.isoformat()}", text, settings, workspace_id=None)


def _notice(record: SourceRecord, event: str, text: str, settings: Settings, *, at: datetime) -> OutboxDraft:
    return _draft(f"source:{record.id}:{event}:{at.isoformat()}", text, settings, workspace_id=record.workspace_id)


def _draft(key: str, text: str, settings: Settings, *, workspace_id: str | None) -> OutboxDraft:
    """To the admins' channel; where there is none, whoever looks at a terminal is told."""
    return OutboxDraft(
        idempotency_key=key,
        door="slack" if settings.admin_channel else "terminal",
        workspace_id=workspace_id,
        channel=settings.admin_channel,
        thread="",
        kind="notice",
        payload={"text": text},
    )


def _name(record: SourceRecord) -> str:
    title = f"{record.title}, {record.url}" if record.title else record.url
    return f"Source {record.id} ({title})"


def _lasting(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{max(hours, 1):.0f} hours" if hours >= 1.5 else "an hour"
