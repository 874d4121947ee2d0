"""How a source fares, in words that every door uses. Pure."""

from datetime import datetime

from kb.types import SourceRecord


def state_of(record: SourceRecord) -> str:
    """well, not read yet, failed once, broken since 2026-11-20, paused, removed."""
    if record.status != "active":
        return record.status
    if record.state.broken_since:
        return f"broken since {record.state.broken_since.date().isoformat()}"
    if record.state.failures:
        return "failed once" if record.state.failures == 1 else f"failed {record.state.failures} times"
    return "well" if record.state.last_success_at else "not read yet"


def is_well(record: SourceRecord) -> bool:
    return record.status == "active" and not record.state.broken_since and not record.state.failures


def trouble_of(record: SourceRecord) -> str:
    """What is wrong or was noticed last, "" where nothing is."""
    notices = record.state.notices
    return record.state.last_error or record.pause_reason or (notices[-1] if notices else "")


def last_success(record: SourceRecord, now: datetime) -> str:
    at = record.state.last_success_at
    return f"{lasting((now - at).total_seconds())} ago" if at else "never"


def next_due(record: SourceRecord, now: datetime) -> str:
    """ "in 5 min", "now", "-" for what is not read."""
    if record.status != "active":
        return "-"
    due_s = (record.state.next_due_at - now).total_seconds() if record.state.next_due_at else 0.0
    return f"in {lasting(due_s)}" if due_s > 0 else "now"


def lasting(seconds: float) -> str:
    """A span in its largest fitting unit: 40 s, 12 min, 5 h, 3 d."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
