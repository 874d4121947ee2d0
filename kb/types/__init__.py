"""Frozen values that cross rooms: one noun a stage. No behaviour beyond what reads the value itself.

All instants are aware UTC. Money is `Decimal`, as text in `Fact.value`. `workspace_id` None means shared.
"""

from kb.types.facts import Fact, FactDraft, FactEvent, FactQuery, FactView, Status
from kb.types.items import Filter, Hit, ItemDraft, ItemHead, ItemVersion, Passage, PassageDraft, RawItem, SearchRow
from kb.types.sources import SourceDraft, SourceRecord, SourceState, Tier, Topic
from kb.types.work import AnswerRecord, InboxRow, Inquiry, OutboxDraft, OutboxRow, ProbeRow, utc_now

__all__ = [
    "AnswerRecord",
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
    "ItemVersion",
    "OutboxDraft",
    "OutboxRow",
    "Passage",
    "PassageDraft",
    "ProbeRow",
    "RawItem",
    "SearchRow",
    "SourceDraft",
    "SourceRecord",
    "SourceState",
    "Status",
    "Tier",
    "Topic",
    "utc_now",
]
