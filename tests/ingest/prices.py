"""Price tables for tests: small bodies, a source record, and what a store says of an offer on a day."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.source import Page, Response
from ingest.sources import SOURCES
from kb.facts.view import view
from kb.store import Store
from kb.types import FactDraft, FactView, SourceRecord, Status, Tier, Topic
from tests.ingest.records import record

LITELLM = {"kind": "litellm", "title": "LiteLLM table", "publisher": "BerriAI (LiteLLM)"}
GENAI = {"kind": "genai-prices", "title": "genai-prices", "publisher": "Pydantic"}
COMMON = {"topic": Topic.PRICE, "tier": Tier.RECOGNISED}
Claimed = tuple[object, ...]


def source(named: Mapping[str, str], **changes: Any) -> SourceRecord:
    made = record(named["kind"], "https://prices.test/table.json")
    return replace(made, title=named["title"], publisher=named["publisher"], tier=Tier.RECOGNISED, **changes)


def read(named: Mapping[str, str], table: object, on: str = "2026-11-22", **headers: str) -> Page:
    body = table if isinstance(table, bytes) else json.dumps(table).encode()
    made, at = source(named), datetime.fromisoformat(on).replace(hour=12, tzinfo=UTC)
    response = Response(url=made.url, status=200, body=body, headers=headers, received_at=at)
    return SOURCES[made.kind].parse(made, response)


def chat(provider: str, dollars_in: float, dollars_out: float, **more: Any) -> dict[str, Any]:
    """A LiteLLM record; prices given by the million, as people read them."""
    prices = {"input_cost_per_token": dollars_in / 1e6, "output_cost_per_token": dollars_out / 1e6}
    return {"litellm_provider": provider, "mode": "chat", **prices, **more}


def said(fact: FactDraft) -> Claimed:
    """What a fact says of the world, whatever its wording."""
    narrowed = tuple(sorted(fact.qualifiers.items()))
    return fact.subject, fact.field, fact.value, narrowed, fact.valid_from, fact.valid_to


def on(store: Store, day: str, subject: str) -> list[FactView]:
    facts, events = store.facts.all(subject_prefix=subject)
    return [seen for seen in view(facts, events, as_of=date.fromisoformat(day)) if seen.fact.subject == subject]


def prices(store: Store, day: str, subject: str, status: Status = Status.IN_FORCE) -> dict[tuple[str, ...], set[str]]:
    """Field and qualifiers -> the values with that status."""
    found: dict[tuple[str, ...], set[str]] = {}
    for seen in on(store, day, subject):
        if seen.status is status and seen.fact.field.startswith("price_"):
            found.setdefault((seen.fact.field, *seen.fact.qualifiers.values()), set()).add(seen.fact.value)
    return found
