"""Questions asked, things to tell, and the answers on record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kb.types.facts import FactQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question as a door accepted it. `event_id` deduplicates; `message_key` does too (channel and ts)."""

    event_id: str
    door: str  # "slack", "cli", ...
    workspace_id: str | None
    channel: str
    thread: str
    user: str
    text: str
    message_key: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    id: int
    inquiry: Inquiry
    state: str  # "waiting" | "leased" | "answered" | "stopped" | "failed"
    attempts: int
    received_at: datetime
    error: str | None = None
    stopped_by: str | None = None  # who pressed stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Questions of a door, each counted where it stands now. `deduplicated`: the same event or message once more."""

    received: int
    accepted: int
    deduplicated: int
    answered: int
    stopped: int
    failed: int
    open: int

    @property
    def balanced(self) -> bool:
        """Whether everything received is accounted for, once."""
        settled = self.answered + self.stopped + self.failed + self.open
        return self.received == self.accepted + self.deduplicated and self.accepted == settled


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRecord:
    """What a person thought of an answer, with what had been asked. `category`: one of the form's reasons, or ""."""

    answer_id: int
    question: str
    kind: str
    as_of: date
    verdict: str  # "up" | "down"
    category: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDraft:
    """Something to tell. `idempotency_key` is unique: saying it twice stores it once."""

    idempotency_key: str
    door: str
    workspace_id: str | None
    channel: str
    thread: str
    kind: str  # "digest" | "notice" | "alert"
    payload: Mapping[str, object] = field(default_factory=dict)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    id: int
    draft: OutboxDraft
    state: str  # "waiting" | "leased" | "sent" | "failed"
    attempts: int
    created_at: datetime
    sent_ref: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRow:
    """A small job that one process asks of another ("preview" of a source), and its result once done."""

    id: int
    workspace_id: str | None
    kind: str
    payload: Mapping[str, object]
    state: str  # "waiting" | "leased" | "done" | "failed"
    result: Mapping[str, object] | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    id: int
    workspace_id: str | None
    door: str
    channel: str
    thread: str
    user: str
    question: str
    kind: str
    as_of: date
    created_at: datetime
    body: Mapping[str, object]  # the Answer as JSON
    stands_on: tuple[FactQuery, ...]
    inbox_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """What an admin did. `actor`: "slack:U01ALICE", "cli:ada"; `workspace_id` None: in the terminal, for everybody."""

    id: int
    workspace_id: str | None
    actor: str
    action: str  # "source.pause", "proposal.approve" ... (bot/admin.py)
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    at: datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
