"""An answer that only its asker sees, put before the whole channel once, by a button under it.

button -> checked (their own answer, its own channel) -> outbox (one row an answer) -> posted with "shared by"
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import Field, StringConstraints

from bot.answer.contract import Answer
from bot.doors.slack.blocks import Block, Message
from bot.doors.slack.client import error_code
from bot.doors.slack.inbound import Named, Payload, checked
from bot.doors.slack.press import tell
from bot.doors.slack.render import render
from bot.doors.slack.text import one_line
from kb.errors import NotFound, ServiceError
from kb.store import Store
from kb.types import AnswerRecord, OutboxDraft

if TYPE_CHECKING:
    from slack_bolt import App

log = structlog.get_logger("steelyard.slack")

SHARE_ACTION = "steelyard_share"
SHARE = "share"  # what its outbox rows are called
NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
SHARED = "Shared: the answer appears in the channel."
ALREADY = "That answer was shared already."
GONE = "That answer is no longer stored, so it cannot be shared."
NOT_YOURS = "Only the person who asked can share this answer."


class _Pressed(Payload):
    value: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,17}$")]


class _Press(Payload):
    user: Named
    team: Named
    response_url: str = Field(default="", max_length=2_000)
    actions: Annotated[list[_Pressed], Field(min_length=1, max_length=1)]


@dataclass(frozen=True, slots=True)
class Shared:
    """What an outbox row of this kind says."""

    answer_id: int
    by: str
    response_url: str

    @classmethod
    def of(cls, draft: OutboxDraft) -> "Shared":
        payload = draft.payload
        return cls(int(str(payload["answer_id"])), str(payload["by"]), str(payload.get("response_url") or ""))


def share_button(answer_id: int | None) -> list[Block]:
    """Empty for an answer that was not stored."""
    if answer_id is None:
        return []
    button = {
        "type": "button",
        "action_id": SHARE_ACTION,
        "text": {"type": "plain_text", "text": "Share in channel"},
        "value": str(answer_id),
        "accessibility_label": "Share this answer with everybody in the channel",
    }
    return [{"type": "actions", "elements": [button]}]


def render_shared(answer: Answer, shared: Shared, *, key: str) -> list[Message]:
    """The answer as its asker saw it, under a line that says who shared it and what was asked."""
    words = f"Shared by <@{shared.by}>, who asked: “{one_line(answer.question, 500)}”"
    above: Block = {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}
    return render(answer, answer_id=shared.answer_id, key=key, above=[above])


def refusal(error: ServiceError) -> str:
    """What to tell who pressed, where Slack would not take the post; "" where trying again may help."""
    from slack_sdk.errors import SlackApiError

    cause = error.__cause__
    if isinstance(cause, SlackApiError) and error_code(cause) in NOT_THERE:
        return "I am not a member of this channel. Invite me with `/invite @Steelyard`, then press Share once more."
    return "" if error.transient else "Slack would not let me post this in the channel."


class ShareListener:
    """`posted` is called once something is to be posted."""

    def __init__(self, store: Store, posted: Callable[[], None]) -> None:
        self._store = store
        self._posted = posted

    def heard(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        press = checked(_Press, body)
        words = self._share(press)
        ack()
        tell(respond, words)

    def _share(self, press: _Press) -> str:
        try:
            record = self._store.answers.get(int(press.actions[0].value))
        except NotFound:
            return GONE
        if record.workspace_id != press.team.id:
            return GONE
        if record.user != press.user.id:
            return NOT_YOURS
        return SHARED if self._stored(record, press) else ALREADY

    def _stored(self, record: AnswerRecord, press: _Press) -> bool:
        """A share that Slack refused may be pressed again, once the bot was invited: under the next number."""
        for attempt in range(1, 100):
            key = f"share:{record.id}:{attempt}"
            before = self._store.outbox.find(key)
            if before is not None and before.state == "failed":
                continue
            payload = {"answer_id": record.id, "by": press.user.id, "response_url": press.response_url}
            draft = OutboxDraft(
                idempotency_key=key,
                door="slack",
                workspace_id=record.workspace_id,
                channel=record.channel,
                thread="",
                kind=SHARE,
                payload=payload,
            )
            _, new = self._store.outbox.put(draft)
            if new:
                self._posted()
            log.info("answer shared", answer_id=record.id, new=new)
            return new
        return False


def register(app: "App", store: Store, posted: Callable[[], None]) -> None:
    app.action(SHARE_ACTION)(ShareListener(store, posted).heard)
