"""The table of sources, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.doors.cli.contracts import KnownSource
from bot.doors.cli.sources import _row, lasting
from kb.types import SourceHealth, SourceRecord, SourceState, Tier, Topic

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def source(status: str = "active", **state: object) -> SourceRecord:
    return SourceRecord(
        id=3,
        workspace_id=None,
        kind="feed",
        url="https://lab.org/feed",
        title="A laboratory",
        publisher="Lab",
        topic=Topic.RELEASE,
        tier=Tier.RECOGNISED,
        options={},
        status=status,
        pause_reason="gone" if status == "paused" else None,
        added_at=NOW,
        state=SourceState(**state),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (source(), ("not read yet", "never", "now", "3.5", "20 min", "")),
        (
            source(last_success_at=NOW - timedelta(hours=5), next_due_at=NOW + timedelta(minutes=12)),
            ("well", "5 h ago", "in 12 min", "3.5", "20 min", ""),
        ),
        (source(failures=1, last_error="HTTP 502"), ("failed once", "never", "now", "3.5", "20 min", "HTTP 502")),
        (
            source(failures=9, last_error="HTTP 502", broken_since=NOW - timedelta(days=2)),
            ("broken since 2026-11-20", "never", "now", "3.5", "20 min", "HTTP 502"),
        ),
        (source("paused"), ("paused", "never", "-", "3.5", "20 min", "gone")),
    ],
)
def test_a_row_says_how_a_source_fares(record: SourceRecord, expected: tuple[str, ...]) -> None:
    row = _row(record, SourceHealth(entries_per_week=3.5, lag_s=1200), NOW)
    assert row[:4] == (3, "A laboratory", "feed", 2)
    assert row[4:] == expected


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (5400, "90 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_spans_in_words(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_health_is_published() -> None:
    known = KnownSource.of(source(broken_since=NOW), SourceHealth(entries_per_week=1.25, lag_s=90))
    assert (known.entries_per_week, known.median_lag_minutes, known.broken_since) == (1.25, 1.5, NOW)
    assert KnownSource.of(source()).median_lag_minutes is None
