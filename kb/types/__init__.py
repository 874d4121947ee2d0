"""Frozen values that cross rooms: one noun a stage. No behaviour beyond what reads the value itself.

All instants are aware UTC. Money is `Decimal`, as text in `Fact.value`. `workspace_id` None means shared.
"""

from kb.types.facts import PROPOSAL, Agreement, Fact, FactDraft, FactEvent, FactQuery, FactView, Status
from kb.types.items import (
    Filter,
    Hit,
    ItemDraft,
    ItemHead,
    ItemNotes,
    ItemVersion,
    Moved,
    Passage,
    PassageDraft,
    RawItem,
    SearchRow,
)
from kb.types.sources import (
    Rhythm,
    SourceDraft,
    SourceHealth,
    SourceRecord,
    SourceState,
    Subscription,
    Tier,
    Topic,
)
from kb.types.stories import StoryEntry, StoryKey, StorySource
from kb.types.work import AnswerRecord, AuditRow, InboxRow, Inquiry, OutboxDraft, OutboxRow, ProbeRow, utc_now

__all__ = [
    "PROPOSAL",
    "Agreement",
    "AnswerRecord",
    "AuditRow",
    "Fact",
    "FactDraft",
    "FactEvent",
    "FactQuery",
    "FactView",
    "Filter",
    "Hit",
    "InboxRow",
    "Inquiry",
    "ItemDraft",
    "ItemHead",
    "ItemNotes",
    "ItemVersion",
    "Moved",
    "OutboxDraft",
    "OutboxRow",
    "Passage",
    "PassageDraft",
    "ProbeRow",
    "RawItem",
    "Rhythm",
    "SearchRow",
    "SourceDraft",
    "SourceHealth",
    "SourceRecord",
    "SourceState",
    "Status",
    "StoryEntry",
    "StoryKey",
    "StorySource",
    "Subscription",
    "Tier",
    "Topic",
    "utc_now",
]
