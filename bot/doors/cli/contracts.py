"""What `--json` prints, apart from an answer (bot/answer/contract.py): published as JSON Schema under docs/.

`make schemas` writes the schema files; a test compares them with this module.
Additions keep `schema_version`; a changed or removed field raises it.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict

from bot.check.contract import CheckReport
from bot.decide.report import DecisionList, DecisionReport
from bot.doors.cli.audit import AuditLog
from bot.doors.cli.feedback import FeedbackExport
from bot.doors.cli.watch import WatchList, WatchRun
from kb.types import Fact, FactView, Hit, SourceHealth, SourceRecord

if TYPE_CHECKING:
    from ingest.update import SourceReport
    from kb.facts.open import OpenClaim


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class FoundPassage(_Frozen):
    rank: int
    score: float
    title: str
    url: str
    publisher: str
    published_at: datetime | None
    tier: int
    topic: str
    heading_path: tuple[str, ...]
    passage: str

    @classmethod
    def of(cls, rank: int, hit: Hit) -> Self:
        p = hit.passage
        return cls(
            rank=rank,
            score=round(hit.score, 4),
            title=p.title,
            url=p.url,
            publisher=p.publisher,
            published_at=p.published_at,
            tier=int(p.tier),
            topic=p.topic.value,
            heading_path=p.heading_path,
            passage=p.text,
        )


class SearchResult(_Frozen):
    schema_version: int = 1
    hits: tuple[FoundPassage, ...]


class SourceReading(_Frozen):
    """One source in one run. `failed`: the reason, null when it did not fail; `refused`: entries left out and why.

    No news: `renamed` (known entries under another id or link), `flapped` (they say again what they lately said, or
    change too often to be kept each time), `emptied` (a body without the entries that the source held), `history`
    (entries of the feed's archive, read once).

    `new + edited + unchanged + flapped + duplicates` count the body; a duplicate repeats an identity in it.
    """

    id: int
    url: str
    title: str
    outcome: str
    fetched: bool
    not_modified: bool
    new: int
    edited: int
    unchanged: int
    vanished: int
    returned: int
    duplicates: int
    renamed: int
    flapped: int
    emptied: bool
    history: int
    failed: str | None
    reason: str | None
    refused: tuple[str, ...]
    bytes: int
    seconds: float

    @classmethod
    def of(cls, report: "SourceReport") -> Self:
        return cls(
            id=report.source_id,
            url=report.url,
            title=report.title,
            outcome=report.outcome,
            fetched=report.outcome == "fetched",
            not_modified=report.outcome == "not_modified",
            new=report.new,
            edited=report.edited,
            unchanged=report.unchanged,
            vanished=report.vanished,
            returned=report.returned,
            duplicates=report.duplicates,
            renamed=report.renamed,
            flapped=report.flapped,
            emptied=report.emptied,
            history=report.history,
            failed=report.reason if report.outcome == "failed" else None,
            reason=report.reason,
            refused=report.refused,
            bytes=report.bytes,
            seconds=round(report.seconds, 3),
        )


class IngestResult(_Frozen):
    schema_version: int = 1
    sources: tuple[SourceReading, ...]


class KnownSource(_Frozen):
    id: int
    kind: str
    url: str
    title: str
    publisher: str
    topic: str
    tier: int
    status: str
    pause_reason: str | None
    last_success_at: datetime | None
    next_due_at: datetime | None
    failures: int
    last_error: str | None
    notices: tuple[str, ...]
    broken_since: datetime | None
    entries_per_week: float
    median_lag_minutes: float | None

    @classmethod
    def of(cls, record: SourceRecord, health: SourceHealth | None = None) -> Self:
        state, health = record.state, health or SourceHealth()
        return cls(
            id=record.id,
            kind=record.kind,
            url=record.url,
            title=record.title,
            publisher=record.publisher,
            topic=record.topic.value,
            tier=int(record.tier),
            status=record.status,
            pause_reason=record.pause_reason,
            last_success_at=state.last_success_at,
            next_due_at=state.next_due_at,
            failures=state.failures,
            last_error=state.last_error,
            notices=state.notices,
            broken_since=state.broken_since,
            entries_per_week=round(health.entries_per_week, 2),
            median_lag_minutes=None if health.lag_s is None else round(health.lag_s / 60, 1),
        )


class SourceList(_Frozen):
    """`notices`: what the admins were told in the last week, newest first."""

    schema_version: int = 1
    sources: tuple[KnownSource, ...]
    notices: tuple[str, ...] = ()


class ListedFact(_Frozen):
    key: str
    subject: str
    field: str
    value: str
    unit: str
    qualifiers: dict[str, str]
    statement: str
    status: str
    stale: bool
    superseded_by: str | None
    disagrees_with: tuple[str, ...]
    challenged_by: tuple[str, ...] = ()
    valid_from: date | None
    valid_to: date | None
    known_from: date
    tier: int
    publisher: str
    source_title: str
    source_url: str
    locator: str

    @classmethod
    def of(cls, seen: FactView) -> Self:
        fact = seen.fact
        return cls(
            key=fact.key,
            subject=fact.subject,
            field=fact.field,
            value=fact.value,
            unit=fact.unit,
            qualifiers=dict(fact.qualifiers),
            statement=fact.statement,
            status=seen.status.value,
            stale=seen.stale,
            superseded_by=seen.superseded_by.key if seen.superseded_by else None,
            disagrees_with=tuple(other.key for other in seen.disagrees_with),
            challenged_by=tuple(other.key for other in seen.challenged_by),
            valid_from=fact.valid_from,
            valid_to=fact.valid_to,
            known_from=fact.known_from,
            tier=int(fact.tier),
            publisher=fact.publisher,
            source_title=fact.source_title,
            source_url=fact.source_url,
            locator=fact.locator,
        )


class FactList(_Frozen):
    schema_version: int = 1
    as_of: date
    facts: tuple[ListedFact, ...]


class Witness(_Frozen):
    """Who states a proposal. `story`: items of one story are copies of each other; null until it is placed."""

    id: int
    publisher: str
    tier: int
    known_from: date
    story: str | None
    source_title: str
    source_url: str
    quote: str | None
    item_version_id: int | None


class ListedProposal(_Frozen):
    """A claim that nobody believes yet. `id` is what approve and reject take.

    `bears`: "new"; "known", it says what is in force; "disagrees", a fact in force says otherwise (`in_force`: their
    values).
    """

    id: int
    subject: str
    field: str
    value: str
    unit: str
    qualifiers: dict[str, str]
    statement: str
    quote: str
    valid_from: date | None
    known_from: date
    bears: Literal["new", "known", "disagrees"]
    in_force: tuple[str, ...]
    witnesses: tuple[Witness, ...]

    @classmethod
    def of(cls, claim: "OpenClaim", stories: Mapping[int, str]) -> Self:
        best = claim.facts[0]
        return cls(
            id=best.id,
            subject=best.subject,
            field=best.field,
            value=best.value,
            unit=best.unit,
            qualifiers=dict(best.qualifiers),
            statement=best.statement,
            quote=best.quote or "",
            valid_from=best.valid_from,
            known_from=best.known_from,
            bears=claim.bears,
            in_force=tuple(sorted({fact.value for fact in claim.in_force})),
            witnesses=tuple(_witness(fact, stories.get(fact.id)) for fact in claim.facts),
        )


def _witness(fact: Fact, story: str | None) -> Witness:
    return Witness(
        id=fact.id,
        publisher=fact.publisher,
        tier=int(fact.tier),
        known_from=fact.known_from,
        story=story,
        source_title=fact.source_title,
        source_url=fact.source_url,
        quote=fact.quote,
        item_version_id=fact.item_version_id,
    )


class ProposalList(_Frozen):
    schema_version: int = 1
    proposals: tuple[ListedProposal, ...]


PUBLISHED: dict[str, type[BaseModel]] = {
    "decide": DecisionReport,
    "check": CheckReport,
    "decisions": DecisionList,
    "search": SearchResult,
    "ingest": IngestResult,
    "sources": SourceList,
    "facts": FactList,
    "proposals": ProposalList,
    "audit": AuditLog,
    "watches": WatchList,
    "alerts": WatchRun,
    "feedback": FeedbackExport,
}


def schema_text(name: str) -> str:
    """The published JSON Schema called `name`, stable to the byte."""
    schema = PUBLISHED[name].model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every published schema, the answer's included (`make schemas`)."""
    from bot.answer import contract

    (folder / "ask.schema.json").write_text(contract.schema_text())
    for name in PUBLISHED:
        (folder / f"{name}.schema.json").write_text(schema_text(name))
