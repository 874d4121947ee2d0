"""Small values for the store's tests: say what matters, leave the rest."""

import struct
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from kb.types import (
    FactDraft,
    Inquiry,
    ItemDraft,
    OutboxDraft,
    PassageDraft,
    SourceDraft,
    Tier,
    Topic,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def day(month: int, of_month: int, hour: int = 0) -> datetime:
    return datetime(2026, month, of_month, hour, tzinfo=UTC)


def a_source(url: str = "https://example.org/feed", **changes: Any) -> SourceDraft:
    return replace(SourceDraft(kind="feed", url=url, title="Example", publisher="Example Press"), **changes)


def an_item(external_id: str = "one", text: str = "First line.\nSecond line.", **changes: Any) -> ItemDraft:
    """A draft whose passages are its lines."""
    draft = ItemDraft(
        external_id=external_id,
        url=f"https://example.org/{external_id}",
        title=f"Title of {external_id}",
        author="",
        published_at=None,
        updated_at=None,
        known_from=NOON,
        entry_hash=f"hash of {text}",
        text=text,
        story_key=external_id,
        topic=Topic.OTHER,
        passages=lines_of(text),
    )
    return replace(draft, **changes)


def lines_of(text: str) -> tuple[PassageDraft, ...]:
    passages, start = [], 0
    for n, line in enumerate(text.split("\n")):
        passages.append(
            PassageDraft(ordinal=n, heading_path=("Heading",), start=start, end=start + len(line), text=line)
        )
        start += len(line) + 1
    return tuple(passages)


def a_fact(key: str = "price/one", **changes: Any) -> FactDraft:
    draft = FactDraft(
        key=key,
        subject="offer:example/model",
        field="usd_per_million_input_tokens",
        value="0.50",
        statement="Example asks 0.50 USD for a million input tokens.",
        source_url="https://example.org/prices",
        source_title="Prices",
        publisher="Example",
        tier=Tier.PRIMARY,
        known_from=date(2026, 1, 10),
    )
    return replace(draft, **changes)


def an_inquiry(event_id: str = "event-1", **changes: Any) -> Inquiry:
    inquiry = Inquiry(
        event_id=event_id,
        door="slack",
        workspace_id="T1",
        channel="C1",
        thread="1.1",
        user="U1",
        text="open or closed?",
    )
    return replace(inquiry, **changes)


def an_outbox_draft(key: str = "digest/1", **changes: Any) -> OutboxDraft:
    draft = OutboxDraft(
        idempotency_key=key,
        door="slack",
        workspace_id="T1",
        channel="C1",
        thread="",
        kind="digest",
        payload={"text": "news"},
    )
    return replace(draft, **changes)


def a_vector(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)
