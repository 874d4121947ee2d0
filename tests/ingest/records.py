"""Sources and responses as values, for tests of parsing alone."""

from datetime import UTC, datetime

from ingest.source import Page, Response
from ingest.sources import SOURCES
from kb.types import SourceRecord, SourceState, Tier, Topic

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(kind: str, url: str, **options: str) -> SourceRecord:
    return SourceRecord(
        id=1,
        workspace_id=None,
        kind=kind,
        url=url,
        title="",
        publisher="",
        topic=Topic.OTHER,
        tier=Tier.PRESS,
        options=options,
        status="active",
        pause_reason=None,
        added_at=NOW,
        state=SourceState(etag='"a"', last_modified="yesterday"),
    )


def parse(source: SourceRecord, body: str | bytes, content_type: str = "", **headers: str) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    sent = {"content-type": content_type} if content_type else {}
    response = Response(url=source.url, status=200, body=data, headers=sent | headers, received_at=NOW)
    return SOURCES[source.kind].parse(source, response)
